//! What a kind of step is: what it does to the world, what shows that it is done, and what can be undone of it.
//!
//! Invariant: the effects and the facts of a step are of its own kind, so that a wrong pair of step and effect cannot be
//! written.

use super::cause::Cause;
use super::planned::Undoable;
use super::record::Stored;
use super::rehearse::Played;
use super::{Effect, Facts};
use std::fmt::{Debug, Display};
use std::time::Duration;

/// A kind of step, as the plan has one of it.
pub trait Kind: Clone + Debug + PartialEq + Eq {
    /// One thing that such a step does to the world.
    type Effect: KindEffect;
    /// What is seen of such a step that is done.
    type Facts: KindFacts;

    /// The name that the plan has for it.
    const NAME: &'static str;
    /// How long such a step may take, where the plan does not say.
    const TIMEOUT: Duration = Duration::from_secs(600);
    /// Whether it works at the project's repository on GitHub.
    const AT_GITHUB: bool = false;

    /// What the step does, in words.
    fn words(&self, tag: &str) -> String;

    /// Whether what the step does can be undone.
    fn undo(&self, tag: &str) -> Undoable;

    /// What shows that the step is done, in words. `code` sets apart what is written as it stands.
    fn shown_by(&self, code: &dyn Fn(&str) -> String) -> String;

    /// Whether this effect cannot be undone.
    fn is_one_way(&self, _: &Self::Effect) -> bool {
        self.undo("") == Undoable::Never
    }

    /// The workflow whose work this step is, for a rehearsal, which plays it.
    fn workflow(&self) -> Option<Played<'_>> {
        None
    }
}

/// An effect of one kind of step.
pub trait KindEffect: Clone + Debug + Eq + Display + Stored<Effect> {
    /// Whether asking for it twice might make two of it. Before such an effect is asked for again, the world is looked
    /// at for as long as it may take to show.
    fn may_double(&self) -> bool {
        false
    }

    /// Whether the subject is checked again right before it.
    fn is_behind_a_door(&self) -> bool {
        true
    }
}

/// The facts of one kind of step.
pub trait KindFacts: Clone + Debug + Eq + Stored<Facts> {
    /// Whether these facts, seen now, are what was recorded. What differs was changed by somebody.
    fn agrees_with(&self, recorded: &Self) -> bool {
        self == recorded
    }

    /// What was seen, in one line.
    fn line(&self) -> String;

    /// What users can see of it by now, in one line.
    fn public_line(&self) -> Option<String> {
        None
    }

    /// The workflow run that these facts are of, where they are of one.
    fn workflow_run(&self) -> Option<u64> {
        None
    }
}

/// What the world says of a step of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation<K: Kind> {
    /// This effect is missing, and nothing stands in its way.
    Absent(K::Effect),
    /// All of it is there, as it should be.
    Done(K::Facts),
    /// The world holds something else, or the work failed.
    Conflict(Cause),
    /// It could not be told.
    Unknown(Cause),
}

/// Something that takes its time: not there yet, or settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched<K: Kind> {
    /// Not yet; what is waited for, in one line.
    Waiting(String),
    /// Not before somebody has acted: its message says what is waited for, and it is why the release stops when the time is
    /// over.
    Held(Box<Cause>),
    /// It is settled.
    Settled(Observation<K>),
}

impl<K: Kind> Watched<K> {
    /// Settled by a conflict.
    pub(super) const fn conflict(cause: Cause) -> Self {
        Self::Settled(Observation::Conflict(cause))
    }

    /// Settled by an effect that is missing.
    pub(super) const fn absent(effect: K::Effect) -> Self {
        Self::Settled(Observation::Absent(effect))
    }
}

/// The effect of a step that only looks: there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoEffect {}

impl Display for NoEffect {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}

impl From<NoEffect> for Effect {
    fn from(none: NoEffect) -> Self {
        match none {}
    }
}

impl Stored<Effect> for NoEffect {
    fn read(_: &Effect) -> Option<&Self> {
        None
    }
}

impl KindEffect for NoEffect {}
