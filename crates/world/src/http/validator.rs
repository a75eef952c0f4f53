//! By what a server tells a document from an earlier or later one (RFC 9110, 8.8).
//!
//! Invariant: one that two different documents may share is none.

use super::{date, header};
use reqwest::Response;
use reqwest::header::{DATE, ETAG, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};

/// A date has seconds only: a document that was this young, in seconds, when it was sent may have changed again under
/// the same date.
const TOO_YOUNG: i64 = 60;

/// A validator, as its server wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validator {
    /// An entity tag, weak or strong.
    Tag(String),
    /// When it was last modified.
    Modified(String),
}

impl Validator {
    /// That of an answer, where it has one.
    pub(super) fn of(response: &Response) -> Option<Self> {
        if let Some(tag) = header(response, ETAG).filter(|tag| opaque(tag).is_some()) {
            return Some(Self::Tag(tag));
        }
        let age = date(response, DATE)?.checked_sub(date(response, LAST_MODIFIED)?)?;
        (age >= TOO_YOUNG).then(|| header(response, LAST_MODIFIED).map(Self::Modified)).flatten()
    }

    /// The header that asks about it.
    pub(super) fn condition(&self) -> (HeaderName, &str) {
        match self {
            Self::Tag(tag) => (IF_NONE_MATCH, tag),
            Self::Modified(date) => (IF_MODIFIED_SINCE, date),
        }
    }

    /// Whether a "not modified" is about another document: it repeats the tag of the one that it means (15.4.5).
    pub(super) fn is_contradicted_by(&self, response: &Response) -> bool {
        match (self, header(response, ETAG)) {
            (Self::Tag(own), Some(told)) => opaque(own) != opaque(&told),
            (Self::Tag(_), None) | (Self::Modified(_), _) => false,
        }
    }
}

/// The text of an entity tag, by which `If-None-Match` compares: whether it is weak does not count.
fn opaque(tag: &str) -> Option<&str> {
    let text = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    (!text.is_empty() && !text.contains('"')).then_some(text)
}
