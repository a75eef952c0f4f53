//! The expected set: what was built is what the plan says a release consists of, or nothing is published.

use super::world::{Shape, Stage, code};
use serde_json::Value;

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
