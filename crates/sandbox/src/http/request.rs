//! Requests as the routes see them, replies as they give them, and the log that tests read.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One request, read whole.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// The method, in capitals.
    pub method: String,
    /// The `Host` header.
    pub host: String,
    /// The path, as it was sent, without its query.
    pub path: String,
    /// The query's parameters, decoded; the last of one name counts.
    pub query: BTreeMap<String, String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `Accept` header.
    pub accept: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The body, as it was sent.
    pub body: Vec<u8>,
}

impl ReceivedRequest {
    /// It changes nothing. GraphQL is asked with `POST`, and no change is served there.
    pub fn is_read(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD") || self.path == "/graphql"
    }

    /// The method that the reply is made for: the server leaves the body of a reply to `HEAD` out.
    pub fn verb(&self) -> &str {
        if self.method == "HEAD" { "GET" } else { &self.method }
    }

    /// The path's parts, decoded.
    pub fn parts(&self) -> Vec<String> {
        self.path.split('/').filter(|part| !part.is_empty()).map(|part| decoded(part, false)).collect()
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A parameter that is a number, or the default.
    pub fn number(&self, name: &str, default: usize) -> usize {
        self.query.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
    }
}

/// The parameters of a query.
pub(crate) fn query_of(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name, true), decoded(value, true)))
        .collect()
}

/// Percent-decoding (RFC 3986, 2.1), with `+` for a space in queries.
fn decoded(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()))
            .flatten();
        match escaped {
            Some(byte) => {
                out.push(byte);
                at += 2;
            }
            None if plus && bytes[at] == b'+' => out.push(b' '),
            None => out.push(bytes[at]),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// What one request was, for tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The method.
    pub method: String,
    /// The `Host` header.
    pub host: String,
    /// The path, without its query.
    pub path: String,
    /// The query's parameters.
    pub query: BTreeMap<String, String>,
    /// The body, broken UTF-8 replaced.
    pub body: String,
}

impl From<&ReceivedRequest> for Logged {
    fn from(request: &ReceivedRequest) -> Self {
        Self {
            method: request.method.clone(),
            host: request.host.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
        }
    }
}

/// One reply.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers beside `Content-Type` and `Content-Length`.
    pub headers: Vec<(String, String)>,
    /// `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
    /// The words after the status, where they are not the usual ones: some clients show nothing else.
    pub reason: Option<&'static str>,
}

impl Reply {
    /// A JSON reply.
    pub fn json(status: u16, body: &Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content_type: "application/json; charset=utf-8".to_owned(),
            body: body.to_string().into_bytes(),
            reason: None,
        }
    }

    /// Bytes of some media type.
    pub fn bytes(content_type: &str, body: Vec<u8>) -> Self {
        Self { status: 200, headers: Vec::new(), content_type: content_type.to_owned(), body, reason: None }
    }

    /// Done, and nothing to say.
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::bytes("application/json; charset=utf-8", Vec::new()) }
    }

    /// GitHub's way to refuse.
    pub fn message(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "message": message, "status": status.to_string() }))
    }

    /// There is no such thing.
    pub fn not_found() -> Self {
        Self::message(404, "Not Found")
    }

    /// The request is not of the right shape.
    pub fn invalid(message: &str) -> Self {
        Self::message(422, message)
    }

    /// The same with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_a_stray_percent_is_kept() {
        let query = query_of("labels=a%2Cb+c&state=all&x=5%&y");
        assert_eq!(query["labels"], "a,b c");
        assert_eq!((query["x"].as_str(), query["y"].as_str()), ("5%", ""));
    }
}
