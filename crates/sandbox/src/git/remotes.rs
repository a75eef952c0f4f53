//! The remotes of a private world, and what is pushed to them.
//!
//! Invariant: one turn at a time: nobody else reads or writes for the stand-in while it lasts.

use super::bare::PUSHES;
use super::command::{Git, SandboxGitError};
use super::refs::{Contents, Fingerprint};
use crate::journal::{Journal, Service};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// One remote.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    /// `owner/name`, as the GitHub stand-in knows it.
    pub(crate) name: String,
    /// The bare repository.
    pub(crate) path: PathBuf,
    /// The addresses under which git reaches it.
    pub(crate) addresses: Vec<String>,
}

/// A reference that was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Push {
    /// The remote.
    pub(crate) remote: String,
    /// The reference, without `refs/`.
    pub(crate) reference: String,
    /// It was deleted.
    pub(crate) is_deletion: bool,
}

/// All remotes.
#[derive(Debug)]
pub(crate) struct Remotes {
    /// The remotes.
    pub(crate) all: Vec<Remote>,
    /// git, for them.
    pub(crate) git: Git,
    journal: Journal,
    pushed: Mutex<Pushed>,
    turn: tokio::sync::Mutex<BTreeMap<String, Seen>>,
}

/// Where a remote stood when it was last read.
#[derive(Clone, Debug, Default)]
struct Seen {
    fingerprint: Fingerprint,
    refs: BTreeMap<String, String>,
}

/// What of the remotes' lists of pushes was read, in bytes, and the pushes that nobody has looked at yet.
#[derive(Debug, Default)]
struct Pushed {
    read: BTreeMap<String, usize>,
    waiting: Vec<Push>,
}

impl Remotes {
    /// These remotes.
    pub(crate) fn new(all: Vec<Remote>, git: Git, journal: Journal) -> Self {
        Self { all, git, journal, pushed: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// A remote by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Remote> {
        self.all.iter().find(|remote| remote.name == name)
    }

    /// Adds what was pushed to the journal. Called before anything else is added, so that the order is the real one.
    pub(crate) fn notice(&self) {
        let mut pushed = self.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        for remote in &self.all {
            // The file is made with the remote: one that cannot be read has gone with the folder.
            let Ok(text) = fs::read_to_string(remote.path.join(PUSHES)) else { continue };
            let from = pushed.read.get(&remote.name).copied().unwrap_or(0);
            let new = text.get(from..).unwrap_or_default();
            // A line that is still being written is for the next time.
            let whole = new.rfind('\n').map_or(0, |end| end + 1);
            for line in new[..whole].lines() {
                let mut words = line.split(' ');
                let (Some(_), Some(to), Some(reference)) = (words.next(), words.next(), words.next()) else {
                    continue;
                };
                let is_deletion = to.bytes().all(|digit| digit == b'0');
                let method = if is_deletion { "DELETE" } else { "PUSH" };
                self.journal.record(Service::Git, method, &format!("{} {reference}", remote.name), None);
                let reference = reference.strip_prefix("refs/").unwrap_or(reference).to_owned();
                pushed.waiting.push(Push { remote: remote.name.clone(), reference, is_deletion });
            }
            pushed.read.insert(remote.name.clone(), from + whole);
        }
    }

    /// The next turn.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        Turn { remotes: self, seen: self.turn.lock().await }
    }
}

/// A turn in which nobody else reads or writes for the stand-in. Dropping it ends it.
pub(crate) struct Turn<'a> {
    remotes: &'a Remotes,
    seen: tokio::sync::MutexGuard<'a, BTreeMap<String, Seen>>,
}

/// What came since the last turn.
pub(crate) struct News {
    /// What the remotes hold whose references changed, by their names.
    pub(crate) contents: Vec<(String, Contents)>,
    /// What was pushed.
    pub(crate) pushes: Vec<Push>,
}

impl Turn<'_> {
    /// Reads the references that changed, and what was pushed.
    pub(crate) async fn read(&mut self) -> Result<News, SandboxGitError> {
        self.remotes.notice();
        let mut contents = Vec::new();
        for remote in &self.remotes.all {
            let fingerprint = Fingerprint::of(&remote.path)?;
            if self.seen.get(&remote.name).is_some_and(|seen| seen.fingerprint == fingerprint) {
                continue;
            }
            let there = Contents::read(&self.remotes.git, &remote.path).await?;
            let refs = there.refs.clone();
            self.seen.insert(remote.name.clone(), Seen { fingerprint, refs });
            contents.push((remote.name.clone(), there));
        }
        let mut pushed = self.remotes.pushed.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(News { contents, pushes: std::mem::take(&mut pushed.waiting) })
    }

    /// Writes the references that are not any more as they were read. `now` says what a remote's are, by its name.
    pub(crate) async fn write(
        &mut self,
        now: impl Fn(&str) -> BTreeMap<String, String>,
    ) -> Result<(), SandboxGitError> {
        for remote in &self.remotes.all {
            let Some(seen) = self.seen.get_mut(&remote.name) else { continue };
            let now = now(&remote.name);
            if now == seen.refs {
                continue;
            }
            for (name, object) in &now {
                if seen.refs.get(name) != Some(object) {
                    let name = format!("refs/{name}");
                    self.remotes.git.run(&remote.path, ["update-ref", &name, object]).await?;
                }
            }
            for name in seen.refs.keys().filter(|name| !now.contains_key(*name)) {
                let name = format!("refs/{name}");
                self.remotes.git.run(&remote.path, ["update-ref", "-d", &name]).await?;
            }
            *seen = Seen { fingerprint: Fingerprint::of(&remote.path)?, refs: now };
        }
        Ok(())
    }
}
