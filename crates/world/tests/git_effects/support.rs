//! A remote, a checkout of it, and a git that knows no configuration but theirs.

pub(crate) use crate::clearance_support::{cleared, pass};
use gonogo_core::ids::{CommitId, RemoteName, TagName};
pub(crate) use gonogo_world::git::{Git, GitError};
pub(crate) use gonogo_world::process::Cancel;
use gonogo_world::process::{Environment, Invocation, run};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder with the bare remote `octo/sample.git`, a checkout of it with two commits on `main`, and a configuration
/// of its own.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) git: Git,
    pub(crate) first: CommitId,
    pub(crate) second: CommitId,
}

fn variables(folder: &Path) -> Vec<(String, PathBuf)> {
    vec![
        ("HOME".to_owned(), folder.to_owned()),
        ("GIT_CONFIG_GLOBAL".to_owned(), folder.join("gitconfig")),
        ("GIT_CONFIG_NOSYSTEM".to_owned(), "1".into()),
    ]
}

const CONFIGURATION: &str =
    "[user]\n\tname = Octo\n\temail = octo@example.test\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n";

impl World {
    pub(crate) async fn new() -> Self {
        Self::stopped_by(Cancel::default()).await
    }

    pub(crate) async fn stopped_by(cancel: Cancel) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gitconfig"), CONFIGURATION).unwrap();
        let root = folder.path();
        git_in(root, root, &["init", "--quiet", "--bare", "octo/sample.git"]).await;
        git_in(root, root, &["clone", "--quiet", "octo/sample.git", "checkout"]).await;
        let checkout = root.join("checkout");
        let first = commit_in(root, &checkout, "a", "one").await;
        let second = commit_in(root, &checkout, "a", "two").await;
        git_in(root, &checkout, &["push", "--quiet", "origin", "main"]).await;
        let git = Git::open(&checkout, cancel).await.unwrap().with_variables(variables(root));
        Self { folder, git, first, second }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What a git command prints that must succeed, run in a folder of this world.
    pub(crate) async fn run(&self, folder: &str, arguments: &[&str]) -> String {
        git_in(self.folder.path(), &self.path(folder), arguments).await
    }

    /// What a git command prints in the remote.
    pub(crate) async fn in_remote(&self, arguments: &[&str]) -> String {
        self.run("octo/sample.git", arguments).await
    }

    /// One more commit of a checkout.
    pub(crate) async fn commit(&self, folder: &str, file: &str, text: &str) -> CommitId {
        commit_in(self.folder.path(), &self.path(folder), file, text).await
    }

    /// A commit on `main` of the remote that the checkout does not have.
    pub(crate) async fn commit_of_another(&self) -> CommitId {
        self.run(".", &["clone", "--quiet", "octo/sample.git", "other"]).await;
        let commit = self.commit("other", "b", "three").await;
        self.run("other", &["push", "--quiet", "origin", "main"]).await;
        commit
    }

    /// Adds to git's configuration.
    pub(crate) async fn configure(&self, key: &str, value: &str) {
        self.run(".", &["config", "--global", "--add", key, value]).await;
    }

    /// A shell script that can be run.
    pub(crate) fn script(&self, path: &str, lines: &str) -> String {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        gonogo_sandbox::write_program(&path, &format!("#!/bin/sh\n{lines}\n")).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// All references of a repository, with what they stand at.
    pub(crate) async fn references(&self, folder: &str) -> String {
        self.run(folder, &["for-each-ref", "--format=%(refname) %(objectname)"]).await
    }
}

async fn git_in(root: &Path, folder: &Path, arguments: &[&str]) -> String {
    let program = gonogo_world::tools::find_on_path("git", None).unwrap();
    let environment = variables(root)
        .into_iter()
        .fold(Environment::allowing([]), |environment, (name, value)| environment.with(name, value));
    let invocation = Invocation::tool(&program, folder, environment).args(arguments.iter().copied());
    let answer = run(&invocation, &Cancel::default()).await.unwrap();
    assert!(answer.succeeded(), "git {arguments:?}: {}", answer.stderr.text());
    answer.stdout.text().trim_end().to_owned()
}

async fn commit_in(root: &Path, folder: &Path, file: &str, text: &str) -> CommitId {
    std::fs::write(folder.join(file), text).unwrap();
    git_in(root, folder, &["add", "--", file]).await;
    git_in(root, folder, &["commit", "--quiet", "-m", text]).await;
    git_in(root, folder, &["rev-parse", "HEAD"]).await.parse().unwrap()
}

pub(crate) fn commit(text: &str) -> CommitId {
    text.parse().unwrap()
}

pub(crate) fn tag(text: &str) -> TagName {
    text.parse().unwrap()
}

pub(crate) fn remote(text: &str) -> RemoteName {
    text.parse().unwrap()
}
