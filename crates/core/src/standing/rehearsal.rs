//! What became of the rehearsal of the commit that is checked out.

use super::given::Verb;
use super::next::WhatNext;
use super::seen::Seen;
use super::stop;
use crate::mechanics::{Cause, Code};
use crate::release::Mode;
use crate::verdict::{Outcome, Reason};

/// How far the latest rehearsal of a commit came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RehearsalState {
    /// There was none.
    Not,
    /// It has no end.
    CutShort,
    /// A step stopped it.
    Stopped(Halt),
    /// Every step is done, and not every channel was shown to serve what was built.
    Undelivered {
        /// What the look at the channels came to.
        outcome: Outcome,
        /// The blocker that was filed.
        blocker: Option<String>,
    },
    /// Every step is done, and every channel served what was built.
    Through,
}

/// Where a run stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Halt {
    /// The cause.
    pub code: Code,
    /// The blocker that was filed.
    pub blocker: Option<String>,
}

impl Halt {
    pub(super) fn new(cause: &Cause, blocker: Option<&str>) -> Self {
        Self { code: cause.code, blocker: blocker.map(str::to_owned) }
    }
}

impl RehearsalState {
    /// Whether it went through to its end.
    pub const fn is_through(&self) -> bool {
        matches!(self, Self::Through)
    }

    /// What settles it, where it did not go through.
    pub(super) fn next(&self, seen: &Seen<'_>) -> Option<WhatNext> {
        let (code, blocker) = match self {
            Self::Stopped(halt) => (halt.code, &halt.blocker),
            Self::Undelivered { blocker, .. } => (Code::Undelivered, blocker),
            Self::Not | Self::CutShort | Self::Through => return None,
        };
        // A blocker in the rehearsal's own world is gone with it.
        let blocker = blocker.as_deref().filter(|_| seen.releasing.files_of_rehearsal);
        Some(stop::after(seen, code, blocker, Verb::Run(Mode::DryRun)))
    }
}

/// The latest rehearsal, where it was of this commit.
pub(super) fn rehearsed(seen: &Seen<'_>) -> RehearsalState {
    let rehearsal = seen.rehearsal;
    let Some(run) = rehearsal.run.as_ref().filter(|run| run.started.commit == *seen.commit) else {
        return RehearsalState::Not;
    };
    let Some(ended) = &run.ended else { return RehearsalState::CutShort };
    if let Some(stopped) = &rehearsal.stopped {
        return RehearsalState::Stopped(Halt::new(&stopped.cause, stopped.blocker.as_deref()));
    }
    if !ended.completed {
        return RehearsalState::CutShort;
    }
    match &rehearsal.delivered {
        None if seen.releasing.has_channels => RehearsalState::CutShort,
        None => RehearsalState::Through,
        Some(delivered) => match Outcome::from_parts(delivered.verdict, delivered.reason) {
            Some(Outcome::Passed) => RehearsalState::Through,
            outcome => RehearsalState::Undelivered {
                outcome: outcome.unwrap_or(Outcome::Incomplete(Reason::UnreadableOutput)),
                blocker: delivered.blocker.clone(),
            },
        },
    }
}
