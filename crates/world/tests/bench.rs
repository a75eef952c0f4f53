//! Two commits checked out side by side, and runs that give values or an error, never a guess.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and calls git itself"
)]

use gonogo_core::gate::End;
use gonogo_world::bench::{BenchProgram, RunError, Side, WorktreeError, Worktrees};
use gonogo_world::git::Git;
use gonogo_world::process::{Cancel, Environment, Invocation};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// A repository of two commits: `text` is `one`, then `two`.
struct Repository {
    folder: TempDir,
    commits: [String; 2],
}

fn git(root: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(root)
        .args(["-c", "user.name=sample", "-c", "user.email=sample@example.test"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repo");
        std::fs::create_dir(&root).unwrap();
        git(&root, &["init", "--quiet"]);
        let commits = ["one", "two"].map(|text| {
            std::fs::write(root.join("text"), text).unwrap();
            git(&root, &["add", "--all"]);
            git(&root, &["commit", "--quiet", "-m", text]);
            git(&root, &["rev-parse", "HEAD"]).trim().to_owned()
        });
        Self { folder, commits }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    fn worktrees(&self) -> usize {
        git(&self.root(), &["worktree", "list"]).lines().count()
    }

    async fn create(&self, git: &Git) -> Result<Worktrees, WorktreeError> {
        Worktrees::create(git, self.folder.path().join("bench"), &self.commits[0], &self.commits[1]).await
    }
}

#[tokio::test]
async fn each_side_has_its_commit_and_both_are_gone_afterwards() {
    let repository = Repository::new();
    let cancel = Cancel::default();
    let git = Git::open(&repository.root(), cancel.clone()).await.unwrap();
    let worktrees = repository.create(&git).await.unwrap();
    for (side, text) in [(Side::Base, "one"), (Side::Current, "two")] {
        assert_eq!(std::fs::read_to_string(worktrees.path(side).join("text")).unwrap(), text);
    }
    assert_eq!(repository.worktrees(), 3);
    // A poll that was stopped cleans up, too.
    cancel.cancel();
    worktrees.remove(&git).await.unwrap();
    assert_eq!(repository.worktrees(), 1);
    assert!(!repository.folder.path().join("bench").exists());
}

#[tokio::test]
async fn what_a_killed_run_left_behind_is_cleared_away_and_not_measured() {
    let repository = Repository::new();
    let git = Git::open(&repository.root(), Cancel::default()).await.unwrap();
    let killed = repository.create(&git).await.unwrap();
    std::fs::write(killed.path(Side::Base).join("left"), "behind").unwrap();
    drop(killed);
    let next = repository.create(&git).await.unwrap();
    assert!(!next.path(Side::Base).join("left").exists());
    next.remove(&git).await.unwrap();
    assert_eq!(repository.worktrees(), 1);
}

#[tokio::test]
async fn two_benchmarks_of_one_repository_do_not_run_at_once() {
    let repository = Repository::new();
    let git = Git::open(&repository.root(), Cancel::default()).await.unwrap();
    let first = repository.create(&git).await.unwrap();
    assert!(matches!(repository.create(&git).await, Err(WorktreeError::Busy)));
    assert!(first.path(Side::Base).join("text").exists(), "the second did not clear the first away");
    first.remove(&git).await.unwrap();
}

#[tokio::test]
async fn a_commit_that_is_not_there_leaves_nothing_behind() {
    let mut repository = Repository::new();
    repository.commits[1] = "0".repeat(40);
    let git = Git::open(&repository.root(), Cancel::default()).await.unwrap();
    assert!(matches!(repository.create(&git).await, Err(WorktreeError::Git(_))));
    assert_eq!(repository.worktrees(), 1);
}

fn shell(folder: &Path, script: &str) -> BenchProgram {
    let environment = Environment::allowing([]);
    let mut invocation = Invocation::tool(Path::new("/bin/sh"), folder, environment).args(["-c", script]);
    invocation.limit = 100;
    invocation.timeout = Duration::from_secs(30);
    BenchProgram { invocation, report: None }
}

#[tokio::test]
async fn a_run_gives_its_output_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let once = |script: &str| {
        let run = shell(folder.path(), script);
        async move { run.once(&Cancel::default()).await }
    };
    let (text, seconds) = once("echo 7").await.unwrap();
    assert_eq!(text, b"7\n");
    assert!(seconds > 0.0);
    let failed = once("echo 7; echo broken >&2; exit 3").await.unwrap_err();
    assert!(matches!(&failed, RunError::Ended { end: End::Exited(3), said } if said == "broken"), "{failed}");
    assert!(matches!(once("kill -9 $$").await.unwrap_err(), RunError::Ended { end: End::Signaled(9), .. }));
    assert!(matches!(once("head -c 200 /dev/zero").await.unwrap_err(), RunError::TooLarge(100)));
}

#[tokio::test]
async fn a_report_of_an_earlier_run_is_not_read_for_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    std::fs::write(&report, "old").unwrap();
    let with_report =
        |script: &str| BenchProgram { report: Some(report.clone()), ..shell(folder.path(), script) };
    let missing = with_report("true").once(&Cancel::default()).await.unwrap_err();
    assert!(matches!(missing, RunError::Report { .. }), "{missing}");
    let (text, _) = with_report("printf new >report.json").once(&Cancel::default()).await.unwrap();
    assert_eq!(text, b"new");
    let large = with_report("head -c 200 /dev/zero >report.json").once(&Cancel::default()).await.unwrap_err();
    assert!(matches!(large, RunError::TooLarge(100)), "{large}");
}
