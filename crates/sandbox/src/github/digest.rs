//! Digests as GitHub shows them, computed apart from the code that is tested with them.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// `sha256:` and 64 hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold("sha256:".to_owned(), |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
