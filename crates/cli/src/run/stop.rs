//! What follows when a step stopped: one blocker for the cause, with all that the next person needs.

use super::Run;
use crate::error::Failure;
use crate::poll::settle;
use gonogo_core::blocker::{Stopped, TaskState, epic_title};
use gonogo_core::ledger::{Event, StepStopped};
use gonogo_core::mechanics::{Cause, Code};
use gonogo_core::release::Mode;

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
            self.file(step, cause, channels, past_the_door).await?
        };
        let blocker = match &filed {
            Filed::As(id) => Some(id.clone()),
            Filed::AlreadyThere | Filed::Not(_) => None,
        };
        let (run, step, cause) = (self.seq, step.to_owned(), cause.clone());
        let stopped = StepStopped { run, step, cause, past_the_door, blocker };
        self.record(Event::StepStopped(Box::new(stopped)))?;
        Ok(filed)
    }

    async fn file(
        &mut self,
        step: &str,
        cause: &Cause,
        channels: &Channels,
        past_the_door: bool,
    ) -> Result<Filed, Failure> {
        let tracker = match &self.hands.tracker {
            Ok(tracker) => tracker,
            Err(error) => return Ok(Filed::Not(error.message.clone())),
        };
        let target = self.context.target.tag();
        let draft = Stopped {
            target,
            commit: &self.context.commit,
            mode: self.context.mode,
            step,
            cause,
            past_the_door,
            channels: &channels.lines,
            recovery: &channels.recovery,
            next: &go_on(target, self.context.mode),
        }
        .draft();
        let fingerprint = draft.fingerprint.clone();
        let epic = epic_title(target);
        let backlog = match settle::file(self.context, &mut self.ledger, tracker, &epic, &[draft]).await? {
            Ok(backlog) => backlog,
            Err(error) => return Ok(Filed::Not(error.message)),
        };
        self.ledger.flush()?;
        self.lines.insert(self.ledger.anchor().head);
        let found = backlog
            .tasks
            .iter()
            .find(|task| task.state == TaskState::Open && task.fingerprint().as_ref() == Some(&fingerprint));
        Ok(match found {
            Some(task) => Filed::As(task.id.clone()),
            None => Filed::Not("the filed task cannot be found again".to_owned()),
        })
    }
}

/// The command that goes on with a release.
pub fn go_on(target: &str, mode: Mode) -> String {
    match mode {
        Mode::Live => format!("gonogo run {target} --mode live"),
        Mode::DryRun => format!("gonogo run {target} --mode dry-run"),
    }
}
