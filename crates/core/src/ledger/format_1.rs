//! Records of format 1, in every shape that it had. What has not changed since is the current type.
//!
//! Invariant: what was not told then is not made up. Where it has to be decided on, the answer is the one that opens
//! nothing.

use super::event::{
    self, BlockerFiled, BlockerResolved, BlockerSeen, CheckFinished, CheckStarted, DeliveryRecorded, Opened,
    PollFinished, Repaired, ReviewRecorded, RunFinished, RunStarted, StepDone, StepStopped,
};
use crate::digest::Digest;
use crate::mechanics::{Cause, Effect, ReleaseEffect};
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    format: u32,
    seq: u64,
    prev: Digest,
    at: String,
    event: Event,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Event {
    Opened(Opened),
    PollStarted(Box<event::PollStarted>),
    CheckStarted(CheckStarted),
    CheckFinished(Box<CheckFinished>),
    ReviewRecorded(Box<ReviewRecorded>),
    BlockerSeen(BlockerSeen),
    BlockerFiled(BlockerFiled),
    BlockerResolved(BlockerResolved),
    PollFinished(PollFinished),
    Repaired(Repaired),
    RunStarted(Box<RunStarted>),
    EffectIntended(Box<EffectIntended>),
    EffectApplied(Box<EffectApplied>),
    StepDone(Box<StepDone>),
    StepStopped(Box<StepStopped>),
    RunFinished(RunFinished),
    Delivered(Box<DeliveryRecorded>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectIntended {
    run: u64,
    step: String,
    effect: Effect,
    /// From 1.4 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_way: Option<bool>,
    mark: Option<u64>,
    detail: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectApplied {
    run: u64,
    step: String,
    effect: Effect,
    error: Option<Cause>,
    /// From 1.3 on: `None` where it is not told, `Some(None)` where nothing was made.
    #[serde(default, deserialize_with = "told", skip_serializing_if = "Option::is_none")]
    made: Option<Option<u64>>,
}

fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl From<Record> for event::Record {
    fn from(record: Record) -> Self {
        let Record { format, seq, prev, at, event } = record;
        Self { format, reader: None, seq, prev, at, event: event.into() }
    }
}

impl From<Event> for event::Event {
    fn from(event: Event) -> Self {
        match event {
            Event::Opened(opened) => Self::Opened(opened),
            Event::PollStarted(started) => Self::PollStarted(started),
            Event::CheckStarted(started) => Self::CheckStarted(started),
            Event::CheckFinished(finished) => Self::CheckFinished(finished),
            Event::ReviewRecorded(review) => Self::ReviewRecorded(review),
            Event::BlockerSeen(seen) => Self::BlockerSeen(seen),
            Event::BlockerFiled(filed) => Self::BlockerFiled(filed),
            Event::BlockerResolved(resolved) => Self::BlockerResolved(resolved),
            Event::PollFinished(finished) => Self::PollFinished(finished),
            Event::Repaired(repaired) => Self::Repaired(repaired),
            Event::RunStarted(started) => Self::RunStarted(started),
            Event::EffectIntended(intended) => Self::EffectIntended(Box::new((*intended).into())),
            Event::EffectApplied(applied) => Self::EffectApplied(Box::new((*applied).into())),
            Event::StepDone(done) => Self::StepDone(done),
            Event::StepStopped(stopped) => Self::StepStopped(stopped),
            Event::RunFinished(finished) => Self::RunFinished(finished),
            Event::Delivered(delivered) => Self::Delivered(delivered),
        }
    }
}

impl From<EffectIntended> for event::EffectIntended {
    fn from(intended: EffectIntended) -> Self {
        let EffectIntended { run, step, effect, one_way, mark, detail } = intended;
        let one_way = one_way.unwrap_or_else(|| may_be_one_way(&effect));
        Self { run, step, effect, one_way, mark, detail, program: None }
    }
}

/// Whether there is a plan under which this effect cannot be undone.
const fn may_be_one_way(effect: &Effect) -> bool {
    match effect {
        Effect::PushTag(_)
        | Effect::DispatchWorkflow(_)
        | Effect::GithubRelease(ReleaseEffect::Publish)
        | Effect::Command(_) => true,
        Effect::Tag(_)
        | Effect::HomebrewFormula(_)
        | Effect::GithubRelease(
            ReleaseEffect::CreateDraft | ReleaseEffect::Upload(_) | ReleaseEffect::Remove(_),
        ) => false,
    }
}

impl From<EffectApplied> for event::EffectApplied {
    fn from(applied: EffectApplied) -> Self {
        let EffectApplied { run, step, effect, error, made } = applied;
        Self { run, step, effect, error, made: made.flatten() }
    }
}
