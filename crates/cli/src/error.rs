//! What ends a command early: its exit code, its message, the cause below it, and what to do about it.

use crate::exit_code::Exit;
use gonogo_core::verdict::Reason;
use gonogo_world::git::GitError;
use gonogo_world::ledger::LedgerError;
use gonogo_world::tracker::TrackerError;
use std::error::Error as StdError;

/// The end of a command that could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// What the process exits with.
    pub exit: Exit,
    /// What happened, in one line.
    pub message: String,
    /// Why something is incomplete, where it is.
    pub reason: Option<Reason>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// A plan's problems with their places, already rendered for a person.
    pub report: Option<miette::Report>,
}

impl Failure {
    /// A failure with its exit code and message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), reason: None, remedy: None, report: None }
    }

    /// Wrong use of the command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Something could not be shown.
    pub fn incomplete(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason: Some(reason), ..Self::new(Exit::Incomplete, message) }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// An error and everything below it, on one line.
pub fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut below = error.source();
    while let Some(error) = below {
        let said = error.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        below = error.source();
    }
    text
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        let message = chain(&error);
        match error {
            GitError::NoCheckout(_) => Self::usage(message).remedy("run gonogo inside a git checkout"),
            GitError::Unborn => Self::usage(message).remedy("commit something first"),
            GitError::Tool(_) => Self::incomplete(Reason::ToolMissing, message).remedy("install git"),
            GitError::Process(_) | GitError::Failed { .. } | GitError::Nonsense { .. } => {
                Self::incomplete(Reason::UnreadableOutput, message)
            }
            GitError::Files { .. } => Self::incomplete(Reason::HostUnfit, message)
                .remedy("make room or mend the rights, and run the command again"),
            GitError::Locked { .. } => Self::incomplete(Reason::HostUnfit, message)
                .remedy("wait for the other git, or remove the file if none is at work; then run again"),
            GitError::NoIdentity { .. } => Self::incomplete(Reason::HostUnfit, message)
                .remedy("git config user.name NAME; git config user.email ADDRESS"),
            GitError::NotSigned { .. } => Self::incomplete(Reason::HostUnfit, message)
                .remedy("make the key of `git config user.signingKey` usable"),
            GitError::HookRefused { .. } => Self::new(Exit::NoGo, message),
            GitError::Unreachable { .. } => Self::incomplete(Reason::Unreachable, message),
            GitError::Unauthorized { .. } => Self::incomplete(Reason::Unreachable, message)
                .remedy("mend git's login for this remote (ssh key, known host, credential helper)"),
            GitError::Forbidden { .. } => Self::incomplete(Reason::Unreachable, message)
                .remedy("check the remote's address, and ask for the right"),
            GitError::TimedOut { .. } => Self::incomplete(Reason::TimedOut, message),
            GitError::Cancelled => Self::incomplete(Reason::Interrupted, message),
            GitError::CutOff { .. } => {
                Self::incomplete(Reason::NothingExamined, message).remedy("git fetch --unshallow")
            }
            GitError::TagExists { .. } | GitError::OtherChange { .. } => Self::new(Exit::Conflict, message),
            GitError::SeveralAddresses { .. } => {
                Self::usage(message).remedy("name a remote that is pushed to one address")
            }
            GitError::BadName { .. } => Self::usage(message),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let message = chain(&error);
        match error {
            LedgerError::Busy { .. } => {
                Self::new(Exit::Conflict, message).remedy("wait for it to end; one poll of a release runs at a time")
            }
            LedgerError::Broken { .. } | LedgerError::OtherTarget { .. } | LedgerError::BadBlob(_) => {
                Self::new(Exit::Conflict, message).remedy(
                    "nothing was changed; find out who did, and keep the folder: it cannot be repaired, only put aside",
                )
            }
            LedgerError::Io { .. } => Self::incomplete(Reason::NotRun, message)
                .remedy("make room, or make the folder writable, and run the command again: nothing is lost"),
            LedgerError::NotCanonical(_) => Self::new(Exit::Internal, message),
        }
    }
}

impl From<TrackerError> for Failure {
    fn from(error: TrackerError) -> Self {
        let failure = Self::incomplete(Reason::TrackerUnreadable, error.message);
        match error.remedy {
            Some(remedy) => failure.remedy(remedy),
            None => failure,
        }
    }
}
