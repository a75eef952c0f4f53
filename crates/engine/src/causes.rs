//! From what went wrong in the world to why a step stops: each its own code, and none of them absence.

use crate::failure::chain;
use gonogo_core::mechanics::{Cause, Code, UnknownPlaceholder};
use gonogo_world::git::{GitError, Party, Pushed, Refusal, Rejection};
use gonogo_world::github::GhError;
use std::path::Path;

/// What an error of gh means for a step.
pub fn of_gh(error: &GhError) -> Cause {
    let message = chain(error);
    let (code, remedy) = match error {
        GhError::MissingTool { .. } => (Code::ToolMissing, "install gh"),
        GhError::Process { .. } => (Code::LocalFile, "make it possible to run gh, and run again"),
        GhError::Unauthorized { .. } => (Code::Unauthorized, "gh auth login"),
        GhError::Forbidden { .. } => {
            (Code::Forbidden, "gh auth refresh --scopes repo,workflow, or ask for the right")
        }
        GhError::RateLimited { .. } => (Code::RateLimited, "wait, and run again"),
        GhError::Server { .. } | GhError::Network { .. } | GhError::TimedOut { .. } => {
            (Code::Unreachable, "make GitHub reachable, and run again")
        }
        GhError::BadRepository { .. } => (Code::RequestInvalid, "write `project.repository` as `owner/name`"),
        GhError::Invalid { .. } | GhError::Refused { .. } => {
            (Code::RequestInvalid, "mend what GitHub names, in the plan or on GitHub, and run again")
        }
        GhError::Conflict { .. } => {
            (Code::RequestConflict, "look at what GitHub has there, and at who else is at work on it")
        }
        GhError::NotFound { .. } => {
            (Code::UnreadableAnswer, "check `project.repository` in the plan and the login's rights")
        }
        GhError::Nonsense { .. }
        | GhError::TooLarge { .. }
        | GhError::OtherBytes { .. }
        | GhError::Archive { .. } => (Code::UnreadableAnswer, "run again; if it stays, update gh"),
        GhError::File { .. } => (Code::LocalFile, "make room or mend the rights, and run again"),
        GhError::Cancelled => (Code::Interrupted, "run again"),
    };
    Cause::new(code, message).remedy(remedy)
}

/// What an error of git means for a step.
pub fn of_git(error: &GitError) -> Cause {
    let message = chain(error);
    let (code, remedy) = match error {
        GitError::Tool(_) => (Code::ToolMissing, "install git"),
        GitError::Process(error) if error.is_missing() => (Code::ToolMissing, "install git"),
        GitError::Process(_) => (Code::LocalFile, "make it possible to run git, and run again"),
        GitError::NoIdentity { .. } => (
            Code::IdentityMissing,
            "git config user.name NAME; git config user.email ADDRESS; then run again",
        ),
        GitError::NotSigned { .. } => (
            Code::SigningFailed,
            "make the key of `git config user.signingKey` usable (unlock it, or name another), and run again",
        ),
        GitError::HookRefused { .. } => (
            Code::HookRefused,
            "mend what the hook names, and run again: nothing was made and nothing was sent",
        ),
        GitError::OtherChange { .. } => {
            (Code::HookRefused, "look at which hook adds to commits, and run again: nothing was pushed")
        }
        GitError::Locked { .. } => {
            (Code::GitLocked, "wait for the other git, or remove the file if none is at work; then run again")
        }
        GitError::Files { .. } => (Code::LocalFile, "make room or mend the rights, and run again"),
        GitError::Unreachable { .. } | GitError::TimedOut { with: Party::Remote, .. } => {
            (Code::Unreachable, "make the remote reachable, and run again")
        }
        GitError::Unauthorized { .. } => {
            (Code::Unauthorized, "mend git's login for this remote (ssh key, known host, credential helper)")
        }
        GitError::Forbidden { .. } => {
            (Code::Forbidden, "check the remote's address, and ask for the right to push there")
        }
        GitError::TagExists { .. } => {
            (Code::TagNotOurs, "find out who made the tag, meanwhile; do not delete one that was pushed")
        }
        GitError::CutOff { .. } => (Code::GitFailed, "git fetch --unshallow, and run again"),
        GitError::SeveralAddresses { .. } => {
            (Code::GitFailed, "give the remote one address to push to, and run again")
        }
        GitError::PushedElsewhere { .. } => (
            Code::GitFailed,
            "let the remote's `pushurl` be the repository that it is read from, and run again: nothing was pushed",
        ),
        GitError::NoCheckout(_)
        | GitError::Unborn
        | GitError::BadName { .. }
        | GitError::Failed { .. }
        | GitError::TimedOut { with: Party::Nobody, .. } => {
            (Code::GitFailed, "mend what git says, and run again")
        }
        GitError::Nonsense { .. } => (Code::UnreadableAnswer, "run again; if it stays, update git"),
        GitError::Cancelled => (Code::Interrupted, "run again"),
    };
    Cause::new(code, message).remedy(remedy)
}

/// What became of a push of `what`, such as `the tag`, to a remote or a tap.
pub fn of_push(pushed: Pushed, remote: &str, what: &str) -> Result<(), Cause> {
    let (code, said, remedy) = match pushed {
        Pushed::Created | Pushed::Updated | Pushed::AlreadyThere => return Ok(()),
        Pushed::Rejected { why, said } => {
            let remedy = match why {
                Rejection::Exists => "find out who pushed it; a tag that is out is never moved",
                Rejection::Behind => "run again: what is there is read anew",
                Rejection::Other => "look at what is there, and run again",
            };
            (Code::PushRejected, said, remedy)
        }
        Pushed::Refused { why, said } => match why {
            Refusal::Rule => {
                (Code::PushForbidden, said, "get the right that the rule asks for, or have the rule changed")
            }
            Refusal::Hook => (Code::PushForbidden, said, "mend what the remote's hook names, and run again"),
            Refusal::Fault => (
                Code::Unreachable,
                said,
                "the remote could not store it: run again; if it stays, tell its keeper",
            ),
        },
    };
    Err(Cause::new(code, format!("{remote} did not take {what}: {said}")).remedy(remedy))
}

/// What an error of a local file means for a step.
pub fn of_file(doing: &str, path: &Path, error: &std::io::Error) -> Cause {
    Cause::new(Code::LocalFile, format!("cannot {doing} {}: {error}", path.display()))
}

/// A text of the plan that cannot be filled in.
pub fn of_placeholder(error: &UnknownPlaceholder) -> Cause {
    Cause::new(Code::PlaceholderEmpty, error.to_string())
}
