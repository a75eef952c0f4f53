//! The one table of exit codes, and the one map from what happened to a code.

use gonogo_core::clearance::{Obstacle, Refused};
use gonogo_core::mechanics::Severity;
use gonogo_core::standing::Held;
use gonogo_core::verdict::Outcome;
use gonogo_engine::failure::{Failure, FailureKind};
use gonogo_engine::preflight::ItemState;
use gonogo_engine::run::Ending;
use gonogo_world::process::Cancel;
use std::process::ExitCode;

/// What the program exits with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Go, or the command did what it was asked.
    Go,
    /// A check failed, a blocker is open, a channel is wrong.
    NoGo,
    /// The command line or the plan cannot be used.
    Usage,
    /// Nothing failed, but something could not be shown.
    Incomplete,
    /// The world is not ours to change: someone else's tag, a tampered ledger, another poll under way.
    Conflict,
    /// A defect of this program.
    Internal,
    /// Stopped by a signal.
    Interrupted,
}

impl Exit {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Go,
        Self::NoGo,
        Self::Usage,
        Self::Incomplete,
        Self::Conflict,
        Self::Internal,
        Self::Interrupted,
    ];

    /// The status that the process ends with.
    pub const fn status(self) -> u8 {
        match self {
            Self::Go => 0,
            Self::NoGo => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Conflict => 4,
            Self::Internal => 70,
            Self::Interrupted => 130,
        }
    }

    /// A verdict on the world: what is wrong is `NoGo`, what could not be told `Incomplete`. A verdict that contradicts
    /// its reason is a defect.
    pub const fn of_outcome(outcome: Option<Outcome>) -> Self {
        match outcome {
            Some(Outcome::Passed) => Self::Go,
            Some(Outcome::Failed) => Self::NoGo,
            Some(Outcome::Incomplete(_)) => Self::Incomplete,
            None => Self::Internal,
        }
    }

    /// Refused clearance: `NoGo` as soon as anything failed or a blocker stands for more than an incomplete check of
    /// this poll, else `Incomplete`.
    pub fn of_refusal(refused: &Refused) -> Self {
        let no_go = refused.0.iter().any(|obstacle| match obstacle {
            Obstacle::GateFailed(_) => true,
            Obstacle::Blocker { incomplete_only, .. } => !incomplete_only,
            Obstacle::GateIncomplete(..)
            | Obstacle::TrackerUnreadable(_)
            | Obstacle::NothingRequired
            | Obstacle::PartOnly => false,
        });
        if no_go { Self::NoGo } else { Self::Incomplete }
    }

    /// How a run of the mechanics ended, and what the channels served after it.
    pub const fn of_run(ending: &Ending, delivered: Option<Outcome>) -> Self {
        match (ending, delivered) {
            (Ending::Completed, None) => Self::Go,
            (Ending::Completed, delivered @ Some(_)) => Self::of_outcome(delivered),
            (Ending::Declined { .. }, _) => Self::NoGo,
            (Ending::Interrupted, _) => Self::Interrupted,
            (Ending::Stopped { cause, .. }, _) => Self::of_severity(cause.code.severity()),
        }
    }

    /// Where a release stands.
    pub const fn of_standing(held: Held) -> Self {
        match held {
            Held::ByNothing => Self::Go,
            Held::ByOutcome(outcome) => Self::of_outcome(Some(outcome)),
            Held::ByCause(severity) => Self::of_severity(severity),
            Held::ByWork => Self::Incomplete,
        }
    }

    /// A command that could not do what it was asked.
    pub const fn of_failure(failure: &Failure) -> Self {
        match failure.kind {
            FailureKind::NoGo => Self::NoGo,
            FailureKind::Usage => Self::Usage,
            FailureKind::Incomplete => Self::Incomplete,
            FailureKind::Conflict => Self::Conflict,
            FailureKind::Internal => Self::Internal,
            FailureKind::Interrupted => Self::Interrupted,
        }
    }

    /// A stop order outranks whatever it led to. A command that prints its exit in a document asks once it waits for
    /// nothing any more, so that the document and the process say the same.
    pub fn unless_stopped(self, cancel: &Cancel) -> Self {
        if cancel.is_cancelled() { Self::Interrupted } else { self }
    }

    /// The worst of a list of preconditions.
    pub const fn of_preflight(worst: ItemState) -> Self {
        match worst {
            ItemState::Ok => Self::Go,
            ItemState::Gap => Self::NoGo,
            ItemState::Unknown => Self::Incomplete,
            ItemState::Conflict => Self::Conflict,
        }
    }

    /// Why a step stopped.
    const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Failed => Self::NoGo,
            Severity::Conflict => Self::Conflict,
            Severity::Unknown => Self::Incomplete,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_core::verdict::Reason;

    fn blocker(incomplete_only: bool) -> Obstacle {
        Obstacle::Blocker { id: "B1".into(), incomplete_only }
    }

    #[test]
    fn the_blocker_of_an_incomplete_check_leaves_the_poll_incomplete() {
        let refused = Refused(vec![Obstacle::GateIncomplete(3, Reason::NoTestsExecuted), blocker(true)]);
        assert_eq!(Exit::of_refusal(&refused), Exit::Incomplete);
    }

    #[test]
    fn a_failure_or_any_other_blocker_is_a_no_go() {
        let incomplete = Obstacle::GateIncomplete(3, Reason::NotRun);
        assert_eq!(Exit::of_refusal(&Refused(vec![incomplete.clone(), blocker(false)])), Exit::NoGo);
        assert_eq!(Exit::of_refusal(&Refused(vec![incomplete, Obstacle::GateFailed(5)])), Exit::NoGo);
    }
}
