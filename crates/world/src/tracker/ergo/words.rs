//! The words of ergo that all generations share: IDs and states.
//!
//! Invariant: a word that is not known is an error. A state that gonogo cannot place may be an open blocker.

use crate::tracker::TrackerError;
use gonogo_core::blocker::TaskState;

/// A length that every generation gives its IDs: six characters of base 32 (RFC 4648, section 6).
const ID_LENGTH: usize = 6;

/// Whether this is an ID, and so neither a flag nor anything else.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

/// The same as a result.
pub(super) fn require_id(text: &str) -> Result<(), TrackerError> {
    if is_id(text) { Ok(()) } else { Err(odd(&format!("{text:?} is not an ID of ergo"))) }
}

/// Open, done or canceled. A failed fix still blocks, and so does a draft.
pub(super) fn state(word: &str) -> Result<TaskState, TrackerError> {
    match word {
        "draft" | "todo" | "doing" | "blocked" | "error" | "failed" => Ok(TaskState::Open),
        "done" => Ok(TaskState::Done),
        "canceled" => Ok(TaskState::Canceled),
        other => Err(odd(&format!("{other:?} is not a state that is known"))),
    }
}

/// An answer of another shape than this generation gives.
pub(super) fn odd(what: &str) -> TrackerError {
    TrackerError::unreadable(format!("ergo answered unexpectedly: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_is_refused() {
        assert!(is_id("O5P2PT"));
        for text in ["", "O5P2P", "O5P2PTT", "o5p2pt", "O5P2P0", "--json", "O5P2P\n", "ÖÖÖ"] {
            assert!(require_id(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_unknown_state_is_an_error_and_never_closed() {
        assert_eq!(state("failed").unwrap(), TaskState::Open);
        assert_eq!(state("draft").unwrap(), TaskState::Open);
        for word in ["", "Done", "finished", "cancelled", "active"] {
            assert!(state(word).is_err(), "{word:?}");
        }
    }
}
