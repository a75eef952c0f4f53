//! A pass after a failure on one subject, with nothing changed in between: the two contradict each other.
//!
//! Invariant: running again until it passes is no proof. Only a plan that allows so many re-runs, or a review of what failed, lets
//! such a pass count; and that it did is always said.

use super::Judged;
use crate::ledger::Contradiction;
use crate::review::{ReviewDecision, Word};
use crate::reviewers::Weighed;
use crate::verdict::{Outcome, Reason};

/// Holds a verdict against the runs that failed on the same subject before it. `retries` is how many of them the plan allows;
/// `weighed` are the reviews of exactly what they left behind.
pub fn judge_contradiction(
    judged: Judged,
    earlier: &Contradiction,
    retries: u32,
    weighed: &Weighed,
) -> Judged {
    if judged.outcome != Outcome::Passed {
        return judged;
    }
    let failures = earlier.failures;
    let times = if failures == 1 { "once".to_owned() } else { format!("{failures} times") };
    let said = format!("failed {times} on this very subject before it passed");
    let lines: Vec<String> = weighed.words.iter().map(Word::line).collect();
    let with = |mut judged: Judged, notes: Vec<String>| {
        judged.notes.extend(notes);
        judged
    };
    match weighed.decision {
        Some(ReviewDecision::Accepted) => with(judged, [vec![said], lines].concat()),
        Some(ReviewDecision::Rejected) => {
            judged.but(Reason::Flaky, format!("it {said}; {}", lines.join("; ")))
        }
        None if failures <= u64::from(retries) => {
            with(judged, vec![format!("{said}; the plan's `policy.retries` allows {retries}")])
        }
        None => with(judged.but(Reason::Flaky, format!("it {said}, with nothing changed")), lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;
    use crate::review::WordKind;

    fn failed(failures: u64) -> Contradiction {
        Contradiction { failures, evidence: [Digest::of(b"boom")].into() }
    }

    fn weighed(decision: Option<ReviewDecision>) -> Weighed {
        let words = decision.map(|decision| Word {
            kind: WordKind::Review,
            decision,
            fingerprint: None,
            by: "ann@host".into(),
            key: None,
            at: "2026-06-01T00:00:00Z".into(),
            until: None,
            note: "a race in the test itself".into(),
            void: None,
        });
        Weighed { decision, wanted: 0, words: words.into_iter().collect() }
    }

    fn passed() -> Judged {
        Judged::compared(1, Vec::new())
    }

    #[test]
    fn a_pass_after_a_failure_is_flaky_until_it_is_reviewed() {
        let flaky = judge_contradiction(passed(), &failed(2), 0, &weighed(None));
        assert_eq!(flaky.outcome, Outcome::Incomplete(Reason::Flaky));
        assert!(flaky.detail.unwrap().contains("failed 2 times"));
        let accepted = weighed(Some(ReviewDecision::Accepted));
        let passes = judge_contradiction(passed(), &failed(1), 0, &accepted);
        assert_eq!(passes.outcome, Outcome::Passed);
        assert!(passes.notes[0].contains("failed once") && passes.notes[1].contains("ann@host"));
        let rejected = weighed(Some(ReviewDecision::Rejected));
        let stays = judge_contradiction(passed(), &failed(1), 9, &rejected);
        assert_eq!(stays.outcome, Outcome::Incomplete(Reason::Flaky));
    }

    #[test]
    fn so_many_re_runs_as_the_plan_allows_pass_and_it_is_said() {
        for (failures, retries, passes) in [(1, 1, true), (2, 1, false), (2, 3, true)] {
            let judged = judge_contradiction(passed(), &failed(failures), retries, &weighed(None));
            assert_eq!(judged.outcome == Outcome::Passed, passes, "{failures} of {retries}");
            assert_eq!(judged.notes.len(), usize::from(passes));
        }
    }

    #[test]
    fn what_is_not_a_pass_stays_what_it_is() {
        for outcome in [Outcome::Failed, Outcome::Incomplete(Reason::TimedOut)] {
            let judged = Judged { outcome, ..passed() };
            assert_eq!(judge_contradiction(judged.clone(), &failed(1), 0, &weighed(None)), judged);
        }
    }
}
