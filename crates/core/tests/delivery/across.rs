//! Channels held against each other, where no manifest says what was built.

use crate::support::{COMMIT, crate_facts, live, served, version};
use gonogo_core::delivery::{
    BuildOrigin, Channel, Expected, Level, Problem, ProblemCode, Served, Sighting, across, judge,
};
use gonogo_core::digest::Digest;
use gonogo_core::verdict::{Reason, Verdict};

const OTHER: &str = "0000000000000000000000000000000000000000";

fn expected(channel: Channel) -> Expected {
    Expected::unrecorded(channel, "kit", &version())
}

fn release() -> Served {
    Served { files: vec![served("kit.tar.gz"), served("kit-0.1.1.crate")], ..crate_facts() }
}

fn formula() -> Served {
    Served { files: vec![served("kit.tar.gz")], origin: None, ..crate_facts() }
}

fn compared(seen: [Sighting; 3]) -> Vec<Vec<Problem>> {
    let channels = [Channel::CratesIo, Channel::Homebrew, Channel::GithubRelease].map(expected);
    across(&channels.iter().zip(&seen).collect::<Vec<_>>())
}

fn codes(problems: &[Vec<Problem>]) -> Vec<Vec<ProblemCode>> {
    problems.iter().map(|own| own.iter().map(|problem| problem.code).collect()).collect()
}

#[test]
fn channels_that_serve_the_same_agree() {
    let agreed = compared([live(crate_facts()), live(formula()), live(release())]);
    assert_eq!(codes(&agreed), [vec![], vec![], vec![]]);
}

#[test]
fn one_name_with_two_contents_is_wrong_on_both() {
    let mut other = formula();
    other.files[0].content = None;
    other.files[0].stated = vec![Digest::of(b"other").into()];
    let found = compared([live(crate_facts()), live(other), live(release())]);
    assert_eq!(codes(&found), [vec![], vec![ProblemCode::BytesDiffer], vec![ProblemCode::BytesDiffer]]);
    assert!(found[1][0].said.contains("github-release kit"), "{found:?}");
}

#[test]
fn one_release_with_two_commits_is_wrong_on_both() {
    let moved = Served { origin: Some(BuildOrigin { commit: OTHER.to_owned(), dirty: false }), ..release() };
    let found = compared([live(crate_facts()), live(formula()), live(moved)]);
    assert_eq!(codes(&found), [vec![ProblemCode::WrongCommit], vec![], vec![ProblemCode::WrongCommit]]);
    assert!(found[0][0].said.contains(COMMIT) && found[0][0].said.contains(OTHER), "{found:?}");
}

#[test]
fn what_was_not_told_is_held_against_nobody() {
    let mut untold = formula();
    untold.files[0].content = None;
    untold.files[0].stated.clear();
    let unknown = Sighting::Unknown { reason: Reason::Unreachable, said: String::new() };
    let found = compared([unknown, live(untold), live(release())]);
    assert_eq!(codes(&found), [vec![], vec![], vec![]]);
}

#[test]
fn what_others_say_makes_a_judgement_fail_down_to_what_resolves() {
    let passed = || judge(&expected(Channel::CratesIo), &live(crate_facts()), Level::Bytes);
    assert_eq!(passed().verdict, Verdict::Passed);
    let problem = || vec![Problem { code: ProblemCode::BytesDiffer, said: String::new() }];
    let failed = passed().with(problem(), Level::Bytes);
    assert_eq!(
        (failed.verdict, failed.reason, failed.reached),
        (Verdict::Failed, None, Some(Level::Resolvable))
    );
    assert_eq!(passed().with(Vec::new(), Level::Bytes), passed());
    let absent = Sighting::Absent { said: String::new() };
    let absent = judge(&expected(Channel::CratesIo), &absent, Level::Bytes).with(problem(), Level::Bytes);
    assert_eq!((absent.verdict, absent.reached), (Verdict::Failed, None));
}
