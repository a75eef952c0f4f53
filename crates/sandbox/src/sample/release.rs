//! What makes the sample project releasable: how its artifacts are built and published, its Homebrew formula, and the
//! private world that it is released in.

use super::Binding;
use crate::github::{self, StoredRun};
use crate::registry::RemoteModule;
use crate::runner::{Artifacts, Trigger, Work, Workflow};
use crate::world::{RemoteSpec, Spec};
use std::path::Path;
use std::time::Duration;

/// The workflow that a pushed release tag sets off: it builds.
pub const RELEASE_WORKFLOW: &str = ".github/workflows/release.yml";
/// The workflow that is dispatched with `release_tag` and `rehearsal`: it publishes to every registry.
pub const PUBLISH_WORKFLOW: &str = ".github/workflows/release-publish.yml";
/// The workflow that every push of a branch sets off; it succeeds.
pub const CI_WORKFLOW: &str = ".github/workflows/ci.yml";
/// The Go module of the sample, which is in `bindings/go`.
pub const GO_MODULE: &str = "example.test/tally";
/// The formula's file in the tap.
pub const FORMULA: &str = "Formula/tally.rb";

/// The sample's files that releases need, by their paths. `{platform}` stands for `platform()`.
pub(super) const FILES: &[(&str, &str)] = &[
    ("THIRD_PARTY_NOTICES.md", "# Third-party notices\n\ntally holds no code of others.\n"),
    ("src/main.rs", include_str!("files/main.rs.txt")),
    ("scripts/build.sh", include_str!("files/build.sh")),
    ("scripts/publish.sh", include_str!("files/publish.sh")),
];
pub(super) const BACKEND: &str = include_str!("files/backend.py");
pub(super) const UPLOAD: &str = include_str!("files/upload.py");

/// The platform of this host as the archives name it: `linux_amd64`, `darwin_arm64`.
pub fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{processor}")
}

/// The formula for a version whose archive has this digest (64 hexadecimal digits).
pub fn formula(repository: &str, version: &str, sha256: &str) -> String {
    let platform = platform();
    format!(
        "class Tally < Formula\n  desc \"Counts\"\n  homepage \"https://github.com/{repository}\"\n  version \"{version}\"\n  license \"MIT\"\n\n  url \"https://github.com/{repository}/releases/download/v{version}/tally_{version}_{platform}.tar.gz\"\n  sha256 \"{sha256}\"\n\n  def install\n    bin.install \"bin/tally\"\n  end\nend\n"
    )
}

/// A private world for the sample: its repository as the checkout has it, a tap with the formula of an earlier
/// version, CI that succeeded for the commit that is to be released, and the workflows that build and publish.
pub fn spec(repository: &str, tap: &str, checkout: &Path, commit: &str, earlier: &str) -> Spec {
    let first = formula(repository, earlier, &"0".repeat(64));
    let remotes = vec![
        RemoteSpec::of_checkout(repository, checkout),
        RemoteSpec::of_files(tap, vec![(FORMULA.to_owned(), first.into_bytes())]),
    ];
    let ci = github::StoredWorkflow { id: 1, name: "ci".to_owned(), path: CI_WORKFLOW.to_owned() };
    Spec {
        remotes,
        listed: vec![(repository.to_owned(), ci)],
        runs: vec![(repository.to_owned(), StoredRun::success(1, repository, CI_WORKFLOW, commit))],
        workflows: workflows(repository),
        go_modules: vec![RemoteModule {
            path: GO_MODULE.to_owned(),
            repository: repository.to_owned(),
            folder: "bindings/go".to_owned(),
        }],
        ..Spec::default()
    }
}

/// The mechanics and channels of the sample's plan, for the bindings that it has.
pub(super) fn steps(bindings: &[Binding]) -> String {
    let mut text = String::new();
    for tag in
        [None, Some("bindings/go/{tag}")].into_iter().take(1 + usize::from(bindings.contains(&Binding::Go)))
    {
        for kind in ["tag", "push-tag"] {
            let own = tag.map(|tag| format!("id = \"go-{kind}\"\ntag = \"{tag}\"\n")).unwrap_or_default();
            text.push_str(&format!("\n[[steps]]\nkind = \"{kind}\"\n{own}"));
        }
    }
    text.push_str(STEPS);
    text.push_str(CHANNELS);
    text.push_str(&assets(bindings));
    for binding in bindings {
        text.push_str(match binding {
            Binding::Python => PYPI_CHANNEL,
            Binding::Node => NPM_CHANNEL,
            Binding::Go => GO_CHANNEL,
        });
    }
    text
}

/// The GitHub release has everything that is built.
fn assets(bindings: &[Binding]) -> String {
    let mut files = vec!["tally_{version}_*.tar.gz", "tally-{version}.crate"];
    for binding in bindings {
        files.extend_from_slice(match binding {
            Binding::Python => &["tally-{version}.tar.gz", "tally-{version}-py3-none-any.whl"],
            Binding::Node => &["tally-{version}.tgz"],
            Binding::Go => &[],
        });
    }
    let files: String = files.iter().map(|file| format!("  \"{file}\",\n")).collect();
    format!("\n[channels.github-release]\nfiles = [\n{files}]\n")
}

const STEPS: &str = r#"
[[steps]]
id = "build"
kind = "watch-workflow"
workflow = ".github/workflows/release.yml"
timeout = "10m"
rehearse = { run = [["sh", "scripts/build.sh"]], artifacts = { dist = ["dist/*"] } }

[[steps]]
kind = "fetch-artifacts"

[[steps]]
kind = "homebrew-formula"

[[steps]]
id = "publish-rehearsal"
kind = "dispatch-workflow"
workflow = ".github/workflows/release-publish.yml"
inputs = { release_tag = "{tag}", rehearsal = "true" }
rehearsal = true
timeout = "10m"
rehearse = { run = [["sh", "scripts/publish.sh", "{tag}", "{artifacts}/dist", "{inputs.rehearsal}"]] }

[[steps]]
id = "publish"
kind = "dispatch-workflow"
workflow = ".github/workflows/release-publish.yml"
inputs = { release_tag = "{tag}", rehearsal = "false" }
timeout = "10m"
rehearse = { run = [["sh", "scripts/publish.sh", "{tag}", "{artifacts}/dist", "{inputs.rehearsal}"]] }

[[steps]]
kind = "github-release"
create = true
checksums = "sha256sums.txt"
"#;
const CHANNELS: &str = r#"
[channels.crates-io]
package = "tally"
files = ["tally-{version}.crate"]
holds = ["LICENSE", "THIRD_PARTY_NOTICES.md"]
smoke = ["tally", "--version"]

[channels.homebrew]
tap = "octo/homebrew-tap"
formula = "tally"
"#;
const PYPI_CHANNEL: &str = r#"
[channels.pypi]
package = "tally"
files = ["tally-{version}.tar.gz", "tally-{version}-py3-none-any.whl"]
holds = ["LICENSE", "THIRD_PARTY_NOTICES.md"]
smoke = ["python", "-c", "import tally, importlib.metadata; print(importlib.metadata.version('tally'))"]
"#;
const NPM_CHANNEL: &str = r#"
[channels.npm]
package = "tally"
files = ["tally-{version}.tgz"]
holds = ["LICENSE", "THIRD_PARTY_NOTICES.md"]
smoke = ["node", "-p", "require('tally') && require('tally/package.json').version"]
"#;
const GO_CHANNEL: &str = r#"
[channels.go]
module = "example.test/tally"
holds = ["LICENSE"]
smoke = ["go", "version", "-m", "consumer"]
"#;

/// The sample's workflows.
pub fn workflows(repository: &str) -> Vec<Workflow> {
    let workflow = |path: &str, name: &str, triggers, work| Workflow {
        repository: repository.to_owned(),
        path: path.to_owned(),
        name: name.to_owned(),
        triggers,
        work,
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let commands = |command: Vec<String>, artifacts, has_metadata| Work::Commands {
        commands: vec![command],
        environment: Vec::new(),
        artifacts,
        has_metadata,
        tag_input: Some("release_tag".to_owned()),
        timeout: Duration::from_secs(600),
    };
    let dist = Artifacts { name: "dist".to_owned(), files: words(&["dist/*"]) };
    let build = commands(words(&["sh", "scripts/build.sh"]), vec![dist], true);
    let publish = words(&["sh", "scripts/publish.sh", "{tag}", "{artifacts}/dist", "{inputs.rehearsal}"]);
    let inputs = words(&["release_tag", "rehearsal"]);
    vec![
        workflow(
            CI_WORKFLOW,
            "ci",
            vec![Trigger::Branch("*".to_owned())],
            Work::Scripted("success".to_owned()),
        ),
        workflow(RELEASE_WORKFLOW, "release", vec![Trigger::Tag("v*".to_owned())], build),
        workflow(
            PUBLISH_WORKFLOW,
            "release-publish",
            vec![Trigger::Dispatch(inputs)],
            commands(publish, Vec::new(), false),
        ),
    ]
}
