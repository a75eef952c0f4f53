//! The expected set: what a channel serves is what the plan names, however little is recorded.

use crate::support::{built, crate_facts, live, served, version};
use gonogo_core::delivery::{
    Added, Channel, Expected, FilePattern, Judgement, Level, ProblemCode, ReleaseFiles, Served, judge,
};
use gonogo_core::verdict::Verdict;

const SDIST: &str = "kit-0.1.1.tar.gz";
const LINUX: &str = "kit-0.1.1-py3-none-manylinux_2_17_x86_64.whl";
const MAC: &str = "kit-0.1.1-py3-none-macosx_11_0_arm64.whl";

fn expected(channel: Channel, patterns: &[&str], adds: &[Added]) -> Expected {
    let patterns = patterns.iter().map(|text| FilePattern::parse(text).unwrap()).collect();
    let files = ReleaseFiles { patterns, adds: adds.to_vec() };
    let names = files.named(channel, &version());
    Expected { names, ..Expected::unrecorded(channel, "kit", &version()) }
}

fn wheels() -> Expected {
    expected(Channel::Pypi, &["kit-{version}.tar.gz", "kit-{version}-*-{manylinux,macosx}*.whl"], &[])
}

fn judged(expected: &Expected, names: &[&str]) -> Judgement {
    let files = names.iter().map(|name| served(name)).collect();
    judge(expected, &live(Served { files, origin: None, ..crate_facts() }), Level::Bytes)
}

fn codes(judgement: &Judgement) -> Vec<ProblemCode> {
    judgement.problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn a_missing_wheel_is_not_delivered_whatever_was_built() {
    let all = [SDIST, LINUX, MAC];
    for expected in [wheels(), wheels().built(&built(&all))] {
        assert_eq!(judged(&expected, &all).verdict, Verdict::Passed);
        let missing = judged(&expected, &[SDIST, LINUX]);
        assert_eq!(codes(&missing), [ProblemCode::FileMissing], "{:?}", missing.problems);
        assert!(missing.may_come());
    }
    // It was not built either: a ledger that recorded less proves less.
    let less = judged(&wheels().built(&built(&[SDIST, LINUX])), &[SDIST, LINUX]);
    assert_eq!(codes(&less), [ProblemCode::FileMissing], "{:?}", less.problems);
}

#[test]
fn a_file_that_nobody_named_and_a_renamed_one_are_not_delivered() {
    let other = "kit-0.1.1-py3-none-win_amd64.whl";
    let all = [SDIST, LINUX, MAC, other];
    for expected in [wheels(), wheels().built(&built(&all))] {
        assert_eq!(codes(&judged(&expected, &all)), [ProblemCode::FileUnexpected]);
        let renamed = [SDIST, LINUX, other];
        let renamed = judged(&Expected { files: wheels().files, ..expected }, &renamed);
        assert_eq!(codes(&renamed), [ProblemCode::FileUnexpected, ProblemCode::FileMissing]);
    }
}

#[test]
fn what_a_workflow_adds_is_no_file_too_many_and_another_file_is() {
    let assets = built(&["kit.zip"]);
    let names = ["kit.zip", "sha256sums.txt"];
    let bare = expected(Channel::GithubRelease, &["kit.zip"], &[]);
    let adds = expected(Channel::GithubRelease, &["kit.zip"], &[Added::Checksums]);
    let listed = Expected { names: bare.names.clone().with_list(Some("sha256sums.txt")), ..bare.clone() };
    // Of a plan that names no files, only a list.
    let silent = Expected {
        names: expected(Channel::GithubRelease, &[], &[]).names.with_list(Some("sha256sums.txt")),
        ..bare.clone()
    };
    for healthy in [&adds, &listed, &silent] {
        for healthy in [healthy.clone().built(&assets), healthy.clone().exactly(assets.files().cloned())] {
            assert_eq!(judged(&healthy, &names).verdict, Verdict::Passed, "{healthy:?}");
            let foreign = judged(&healthy, &["kit.zip", "sha256sums.txt", "tool.zip"]);
            assert_eq!(codes(&foreign), [ProblemCode::FileUnexpected]);
        }
    }
    assert_eq!(codes(&judged(&bare.built(&assets), &names)), [ProblemCode::FileUnexpected]);
}

#[test]
fn a_tarball_is_named_as_it_is_packed_and_not_as_the_registry_serves_it() {
    let names = ["acme-kit-{version}.tgz"];
    let expected = Expected { package: "@acme/kit".into(), ..expected(Channel::Npm, &names, &[]) };
    let facts = |name: &str| {
        let files = vec![served(name)];
        live(Served { package: "@acme/kit".into(), files, origin: None, ..crate_facts() })
    };
    assert_eq!(judge(&expected, &facts("kit-0.1.1.tgz"), Level::Bytes).verdict, Verdict::Passed);
}
