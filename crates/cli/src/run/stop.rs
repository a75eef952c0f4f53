//! What follows when a step stopped: one blocker for the cause, with all that the next person needs.

use super::Run;
use crate::context::Context;
use crate::error::Failure;
use crate::poll::settle;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{Stopped, TaskState, epic_title};
use gonogo_core::ledger::{Event, StepStopped};
use gonogo_core::mechanics::{Cause, Code};
use gonogo_core::release::Mode;
use gonogo_world::ledger::Ledger;

/// What the channels say at the moment of the stop.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// A line for each channel.
    pub lines: Vec<String>,
    /// What to do about those that serve the version already; empty where none does, or all do.
    pub recovery: Vec<String>,
}

/// What was filed.
#[derive(Clone, Debug)]
pub enum Filed {
    /// The blocker, by the tracker's ID.
    As(String),
    /// There is a blocker already: it is the cause.
    AlreadyThere,
    /// It could not be filed.
    Not(String),
}

impl Run<'_> {
    /// Files the blocker, then records the stop: a stop that nobody was told of does not count as settled later.
    pub(super) async fn stop(
        &mut self,
        step: &str,
        cause: &Cause,
        channels: &Channels,
    ) -> Result<Filed, Failure> {
        let past_the_door = self.is_past_the_door();
        let filed = if cause.code == Code::BlockerOpen {
            Filed::AlreadyThere
        } else {
            let (context, target) = (self.context, self.context.target.tag());
            let stopped = Stopped {
                target,
                commit: &context.commit,
                mode: context.mode,
                step,
                cause,
                past_the_door,
                channels: &channels.lines,
                recovery: &channels.recovery,
                next: &go_on(target, context.mode),
            };
            file(context, &mut self.ledger, &self.hands.tracker, &stopped).await?
        };
        let blocker = filed.id().map(str::to_owned);
        let (run, step, cause) = (self.seq, step.to_owned(), cause.clone());
        let stopped = StepStopped { run, step, cause, past_the_door, blocker };
        self.record(Event::StepStopped(Box::new(stopped)))?;
        Ok(filed)
    }
}

/// Files one blocker, and finds it again.
pub async fn file(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &OpenTracker,
    stopped: &Stopped<'_>,
) -> Result<Filed, Failure> {
    let tracker = match tracker {
        Ok(tracker) => tracker,
        Err(error) => return Ok(Filed::Not(error.message.clone())),
    };
    let draft = stopped.draft();
    let fingerprint = draft.fingerprint.clone();
    let backlog = match settle::file(context, ledger, tracker, &epic_title(stopped.target), &[draft]).await? {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Filed::Not(error.message)),
    };
    let mut open = backlog.tasks.iter().filter(|task| task.state == TaskState::Open);
    Ok(match open.find(|task| task.fingerprint().as_ref() == Some(&fingerprint)) {
        Some(task) => Filed::As(task.id.clone()),
        None => Filed::Not("the filed task cannot be found again".to_owned()),
    })
}

impl Filed {
    /// The blocker, where one was filed.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::As(id) => Some(id),
            Self::AlreadyThere | Self::Not(_) => None,
        }
    }
}

/// The command that goes on with a release.
pub fn go_on(target: &str, mode: Mode) -> String {
    match mode {
        Mode::Live => format!("gonogo run {target} --mode live"),
        Mode::DryRun => format!("gonogo run {target} --mode dry-run"),
    }
}
