//! What can go wrong with a question to git, or an order.
//!
//! Invariant: an error of an effect never says that the effect did not happen, unless its kind says so.

use super::words::{Kind, kind_of, telling_line};
use crate::process::{Captured, End, ProcessError};
use crate::tools::ToolError;
use gonogo_core::ids::{CommitId, TagName};
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
    /// git answered with an error that is none of those below.
    #[error("`git {command}` failed: {said}")]
    Failed {
        /// The arguments.
        command: String,
        /// The line of what it said that tells what was wrong.
        said: String,
    },
    /// git does not know whom it acts for: no name, or no address. Nothing was made.
    #[error("`git {command}` does not know who makes it: {said}")]
    NoIdentity {
        /// The arguments.
        command: String,
        /// What git said.
        said: String,
    },
    /// A signature was to be made, and was not. Nothing was made, or what was made is gone again.
    #[error("`git {command}` could not sign: {said}")]
    NotSigned {
        /// The arguments.
        command: String,
        /// What git, or the program that signs, said.
        said: String,
    },
    /// A hook on this machine refused. Nothing was made, and nothing was sent.
    #[error("a hook ({hook}) refused `git {command}`: {said}")]
    HookRefused {
        /// The arguments.
        command: String,
        /// Which hook, as far as git says so.
        hook: &'static str,
        /// What was said.
        said: String,
    },
    /// A lock file is there: another git is at work, or one that was killed left it. Nothing was changed.
    #[error("`git {command}` finds a lock: {said}")]
    Locked {
        /// The arguments.
        command: String,
        /// What git said, with the file's path.
        said: String,
    },
    /// A file on this machine could not be read or written: rights, a full disk.
    #[error("`git {command}` cannot use a file: {said}")]
    Files {
        /// The arguments.
        command: String,
        /// What git said.
        said: String,
    },
    /// A remote was not reached, or failed.
    #[error("`git {command}` got no answer: {said}")]
    Unreachable {
        /// The arguments.
        command: String,
        /// What git, or its transport, said.
        said: String,
    },
    /// A remote does not know who asks, or is not known to be the one that it should be.
    #[error("`git {command}` was not let in: {said}")]
    Unauthorized {
        /// The arguments.
        command: String,
        /// What was said.
        said: String,
    },
    /// Who asks may not do this at a remote, or not see it: remotes say "not found" of both.
    #[error("`git {command}` is not allowed: {said}")]
    Forbidden {
        /// The arguments.
        command: String,
        /// What was said.
        said: String,
    },
    /// There is such a tag already. Nothing was changed.
    #[error("there is a tag `{tag}` already")]
    TagExists {
        /// The tag.
        tag: TagName,
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
        commit: CommitId,
        /// The commit in whose history.
        of: CommitId,
    },
    /// One remote's name stands for several addresses, which one answer cannot speak for. Nothing was pushed.
    #[error("`{remote}` is pushed to {count} addresses at once")]
    SeveralAddresses {
        /// The remote.
        remote: String,
        /// How many.
        count: usize,
    },
    /// A push to a remote would go to another repository than the one that it is read from. Nothing was pushed.
    #[error("`{remote}` is read from {read} and pushed to {pushed}")]
    PushedElsewhere {
        /// The remote.
        remote: String,
        /// The address that is read.
        read: String,
        /// The address that is pushed to.
        pushed: String,
    },
    /// A commit was made, and it is not the one that was ordered. It was not pushed.
    #[error("{commit} changes something else than `{path}`: a hook of git's may have added to it")]
    OtherChange {
        /// The commit.
        commit: CommitId,
        /// The one path that it was to change.
        path: String,
    },
    /// git was killed at its time limit. What it was to do may be done or not.
    #[error("`git {command}` did not end in time")]
    TimedOut {
        /// The arguments.
        command: String,
        /// Whom it had to do with.
        with: Party,
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

/// Whom a run of git has to do with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// This machine alone.
    Nobody,
    /// A remote.
    Remote,
}

impl GitError {
    pub(crate) fn nonsense(arguments: &[&str]) -> Self {
        Self::Nonsense { command: arguments.join(" ") }
    }
}

/// The error that a run of git is which has to do with nobody else, and did not end with status 0.
pub(super) fn failed(arguments: &[&str], answer: &Captured) -> GitError {
    of_failure(arguments, answer, Party::Nobody)
}

/// The error that a run of git is which asked a remote, and did not end with status 0.
pub(super) fn failed_with_remote(arguments: &[&str], answer: &Captured) -> GitError {
    of_failure(arguments, answer, Party::Remote)
}

fn of_failure(arguments: &[&str], answer: &Captured, with: Party) -> GitError {
    let said = answer.stderr.text();
    let command = arguments.join(" ");
    match answer.end {
        End::TimedOut => return GitError::TimedOut { command, with },
        End::Cancelled => return GitError::Cancelled,
        End::Signaled(_) => {
            return GitError::Failed { command, said: format!("{} {}", answer.end, telling_line(&said)) };
        }
        End::Exited(_) => {}
    }
    let kind = kind_of(&said, with);
    let said = match telling_line(&said) {
        "" => answer.end.to_string(),
        line => line.to_owned(),
    };
    match kind {
        Kind::Other => GitError::Failed { command, said },
        Kind::Identity => GitError::NoIdentity { command, said },
        Kind::Signature => GitError::NotSigned { command, said },
        Kind::Hook => GitError::HookRefused { command, hook: "reference-transaction", said },
        Kind::Lock => GitError::Locked { command, said },
        Kind::Files => GitError::Files { command, said },
        Kind::Unreachable => GitError::Unreachable { command, said },
        Kind::Unauthorized => GitError::Unauthorized { command, said },
        Kind::Forbidden => GitError::Forbidden { command, said },
    }
}
