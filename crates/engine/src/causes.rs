//! From what went wrong in the world to why a step stops: each its own code, and none of them absence.

use crate::failure::chain;
use gonogo_core::mechanics::{Cause, Code, UnknownPlaceholder};
use gonogo_world::git::GitError;
use gonogo_world::github::GhError;
use std::path::Path;

/// What an error of gh means for a step.
pub fn of_gh(error: &GhError) -> Cause {
    let message = chain(error);
    let (code, remedy) = match error {
        GhError::MissingTool { .. } => (Code::ToolMissing, "install gh"),
        GhError::Unauthorized { .. } => (Code::Unauthorized, "gh auth login"),
        GhError::Forbidden { .. } => {
            (Code::Forbidden, "gh auth refresh --scopes repo,workflow, or ask for the right")
        }
        GhError::RateLimited { .. } => (Code::RateLimited, "wait, and run again"),
        GhError::Server { .. } | GhError::Network { .. } | GhError::TimedOut { .. } => {
            (Code::Unreachable, "make GitHub reachable, and run again")
        }
        GhError::NotFound { .. } | GhError::Refused { .. } => {
            (Code::UnreadableAnswer, "check `project.repository` in the plan and the login's rights")
        }
        _ => (Code::UnreadableAnswer, "run again; if it stays, update gh"),
    };
    Cause::new(code, message).remedy(remedy)
}

/// What an error of git means for a step.
pub fn of_git(error: &GitError) -> Cause {
    let message = chain(error);
    match error {
        GitError::Tool(_) | GitError::Process(_) => {
            Cause::new(Code::ToolMissing, message).remedy("install git")
        }
        _ => Cause::new(Code::Unreachable, message)
            .remedy("mend what git says, make the remote reachable, and run again"),
    }
}

/// What an error of a local file means for a step.
pub fn of_file(doing: &str, path: &Path, error: &std::io::Error) -> Cause {
    Cause::new(Code::LocalFile, format!("cannot {doing} {}: {error}", path.display()))
}

/// A text of the plan that cannot be filled in.
pub fn of_placeholder(error: &UnknownPlaceholder) -> Cause {
    Cause::new(Code::PlaceholderEmpty, error.to_string())
}
