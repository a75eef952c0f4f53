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
    /// Whether something that cannot be undone may have happened, where the run ended early: what the ledger knows, and a
    /// tag on the remote of which it knows nothing. A remote that does not tell is taken to have it where the stop is about the
    /// tag,
    pub(super) async fn is_out(&self, cause: Option<&Cause>) -> bool {
        if self.is_past_the_door() || self.context.session.mode != Mode::Live {
            return self.is_past_the_door();
        }
        let is_about_tag =
            cause.is_some_and(|cause| matches!(cause.code, Code::TagElsewhere | Code::TagNotOurs));
        let tag = self.context.candidate.target.tag();
        let asked = self.world.git.remote_tag(&self.world.remote, tag).await;
        asked.map_or(is_about_tag, |found| found.is_some())
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
