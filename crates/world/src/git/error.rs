//! What can go wrong with a question to git, or an order.
//!
//! Invariant: an error of an effect never says that the effect did not happen, unless its kind says so.

use crate::process::{Captured, End, ProcessError};
use crate::tools::ToolError;
use std::path::PathBuf;

/// Why git gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no git.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// git could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// The folder is in no git repository, or in a bare one.
    #[error("{} is not in a git checkout", .0.display())]
    NoCheckout(PathBuf),
    /// The branch has no commit yet.
    #[error("there is no commit yet")]
    Unborn,
    /// git answered with an error.
    #[error("`git {command}` failed: {said}")]
    Failed {
        /// The arguments.
        command: String,
        /// The line of what it said that tells what was wrong.
        said: String,
    },
    /// There is such a tag already. Nothing was changed.
    #[error("there is a tag `{tag}` already")]
    TagExists {
        /// The tag.
        tag: String,
    },
    /// A name or an ID is not of the form that it must have. Nothing was asked.
    #[error("`{text}` is no {what}")]
    BadName {
        /// What it was to be.
        what: &'static str,
        /// What it is.
        text: String,
    },
    /// History is cut off here, so that its absence from it says nothing.
    #[error("this checkout is shallow: whether {commit} is in the history of {of} is not known")]
    CutOff {
        /// The commit that was looked for.
        commit: String,
        /// The commit in whose history.
        of: String,
    },
    /// One remote's name stands for several addresses, which one answer cannot speak for. Nothing was pushed.
    #[error("`{remote}` is pushed to {count} addresses at once")]
    SeveralAddresses {
        /// The remote.
        remote: String,
        /// How many.
        count: usize,
    },
    /// A commit was made, and it is not the one that was ordered. It was not pushed.
    #[error("{commit} changes something else than `{path}`: a hook of git's may have added to it")]
    OtherChange {
        /// The commit.
        commit: String,
        /// The one path that it was to change.
        path: String,
    },
    /// git was killed at its time limit. What it was to do may be done or not.
    #[error("`git {command}` did not end in time")]
    TimedOut {
        /// The arguments.
        command: String,
    },
    /// We were told to stop. What was under way may be done or not.
    #[error("stopped")]
    Cancelled,
    /// git answered something else than it was asked for.
    #[error("`git {command}` gave an unexpected answer")]
    Nonsense {
        /// The arguments.
        command: String,
    },
}

impl GitError {
    pub(super) fn nonsense(arguments: &[&str]) -> Self {
        Self::Nonsense { command: arguments.join(" ") }
    }
}

/// The error that a run of git is which did not end with status 0.
pub(super) fn failed(arguments: &[&str], answer: &Captured) -> GitError {
    let said = answer.stderr.text();
    // What it ends with is often advice; what was wrong stands behind a word of its own.
    let wrong = said.lines().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    let said = wrong.or(last).unwrap_or_default();
    let command = arguments.join(" ");
    let said = match answer.end {
        End::TimedOut => return GitError::TimedOut { command },
        End::Cancelled => return GitError::Cancelled,
        End::Exited(_) if !said.is_empty() => said.to_owned(),
        end => format!("{end:?} {said}"),
    };
    GitError::Failed { command, said }
}
