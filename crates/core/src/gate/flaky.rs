//! A pass after a failure on one subject, with nothing changed in between: the two contradict each other.
//!
//! Invariant: running again until it passes is no proof. Only a plan that allows so many re-runs, or a review of what failed, lets
//! such a pass count; and that it did is always said.

use super::Judged;
use crate::ledger::{Contradiction, ReviewDecision, ReviewRecorded};
use crate::text::one_line;
use crate::verdict::{Outcome, Reason};

/// Holds a verdict against the runs that failed on the same subject before it. `retries` is how many of them the plan allows;
/// `review` is the last one of exactly what they left behind.
pub fn judge_contradiction(
    judged: Judged,
    earlier: Option<&Contradiction>,
    retries: u32,
    review: Option<&ReviewRecorded>,
) -> Judged {
    let Some(earlier) = earlier.filter(|_| judged.outcome == Outcome::Passed) else { return judged };
    let failures = earlier.failures;
    let times = if failures == 1 { "once".to_owned() } else { format!("{failures} times") };
    let said = format!("failed {times} on this very subject before it passed");
    let with = |mut judged: Judged, note: String| {
        judged.notes.push(note);
        judged
    };
    match review.map(|review| (review.decision, review)) {
        Some((ReviewDecision::Accepted, review)) => {
            let by = format!("accepted by {}: {}", review.agent, review.note);
            with(judged, format!("{said}; {}", one_line(&by)))
        }
        Some((ReviewDecision::Rejected, review)) => {
            let by = format!("{said}; rejected by {}: {}", review.agent, review.note);
            judged.but(Reason::Flaky, by)
        }
        None if failures <= u64::from(retries) => {
            with(judged, format!("{said}; the plan's `policy.retries` allows {retries}"))
        }
        None => judged.but(Reason::Flaky, format!("it {said}, with nothing changed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn failed(failures: u64) -> Contradiction {
        Contradiction { failures, evidence: [Digest::of(b"boom")].into() }
    }

    fn review(decision: ReviewDecision) -> ReviewRecorded {
        ReviewRecorded {
            gate: 3,
            check: "t".into(),
            subject: Digest::of(b"subject"),
            evidence: vec![Digest::of(b"boom")],
            agent: "ann@host".parse().unwrap(),
            decision,
            note: "a race in the test itself".into(),
        }
    }

    fn passed() -> Judged {
        Judged::compared(1, Vec::new())
    }

    #[test]
    fn a_pass_counts_where_nothing_failed_on_this_subject() {
        assert_eq!(judge_contradiction(passed(), None, 0, None), passed());
    }

    #[test]
    fn a_pass_after_a_failure_is_flaky_until_it_is_reviewed() {
        let flaky = judge_contradiction(passed(), Some(&failed(2)), 0, None);
        assert_eq!(flaky.outcome, Outcome::Incomplete(Reason::Flaky));
        assert!(flaky.detail.unwrap().contains("failed 2 times"));
        let accepted = review(ReviewDecision::Accepted);
        let passes = judge_contradiction(passed(), Some(&failed(1)), 0, Some(&accepted));
        assert_eq!(passes.outcome, Outcome::Passed);
        assert!(passes.notes[0].contains("failed once") && passes.notes[0].contains("ann@host"));
        let rejected = review(ReviewDecision::Rejected);
        let stays = judge_contradiction(passed(), Some(&failed(1)), 9, Some(&rejected));
        assert_eq!(stays.outcome, Outcome::Incomplete(Reason::Flaky));
    }

    #[test]
    fn so_many_re_runs_as_the_plan_allows_pass_and_it_is_said() {
        for (failures, retries, passes) in [(1, 1, true), (2, 1, false), (2, 3, true)] {
            let judged = judge_contradiction(passed(), Some(&failed(failures)), retries, None);
            assert_eq!(judged.outcome == Outcome::Passed, passes, "{failures} of {retries}");
            assert_eq!(judged.notes.len(), usize::from(passes));
        }
    }

    #[test]
    fn what_is_not_a_pass_stays_what_it_is() {
        for outcome in [Outcome::Failed, Outcome::Incomplete(Reason::TimedOut)] {
            let judged = Judged { outcome, ..passed() };
            assert_eq!(judge_contradiction(judged.clone(), Some(&failed(1)), 0, None), judged);
        }
    }
}
