//! What changed between two commits: which paths, by their objects, and how, for people.
//!
//! Invariant: nothing of the user's or the repository's configuration (external diffs, text conversions, renames, colours) can leave a
//! change out or show another one.

use super::error::failed;
use super::{Git, GitError};
use crate::process::{Captured, End};
use gonogo_core::ids::CommitId;
use gonogo_core::review::ChangedPath;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// Lines around a change: a reviewer sees what it stands in.
const CONTEXT: &str = "--unified=8";

/// A difference for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The text, up to a limit.
    pub text: String,
    /// How many bytes there were beyond it.
    pub cut: u64,
}

impl Git {
    /// The paths that differ between two commits, below some path prefixes (all where there is none), by their objects. Without a
    /// base, everything of the commit came since.
    pub async fn changes(
        &self,
        base: Option<&CommitId>,
        commit: &CommitId,
        prefixes: &[String],
    ) -> Result<Vec<ChangedPath>, GitError> {
        let base = self.base_or_nothing(base).await?;
        let options = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff"];
        let answer = self.compared(&options, &base, commit, prefixes).await?;
        let nonsense = || GitError::nonsense(&["diff-tree"]);
        if answer.stdout.is_cut() {
            return Err(nonsense());
        }
        let mut parts = answer.stdout.bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty());
        let mut changes = Vec::new();
        while let Some(facts) = parts.next() {
            let path = parts.next().ok_or_else(nonsense)?;
            let facts = std::str::from_utf8(facts).map_err(|_| nonsense())?;
            let facts: Vec<&str> = facts.strip_prefix(':').ok_or_else(nonsense)?.split(' ').collect();
            let [mode_before, mode_after, before, after, _] = facts[..] else { return Err(nonsense()) };
            let object = |mode: &str, object: &str| (mode != "000000").then(|| format!("{mode} {object}"));
            changes.push(ChangedPath {
                path: OsStr::from_bytes(path).to_string_lossy().into_owned(),
                before: object(mode_before, before),
                after: object(mode_after, after),
            });
        }
        Ok(changes)
    }

    /// The difference between two commits below some path prefixes, with context, up to `limit` bytes.
    pub async fn difference(
        &self,
        base: Option<&CommitId>,
        commit: &CommitId,
        prefixes: &[String],
        limit: usize,
    ) -> Result<Difference, GitError> {
        let base = self.base_or_nothing(base).await?;
        let options = [
            "-c",
            "core.quotePath=false",
            "diff",
            CONTEXT,
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            "--submodule=short",
            "--ignore-submodules=none",
        ];
        let answer = self.compared(&options, &base, commit, prefixes).await?;
        let bytes = &answer.stdout.bytes;
        let mut end = bytes.len().min(limit);
        // A line is there whole or not at all.
        if end < bytes.len() {
            end = bytes[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        }
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        Ok(Difference { text, cut: answer.stdout.total - end as u64 })
    }

    async fn compared(
        &self,
        options: &[&str],
        base: &str,
        commit: &CommitId,
        prefixes: &[String],
    ) -> Result<Captured, GitError> {
        // A path of a plan is a path, whatever characters it has.
        let mut asked = vec!["--literal-pathspecs"];
        asked.extend_from_slice(options);
        asked.extend([base, commit, "--"]);
        asked.extend(prefixes.iter().map(|prefix| prefix.trim_end_matches('/')));
        let answer = self.ask(&asked).await?;
        // What is cut off is told by whoever can show a part.
        let is_cut = answer.end == End::Exited(0) && answer.stdout.is_cut();
        if answer.succeeded() || is_cut { Ok(answer) } else { Err(failed(&asked, &answer)) }
    }

    /// The base, or the tree that holds nothing.
    async fn base_or_nothing(&self, base: Option<&CommitId>) -> Result<String, GitError> {
        match base {
            Some(base) => Ok(base.to_string()),
            None => {
                let asked = ["hash-object", "-t", "tree", "--stdin"];
                let answer = self.ask_with(&asked, Some(Vec::new())).await?;
                if !answer.succeeded() {
                    return Err(failed(&asked, &answer));
                }
                Ok(answer.stdout.text().trim().to_owned())
            }
        }
    }

    /// The key that the user signs with, where git is told to sign by SSH: a file, or a public key itself after `key::`.
    pub async fn ssh_signing_key(&self) -> Result<Option<String>, GitError> {
        if self.configured("gpg.format").await?.as_deref() != Some("ssh") {
            return Ok(None);
        }
        Ok(self.configured("user.signingKey").await?.filter(|key| !key.is_empty()))
    }

    /// What shows a long text, by git's own rules: `GIT_PAGER`, `core.pager`, `PAGER`, or `less`; `None` where it is `cat` or empty.
    pub async fn pager(&self) -> Result<Option<String>, GitError> {
        let own = |name: &str| std::env::var(name).ok();
        let asked = match own("GIT_PAGER") {
            Some(pager) => Some(pager),
            None => self.configured("core.pager").await?.or_else(|| own("PAGER")),
        };
        let pager = asked.unwrap_or_else(|| "less".to_owned());
        Ok(Some(pager).filter(|pager| !pager.is_empty() && pager != "cat"))
    }
}
