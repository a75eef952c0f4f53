//! The real registries, as this machine's clients reach them, and the clients' own word on what is there.

use crate::shop::quick;
use gonogo_core::delivery::{Cell, Channel, Column, Expected, Judgement, Level, Sighting, judge, matrix};
use gonogo_core::digest::Digest;
use gonogo_core::manifest::{BuiltFile, Manifest};
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_sandbox::{Fault, FaultKind, Matcher, PrivateWorld, Service, Spec};
use gonogo_world::http::{Http, Patience};
use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::registry::{Configuration, Depth, ListingError, Registries, Wanted, client_environment};
use gonogo_world::tools;
use semver::Version;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn registries(environment: Environment, patience: Patience) -> Registries {
    let http = Http::new(&environment, patience, 1).unwrap();
    Registries::new(http, Configuration::new(environment, &std::env::temp_dir()))
}

async fn seen(channel: Channel, package: &str, version: &str, depth: Depth) -> Sighting {
    let version = Version::parse(version).unwrap();
    let tag = format!("v{version}");
    let wanted =
        Wanted { channel, package: package.to_owned(), version, tag, holds: Vec::new(), attested: false };
    let registries = registries(client_environment(), Patience::default());
    registries.observe(&wanted, depth, &Cancel::default()).await
}

fn judged(channel: Channel, package: &str, version: &str, seen: &Sighting, level: Level) -> Judgement {
    judge(&Expected::unrecorded(channel, package, &Version::parse(version).unwrap()), seen, level)
}

#[tokio::test]
#[ignore = "needs the registries"]
async fn what_the_registries_serve_is_what_they_state() {
    for (channel, package, version) in [
        (Channel::CratesIo, "plasmite", "0.8.0"),
        (Channel::Npm, "semver", "7.6.0"),
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
        assert!(matches!(seen, Sighting::Absent { .. }), "{channel}: {seen:?}");
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

/// A project by the name that it has on each channel.
type Project = [(Channel, &'static str); 3];

fn project(krate: &'static str, npm: &'static str, pypi: &'static str) -> Project {
    [(Channel::CratesIo, krate), (Channel::Npm, npm), (Channel::Pypi, pypi)]
}

/// The cells of each version, and what only its own channel can spell.
type Seen = (BTreeMap<String, Vec<String>>, BTreeSet<(String, String)>);

/// What the channels' own clients say, put together by a script that has nothing of ours.
async fn as_clients_see_it(environment: Environment, project: Project) -> Seen {
    let python = tools::find("python3", environment.get("PATH").unwrap(), None).unwrap();
    let asked = project.map(|(channel, name)| format!("{channel}={name}"));
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/registry/matrix.py").to_owned();
    let invocation = Invocation::tool(&python, &std::env::temp_dir(), environment);
    let ran = run(&invocation.args([script]).args(asked), &Cancel::default()).await.unwrap();
    assert!(ran.succeeded(), "{}", ran.stderr.text());
    let document: Value = serde_json::from_str(&ran.stdout.text()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = document["rows"].as_array().unwrap().iter().map(|row| {
        let cells = row["cells"].as_array().unwrap().iter().map(text).collect();
        (text(&row["version"]), cells)
    });
    let foreign = document["foreign"].as_array().unwrap().iter().map(|pair| (text(&pair[0]), text(&pair[1])));
    (rows.collect(), foreign.collect())
}

/// What we say.
async fn as_we_see_it(registries: &Registries, project: Project) -> Seen {
    let mut columns = Vec::new();
    for (channel, package) in project {
        let versions = match registries.list(channel, package, &Cancel::default()).await {
            Ok(listing) => {
                let each = listing.versions.into_iter();
                Ok(each.map(|one| (one.version, one.entry.map(|entry| entry.facts.withdrawn))).collect())
            }
            Err(ListingError::NotFound(_)) => Ok(Vec::new()),
            Err(ListingError::Conflict(said)) => Err((Reason::UnreadableOutput, said)),
            Err(ListingError::Unknown(reason, said)) => Err((reason, said)),
        };
        columns.push(Column { channel, package: package.to_owned(), versions });
    }
    let matrix = matrix(&columns, &[]);
    let name = |cell: &Cell| serde_json::to_value(cell).unwrap()["is"].as_str().unwrap().to_owned();
    let rows = matrix.rows.iter().map(|row| (row.version.clone(), row.cells.iter().map(name).collect()));
    let foreign = matrix.foreign.iter().map(|(channel, version)| (channel.to_string(), version.clone()));
    (rows.collect(), foreign.collect())
}

#[tokio::test]
#[ignore = "needs the registries"]
async fn every_version_on_every_channel_is_what_the_channels_own_clients_see() {
    let registries = registries(client_environment(), Patience::default());
    let mut differences = Vec::new();
    for project in [
        project("plasmite", "plasmite", "plasmite"),
        project("git-cliff", "git-cliff", "git-cliff"),
        project("ast-grep", "@ast-grep/cli", "ast-grep-cli"),
    ] {
        let ((theirs, their_foreign), (ours, our_foreign)) = (
            as_clients_see_it(client_environment(), project).await,
            as_we_see_it(&registries, project).await,
        );
        let live = theirs.values().flatten().filter(|cell| *cell == "live").count();
        assert!(live >= 20, "{project:?}: only {live} live cells");
        let versions: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
        for version in versions {
            let (theirs, ours) = (theirs.get(version), ours.get(version));
            if theirs != ours {
                differences.push(format!("{} {version}: clients {theirs:?}, we {ours:?}", project[0].1));
            }
        }
        assert_eq!(their_foreign, our_foreign, "{project:?}");
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test]
async fn a_private_registry_is_seen_as_its_clients_see_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = PrivateWorld::start(folder.path(), Spec::default()).await.unwrap();
    {
        let cargo = &mut world.registries().cargo.registry;
        for version in ["0.1.0", "0.2.0", "1.0.0-rc.1"] {
            assert!(cargo.stock("kit-one", version, b"a crate"));
        }
        assert!(cargo.yank("kit-one", "0.2.0", true));
    }
    world
        .fault(Service::Npm, Fault::always(Matcher::of("GET", "/kit-one"), FaultKind::status(500, "broken")));
    let environment = Environment::allowing([]).with_all(world.variables());
    let project = project("kit-one", "kit-one", "kit-one");
    let ours = as_we_see_it(&registries(environment.clone(), quick()), project).await;
    let row = |version: &str, first: &str| {
        (version.to_owned(), [first, "unknown", "absent"].map(str::to_owned).to_vec())
    };
    let rows = [row("0.1.0", "live"), row("0.2.0", "withdrawn"), row("1.0.0-rc.1", "live")];
    assert_eq!(as_clients_see_it(environment, project).await, ours);
    assert_eq!(ours, (BTreeMap::from(rows), BTreeSet::new()));
}
