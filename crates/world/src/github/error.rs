//! What can go wrong with a request, told apart by what it means for the one who asks.

use super::response::Response;
use crate::unpack::UnpackError;
use gonogo_core::digest::Digest;
use std::path::PathBuf;
use std::time::Duration;

/// Why there is no answer, or which refusal it is.
#[derive(Debug, thiserror::Error)]
pub enum GhError {
    /// gh could not be started.
    #[error("cannot start {}", program.display())]
    MissingTool {
        /// Where it was to be.
        program: PathBuf,
        /// What the system said.
        source: crate::process::ProcessError,
    },
    /// The system refused to run gh, or to say what became of it.
    #[error("gh cannot be run")]
    Process {
        /// What it said.
        source: crate::process::ProcessError,
    },
    /// The name is not `owner/name`.
    #[error("`{repository}` is not `owner/name`")]
    BadRepository {
        /// The name.
        repository: String,
    },
    /// Nobody is logged in, or the token is not valid (401).
    #[error("GitHub does not know who asks: {message}")]
    Unauthorized {
        /// What was said.
        message: String,
    },
    /// The token may not do this (403).
    #[error("GitHub refuses `{path}`: {message}")]
    Forbidden {
        /// The request's path.
        path: String,
        /// What was said.
        message: String,
    },
    /// GitHub's own "there is no such thing" (404), or "there was, and it is gone" (410).
    #[error("GitHub has no `{path}`")]
    NotFound {
        /// The request's path.
        path: String,
    },
    /// Too many requests (429, or 403 with the rate limit's headers).
    #[error("GitHub's rate limit is used up{}", retry_after.map_or(String::new(), |wait| format!(" for {} s", wait.as_secs())))]
    RateLimited {
        /// How long GitHub asks to wait, where it says so.
        retry_after: Option<Duration>,
        /// What was said.
        message: String,
    },
    /// GitHub understands what is asked, and does not accept what it says (422).
    #[error("GitHub does not accept what `{path}` is asked: {message}{}", listed(errors))]
    Invalid {
        /// The request's path.
        path: String,
        /// What was said.
        message: String,
        /// What was said of each part of it.
        errors: Vec<String>,
    },
    /// What is asked does not go with what is there (409).
    #[error("what `{path}` is asked does not go with what GitHub has: {message}{}", listed(errors))]
    Conflict {
        /// The request's path.
        path: String,
        /// What was said.
        message: String,
        /// What was said of each part of it.
        errors: Vec<String>,
    },
    /// GitHub refuses for another reason (another 3xx or 4xx).
    #[error("GitHub answers `{path}` with {status}: {message}")]
    Refused {
        /// The request's path.
        path: String,
        /// The status.
        status: u16,
        /// What was said.
        message: String,
    },
    /// GitHub failed (5xx).
    #[error("GitHub failed on `{path}` with {status}")]
    Server {
        /// The request's path.
        path: String,
        /// The status.
        status: u16,
    },
    /// GitHub was not reached, or the connection broke before an answer.
    #[error("GitHub was not reached: {message}")]
    Network {
        /// What gh said.
        message: String,
    },
    /// There was an answer, and it is cut, not JSON, or not of the right shape.
    #[error("GitHub's answer makes no sense: {message}")]
    Nonsense {
        /// What is wrong with it.
        message: String,
    },
    /// There was more than is taken in.
    #[error("`{path}` is larger than {limit} bytes")]
    TooLarge {
        /// The request's path.
        path: String,
        /// The most bytes that are taken in.
        limit: u64,
    },
    /// What was downloaded is not what GitHub says it is.
    #[error("`{path}` has the digest {found}, and GitHub says {said}")]
    OtherBytes {
        /// The request's path.
        path: String,
        /// What GitHub says.
        said: Digest,
        /// What came.
        found: Digest,
    },
    /// What was downloaded cannot be unpacked.
    #[error("`{path}` cannot be unpacked")]
    Archive {
        /// The request's path.
        path: String,
        /// Why.
        source: UnpackError,
    },
    /// A file of ours could not be read or written.
    #[error("cannot use {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// gh was killed at its time limit.
    #[error("no answer to `{path}` in time")]
    TimedOut {
        /// The request's path.
        path: String,
    },
    /// We were told to stop.
    #[error("stopped")]
    Cancelled,
}

impl GhError {
    pub(crate) fn nonsense(message: impl Into<String>) -> Self {
        Self::Nonsense { message: message.into() }
    }

    /// Whether a request that ended so may have been carried out. Only GitHub's own refusal, and what never left this
    /// machine, was not; for everything else, look.
    pub const fn may_have_arrived(&self) -> bool {
        match self {
            Self::MissingTool { .. }
            | Self::BadRepository { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::RateLimited { .. }
            | Self::Invalid { .. }
            | Self::Conflict { .. }
            | Self::Refused { .. } => false,
            // A gh that was started and not waited for may have sent it.
            Self::Process { .. }
            | Self::Server { .. }
            | Self::Network { .. }
            | Self::Nonsense { .. }
            | Self::TooLarge { .. }
            | Self::OtherBytes { .. }
            | Self::Archive { .. }
            | Self::File { .. }
            | Self::TimedOut { .. }
            | Self::Cancelled => true,
        }
    }

    /// What to do about it, where that is known.
    pub const fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::MissingTool { .. } => Some("install the GitHub CLI (gh) and put it on PATH"),
            Self::BadRepository { .. } => Some("write project.repository as `owner/name`"),
            Self::Unauthorized { .. } => Some("gh auth login"),
            Self::Forbidden { .. } => Some("gh auth refresh --scopes repo,workflow"),
            Self::RateLimited { .. } => Some("wait, and run again"),
            Self::Process { .. }
            | Self::NotFound { .. }
            | Self::Invalid { .. }
            | Self::Conflict { .. }
            | Self::Refused { .. }
            | Self::Server { .. }
            | Self::Network { .. }
            | Self::Nonsense { .. }
            | Self::TooLarge { .. }
            | Self::OtherBytes { .. }
            | Self::Archive { .. }
            | Self::File { .. }
            | Self::TimedOut { .. }
            | Self::Cancelled => None,
        }
    }

    /// The error that an answer is, if it is one.
    pub(super) fn of_response(response: &Response, path: &str) -> Option<Self> {
        let path = || path.to_owned();
        let message = response.message();
        Some(match response.status {
            200..=299 => return None,
            401 => Self::Unauthorized { message },
            403 | 429 if response.is_rate_limit() => {
                Self::RateLimited { retry_after: response.retry_after(), message }
            }
            403 => Self::Forbidden { path: path(), message },
            404 | 410 => Self::NotFound { path: path() },
            409 => Self::Conflict { path: path(), message, errors: response.errors() },
            422 => Self::Invalid { path: path(), message, errors: response.errors() },
            status @ 500..=599 => Self::Server { path: path(), status },
            status => Self::Refused { path: path(), status, message },
        })
    }
}

fn listed(errors: &[String]) -> String {
    if errors.is_empty() { String::new() } else { format!(" ({})", errors.join("; ")) }
}
