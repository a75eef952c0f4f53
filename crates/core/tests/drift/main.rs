//! A plan against the base tag's: whatever of a plan becomes weaker is seen, and nothing else asks for a review.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod places;
mod plans;
mod stronger;
mod weaker;

use gonogo_core::blocker::{Backlog, stand};
use gonogo_core::clearance::decide;
use gonogo_core::digest::Digest;
use gonogo_core::gate::{Poll, builtin::judge_review};
use gonogo_core::ledger::{CheckFinished, CheckKey, LedgerState, ReviewDecision};
use gonogo_core::plan::{self, ChangeClass, Plan, plan_changes, weakened};
use gonogo_core::reviewers::Weighed;
use gonogo_core::verdict::Outcome;
use plans::{rich, thinned};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

fn finished(key: &CheckKey, outcome: Outcome) -> CheckFinished {
    CheckFinished::new(1, key.0, &key.1, Digest::of(b"subject"), outcome)
}

/// Whether a poll of which every check passed is go.
fn is_go(now: &Plan, base: &Plan, review: Option<ReviewDecision>) -> bool {
    let mut results: BTreeMap<CheckKey, CheckFinished> = now
        .checks()
        .map(|(gate, check)| (gate.id, check.id.clone()))
        .map(|key| (key.clone(), finished(&key, Outcome::Passed)))
        .collect();
    for (gate, lines) in weakened(now, base) {
        let key = (gate, "plan-unweakened".to_owned());
        let weighed = Weighed { decision: review, wanted: u32::from(review.is_none()), words: Vec::new() };
        let judged = judge_review(gate, &key.1, &lines.join("; "), &weighed);
        results.insert(key.clone(), finished(&key, judged.outcome));
    }
    let required = plan::required_gates(now, Some(base));
    let poll = Poll::evaluate(now, &required, Digest::of(b"subject"), &results);
    let nothing = stand(&Backlog::empty(), &LedgerState::default(), now, &HashSet::new());
    decide("v1.0.0", &poll, Ok(&nothing)).is_ok()
}

#[test]
fn a_plan_is_as_strong_as_itself() {
    assert_eq!(plan_changes(&rich(), &rich()), []);
    assert!(is_go(&rich(), &rich(), None));
}

#[test]
fn every_weakening_is_one_of_a_plan_that_has_everything() {
    for (name, weaken) in weaker::ALL {
        let mut now = rich();
        assert!(weaken(&mut now), "{name}: nothing there to weaken");
        let changes = plan_changes(&now, &rich());
        let weaker = changes.iter().find(|change| change.class == ChangeClass::Weaker);
        assert!(weaker.is_some(), "{name}: {changes:?}");
        assert!(!is_go(&now, &rich(), None), "{name}");
    }
}

#[test]
fn what_is_stronger_and_what_asks_nothing_need_no_review() {
    for (name, change) in stronger::ALL {
        let mut now = rich();
        assert!(change(&mut now), "{name}: nothing there to change");
        let changes = plan_changes(&now, &rich());
        assert!(!changes.is_empty(), "{name}");
        assert!(weakened(&now, &rich()).is_empty(), "{name}: {changes:?}");
        assert!(is_go(&now, &rich(), None), "{name}");
    }
}

#[test]
fn changes_are_told_in_words_and_not_in_the_programs_own_form() {
    for (name, change) in weaker::ALL.iter().chain(stronger::ALL) {
        let mut now = rich();
        change(&mut now);
        for change in plan_changes(&now, &rich()) {
            let odd = ["Some(", "None", "{ ", "Regex", "TomlKey", "Duration", "\\\"", "\n"];
            assert!(!odd.iter().any(|odd| change.what.contains(odd)), "{name}: {}", change.what);
        }
    }
}

#[test]
fn a_value_that_is_set_for_a_program_is_never_shown() {
    let mut now = rich();
    assert!(weaker::set_variable(&mut now));
    let said = format!("{:?}", plan_changes(&now, &rich()));
    assert!(said.contains("RUST_LOG") && !said.contains("trace"), "{said}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_single_weakening_of_any_plan_is_no_go_without_a_review(
        seed in any::<u64>(), at in 0..weaker::ALL.len()
    ) {
        let base = thinned(seed);
        let (name, weaken) = weaker::ALL[at];
        let mut now = base.clone();
        // Not every plan has what is to be weakened.
        prop_assume!(weaken(&mut now));
        prop_assert!(!weakened(&now, &base).is_empty(), "{}", name);
        prop_assert!(!is_go(&now, &base, None), "{}", name);
        // A review is a way on, but for what is not there any more.
        let has_checks = |id: &u32| now.gate(*id).is_some_and(|gate| !gate.checks.is_empty());
        let is_whole = base.policy.required_gates.iter().all(has_checks);
        prop_assert!(is_go(&now, &base, Some(ReviewDecision::Accepted)) || !is_whole, "{}", name);
    }

    #[test]
    fn an_equal_plan_and_a_stronger_one_of_any_plan_need_no_review(
        seed in any::<u64>(), at in proptest::collection::vec(0..stronger::ALL.len(), 0..4)
    ) {
        let base = thinned(seed);
        let mut now = base.clone();
        let applied: Vec<&str> =
            at.iter().filter(|at| stronger::ALL[**at].1(&mut now)).map(|at| stronger::ALL[*at].0).collect();
        prop_assert!(weakened(&now, &base).is_empty(), "{:?}: {:?}", applied, weakened(&now, &base));
        prop_assert!(is_go(&now, &base, None), "{:?}", applied);
    }
}
