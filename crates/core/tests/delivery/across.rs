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
    assert_eq!(codes(&found), [vec![], vec![ProblemCode::Contradiction], vec![ProblemCode::Contradiction]]);
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

/// Packages of one channel, each with one file of one name and other bytes.
fn of_one_channel(channel: Channel, packages: [&str; 2], name: &str) -> Vec<Vec<Problem>> {
    let expected = packages.map(|package| Expected::unrecorded(channel, package, &version()));
    let seen = packages.map(|package| {
        let mut file = served(name);
        file.content = None;
        file.stated = vec![Digest::of(package.as_bytes()).into()];
        live(Served { package: package.to_owned(), files: vec![file], origin: None, ..crate_facts() })
    });
    across(&expected.iter().zip(&seen).collect::<Vec<_>>())
}

#[test]
fn two_packages_may_each_have_a_file_of_one_name() {
    for (channel, packages, name) in [
        (Channel::Go, ["example.test/a", "example.test/b"], "v0.1.1.zip"),
        (Channel::Npm, ["@acme/kit", "@other/kit"], "kit-0.1.1.tgz"),
        (Channel::Pypi, ["kit", "other"], "LICENSE"),
    ] {
        assert_eq!(codes(&of_one_channel(channel, packages, name)), [vec![], vec![]], "{channel}");
    }
}

#[test]
fn an_npm_package_is_held_against_the_asset_that_npm_pack_makes_of_it() {
    let npm = Expected::unrecorded(Channel::Npm, "@acme/kit", &version());
    let mut tarball = served("kit-0.1.1.tgz");
    tarball.content = None;
    tarball.stated = vec![Digest::of(b"other").into()];
    let published =
        live(Served { package: "@acme/kit".into(), files: vec![tarball], origin: None, ..crate_facts() });
    let assets = |name: &str| live(Served { files: vec![served(name)], origin: None, ..crate_facts() });
    let github = expected(Channel::GithubRelease);
    let found = |name: &str| codes(&across(&[(&npm, &published), (&github, &assets(name))]));
    let contradiction = || vec![ProblemCode::Contradiction];
    assert_eq!(found("acme-kit-0.1.1.tgz"), [contradiction(), contradiction()]);
    assert_eq!(found("kit-0.1.1.tgz"), [vec![], vec![]]);
}
