//! Who may publish: each registry has one account, with one token that it accepts.

use super::TOKEN;
use crate::http::request::ReceivedRequest;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// A registry's account.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Account {
    pub(super) token: String,
}

/// What a request shows of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The account's owner.
    Owner,
    /// Somebody with another token.
    Other,
    /// Nobody says who it is.
    Nobody,
}

impl Default for Account {
    fn default() -> Self {
        Self { token: TOKEN.to_owned() }
    }
}

impl Account {
    /// Who sent it: `Bearer TOKEN` (npm), the bare token (cargo), or `Basic` with `__token__` as the name (PyPI).
    pub(super) fn sender(&self, request: &ReceivedRequest) -> Sender {
        let Some(given) = request.authorization.as_deref() else { return Sender::Nobody };
        let token = match given.split_once(' ') {
            Some((kind, token)) if kind.eq_ignore_ascii_case("bearer") => token.to_owned(),
            Some((kind, encoded)) if kind.eq_ignore_ascii_case("basic") => {
                let decoded = BASE64_STANDARD.decode(encoded.trim()).unwrap_or_default();
                let text = String::from_utf8_lossy(&decoded).into_owned();
                text.strip_prefix("__token__:").unwrap_or_default().to_owned()
            }
            _ => given.to_owned(),
        };
        if token == self.token { Sender::Owner } else { Sender::Other }
    }
}
