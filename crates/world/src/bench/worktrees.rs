//! Two commits of one repository, each in a worktree of its own outside the checkout, gone when it is over.
//!
//! Invariant: one benchmark of a repository at a time, and none finds files that an earlier one left behind.

use crate::git::{Git, GitError};
use crate::process::Cancel;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Which of the two commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The base tag's.
    Base,
    /// The one under release.
    Current,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Base, Self::Current];

    /// The name of its folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Current => "current",
        }
    }
}

/// Why there are no worktrees.
#[derive(Debug, thiserror::Error)]
pub enum WorktreeError {
    /// Another benchmark of this repository runs.
    #[error("another benchmark of this repository is running")]
    Busy,
    /// git refused.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The folder cannot be made or cleared.
    #[error("{}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Two worktrees.
#[derive(Debug)]
pub struct Worktrees {
    folder: PathBuf,
    // Held open: the lock goes with it.
    _lock: File,
}

impl Worktrees {
    /// Checks both commits out below `folder`, which is this repository's alone, after clearing away what a run that was killed left behind.
    pub async fn create(
        git: &Git,
        folder: PathBuf,
        base: &str,
        current: &str,
    ) -> Result<Self, WorktreeError> {
        let parent = git.common_dir().join("gonogo");
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| WorktreeError::Io { path, source }
        };
        std::fs::create_dir_all(&parent).map_err(io(&parent))?;
        let lock_path = parent.join("bench.lock");
        let lock = File::create(&lock_path).map_err(io(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(WorktreeError::Busy),
            Err(TryLockError::Error(source)) => return Err(WorktreeError::Io { path: lock_path, source }),
        }
        let worktrees = Self { folder, _lock: lock };
        worktrees.clear(git).await?;
        std::fs::create_dir_all(&worktrees.folder).map_err(io(&worktrees.folder))?;
        for (side, commit) in [(Side::Base, base), (Side::Current, current)] {
            let path = worktrees.path(side).display().to_string();
            let add = ["worktree", "add", "--quiet", "--detach", "--force", &path, commit];
            if let Err(error) = git.text(&add).await {
                worktrees.clear(git).await?;
                return Err(error.into());
            }
        }
        Ok(worktrees)
    }

    /// The root of a side's worktree.
    pub fn path(&self, side: Side) -> PathBuf {
        self.folder.join(side.name())
    }

    /// Removes both, whether or not the poll was stopped. What cannot be removed is cleared away by the next.
    pub async fn remove(self, git: &Git) -> Result<(), WorktreeError> {
        let git = Git::open(git.root(), Cancel::default()).await?;
        self.clear(&git).await
    }

    async fn clear(&self, git: &Git) -> Result<(), WorktreeError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(WorktreeError::Io { path: self.folder.clone(), source });
            }
            _ => {}
        }
        git.text(&["worktree", "prune", "--expire", "now"]).await?;
        Ok(())
    }
}
