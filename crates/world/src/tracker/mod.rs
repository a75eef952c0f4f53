//! Trackers: where blockers live. Each reads a release's epic whole or says that it could not.
//!
//! Invariant: an unreadable tracker is an error, never an empty backlog.

pub mod ergo;
pub mod file;
pub mod github_issues;
mod lock;
mod settle;

use crate::process::Cancel;
use ergo::ErgoTracker;
use file::FileTracker;
use gonogo_core::blocker::{Backlog, BacklogChange};

/// A tracker that could not be read or written. The poll is then `incomplete: tracker-unreadable`.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct TrackerError {
    /// What happened, in one line.
    pub message: String,
    /// The tracker's program is not there at all.
    pub missing_tool: Option<String>,
    /// What to do about it, where it is known.
    pub remedy: Option<String>,
}

impl TrackerError {
    /// A tracker that did not answer, or answered nonsense.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self { message: message.into(), missing_tool: None, remedy: None }
    }
}

/// A tracker, opened for one checkout.
pub trait Tracker {
    /// Reads the epic of that title and all its tasks, open and closed.
    fn read(&self, epic_title: &str, cancel: &Cancel) -> impl Future<Output = Result<Backlog, TrackerError>>;

    /// Carries out the changes, creating the epic where there is none and a task is to be filed, and reads the epic
    /// again. Every action must be visible in what is returned, or it is an error.
    fn apply(
        &self,
        epic_title: &str,
        actions: &[BacklogChange],
        cancel: &Cancel,
    ) -> impl Future<Output = Result<Backlog, TrackerError>>;

    /// Closes a task as done, with a note that says why.
    fn close(&self, id: &str, note: &str, cancel: &Cancel) -> impl Future<Output = Result<(), TrackerError>>;

    /// Whether what is filed here is still here when the command has ended.
    fn is_lasting(&self) -> bool {
        true
    }
}

/// The tracker that a plan names.
#[derive(Debug)]
pub enum AnyTracker {
    /// `kind = "ergo"`
    Ergo(ErgoTracker),
    /// `kind = "file"`
    File(FileTracker),
    /// `kind = "github"`
    Github(github_issues::GithubIssuesTracker),
    /// The same in a private world, which ends with the command.
    Played(github_issues::GithubIssuesTracker),
}

impl AnyTracker {
    /// The same, where what is filed in it ends with the command. Files are the real ones in every world.
    #[must_use]
    pub fn played(self) -> Self {
        match self {
            Self::Github(tracker) | Self::Played(tracker) => Self::Played(tracker),
            Self::Ergo(_) | Self::File(_) => self,
        }
    }
}

impl Tracker for AnyTracker {
    async fn read(&self, epic_title: &str, cancel: &Cancel) -> Result<Backlog, TrackerError> {
        match self {
            Self::Ergo(tracker) => tracker.read(epic_title, cancel).await,
            Self::File(tracker) => tracker.read(epic_title, cancel).await,
            Self::Github(tracker) | Self::Played(tracker) => tracker.read(epic_title, cancel).await,
        }
    }

    async fn apply(
        &self,
        epic_title: &str,
        actions: &[BacklogChange],
        cancel: &Cancel,
    ) -> Result<Backlog, TrackerError> {
        match self {
            Self::Ergo(tracker) => tracker.apply(epic_title, actions, cancel).await,
            Self::File(tracker) => tracker.apply(epic_title, actions, cancel).await,
            Self::Github(tracker) | Self::Played(tracker) => tracker.apply(epic_title, actions, cancel).await,
        }
    }

    async fn close(&self, id: &str, note: &str, cancel: &Cancel) -> Result<(), TrackerError> {
        match self {
            Self::Ergo(tracker) => tracker.close(id, note, cancel).await,
            Self::File(tracker) => tracker.close(id, note, cancel).await,
            Self::Github(tracker) | Self::Played(tracker) => tracker.close(id, note, cancel).await,
        }
    }

    fn is_lasting(&self) -> bool {
        match self {
            Self::Ergo(_) | Self::File(_) | Self::Github(_) => true,
            Self::Played(_) => false,
        }
    }
}
