//! What follows when a step stopped: one blocker for the cause, with all that the next person needs.

use super::Run;
use crate::blockers::{Filed, file_stop};
use crate::failure::Failure;
use gonogo_core::blocker::Stopped;
use gonogo_core::ledger::{Event, StepStopped};
use gonogo_core::mechanics::{Cause, Code};
use gonogo_core::release::Mode;
use gonogo_core::standing::Verb;

/// What the channels say at the moment of the stop.
#[derive(Clone, Debug, Default)]
pub struct ChannelsAtStop {
    /// A line for each channel.
    pub lines: Vec<String>,
    /// What to do about those that serve the version already; empty where none does, or all do.
    pub recovery: Vec<String>,
}

impl Run<'_> {
    /// Whether something that cannot be undone may have happened, where a step stopped: what the ledger knows, and a tag on
    /// the remote of which it knows nothing. A remote that does not tell is taken to have it.
    pub(super) async fn is_out(&self, cause: &Cause) -> bool {
        let is_about_tag = matches!(cause.code, Code::TagElsewhere | Code::TagNotOurs);
        if self.is_past_the_door() || self.context.session.mode != Mode::Live || !is_about_tag {
            return self.is_past_the_door();
        }
        let tag = self.context.candidate.target.tag();
        self.world.git.remote_tag(&self.world.remote, tag).await.map_or(true, |found| found.is_some())
    }

    /// Files the blocker, then records the stop: a stop that nobody was told of does not count as settled later.
    pub(super) async fn stop(
        &mut self,
        step: &str,
        cause: &Cause,
        channels: &ChannelsAtStop,
        past_the_door: bool,
    ) -> Result<Filed, Failure> {
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
                next: &context.given.for_others().line(&[Verb::Run(context.session.mode)]),
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
