//! A project that is ready for v0.2.0, and a private world that it is released into.

use crate::support::{PASSED, Project, Ran, libtest, test_tool};
use gonogo_sandbox::github::StoredRun;
use gonogo_sandbox::world::{PrivateWorld, RemoteSpec, Spec};
use gonogo_sandbox::{Artifacts, Trigger, Work, Workflow};
use gonogo_sandbox::{JournalEntry, Service};
use serde_json::Value;
use std::process::Command;
use std::time::Duration;

pub const REPOSITORY: &str = "o/r";
pub const TAP: &str = "o/homebrew-tap";
pub const CI: &str = ".github/workflows/ci.yml";
pub const BUILD: &str = ".github/workflows/release.yml";
pub const PUBLISH: &str = ".github/workflows/publish.yml";

const FORMULA: &str = "class Sample < Formula\n  version \"0.1.0\"\n  url \"https://github.com/o/r/releases/download/v0.1.0/sample_0.1.0_linux.tar.gz\"\n  sha256 \"00\"\nend\n";

const PLAN: &str = r#"schema = 1

[project]
name = "sample"
repository = "o/r"
changelog = "CHANGELOG.md"

[ci]
workflow = ".github/workflows/ci.yml"

[[versions]]
file = "VERSION.toml"
key = "version"

[policy]
required-gates = [3]

[tracker]
kind = "file"

[[gates]]
id = 3
name = "Concurrency"

CHECKS
[[steps]]
kind = "tag"

[[steps]]
kind = "push-tag"

[[steps]]
id = "build"
kind = "watch-workflow"
workflow = ".github/workflows/release.yml"
timeout = "10m"

[[steps]]
kind = "fetch-artifacts"

[[steps]]
kind = "homebrew-formula"

[[steps]]
id = "publish"
kind = "dispatch-workflow"
workflow = ".github/workflows/publish.yml"
inputs = { release_tag = "{tag}", build_run_id = "{build-run-id}" }
timeout = "10m"
settle = "1s"

[[steps]]
kind = "github-release"
create = true
timeout = "10m"
settle = "1s"

[channels.homebrew]
tap = "o/homebrew-tap"
formula = "sample"
window = "2s"

[channels.github-release]
window = "2s"
"#;

/// What becomes of the workflows.
#[derive(Clone)]
pub struct Shape {
    pub publish: &'static str,
    pub build_fails: bool,
    /// What is built besides, by name.
    pub builds: Vec<&'static str>,
    pub ci: Vec<StoredRun>,
    /// Text of the plan to replace.
    pub plan: Vec<(&'static str, &'static str)>,
    /// What else is done to the project before it is committed.
    pub prepare: fn(&Project),
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            publish: "success",
            build_fails: false,
            builds: Vec::new(),
            ci: Vec::new(),
            plan: Vec::new(),
            prepare: |_| (),
        }
    }
}

/// A project with its world.
pub struct Stage {
    pub project: Project,
    pub world: PrivateWorld,
}

impl Stage {
    /// Ready in every respect.
    pub fn ready() -> Self {
        Self::shaped(Shape::default())
    }

    /// Ready, but for how its workflows end.
    pub fn shaped(shape: Shape) -> Self {
        let project = Project::unborn();
        let mut plan = PLAN.replace("CHECKS", &libtest("t", "run-tests"));
        for (from, to) in &shape.plan {
            assert!(plan.contains(from), "{from}");
            plan = plan.replace(from, to);
        }
        project.write("gonogo.toml", plan);
        project.write("VERSION.toml", "version = \"0.2.0\"\n");
        project.write("CHANGELOG.md", "# Changelog\n\n## [0.2.0] - 2026-01-01\n\n- Better.\n");
        project.write("payload", "what is built\n");
        (shape.prepare)(&project);
        project.commit("begin");
        project.printing("run-tests", PASSED, 0);
        project.git(&["remote", "add", "origin", "https://github.com/o/r.git"]);
        std::os::unix::fs::symlink(test_tool("bin/gh"), project.beside("tools/gh")).unwrap();
        let commit = head(&project);
        let mut runs = vec![StoredRun::success(7, REPOSITORY, CI, &commit)];
        runs.extend(shape.ci);
        let build: &[&[&str]] = if shape.build_fails {
            &[&["sh", "-c", "echo the compiler is out of luck >&2; exit 3"]]
        } else {
            &[
                &["mkdir", "dist"],
                &["cp", "payload", "dist/sample_{version}_linux.tar.gz"],
                &["cp", "VERSION.toml", "dist/sample.crate"],
            ]
        };
        let more = shape.builds.iter().map(|name| {
            // A release of several platforms has files that differ.
            vec!["sh".to_owned(), "-c".to_owned(), format!("echo {name} >dist/{name}")]
        });
        let lines = build.iter().map(|line| line.iter().map(|word| (*word).to_owned()).collect());
        let commands = lines.chain(more).collect();
        let workflow = |path: &str, name: &str, trigger, work| Workflow {
            repository: REPOSITORY.to_owned(),
            path: path.to_owned(),
            name: name.to_owned(),
            triggers: vec![trigger],
            work,
        };
        let build = Work::Commands {
            commands,
            environment: Vec::new(),
            artifacts: vec![Artifacts { name: "dist".to_owned(), files: vec!["dist/*".to_owned()] }],
            has_metadata: true,
            tag_input: None,
            timeout: Duration::from_secs(600),
        };
        let inputs = vec!["release_tag".to_owned(), "build_run_id".to_owned()];
        let files = vec![("Formula/sample.rb".to_owned(), FORMULA.as_bytes().to_vec())];
        let spec = Spec {
            remotes: vec![
                RemoteSpec::of_checkout(REPOSITORY, &project.root()),
                RemoteSpec::of_files(TAP, files),
            ],
            runs: runs.into_iter().map(|run| (REPOSITORY.to_owned(), run)).collect(),
            workflows: vec![
                workflow(BUILD, "release", Trigger::Tag("v*".to_owned()), build),
                workflow(
                    PUBLISH,
                    "publish",
                    Trigger::Dispatch(inputs),
                    Work::Scripted(shape.publish.to_owned()),
                ),
            ],
            ..Spec::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let world = runtime.block_on(PrivateWorld::start(&project.beside("world"), spec)).unwrap();
        let stage = Self { project, world };
        stage.git(&["fetch", "--quiet", "origin"]);
        stage.git(&["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
        stage
    }

    /// The program in the private world.
    pub fn gonogo(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.gonogo(arguments);
        command.envs(self.world.variables());
        command
    }

    /// A live run, as JSON.
    pub fn live(&self) -> Command {
        self.gonogo(&["run", "v0.2.0", "--mode", "live", "--yes", "--json"])
    }

    /// A live run to its end.
    pub fn run(&self) -> Ran {
        self.live().output().unwrap().into()
    }

    /// git in the checkout, in the private world.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = self.project.command("git");
        let output = command.envs(self.world.variables()).args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// git in a remote.
    pub fn remote(&self, name: &str, arguments: &[&str]) -> String {
        let folder = self.world.remote(name).unwrap().to_str().unwrap().to_owned();
        self.git(&[&["-C", &folder], arguments].concat())
    }

    /// Everything that changed something, in order: pushes, and requests to GitHub that are not reads.
    pub fn effects(&self) -> Vec<String> {
        self.world.log().iter().filter(|entry| is_effect(entry)).map(spelled).collect()
    }

    /// The numbers of steps' effects as JSON says them.
    pub fn commit(&self) -> String {
        head(&self.project)
    }
}

pub fn is_effect(entry: &JournalEntry) -> bool {
    let is_read = matches!(entry.method.as_str(), "GET" | "HEAD") || entry.path.starts_with("/graphql");
    let arrived = entry.service == Service::Git || entry.status.is_none_or(|status| status < 300);
    !is_read && arrived
}

pub fn spelled(entry: &JournalEntry) -> String {
    format!("{} {}", entry.method, entry.path)
}

/// The commit that is checked out.
pub fn head(project: &Project) -> String {
    project.git(&["rev-parse", "HEAD"]).trim().to_owned()
}

/// The code of the cause that a document of a run names.
#[track_caller]
pub fn code(document: &Value) -> &str {
    document["stopped"]["code"].as_str().unwrap_or_else(|| panic!("not stopped: {document:#}"))
}
