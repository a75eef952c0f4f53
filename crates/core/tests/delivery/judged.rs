//! One thing wrong at a time: the verdict, the code and the level that is left.

use crate::support::{COMMIT, built, crate_expected, crate_facts, live, served, sha512, tried, version};
use gonogo_core::delivery::{
    BuildOrigin, Channel, Doubt, Expected, Install, Judgement, Level, ProblemCode, Served, Sighting, Told,
    Withdrawn, judge,
};
use gonogo_core::digest::Digest;
use gonogo_core::verdict::{Reason, Verdict};

fn deep(facts: Served) -> Judgement {
    judge(&crate_expected(), &live(facts), Level::Installs)
}

fn failed(judgement: &Judgement, code: ProblemCode, reached: Option<Level>) {
    let codes: Vec<ProblemCode> = judgement.problems.iter().map(|problem| problem.code).collect();
    assert_eq!((judgement.verdict, codes, judgement.reached), (Verdict::Failed, vec![code], reached));
}

fn incomplete(judgement: &Judgement, reason: Reason, reached: Option<Level>) {
    let told = (judgement.verdict, judgement.reason, judgement.reached);
    assert_eq!(told, (Verdict::Incomplete, Some(reason), reached), "{judgement:?}");
}

#[test]
fn what_was_built_and_runs_is_passed_at_every_level() {
    for level in Level::ALL {
        let judgement = judge(&crate_expected(), &live(crate_facts()), level);
        assert_eq!((judgement.verdict, judgement.reached), (Verdict::Passed, Some(level)), "{judgement:?}");
    }
}

#[test]
fn not_there_is_absent_and_not_told_is_incomplete() {
    let absent = judge(&crate_expected(), &Sighting::Absent { said: "404".into() }, Level::Bytes);
    failed(&absent, ProblemCode::Absent, None);
    for reason in [Reason::Unreachable, Reason::TimedOut, Reason::UnreadableOutput, Reason::OutputTooLarge] {
        let seen = Sighting::Unknown { reason, said: "no answer".into() };
        incomplete(&judge(&crate_expected(), &seen, Level::Accepted), reason, None);
    }
    let conflict = Sighting::Conflict { said: "two of them".into() };
    failed(&judge(&crate_expected(), &conflict, Level::Accepted), ProblemCode::Contradiction, None);
}

#[test]
fn another_version_or_package_is_not_this_one() {
    let facts = Served { version: "0.1.14".into(), ..crate_facts() };
    failed(&deep(facts), ProblemCode::WrongVersion, None);
    let facts = Served { package: "kit2".into(), ..crate_facts() };
    failed(&deep(facts), ProblemCode::WrongPackage, None);
}

#[test]
fn what_no_resolver_takes_is_only_accepted() {
    let accepted = Some(Level::Accepted);
    let facts = Served { resolves: Told::No { said: "stale index".into() }, ..crate_facts() };
    failed(&deep(facts), ProblemCode::NotResolvable, accepted);
    let facts = Served { withdrawn: vec![Withdrawn::Yanked { said: None }], ..crate_facts() };
    failed(&deep(facts), ProblemCode::Yanked, accepted);
    let facts =
        Served { withdrawn: vec![Withdrawn::Deprecated { said: "use kit2".into() }], ..crate_facts() };
    failed(&deep(facts), ProblemCode::Deprecated, accepted);
    let facts = Served { withdrawn: vec![Withdrawn::Draft], ..crate_facts() };
    failed(&deep(facts), ProblemCode::Draft, accepted);
    incomplete(&deep(Served { resolves: Told::NotAsked, ..crate_facts() }), Reason::NotRun, accepted);
}

#[test]
fn a_dist_tag_leads_to_exactly_this_version() {
    let expected = crate_expected().tagged("latest");
    for (leads, is_right) in
        [(Some("0.1.1"), true), (Some("0.1.14"), false), (Some("0.1.0"), false), (None, false)]
    {
        let mut facts = crate_facts();
        facts.dist_tags =
            leads.map(|version| ("latest".to_owned(), version.to_owned())).into_iter().collect();
        let judgement = judge(&expected, &live(facts), Level::Bytes);
        if is_right {
            assert_eq!(judgement.verdict, Verdict::Passed);
        } else {
            failed(&judgement, ProblemCode::OtherDistTag, Some(Level::Accepted));
        }
    }
}

#[test]
fn other_bytes_fail_whether_they_were_stated_or_served() {
    let other = Digest::of(b"something else");
    let resolvable = Some(Level::Resolvable);

    let mut facts = crate_facts();
    facts.files[0].stated = vec![other.into()];
    facts.files[0].content = None;
    let judgement = deep(facts);
    assert!(judgement.problems.iter().any(|problem| problem.code == ProblemCode::BytesDiffer));
    assert_eq!((judgement.verdict, judgement.reached), (Verdict::Failed, resolvable));
    assert!(!judgement.may_come(), "it is wrong at once, and no waiting settles it");

    let mut facts = crate_facts();
    let content = facts.files[0].content.as_mut().unwrap();
    content.digest = other;
    content.computed = vec![other.into()];
    let judgement = deep(facts);
    assert!(judgement.problems.iter().all(|problem| problem.code == ProblemCode::BytesDiffer));
    assert_eq!((judgement.problems.len(), judgement.reached), (2, resolvable));

    let mut facts = crate_facts();
    facts.files[0].stated = vec![other.into()];
    let content = facts.files[0].content.as_mut().unwrap();
    content.digest = other;
    content.computed = vec![other.into()];
    failed(&deep(facts), ProblemCode::BytesDiffer, resolvable);
}

#[test]
fn a_size_that_does_not_fit_is_other_bytes() {
    let mut facts = crate_facts();
    facts.files[0].bytes = Some(1);
    failed(&deep(facts), ProblemCode::BytesDiffer, Some(Level::Resolvable));
}

#[test]
fn without_a_download_or_a_strong_checksum_bytes_are_not_proven() {
    let mut facts = crate_facts();
    facts.files[0].content = None;
    incomplete(&deep(facts), Reason::NotRun, Some(Level::Resolvable));
    let mut facts = crate_facts();
    facts.files[0].stated = Vec::new();
    incomplete(&deep(facts), Reason::BaselineMissing, Some(Level::Resolvable));
    let mut facts = crate_facts();
    facts.files[0].stated = vec![sha512("a")];
    incomplete(&deep(facts), Reason::NotRun, Some(Level::Resolvable));
}

#[test]
fn the_set_of_files_is_the_set_that_was_built() {
    let names = ["kit-0.1.1-py3-none-any.whl", "kit-0.1.1.tar.gz"];
    let expected = Expected::unrecorded(Channel::Pypi, "kit", &version()).built(&built(&names));
    let facts = |names: &[&str]| {
        let files = names.iter().map(|name| served(name)).collect();
        live(Served { files, origin: None, ..crate_facts() })
    };
    let reached = |judgement: &Judgement| judgement.reached;
    assert_eq!(reached(&judge(&expected, &facts(&names), Level::Bytes)), Some(Level::Bytes));
    let missing = judge(&expected, &facts(&names[1..]), Level::Bytes);
    failed(&missing, ProblemCode::FileMissing, Some(Level::Resolvable));
    assert!(missing.may_come());
    let more = judge(&expected, &facts(&[names[0], names[1], "kit-0.1.1.zip"]), Level::Bytes);
    failed(&more, ProblemCode::FileUnexpected, Some(Level::Resolvable));
    let twice = judge(&expected, &facts(&[names[0], names[1], names[1]]), Level::Bytes);
    failed(&twice, ProblemCode::Contradiction, Some(Level::Resolvable));
    let none = judge(&Expected::unrecorded(Channel::Pypi, "kit", &version()), &facts(&[]), Level::Bytes);
    failed(&none, ProblemCode::FileMissing, Some(Level::Resolvable));
}

#[test]
fn a_manifest_without_a_file_for_the_channel_proves_nothing() {
    let expected =
        Expected::unrecorded(Channel::CratesIo, "kit", &version()).built(&built(&["other-0.1.1.crate"]));
    incomplete(
        &judge(&expected, &live(crate_facts()), Level::Bytes),
        Reason::BaselineMissing,
        Some(Level::Resolvable),
    );
}

#[test]
fn an_npm_tarball_is_compared_by_content_since_the_registry_names_it() {
    let expected =
        Expected::unrecorded(Channel::Npm, "@acme/kit", &version()).built(&built(&["acme-kit-0.1.1.tgz"]));
    let mut file = served("acme-kit-0.1.1.tgz");
    file.name = "kit-0.1.1.tgz".to_owned();
    let facts =
        Served { package: "@acme/kit".into(), files: vec![file.clone()], origin: None, ..crate_facts() };
    assert_eq!(judge(&expected, &live(facts.clone()), Level::Bytes).verdict, Verdict::Passed);
    let other = served("kit-0.1.1.tgz");
    failed(
        &judge(&expected, &live(Served { files: vec![other], ..facts }), Level::Bytes),
        ProblemCode::BytesDiffer,
        Some(Level::Resolvable),
    );
}

#[test]
fn it_was_built_from_the_commit_of_the_release_without_changes() {
    let resolvable = Some(Level::Resolvable);
    let origin = |commit: &str, dirty| Some(BuildOrigin { commit: commit.to_owned(), dirty });
    let other = Served { origin: origin(&"0".repeat(40), false), ..crate_facts() };
    failed(&deep(other), ProblemCode::WrongCommit, resolvable);
    let dirty = Served { origin: origin(COMMIT, true), ..crate_facts() };
    failed(&deep(dirty), ProblemCode::BuiltDirty, resolvable);
    incomplete(&deep(Served { origin: None, ..crate_facts() }), Reason::BaselineMissing, resolvable);
}

#[test]
fn a_published_archive_holds_what_the_plan_asks_for() {
    let mut facts = crate_facts();
    facts.files[0].holds = Vec::new();
    failed(&deep(facts), ProblemCode::ContentMissing, Some(Level::Resolvable));
}

#[test]
fn a_doubt_of_the_observer_is_a_doubt_about_the_bytes() {
    let doubts = vec![Doubt::new(Reason::Unreachable, "no attestations")];
    incomplete(&deep(Served { doubts, ..crate_facts() }), Reason::Unreachable, Some(Level::Resolvable));
}

#[test]
fn only_an_install_that_runs_as_this_version_is_one() {
    let with = |install: Option<Install>| deep(Served { install: install.map(tried), ..crate_facts() });
    let bytes = Some(Level::Bytes);
    for version in ["0.1.14", "kit 0.1.1", ""] {
        failed(&with(Some(Install::Ran { version: version.into() })), ProblemCode::RunsAsOther, bytes);
    }
    failed(&with(Some(Install::NotInstalled { said: "no wheel".into() })), ProblemCode::NotInstalled, bytes);
    failed(&with(Some(Install::DoesNotRun { said: "no library".into() })), ProblemCode::DoesNotRun, bytes);
    incomplete(&with(None), Reason::NotRun, bytes);
    let not_tried = Install::NotTried { reason: Reason::UnsupportedHere, said: "no brew".into() };
    incomplete(&with(Some(not_tried)), Reason::UnsupportedHere, bytes);
}

#[test]
fn what_only_has_not_come_is_incomplete_once_nobody_waits() {
    let absent = judge(&crate_expected(), &Sighting::Absent { said: "404".into() }, Level::Bytes);
    assert!(absent.may_come());
    incomplete(&absent.given_up(), Reason::TimedOut, None);

    let mut facts = Served { withdrawn: vec![Withdrawn::Draft], ..crate_facts() };
    facts.files[0].stated = vec![Digest::of(b"something else").into()];
    let judgement = deep(facts);
    assert!(!judgement.may_come(), "one thing that stays wrong outweighs what may still come");
    assert_eq!(judgement.clone().given_up(), judgement);
}
