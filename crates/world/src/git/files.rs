//! The files of a commit: their names, and what is in them.

use super::error::failed;
use super::{Git, GitError};
use gonogo_core::ids::CommitId;
use std::collections::BTreeMap;

/// What stands at a path of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// The commit of a submodule.
    Submodule,
}

/// One entry of a commit's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// Its path, relative to the repository's root.
    pub path: String,
    /// The ID of its object.
    pub object: String,
}

impl Git {
    /// One file of a commit; `None` where the commit has no such file.
    pub async fn file_at(&self, commit: &CommitId, path: &str) -> Result<Option<Vec<u8>>, GitError> {
        let mut files = self.files_at(commit, &[path.to_owned()]).await?;
        Ok(files.remove(path))
    }

    /// The files of a commit under some path prefixes (all files where there is none). Symbolic links and submodules
    /// are left out.
    pub async fn files_at(
        &self,
        commit: &CommitId,
        prefixes: &[String],
    ) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        let mut entries = self.entries_at(commit, prefixes).await?;
        entries.retain(|entry| entry.kind == EntryKind::File);
        self.contents(&entries).await
    }

    /// What the tree of a commit holds under some path prefixes (all of it where there is none), folders gone through.
    pub async fn entries_at(&self, commit: &CommitId, prefixes: &[String]) -> Result<Vec<Entry>, GitError> {
        let mut asked = vec!["ls-tree", "-r", "-z", "--full-tree", commit, "--"];
        asked.extend(prefixes.iter().map(|prefix| prefix.trim_end_matches('/')));
        let answer = self.ask(&asked).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let nonsense = || GitError::nonsense(&["ls-tree"]);
        let entry = |entry: &[u8]| {
            let entry = String::from_utf8_lossy(entry);
            let (facts, path) = entry.split_once('\t').ok_or_else(nonsense)?;
            let (kind, object) = match facts.split(' ').collect::<Vec<_>>()[..] {
                [mode, "blob", object] if mode.starts_with("100") => (EntryKind::File, object),
                ["120000", "blob", object] => (EntryKind::Link, object),
                ["160000", "commit", object] => (EntryKind::Submodule, object),
                _ => return Err(nonsense()),
            };
            Ok(Entry { kind, path: path.to_owned(), object: object.to_owned() })
        };
        answer.stdout.bytes.split(|byte| *byte == 0).filter(|one| !one.is_empty()).map(entry).collect()
    }

    /// What is in files of a commit, by their paths. Paths that are no UTF-8 may be spelled alike: what is in both stands there then,
    /// so that none hides another.
    pub async fn contents(&self, entries: &[Entry]) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        if entries.is_empty() {
            return Ok(BTreeMap::new());
        }
        let input: String = entries.iter().flat_map(|entry| [entry.object.as_str(), "\n"]).collect();
        let asked = ["cat-file", "--batch"];
        let answer = self.ask_with(&asked, Some(input.into_bytes())).await?;
        if !answer.succeeded() {
            return Err(failed(&asked, &answer));
        }
        let nonsense = || GitError::nonsense(&asked);
        let mut rest = answer.stdout.bytes.as_slice();
        let mut files = BTreeMap::new();
        for Entry { path, object, .. } in entries {
            let end = rest.iter().position(|byte| *byte == b'\n').ok_or_else(nonsense)?;
            let header = std::str::from_utf8(&rest[..end]).map_err(|_| nonsense())?;
            let size =
                header.strip_prefix(&format!("{object} blob ")).and_then(|size| size.parse::<usize>().ok());
            let size = size.ok_or_else(nonsense)?;
            let content = rest.get(end + 1..end + 1 + size).ok_or_else(nonsense)?;
            let text: &mut Vec<u8> = files.entry(path.clone()).or_default();
            if !text.is_empty() {
                text.push(b'\n');
            }
            text.extend_from_slice(content);
            rest = rest.get(end + 2 + size..).ok_or_else(nonsense)?;
        }
        Ok(files)
    }
}
