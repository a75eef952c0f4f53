//! What can go wrong with a request, told apart by what it means for the one who asks.

use super::{date, header, shown, told};
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use reqwest::header::{DATE, RETRY_AFTER};
use reqwest::{Response, Url};
use std::error::Error as StdError;
use std::time::Duration;

/// Why there is no answer, or which refusal it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The server's own "there is no such thing" (404), "it is gone" (410) or "not for legal reasons" (451).
    #[error("{url} is not there ({status})")]
    NotFound {
        /// The address.
        url: String,
        /// The status.
        status: u16,
        /// The media type of what it says.
        content_type: String,
        /// The first bytes of what it says.
        said: Vec<u8>,
    },
    /// The server wants to know who asks, or refuses who asked (401, 403, 407).
    #[error("{url} is refused ({status}): {message}")]
    Forbidden {
        /// The address.
        url: String,
        /// The status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// Too many requests (429, or 503 with a time to come back).
    #[error("{url} is refused for the rate{}", retry_after.map_or(String::new(), |wait| format!(" for {} s", wait.as_secs())))]
    RateLimited {
        /// The address.
        url: String,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// The server failed (5xx).
    #[error("the server of {url} failed ({status})")]
    Server {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// Another status that is no answer.
    #[error("{url} is answered with {status}: {message}")]
    Refused {
        /// The address.
        url: String,
        /// The status.
        status: u16,
        /// What it says.
        message: String,
    },
    /// The server's certificate does not hold, or no secure connection was made.
    #[error("{url} is not who it should be: {message}")]
    Tls {
        /// The address.
        url: String,
        /// What is wrong with it.
        message: String,
    },
    /// The name is not known, the connection was refused, or it broke before an answer.
    #[error("{url} was not reached: {message}")]
    Unreachable {
        /// The address.
        url: String,
        /// What happened.
        message: String,
    },
    /// No whole answer within the time.
    #[error("{url} did not answer in time")]
    TimedOut {
        /// The address.
        url: String,
    },
    /// The body is larger than the cap.
    #[error("{url} is larger than {limit} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The cap.
        limit: u64,
    },
    /// The body broke off.
    #[error("the answer of {url} broke off: {message}")]
    Truncated {
        /// The address.
        url: String,
        /// What happened.
        message: String,
    },
    /// Led to where it may not lead.
    #[error("{from} leads elsewhere: {to}")]
    RedirectedElsewhere {
        /// The address that was asked.
        from: String,
        /// Where it leads.
        to: String,
    },
    /// An answer, and not of the kind that was asked for.
    #[error("{url} is not what was asked for: {message}")]
    Nonsense {
        /// The address.
        url: String,
        /// What is wrong with it.
        message: String,
    },
    /// What was read could not be kept.
    #[error("cannot keep a download: {message}")]
    Disk {
        /// What the system said.
        message: String,
    },
    /// We were told to stop.
    #[error("stopped")]
    Cancelled,
}

impl HttpError {
    /// An answer that makes no sense.
    pub fn nonsense(url: &Url, message: impl Into<String>) -> Self {
        Self::Nonsense { url: shown(url), message: message.into() }
    }

    /// Why something stays incomplete for it.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::NotFound { .. }
            | Self::Nonsense { .. }
            | Self::Truncated { .. }
            | Self::RedirectedElsewhere { .. } => Reason::UnreadableOutput,
            Self::TooLarge { .. } => Reason::OutputTooLarge,
            Self::TimedOut { .. } => Reason::TimedOut,
            Self::Cancelled => Reason::Interrupted,
            Self::Disk { .. } => Reason::HostUnfit,
            Self::Forbidden { .. }
            | Self::RateLimited { .. }
            | Self::Server { .. }
            | Self::Refused { .. }
            | Self::Tls { .. }
            | Self::Unreachable { .. } => Reason::Unreachable,
        }
    }

    pub(super) fn of_sending(error: &reqwest::Error, url: &Url) -> Self {
        let url = shown(url);
        if error.is_timeout() {
            return Self::TimedOut { url };
        }
        let message = one_line(&told(error));
        if is_tls(error) { Self::Tls { url, message } } else { Self::Unreachable { url, message } }
    }

    pub(super) fn of_reading(error: &reqwest::Error, url: &Url) -> Self {
        let url = shown(url);
        if error.is_timeout() {
            return Self::TimedOut { url };
        }
        Self::Truncated { url, message: one_line(&told(error)) }
    }

    pub(super) fn of_status(response: &Response, url: &Url, said: Vec<u8>) -> Self {
        let url = shown(url);
        let message = one_line(&String::from_utf8_lossy(&said));
        let retry_after = retry_after(response);
        match response.status().as_u16() {
            status @ (404 | 410 | 451) => {
                Self::NotFound { url, status, content_type: super::content_type(response), said }
            }
            status @ (401 | 403 | 407) => Self::Forbidden { url, status, message },
            429 => Self::RateLimited { url, retry_after },
            503 if retry_after.is_some() => Self::RateLimited { url, retry_after },
            status @ 500..=599 => Self::Server { url, status },
            status => Self::Refused { url, status, message },
        }
    }
}

/// Whether TLS is among the causes.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut below: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(one) = below {
        if one.is::<rustls::Error>() {
            return true;
        }
        // An I/O error that wraps another one does not name it as its source, but that one's source.
        let wrapped = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        below = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => one.source(),
        };
    }
    false
}

/// `Retry-After` (RFC 9110, 10.2.3) in seconds, or until a date by the answer's own `Date`, so that no clock of ours is
/// asked.
fn retry_after(response: &Response) -> Option<Duration> {
    if let Ok(seconds) = header(response, RETRY_AFTER)?.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let seconds = date(response, RETRY_AFTER)?.saturating_sub(date(response, DATE)?);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}
