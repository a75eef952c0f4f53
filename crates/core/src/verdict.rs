//! The three verdicts, the closed set of reasons, and how they combine.
//!
//! Invariant: only `Passed` opens. Nothing converts silence, an error or a default into `Passed`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The outcome of a check, a gate or a poll, without its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Positive, fresh and sufficient evidence was shown.
    Passed,
    /// Evidence was shown, and it speaks against the release.
    Failed,
    /// It could not be shown either way.
    Incomplete,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Incomplete => "incomplete",
        })
    }
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// Why something is `incomplete`: a closed set, spelled in kebab-case everywhere it is shown.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }
        impl Reason {
            /// Every reason, in the order of the design's list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The name that is shown and stored.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

reasons! {
    /// A tool that the check needs is not there, or only inside the checkout under release.
    ToolMissing = "tool-missing",
    /// The tool is there, below the minimum version of the plan.
    ToolTooOld = "tool-too-old",
    /// The check did not run.
    NotRun = "not-run",
    /// The check was stopped before it ended.
    Interrupted = "interrupted",
    /// The check ran into its timeout.
    TimedOut = "timed-out",
    /// The tool ran, and executed no test.
    NoTestsExecuted = "no-tests-executed",
    /// The tool ran, and executed fewer tests than the minimum.
    TooFewTests = "too-few-tests",
    /// The tool ran, and examined fewer inputs than the minimum.
    NothingExamined = "nothing-examined",
    /// The output is truncated, empty, foreign or contradicts the exit status.
    UnreadableOutput = "unreadable-output",
    /// The output is larger than the plan's limit.
    OutputTooLarge = "output-too-large",
    /// The evidence is about another subject.
    StaleEvidence = "stale-evidence",
    /// The data behind the answer (an advisory database, say) is too old, or its age is not known.
    StaleData = "stale-data",
    /// Something that the check needs did not answer.
    Unreachable = "unreachable",
    /// The checkout is not, or did not stay, what its commit says.
    TreeChanged = "tree-changed",
    /// The measurement cannot tell a regression from noise.
    TooNoisy = "too-noisy",
    /// The host is not fit to measure on.
    HostUnfit = "host-unfit",
    /// A review is asked for, and too few are recorded that count.
    ReviewMissing = "review-missing",
    /// There is nothing to compare with.
    BaselineMissing = "baseline-missing",
    /// The tool did not see a known-bad input, so its clean answer says nothing.
    CanaryMissed = "canary-missed",
    /// The blocker tracker could not be read or written.
    TrackerUnreadable = "tracker-unreadable",
    /// The check failed on this very subject, and passes now with nothing changed.
    Flaky = "flaky",
    /// This host cannot run the check.
    UnsupportedHere = "unsupported-here",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A verdict with its reason where it has one: `Incomplete` cannot be said without saying why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// See [`Verdict::Passed`].
    Passed,
    /// See [`Verdict::Failed`].
    Failed,
    /// See [`Verdict::Incomplete`].
    Incomplete(Reason),
}

impl Outcome {
    /// The verdict without its reason.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Passed => Verdict::Passed,
            Self::Failed => Verdict::Failed,
            Self::Incomplete(_) => Verdict::Incomplete,
        }
    }

    /// The reason, for `Incomplete` only.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Incomplete(reason) => Some(reason),
            Self::Passed | Self::Failed => None,
        }
    }

    /// Puts a stored verdict and reason together again. `None` where the two contradict each other.
    pub const fn from_parts(verdict: Verdict, reason: Option<Reason>) -> Option<Self> {
        match (verdict, reason) {
            (Verdict::Passed, None) => Some(Self::Passed),
            (Verdict::Failed, None) => Some(Self::Failed),
            (Verdict::Incomplete, Some(reason)) => Some(Self::Incomplete(reason)),
            _ => None,
        }
    }
}

/// Combines outcomes: any failure fails; else any incompleteness is incomplete with the first reason; all passed
/// passes. Nothing at all is `Incomplete(NotRun)`: an empty set shows nothing.
pub fn combine(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
    let mut combined = None;
    for outcome in outcomes {
        combined = Some(match (combined, outcome) {
            (Some(Outcome::Failed), _) | (_, Outcome::Failed) => Outcome::Failed,
            (Some(first @ Outcome::Incomplete(_)), _) => first,
            (_, next) => next,
        });
    }
    combined.unwrap_or(Outcome::Incomplete(Reason::NotRun))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_set_of_outcomes_does_not_pass() {
        assert_eq!(combine([]), Outcome::Incomplete(Reason::NotRun));
    }

    #[test]
    fn a_failure_outweighs_an_incompleteness_in_either_order() {
        let incomplete = Outcome::Incomplete(Reason::TimedOut);
        assert_eq!(combine([incomplete, Outcome::Failed]), Outcome::Failed);
        assert_eq!(combine([Outcome::Failed, incomplete]), Outcome::Failed);
    }

    #[test]
    fn reasons_are_spelled_the_same_in_json_and_on_screen() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.to_string());
        }
        assert_eq!(Reason::ALL.len(), 22);
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        prop_oneof![
            Just(Outcome::Passed),
            Just(Outcome::Failed),
            proptest::sample::select(Reason::ALL).prop_map(Outcome::Incomplete),
        ]
    }

    proptest! {
        #[test]
        fn a_combination_passes_exactly_when_it_is_not_empty_and_all_of_it_passed(
            outcomes in proptest::collection::vec(any_outcome(), 0..6)
        ) {
            let all = !outcomes.is_empty() && outcomes.iter().all(|one| *one == Outcome::Passed);
            prop_assert_eq!(combine(outcomes) == Outcome::Passed, all);
        }
    }
}
