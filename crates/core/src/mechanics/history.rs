//! What happened to one step so far.

use super::{Cause, Effect, Facts, Stored};
use std::collections::BTreeSet;

/// That an effect was about to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The effect.
    pub effect: Effect,
    /// It is of a step that cannot be undone.
    pub one_way: bool,
    /// For a dispatch: the workflow's newest run before it; 0 where there was none.
    pub mark: Option<u64>,
}

/// What happened to one step.
#[derive(Clone, Debug, Default)]
pub struct StepHistory {
    /// Every intent, in order.
    pub intents: Vec<Intent>,
    /// What was recorded as done.
    pub done: Option<Facts>,
    /// Why it stopped, each time that a blocker was filed for.
    pub stops: Vec<Cause>,
    /// Effects whose intent has no outcome: the run was cut short in between.
    pub in_flight: BTreeSet<Effect>,
    /// Effects whose latest outcome was no error: the world may take its time to show them.
    pub accepted: BTreeSet<Effect>,
    /// What was recorded as done may be done anew where the world does not show it: it can be undone, and either nothing
    /// that cannot be undone was intended yet, or somebody has said of its being gone that it is settled.
    pub may_be_redone: bool,
    /// What the answer to the latest effect named as made: a workflow run's ID, or a draft's.
    pub made: Option<u64>,
}

impl StepHistory {
    /// The newest workflow run that was there when the effect was last intended.
    pub fn mark(&self) -> Option<u64> {
        self.intents.last().map(|intent| intent.mark.unwrap_or_default())
    }

    /// Whether an effect was ever intended.
    pub fn has_intended(&self, effect: impl Into<Effect>) -> bool {
        let effect = effect.into();
        self.intents.iter().any(|intent| intent.effect == effect)
    }

    /// Whether the latest outcome of an effect was no error: the world may take its time to show it.
    pub fn has_accepted(&self, effect: impl Into<Effect>) -> bool {
        self.accepted.contains(&effect.into())
    }

    /// What was recorded as done, where it is of a kind.
    pub fn done_as<F: Stored<Facts>>(&self) -> Option<&F> {
        self.done.as_ref().and_then(F::read)
    }

    /// Whether every effect that was intended can be undone; none is no such thing.
    pub(crate) fn is_reversible(&self) -> bool {
        !self.intents.is_empty() && self.intents.iter().all(|intent| !intent.one_way)
    }

    /// The workflow runs whose failure was recorded.
    pub fn failed_runs(&self) -> BTreeSet<u64> {
        self.stops.iter().filter_map(|cause| cause.run).collect()
    }
}
