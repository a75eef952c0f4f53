//! Who built it, and whether it can still be changed: only what is said, and fits, passes.

use crate::support::{COMMIT, crate_facts, live, served, version};
use gonogo_core::delivery::{
    Attestation, Channel, Expected, ISSUER, Judgement, Level, ProblemCode, Provenance, Served, judge,
};
use gonogo_core::verdict::{Reason, Verdict};

fn expected() -> Expected {
    let provenance = Provenance {
        repository: "acme/kit".to_owned(),
        workflow: ".github/workflows/publish.yml".to_owned(),
        commit: Some(COMMIT.parse().unwrap()),
    };
    let expected = Expected::unrecorded(Channel::GithubRelease, "acme/kit", &version());
    Expected { provenance: Some(provenance), immutable: true, ..expected }
}

fn attestation(repository: &str) -> Attestation {
    Attestation {
        issuer: ISSUER.to_owned(),
        repository: format!("https://github.com/{repository}"),
        commit: COMMIT.to_owned(),
        workflow: format!("https://github.com/{repository}/.github/workflows/publish.yml@refs/heads/main"),
    }
}

fn facts() -> Served {
    let mut file = served("kit.tar.gz");
    file.attestations = vec![attestation("acme/kit")];
    let package = "acme/kit".to_owned();
    Served { package, files: vec![file], immutable: Some(true), origin: None, ..crate_facts() }
}

fn judged(facts: Served) -> Judgement {
    judge(&expected(), &live(facts), Level::Bytes)
}

#[test]
fn what_fits_passes_and_one_statement_that_fits_is_enough() {
    assert_eq!(judged(facts()).verdict, Verdict::Passed);
    let mut facts = facts();
    facts.files[0].attestations.insert(0, attestation("acme/other"));
    assert_eq!(judged(facts).verdict, Verdict::Passed);
}

#[test]
fn each_file_needs_its_own() {
    let mut two = facts();
    two.files.push(served("more.tar.gz"));
    let judgement = judged(two.clone());
    assert_eq!((judgement.verdict, judgement.reason), (Verdict::Incomplete, Some(Reason::BaselineMissing)));
    assert!(judgement.doubts[0].said.contains("more.tar.gz"), "{judgement:?}");
    two.files[1].attestations = vec![attestation("evil/kit")];
    let judgement = judged(two);
    assert_eq!(
        (judgement.verdict, judgement.problems[0].code),
        (Verdict::Failed, ProblemCode::OtherProvenance)
    );
}

#[test]
fn a_release_that_can_be_changed_is_not_one_that_cannot() {
    let judgement = judged(Served { immutable: Some(false), ..facts() });
    assert_eq!((judgement.verdict, judgement.problems[0].code), (Verdict::Failed, ProblemCode::Mutable));
    let judgement = judged(Served { immutable: None, ..facts() });
    assert_eq!((judgement.verdict, judgement.reason), (Verdict::Incomplete, Some(Reason::BaselineMissing)));
}

#[test]
fn where_nobody_asks_it_does_not_matter() {
    let plain = Expected { provenance: None, immutable: false, ..expected() };
    let mut facts = Served { immutable: None, ..facts() };
    facts.files[0].attestations.clear();
    assert_eq!(judge(&plain, &live(facts), Level::Bytes).verdict, Verdict::Passed);
}
