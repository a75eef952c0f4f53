//! A repository beside the project's, such as a Homebrew tap: cloned, one file of it changed, and pushed back.
//!
//! Invariant: a commit made here changes exactly one file, to exactly the given bytes, on top of what was cloned.

use super::error::failed;
use super::push::Pushed;
use super::words::without_own;
use super::{Git, GitError, object_id};
use crate::process::End;
use gonogo_core::door::DoorPass;
use gonogo_core::ids::{CommitId, is_object_id};
use std::path::Path;

/// A fresh clone of a remote's default branch, without a working tree: nothing that the repository holds (links,
/// filters) can change what is read and written.
#[derive(Clone, Debug)]
pub struct Tap {
    git: Git,
    branch: String,
    cloned: CommitId,
}

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is in a new commit.
    Committed {
        /// The commit.
        commit: CommitId,
    },
    /// It had these very bytes, and there is no new commit.
    Unchanged,
}

struct Entry {
    mode: String,
    object: String,
}

impl Git {
    /// Clones the last commit of the default branch at an address into an empty folder.
    ///
    /// # Errors
    /// [`GitError::Unborn`] where the repository has no commit yet.
    pub async fn clone_tap(&self, address: &str, folder: &Path) -> Result<Tap, GitError> {
        let outside = Self { root: folder.to_owned(), ..self.clone() };
        let asked = [
            "clone",
            "--quiet",
            "--depth=1",
            "--single-branch",
            "--no-tags",
            "--no-local",
            "--no-checkout",
            "--no-recurse-submodules",
            "--origin=origin",
            "--",
            address,
            ".",
        ];
        outside.remote_text(&asked).await?;
        let git = outside.located(folder).await?;
        let (cloned, _) = git.head().await?;
        let asked = ["symbolic-ref", "HEAD"];
        let head = git.one_line(&asked).await?;
        let branch = head.strip_prefix("refs/heads/").ok_or_else(|| GitError::nonsense(&asked))?.to_owned();
        Ok(Tap { git, branch, cloned })
    }
}

impl Tap {
    /// The default branch's name.
    pub fn branch(&self) -> &str {
        &self.branch
    }

    /// The commit that was cloned.
    pub const fn cloned(&self) -> &CommitId {
        &self.cloned
    }

    /// A file as it was cloned; `None` where there is none.
    ///
    /// # Errors
    /// [`GitError::BadName`] where the path is something else than a regular file.
    pub async fn file(&self, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let Some(entry) = self.entry(path).await? else { return Ok(None) };
        let asked = ["--no-replace-objects", "cat-file", "blob", &entry.object];
        let answer = self.git.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        Ok(Some(answer.stdout.bytes))
    }

    async fn entry(&self, path: &str) -> Result<Option<Entry>, GitError> {
        let asked = [
            "--no-replace-objects",
            "--literal-pathspecs",
            "ls-tree",
            "-z",
            "--full-tree",
            &self.cloned,
            "--",
            path,
        ];
        let text = self.git.text(&asked).await?;
        let Some(line) = text.strip_suffix('\0') else {
            return if text.is_empty() { Ok(None) } else { Err(GitError::nonsense(&asked)) };
        };
        let (facts, name) = line.split_once('\t').ok_or_else(|| GitError::nonsense(&asked))?;
        match facts.split(' ').collect::<Vec<_>>()[..] {
            [mode @ ("100644" | "100755"), "blob", object] if name == path && is_object_id(object) => {
                Ok(Some(Entry { mode: mode.to_owned(), object: object.to_owned() }))
            }
            _ => Err(GitError::BadName { what: "regular file of the repository", text: path.to_owned() }),
        }
    }

    /// Commits one file with exactly these bytes on top of what was cloned, by the user's own identity, hooks and
    /// signing.
    ///
    /// # Errors
    /// [`GitError::OtherChange`] where the commit that git made is not exactly that.
    pub async fn write_file(
        &self,
        _pass: &DoorPass<'_>,
        path: &str,
        bytes: &[u8],
        message: &str,
    ) -> Result<Written, GitError> {
        let before = self.entry(path).await?;
        let asked = ["hash-object", "-w", "--no-filters", "--stdin"];
        let answer = self.git.ask_with(&asked, Some(bytes.to_vec())).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let text = answer.stdout.text();
        let object = object_id(text.trim_end())?;
        if before.as_ref().is_some_and(|entry| entry.object == object) {
            return Ok(Written::Unchanged);
        }
        let mode = before.map_or_else(|| "100644".to_owned(), |entry| entry.mode);
        self.git.text(&["read-tree", &self.cloned]).await?;
        let info = format!("{mode},{object},{path}");
        self.git.text(&["update-index", "--add", "--cacheinfo", &info]).await?;
        let asked = ["commit", "--quiet", "--no-status", "--cleanup=verbatim", "--file=-"];
        let answer = self.git.ask_signing(&asked, message.as_bytes().to_vec()).await?;
        if answer.end == End::Exited(1) {
            // Everything else ends a commit with another status: what is committed differs, and has a message.
            let said = without_own(answer.stderr.text().lines().chain(answer.stdout.text().lines()));
            return Err(GitError::HookRefused { command: asked.join(" "), hook: "of a commit", said });
        }
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let (commit, _) = self.git.head().await?;
        if !self.is_one_change(&commit, path, &mode, object).await? {
            return Err(GitError::OtherChange { commit, path: path.to_owned() });
        }
        Ok(Written::Committed { commit })
    }

    async fn is_one_change(
        &self,
        commit: &CommitId,
        path: &str,
        mode: &str,
        object: &str,
    ) -> Result<bool, GitError> {
        let asked = ["--no-replace-objects", "rev-list", "--parents", "--max-count=1", commit];
        let parents = self.git.one_line(&asked).await?;
        let asked = [
            "--no-replace-objects",
            "diff-tree",
            "-r",
            "-z",
            "--no-renames",
            "--no-ext-diff",
            &self.cloned,
            commit,
        ];
        let changes = self.git.text(&asked).await?;
        let mut parts = changes.strip_suffix('\0').unwrap_or_default().split('\0');
        let (facts, name, more) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let facts: Vec<&str> = facts.split(' ').collect();
        let is_it = facts.get(1) == Some(&mode) && facts.get(3) == Some(&object);
        Ok(parents == format!("{commit} {}", self.cloned) && is_it && name == Some(path) && more.is_none())
    }

    /// Pushes a commit to the branch that was cloned. [`Pushed::Rejected`] where that one has moved on since.
    ///
    /// # Errors
    /// Every error but [`GitError::SeveralAddresses`] leaves open whether the remote has the commit now: ask it.
    pub async fn push(&self, pass: DoorPass<'_>, commit: &CommitId) -> Result<Pushed, GitError> {
        let target = format!("refs/heads/{}", self.branch);
        self.git.push(pass, "origin", commit, &target).await
    }

    /// Whether the branch that was cloned, asked live, stands at a commit.
    pub async fn remote_stands_at(&self, commit: &CommitId) -> Result<bool, GitError> {
        Ok(self.git.remote_branch("origin", &self.branch).await?.as_ref() == Some(commit))
    }
}
