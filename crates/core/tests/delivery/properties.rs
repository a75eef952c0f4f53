//! What holds whatever is seen.

use crate::support::{crate_expected, crate_facts, live, served, tried};
use gonogo_core::delivery::{
    BuildOrigin, Content, Doubt, Install, Level, Served, Sighting, Told, Withdrawn, judge,
};
use gonogo_core::digest::Digest;
use gonogo_core::verdict::{Reason, Verdict};
use proptest::prelude::*;

fn any_level() -> impl Strategy<Value = Level> {
    proptest::sample::select(&Level::ALL[..])
}

/// Served with any of the things that can be wrong with them, and whether none of them is.
fn any_facts() -> impl Strategy<Value = (Served, bool)> {
    (proptest::collection::vec(any::<bool>(), 12), any::<bool>()).prop_map(|(flags, good)| {
        let mut facts = crate_facts();
        if good {
            return (facts, true);
        }
        let edits: [fn(&mut Served); 12] = [
            |facts| facts.version = "0.1.14".into(),
            |facts| facts.package = "kit-2".into(),
            |facts| facts.resolves = Told::NotAsked,
            |facts| facts.resolves = Told::No { said: "no".into() },
            |facts| facts.withdrawn = vec![Withdrawn::Yanked { said: None }],
            |facts| facts.files.push(served("more")),
            |facts| facts.files.clear(),
            |facts| facts.doubts = vec![Doubt::new(Reason::TimedOut, "late")],
            |facts| facts.origin = Some(BuildOrigin { commit: "0".into(), dirty: true }),
            |facts| facts.install = Some(tried(Install::DoesNotRun { said: "no".into() })),
            |facts| facts.install = None,
            |facts| {
                if let Some(file) = facts.files.first_mut() {
                    let digest = Digest::of(b"other");
                    file.content = Some(Content { bytes: 1, digest, computed: Vec::new() });
                }
            },
        ];
        let mut is_good = true;
        for (edit, _) in edits.into_iter().zip(flags).filter(|(_, flag)| *flag) {
            edit(&mut facts);
            is_good = false;
        }
        (facts, is_good)
    })
}

proptest! {
    #[test]
    fn a_pass_has_reached_what_was_asked_without_a_problem_or_a_doubt((facts, _) in any_facts(), level in any_level()) {
        let judgement = judge(&crate_expected(), &live(facts), level);
        let clean = judgement.problems.is_empty() && judgement.doubts.is_empty();
        prop_assert_eq!(judgement.verdict == Verdict::Passed, clean);
        prop_assert_eq!(judgement.verdict == Verdict::Passed, judgement.reached == Some(level));
        prop_assert_eq!(judgement.verdict == Verdict::Incomplete, judgement.reason.is_some());
        prop_assert_eq!(judgement.verdict == Verdict::Failed, !judgement.problems.is_empty());
    }

    #[test]
    fn at_the_deepest_level_only_what_is_wholly_right_passes((facts, is_good) in any_facts()) {
        let judgement = judge(&crate_expected(), &live(facts), Level::Installs);
        prop_assert_eq!(judgement.verdict == Verdict::Passed, is_good);
    }

    #[test]
    fn a_deeper_question_never_turns_a_no_into_a_yes((facts, _) in any_facts(), one in any_level(), other in any_level()) {
        let (shallow, deep) = (one.min(other), one.max(other));
        let shallow = judge(&crate_expected(), &live(facts.clone()), shallow);
        let deep = judge(&crate_expected(), &live(facts), deep);
        prop_assert!(shallow.verdict == Verdict::Passed || deep.verdict != Verdict::Passed);
        if shallow.verdict == Verdict::Failed {
            prop_assert_eq!(deep.verdict, Verdict::Failed);
            prop_assert_eq!(deep.reached, shallow.reached);
        }
    }

    #[test]
    fn what_was_not_told_is_neither_a_pass_nor_a_failure(at in 0..Reason::ALL.len(), level in any_level()) {
        let seen = Sighting::Unknown { reason: Reason::ALL[at], said: String::new() };
        let judgement = judge(&crate_expected(), &seen, level);
        prop_assert_eq!((judgement.verdict, judgement.reached), (Verdict::Incomplete, None));
        prop_assert_eq!(judgement.reason, Some(Reason::ALL[at]));
    }

    #[test]
    fn giving_up_makes_nothing_better((facts, _) in any_facts(), level in any_level()) {
        let judgement = judge(&crate_expected(), &live(facts), level);
        let after = judgement.clone().given_up();
        prop_assert_eq!(after.verdict == Verdict::Passed, judgement.verdict == Verdict::Passed);
        prop_assert!(after.verdict == judgement.verdict || after.verdict == Verdict::Incomplete);
        prop_assert_eq!(after.reached, judgement.reached);
    }
}
