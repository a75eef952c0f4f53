//! What came of a request.

use super::{HttpError, Url, Validator};
use gonogo_core::delivery::Content;
use gonogo_core::strict_json;
use serde_json::Value;
use std::fs::File;

/// A document, whole.
#[derive(Clone, Debug)]
pub struct FetchedDocument {
    /// Where it came from, after redirects.
    pub url: Url,
    /// Its media type, lower case, without parameters.
    pub content_type: String,
    /// By what its server tells it from any other.
    pub validator: Option<Validator>,
    /// Its bytes.
    pub body: Vec<u8>,
}

impl FetchedDocument {
    /// The one JSON document that it is. A page is none, whatever its status was.
    pub fn json(&self) -> Result<Value, HttpError> {
        if self.is_page() {
            return Err(HttpError::nonsense(&self.url, "an HTML page in place of JSON"));
        }
        strict_json::parse(&self.body).map_err(|error| HttpError::nonsense(&self.url, error.to_string()))
    }

    /// Its text.
    pub fn text(&self) -> Result<&str, HttpError> {
        std::str::from_utf8(&self.body).map_err(|error| HttpError::nonsense(&self.url, error.to_string()))
    }

    /// Whether it is, or starts as, an HTML page.
    pub fn is_page(&self) -> bool {
        self.content_type.contains("html") || self.body.trim_ascii_start().starts_with(b"<")
    }
}

/// A downloaded file.
#[derive(Debug)]
pub struct Download {
    /// Its media type, lower case, without parameters.
    pub content_type: String,
    /// Its size and checksums.
    pub content: Content,
    /// Its bytes, at their beginning: a file without a name, gone when this is dropped.
    pub file: File,
}
