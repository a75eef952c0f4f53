//! The ghs under test and the world they run in.

use gonogo_sandbox::github::{GithubStandIn, GithubState, StoredRun, StoredWorkflow};
use gonogo_world::process::{Cancel, Captured, Environment, Invocation, run};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const REPOSITORY: &str = "o/r";

fn tools() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools")).to_owned()
}

/// Every gh that this host can have: the current one, and Debian's 2.23 unless the setup script found that the
/// host's packages do not hold it.
fn every_gh() -> Vec<PathBuf> {
    let current = tools().join("bin/gh");
    assert!(current.exists(), "no {}: run scripts/setup", current.display());
    let old = tools().join("gh-2.23");
    let program = old.join("usr/bin/gh");
    if program.exists() {
        return vec![current, program];
    }
    let reason = std::fs::read_to_string(old.join("UNAVAILABLE")).unwrap_or_default();
    assert!(reason.starts_with("this host"), "no {}: run scripts/setup", program.display());
    vec![current]
}

/// One gh, a stand-in of its own, and a folder that gh runs in.
pub(crate) struct World {
    program: PathBuf,
    pub(crate) github: GithubStandIn,
    pub(crate) folder: TempDir,
}

/// A world for every gh: one repository with the commit `aaaa…` on `main`.
pub(crate) fn every_world() -> Vec<World> {
    let world = |program| {
        let mut state = GithubState::with_repository(REPOSITORY);
        state.repository(REPOSITORY).refs.insert("heads/main".to_owned(), commit());
        let github = GithubStandIn::start(state).unwrap();
        World { program, github, folder: tempfile::tempdir().unwrap() }
    };
    every_gh().into_iter().map(world).collect()
}

/// The commit of `main`.
pub(crate) fn commit() -> String {
    "a".repeat(40)
}

impl World {
    /// It is the gh of today, and not Debian's.
    pub(crate) fn is_current(&self) -> bool {
        !self.program.ends_with("usr/bin/gh")
    }

    /// What a gh command prints and how it ends.
    pub(crate) async fn gh(&self, arguments: &[&str]) -> Captured {
        let environment = self
            .github
            .environment()
            .into_iter()
            .fold(Environment::allowing([]), |environment, (name, value)| environment.with(name, value))
            .with("TMPDIR", self.folder.path().as_os_str().to_owned());
        let invocation =
            Invocation::tool(&self.program, self.folder.path(), environment).args(arguments.iter().copied());
        run(&invocation, &Cancel::default()).await.unwrap()
    }

    /// What a gh command prints that must succeed. `-R o/r` is said here.
    pub(crate) async fn ok(&self, arguments: &[&str]) -> String {
        let captured = self.gh(&with_repository(arguments)).await;
        assert!(captured.succeeded(), "{arguments:?}: {}\n{:#?}", captured.stderr.text(), self.github.log());
        captured.stdout.text()
    }

    /// What a gh command says that must fail.
    pub(crate) async fn refused(&self, arguments: &[&str]) -> String {
        let captured = self.gh(&with_repository(arguments)).await;
        assert!(!captured.succeeded(), "{arguments:?}: {}", captured.stdout.text());
        format!("{}{}", captured.stdout.text(), captured.stderr.text())
    }

    /// The same as JSON.
    pub(crate) async fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments).await).unwrap()
    }

    /// What gh reads at a path below the repository.
    pub(crate) async fn api(&self, path: &str) -> Value {
        let captured = self.gh(&["api", &format!("repos/{REPOSITORY}/{path}")]).await;
        assert!(captured.succeeded(), "{path}: {}", captured.stderr.text());
        serde_json::from_str(&captured.stdout.text()).unwrap()
    }

    /// The status and message with which a path below the repository is refused, as gh says them.
    pub(crate) async fn api_refusal(&self, path: &str) -> String {
        let captured = self.gh(&["api", &format!("repos/{REPOSITORY}/{path}")]).await;
        assert!(!captured.succeeded(), "{path}: {}", captured.stdout.text());
        captured.stderr.text()
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    /// Reads a file of the folder.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap()
    }
}

fn with_repository<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    arguments.iter().copied().chain(["-R", REPOSITORY]).collect()
}

/// The workflow that every run here is of.
pub(crate) const CI: &str = ".github/workflows/ci.yml";

impl World {
    /// Adds the workflow `ci.yml` and a run of it with this ID.
    pub(crate) fn add_run(&self, run: StoredRun) {
        let mut state = self.github.state();
        let repository = state.repository(REPOSITORY);
        if repository.workflows.is_empty() {
            repository.workflows.push(StoredWorkflow { id: 5, name: "CI".to_owned(), path: CI.to_owned() });
        }
        repository.runs.push(run);
    }
}

/// A run of `ci.yml` for the commit of `main` that succeeded.
pub(crate) fn success(id: u64) -> StoredRun {
    StoredRun::success(id, REPOSITORY, CI, &commit())
}
