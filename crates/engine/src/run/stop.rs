//! What follows when a step stopped: one blocker for the cause, with all that the next person needs.

use super::Run;
use crate::blockers::{Filed, file_stop};
use crate::failure::Failure;
use crate::next::go_on;
use gonogo_core::blocker::Stopped;
use gonogo_core::ledger::{Event, StepStopped};
use gonogo_core::mechanics::{Cause, Code};

/// What the channels say at the moment of the stop.
#[derive(Clone, Debug, Default)]
pub struct Channels {
    /// A line for each channel.
    pub lines: Vec<String>,
    /// What to do about those that serve the version already; empty where none does, or all do.
    pub recovery: Vec<String>,
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
            let (context, target) = (self.context, self.context.candidate.target.tag());
            let stopped = Stopped {
                target,
                commit: &context.candidate.commit,
                mode: context.session.mode,
                step,
                cause,
                past_the_door,
                channels: &channels.lines,
                recovery: &channels.recovery,
                next: &go_on(target, context.session.mode),
            };
            file_stop(&context.session.cancel, &mut self.ledger, &self.world.tracker, &stopped).await?
        };
        let blocker = filed.id().map(str::to_owned);
        let (run, step, cause) = (self.seq, step.to_owned(), cause.clone());
        let stopped = StepStopped { run, step, cause, past_the_door, blocker };
        self.record(Event::StepStopped(Box::new(stopped)))?;
        Ok(filed)
    }
}
