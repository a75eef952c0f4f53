//! What ends a command early: its kind, its message, the cause below it, and what to do about it.

use gonogo_core::plan::PlanProblem;
use gonogo_core::verdict::Reason;
use gonogo_world::git::GitError;
use gonogo_world::ledger::LedgerError;
use gonogo_world::tracker::TrackerError;
use std::error::Error as StdError;

/// What kind of end it is. Every front end maps it to its own signs, such as an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A precondition does not hold.
    NoGo,
    /// The command line or the plan cannot be used.
    Usage,
    /// Nothing failed, but something could not be shown.
    Incomplete,
    /// The world is not ours to change: a tampered ledger, another run of the release under way.
    Conflict,
    /// A defect of this program.
    Internal,
    /// Stopped by a signal.
    Interrupted,
}

/// A plan that cannot be used: every problem with its place in the text.
#[derive(Clone, Debug)]
pub struct PlanProblems {
    /// The plan's path or name, as it is shown.
    pub name: String,
    /// The text that the places are in, without a byte-order mark.
    pub text: String,
    /// Every problem.
    pub problems: Vec<PlanProblem>,
}

/// The end of a command that could not do what it was asked.
#[derive(Debug)]
pub struct Failure {
    /// What kind of end it is.
    pub kind: FailureKind,
    /// What happened, in one line.
    pub message: String,
    /// Why something is incomplete, where it is.
    pub reason: Option<Reason>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The plan's problems, where it is the plan that cannot be used.
    pub plan: Option<PlanProblems>,
}

impl Failure {
    /// A failure with its kind and message.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), reason: None, remedy: None, plan: None }
    }

    /// Wrong use of the command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Usage, message)
    }

    /// Something could not be shown.
    pub fn incomplete(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason: Some(reason), ..Self::new(FailureKind::Incomplete, message) }
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
            GitError::HookRefused { .. } => Self::new(FailureKind::NoGo, message),
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
            GitError::TagExists { .. } | GitError::OtherChange { .. } => {
                Self::new(FailureKind::Conflict, message)
            }
            GitError::SeveralAddresses { .. } => {
                Self::usage(message).remedy("name a remote that is pushed to one address")
            }
            GitError::PushedElsewhere { .. } => Self::new(FailureKind::Conflict, message)
                .remedy("let the remote's `pushurl` be the repository that it is read from"),
            GitError::BadName { .. } => Self::usage(message),
        }
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        let message = chain(&error);
        match error {
            LedgerError::Busy { .. } => {
                Self::new(FailureKind::Conflict, message).remedy("wait for it to end; one poll of a release runs at a time")
            }
            LedgerError::Foreign { .. } => Self::new(FailureKind::Conflict, message).remedy(
                "nothing was changed; put the folder back where it belongs, or give `project.name` its name back",
            ),
            LedgerError::Broken { .. } | LedgerError::BadBlob(_) => {
                Self::new(FailureKind::Conflict, message).remedy(
                    "nothing was changed; find out who did, and keep the folder: it cannot be repaired, only put aside",
                )
            }
            // Nothing is wrong with it: it could not be read here, as with any tool that is too old.
            LedgerError::Newer { .. } => Self::incomplete(Reason::ToolTooOld, message)
                .remedy("update gonogo: the ledger is whole, and nothing of it was changed"),
            LedgerError::Io { .. } => Self::incomplete(Reason::NotRun, message)
                .remedy("make room, or make the folder writable, and run the command again: nothing is lost"),
            LedgerError::NotCanonical(_) => Self::new(FailureKind::Internal, message),
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
