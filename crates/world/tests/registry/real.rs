//! The real registries, as this machine's clients reach them.

use gonogo_core::delivery::{Channel, Expected, Judgement, Level, Observation, judge};
use gonogo_core::digest::Digest;
use gonogo_core::manifest::{BuiltFile, Manifest};
use gonogo_core::verdict::Verdict;
use gonogo_world::http::{Http, Patience};
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted, client_environment};
use semver::Version;

fn registries() -> Registries {
    let environment = client_environment();
    let http = Http::new(&environment, Patience::default(), 1).unwrap();
    Registries::new(http, Configuration::new(environment, &std::env::temp_dir()))
}

async fn seen(channel: Channel, package: &str, version: &str, depth: Depth) -> Observation {
    let version = Version::parse(version).unwrap();
    let tag = format!("v{version}");
    let wanted =
        Wanted { channel, package: package.to_owned(), version, tag, holds: Vec::new(), attested: false };
    registries().observe(&wanted, depth, &Cancel::default()).await
}

fn judged(channel: Channel, package: &str, version: &str, seen: &Observation, level: Level) -> Judgement {
    judge(&Expected::unrecorded(channel, package, &Version::parse(version).unwrap()), seen, level)
}

#[tokio::test]
#[ignore = "needs the registries"]
async fn what_the_registries_serve_is_what_they_state() {
    for (channel, package, version) in [
        (Channel::CratesIo, "plasmite", "0.8.0"),
        (Channel::Npm, "git-cliff", "2.4.0"),
        (Channel::Pypi, "plasmite", "0.8.0"),
    ] {
        let seen = seen(channel, package, version, Depth::Bytes).await;
        let judgement = judged(channel, package, version, &seen, Level::Bytes);
        assert_eq!(judgement.verdict, Verdict::Passed, "{judgement:?}");
    }
}

#[tokio::test]
#[ignore = "needs the registries"]
async fn a_version_that_was_only_tagged_is_absent_everywhere() {
    for channel in [Channel::CratesIo, Channel::Npm, Channel::Pypi] {
        let seen = seen(channel, "plasmite", "0.4.0", Depth::Index).await;
        assert!(matches!(seen, Observation::Absent { .. }), "{channel}: {seen:?}");
    }
}

#[tokio::test]
#[ignore = "needs the registries"]
async fn other_bytes_than_the_manifests_fail_against_the_real_registry() {
    let seen = seen(Channel::CratesIo, "plasmite", "0.8.0", Depth::Index).await;
    let name = "plasmite-0.8.0.crate".to_owned();
    let manifest = Manifest::new([BuiltFile { name, bytes: 1, digest: Digest::of(b"rebuilt") }]).unwrap();
    let expected =
        Expected::unrecorded(Channel::CratesIo, "plasmite", &Version::new(0, 8, 0)).built(&manifest);
    assert_eq!(judge(&expected, &seen, Level::Bytes).verdict, Verdict::Failed);
}
