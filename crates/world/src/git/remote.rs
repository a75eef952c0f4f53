//! Remotes, asked live: their branches, tags and addresses.
//!
//! Invariant: absence is the remote's own answer. Nothing here moves a reference, there or here.

use super::address::{is_same_repository, without_password};
use super::error::failed;
use super::{Git, GitError, told};
use crate::process::End;
use gonogo_core::ids::{CommitId, RemoteName, TagName, is_object_id};
use std::collections::BTreeMap;

/// A tag on a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTag {
    /// The tag's own object: the tag object where it is annotated, else the commit.
    pub object: String,
    /// The commit that it stands for, peeled.
    pub commit: CommitId,
}

impl RemoteTag {
    /// Whether the tag is an object of its own.
    pub fn is_annotated(&self) -> bool {
        self.commit != self.object
    }
}

/// Whether a remote's branch holds a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contains {
    /// It does.
    Yes,
    /// It does not.
    No {
        /// The commit that the branch stands at.
        at: CommitId,
    },
    /// The remote answered, and has no such branch.
    NoBranch,
}

/// The branch that a remote's `HEAD` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultBranch {
    /// Its name, without `refs/heads/`.
    pub name: String,
    /// The commit that it stands at.
    pub commit: CommitId,
}

/// Where a remote is read from, and where pushes to it go instead; passwords are taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// The address that is read.
    pub read: String,
    /// The address that is pushed to.
    pub pushed: String,
}

impl Git {
    /// The branch of a remote, asked live. `None` where the remote answered and has no such branch.
    pub async fn remote_branch(&self, remote: &str, branch: &str) -> Result<Option<CommitId>, GitError> {
        let reference = format!("refs/heads/{branch}");
        let asked = ["ls-remote", "--end-of-options", remote, &reference];
        let found = self.remote_references(&asked).await?;
        found.get(&reference).map(|commit| told(commit, &asked)).transpose()
    }

    /// A tag of a remote, asked live and peeled. `None` where the remote answered and has no such tag.
    pub async fn remote_tag(&self, remote: &str, tag: &str) -> Result<Option<RemoteTag>, GitError> {
        let reference = format!("refs/tags/{tag}");
        let peeled = format!("{reference}^{{}}");
        let asked = ["ls-remote", "--end-of-options", remote, &reference, &peeled];
        let found = self.remote_references(&asked).await?;
        tag_in(&found, &reference, &asked)
    }

    /// All tags of a remote, asked live.
    pub async fn remote_tags(&self, remote: &str) -> Result<Vec<String>, GitError> {
        let found =
            self.remote_references(&["ls-remote", "--tags", "--refs", "--end-of-options", remote]).await?;
        Ok(found.into_keys().filter_map(|name| name.strip_prefix("refs/tags/").map(str::to_owned)).collect())
    }

    pub(super) async fn remote_references(
        &self,
        asked: &[&str],
    ) -> Result<BTreeMap<String, String>, GitError> {
        let text = self.remote_text(asked).await?;
        text.lines()
            .map(|line| match line.split_once('\t') {
                Some((commit, name)) if is_object_id(commit) => Ok((name.to_owned(), commit.to_owned())),
                _ => Err(GitError::nonsense(asked)),
            })
            .collect()
    }

    /// The remotes' names.
    pub async fn remotes(&self) -> Result<Vec<RemoteName>, GitError> {
        self.text(&["remote"]).await?.lines().map(|name| told(name, &["remote"])).collect()
    }

    /// A remote's address as it is configured; `None` where there is no such remote.
    pub async fn remote_address(&self, remote: &str) -> Result<Option<String>, GitError> {
        self.configured(&format!("remote.{remote}.url")).await
    }

    /// The addresses that a remote is read from, as git resolves them (`insteadOf`).
    pub async fn fetch_addresses(&self, remote: &str) -> Result<Vec<String>, GitError> {
        let text = self.text(&["remote", "get-url", "--all", "--", remote]).await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Where a push to a remote would go that is not where the remote is read from: that repository was never looked at.
    /// `None` where both are the same one. Two ways to the same repository, such as ssh and https, are the same.
    pub async fn pushes_elsewhere(&self, remote: &str) -> Result<Option<Elsewhere>, GitError> {
        let (read, pushed) = (self.fetch_addresses(remote).await?, self.push_addresses(remote).await?);
        let Some(first) = read.first() else { return Ok(None) };
        let stray = pushed.iter().find(|address| !is_same_repository(first, address));
        Ok(stray.map(|stray| Elsewhere { read: without_password(first), pushed: without_password(stray) }))
    }

    /// The addresses that pushes to a remote go to, as git resolves them (`pushurl`, `pushInsteadOf`).
    pub async fn push_addresses(&self, remote: &str) -> Result<Vec<String>, GitError> {
        let text = self.text(&["remote", "get-url", "--push", "--all", "--", remote]).await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// The branch that a remote's `HEAD` names, asked live. `None` where the remote answered and names none, or one
    /// without a commit. `remote` may be an address.
    pub async fn remote_default_branch(&self, remote: &str) -> Result<Option<DefaultBranch>, GitError> {
        let asked = ["ls-remote", "--symref", "--end-of-options", remote, "HEAD"];
        let text = self.remote_text(&asked).await?;
        let (mut name, mut commit) = (None, None);
        for line in text.lines() {
            match line.split_once('\t') {
                Some((first, "HEAD")) => match first.strip_prefix("ref: ") {
                    Some(reference) => name = Some(reference),
                    None if is_object_id(first) => commit = Some(first),
                    None => return Err(GitError::nonsense(&asked)),
                },
                // `HEAD` as the last part of another reference's name.
                Some((first, _)) if is_object_id(first) || first.starts_with("ref: ") => {}
                _ => return Err(GitError::nonsense(&asked)),
            }
        }
        let (Some(name), Some(commit)) = (name, commit) else { return Ok(None) };
        let name = name.strip_prefix("refs/heads/").ok_or_else(|| GitError::nonsense(&asked))?;
        Ok(Some(DefaultBranch { name: name.to_owned(), commit: told(commit, &asked)? }))
    }

    /// Whether a remote's branch, asked live, has a commit (its whole ID) in its history. What is missing here for the
    /// answer is fetched, and no reference is touched.
    pub async fn remote_branch_contains(
        &self,
        remote: &RemoteName,
        branch: &str,
        commit: &CommitId,
    ) -> Result<Contains, GitError> {
        let Some(at) = self.remote_branch(remote, branch).await? else { return Ok(Contains::NoBranch) };
        if at != *commit && !self.has_commit(&at).await? {
            self.fetch_quietly(remote, branch).await?;
        }
        self.contains(remote, branch, &at, commit).await
    }

    /// The same together with a tag of the remote, both from one answer, which is the last thing that was asked of it.
    pub async fn remote_branch_and_tag(
        &self,
        remote: &RemoteName,
        branch: &str,
        commit: &CommitId,
        tag: &TagName,
    ) -> Result<(Contains, Option<RemoteTag>), GitError> {
        let (head, name) = (format!("refs/heads/{branch}"), format!("refs/tags/{tag}"));
        let peeled = format!("{name}^{{}}");
        let asked = ["ls-remote", "--end-of-options", remote, &head, &name, &peeled];
        let mut fetched = false;
        loop {
            let found = self.remote_references(&asked).await?;
            let tag = tag_in(&found, &name, &asked)?;
            let Some(at) = found.get(&head) else { return Ok((Contains::NoBranch, tag)) };
            let at: &CommitId = &told(at, &asked)?;
            // What is fetched takes its time, and the answer is old by then: it is asked for once more.
            if at != commit && !fetched && !self.has_commit(at).await? {
                self.fetch_quietly(remote, branch).await?;
                fetched = true;
                continue;
            }
            return Ok((self.contains(remote, branch, at, commit).await?, tag));
        }
    }

    /// Whether a commit is in the history of another one, at which a branch of a remote stands.
    async fn contains(
        &self,
        remote: &str,
        branch: &str,
        at: &CommitId,
        commit: &CommitId,
    ) -> Result<Contains, GitError> {
        if at == commit {
            return Ok(Contains::Yes);
        }
        // A commit that is not here although the branch is here with all its history is not part of it.
        if self.has_commit(commit).await? {
            let asked = ["--no-replace-objects", "merge-base", "--is-ancestor", commit, at];
            let answer = self.ask(&asked).await?;
            match answer.end {
                End::Exited(0) => return Ok(Contains::Yes),
                End::Exited(1) => {}
                _ => return Err(failed(&asked, &answer)),
            }
        } else if !self.has_commit(at).await? {
            // The branch was moved back while it was asked.
            return Err(GitError::nonsense(&["fetch", remote, branch]));
        }
        if self.is_shallow().await? {
            return Err(GitError::CutOff { commit: commit.clone(), of: at.clone() });
        }
        Ok(Contains::No { at: at.clone() })
    }

    /// Gets a branch's objects, and writes nothing down: no remote-tracking branch, no tag, no `FETCH_HEAD`.
    async fn fetch_quietly(&self, remote: &str, branch: &str) -> Result<(), GitError> {
        let reference = format!("refs/heads/{branch}");
        let asked = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-prune",
            "--no-prune-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--refmap=",
            "--end-of-options",
            remote,
            &reference,
        ];
        self.remote_text(&asked).await.map(drop)
    }

    async fn has_commit(&self, commit: &str) -> Result<bool, GitError> {
        let wanted = format!("{commit}^{{commit}}");
        let asked = ["--no-replace-objects", "cat-file", "-e", &wanted];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => Ok(true),
            // 128 with a name that git cannot resolve, which is how a missing object looks behind `^{commit}`.
            End::Exited(1) => Ok(false),
            End::Exited(128) if answer.stderr.text().contains("Not a valid object name") => Ok(false),
            _ => Err(failed(&asked, &answer)),
        }
    }
}

/// A tag among references, peeled.
fn tag_in(
    found: &BTreeMap<String, String>,
    reference: &str,
    asked: &[&str],
) -> Result<Option<RemoteTag>, GitError> {
    match (found.get(reference), found.get(&format!("{reference}^{{}}"))) {
        (None, None) => Ok(None),
        (Some(object), peeled) => {
            let commit = told(peeled.unwrap_or(object), asked)?;
            Ok(Some(RemoteTag { object: object.clone(), commit }))
        }
        (None, Some(_)) => Err(GitError::nonsense(asked)),
    }
}
