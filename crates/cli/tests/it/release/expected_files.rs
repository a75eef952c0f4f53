//! The expected set: what was built is what the plan says a release consists of, or nothing is published.

use super::world::{REPOSITORY, Shape, Stage, code};
use crate::support::Project;
use gonogo_sandbox::github::{StoredAsset, StoredRelease};
use serde_json::Value;

/// A release before, with these assets.
fn with_base(assets: &[&str], builds: &[&'static str], plan: Vec<(&'static str, &'static str)>) -> Stage {
    let prepare = |project: &Project| {
        project.write("payload", "what was built before\n");
        project.commit("earlier");
        project.git(&["tag", "-a", "-m", "v0.1.0", "v0.1.0"]);
        project.write("payload", "what is built\n");
    };
    let stage = Stage::shaped(Shape { plan, builds: builds.to_vec(), prepare, ..Shape::default() });
    let asset = |(place, name): (usize, &&str)| {
        let asset = StoredAsset {
            id: 1_000 + place as u64,
            name: (*name).to_owned(),
            label: String::new(),
            state: "uploaded".to_owned(),
            content_type: "application/octet-stream".to_owned(),
            bytes: name.as_bytes().to_vec(),
            digest: Some(gonogo_core::digest::Digest::of(name.as_bytes()).to_string()),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        };
        (asset.id, asset)
    };
    let release = StoredRelease {
        id: 1_000,
        tag: "v0.1.0".to_owned(),
        target: "main".to_owned(),
        name: "v0.1.0".to_owned(),
        body: String::new(),
        is_draft: false,
        is_prerelease: false,
        is_immutable: false,
        created_at: "2026-01-01T00:00:00Z".to_owned(),
        published_at: Some("2026-01-01T00:00:00Z".to_owned()),
        assets: assets.iter().enumerate().map(asset).collect(),
    };
    stage.world.github().state().repository(REPOSITORY).releases.all.insert(release.id, release);
    stage
}

const CHANNELS: &str = "[channels.homebrew]";
/// The stage's release as it is, file by file.
const ASSETS: (&str, &str) = (
    "[channels.github-release]\n",
    "[channels.github-release]\nfiles = [\"sample_{version}_linux.tar.gz\", \"sample.crate\"]\n",
);
const WHEELS: (&str, &str) = (
    CHANNELS,
    "[channels.pypi]\npackage = \"sample\"\nwindow = \"1s\"\nfiles = [\"sample-{version}.tar.gz\", \"sample-{version}-py3-none-{manylinux,macosx}*.whl\"]\n\n[channels.homebrew]",
);
const PLATFORMS: (&str, &str) = (
    CHANNELS,
    "[channels.npm]\npackage = \"@o/sample\"\nalso = [\"@o/sample-linux\", \"@o/sample-mac\"]\nwindow = \"1s\"\n\n[channels.homebrew]",
);
const SDIST: &str = "sample-0.2.0.tar.gz";
const LINUX: &str = "sample-0.2.0-py3-none-manylinux_2_17_x86_64.whl";
const MAC: &str = "sample-0.2.0-py3-none-macosx_11_0_arm64.whl";

fn stage(plan: Vec<(&'static str, &'static str)>, builds: &[&'static str]) -> Stage {
    Stage::shaped(Shape { plan, builds: builds.to_vec(), ..Shape::default() })
}

/// What a live run says that is stopped where what was built is fetched, with nothing published.
#[track_caller]
fn stopped(stage: &Stage) -> Value {
    let ran = stage.run();
    let document = ran.json();
    let published: Vec<String> =
        stage.effects().into_iter().filter(|effect| effect != "PUSH o/r refs/tags/v0.2.0").collect();
    assert!(published.is_empty(), "{published:#?}");
    assert_eq!(ran.code, Some(1), "{document:#}");
    assert_eq!(document["stopped"]["step"], "fetch-artifacts", "{document:#}");
    document
}

#[track_caller]
fn says(document: &Value, own_code: &str, name: &str) {
    assert_eq!(code(document), own_code, "{document:#}");
    let message = document["stopped"]["message"].as_str().unwrap();
    assert!(message.contains(name), "{message}");
    assert!(document["stopped"]["remedy"].is_string(), "{document:#}");
}

#[test]
fn a_missing_wheel_stops_at_the_fetch() {
    let document = stopped(&stage(vec![WHEELS], &[SDIST, LINUX]));
    says(&document, "file-not-built", "sample-0.2.0-py3-none-macosx*.whl");
}

#[test]
fn a_missing_platform_package_stops_at_the_fetch_though_no_file_is_named() {
    let document = stopped(&stage(vec![PLATFORMS], &["o-sample-0.2.0.tgz", "o-sample-linux-0.2.0.tgz"]));
    says(&document, "file-not-built", "@o/sample-mac");
}

#[test]
fn a_wheel_that_the_plan_does_not_name_stops_at_the_fetch() {
    let other = "sample-0.2.0-py3-none-win_amd64.whl";
    says(&stopped(&stage(vec![WHEELS], &[SDIST, LINUX, MAC, other])), "file-not-expected", other);
}

#[test]
fn an_asset_that_the_plan_does_not_name_stops_at_the_fetch() {
    says(&stopped(&stage(vec![ASSETS], &["debug.log"])), "file-not-expected", "debug.log");
}

#[test]
fn a_renamed_file_stops_at_the_fetch_and_both_names_are_said() {
    let renamed = "sample-0.2.0-py3-none-darwin_arm64.whl";
    let document = stopped(&stage(vec![WHEELS], &[SDIST, LINUX, renamed]));
    says(&document, "file-not-built", "sample-0.2.0-py3-none-macosx*.whl");
    says(&document, "file-not-built", renamed);
}

#[test]
fn a_checksum_file_that_no_kind_of_the_plan_is_stops_at_the_fetch() {
    says(&stopped(&stage(vec![ASSETS], &["SHA256SUMS"])), "file-not-expected", "SHA256SUMS");
}

#[test]
fn a_release_with_every_file_is_delivered_with_the_checksums_that_the_workflow_added() {
    let adds = ("sample.crate\"]\n", "sample.crate\"]\nadds = [\"checksums\"]\n");
    for (plan, builds) in [(vec![ASSETS], vec![]), (vec![ASSETS, adds], vec!["SHA256SUMS"])] {
        let stage = stage(plan, &builds);
        let document = stage.run().exits(0).json();
        assert_eq!(document["state"], "completed", "{document:#}");
        assert_eq!(stage.effects().last().map(String::as_str), Some("PATCH /repos/o/r/releases/1"));
    }
}

#[test]
fn every_wheel_and_every_platform_package_lets_the_release_go_on() {
    let tarballs = ["o-sample-0.2.0.tgz", "o-sample-linux-0.2.0.tgz", "o-sample-mac-0.2.0.tgz"];
    for (plan, builds) in [(WHEELS, vec![SDIST, LINUX, MAC]), (PLATFORMS, tarballs.to_vec())] {
        let stage = stage(vec![plan], &builds);
        let document = stage.run().json();
        // The stage's workflow publishes to no registry: everything before delivery went well.
        assert_ne!(document["stopped"]["step"], "fetch-artifacts", "{document:#}");
        assert_eq!(stage.effects().last().map(String::as_str), Some("PATCH /repos/o/r/releases/1"));
    }
}

#[test]
fn less_than_the_base_release_stops_at_the_fetch_where_the_plan_says_nothing() {
    let base = ["sample_0.1.0_linux.tar.gz", "sample_0.1.0_mac.tar.gz", "sample.crate"];
    let document = stopped(&with_base(&base, &[], Vec::new()));
    says(&document, "base-file-not-built", "sample_0.2.0_mac.tar.gz");
}

#[test]
fn as_much_as_the_base_release_and_more_is_delivered_and_so_is_less_that_the_plan_names() {
    let base = ["sample_0.1.0_linux.tar.gz", "sample_0.1.0_mac.tar.gz", "sample.crate", "SHA256SUMS"];
    let more = ["sample_0.2.0_mac.tar.gz", "sample_0.2.0_windows.zip"];
    for (builds, plan) in [(more.to_vec(), Vec::new()), (Vec::new(), vec![ASSETS])] {
        let document = with_base(&base, &builds, plan).run().exits(0).json();
        assert_eq!(document["state"], "completed", "{document:#}");
    }
}
