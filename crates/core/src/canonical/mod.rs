//! Canonical JSON: one value has one spelling, so that a digest of it means something.
//!
//! Keys sorted by byte order, no white space, no floating-point numbers (RFC 8785 without its number rules, which
//! are not needed where every number is an integer).

mod writer;

use crate::digest::Digest;
use serde::Serialize;
use writer::Writer;

/// A value that has no canonical spelling here.
#[derive(Debug, thiserror::Error)]
pub enum NotCanonical {
    /// The value does not serialise to JSON at all.
    #[error("not JSON")]
    Json(#[from] serde_json::Error),
    /// The value holds a number with a fraction or an exponent.
    #[error("holds a floating-point number")]
    Float,
}

/// The canonical spelling of a value.
pub fn to_string(value: &impl Serialize) -> Result<String, NotCanonical> {
    let mut writer = Writer::default();
    writer.spell(value)?;
    String::from_utf8(writer.into_bytes()).map_err(serde::ser::Error::custom)
}

/// The digest of a value's canonical spelling.
pub fn digest(value: &impl Serialize) -> Result<Digest, NotCanonical> {
    Ok(Digest::of(Writer::default().spell(value)?))
}

/// Compares many values with what they are said to be spelled like.
#[derive(Default)]
pub struct Speller(Writer);

impl Speller {
    /// Whether this text is the value's canonical spelling.
    pub fn is_spelled(&mut self, value: &impl Serialize, text: &[u8]) -> bool {
        self.0.spell(value).is_ok_and(|spelled| spelled == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn keys_are_sorted_whatever_their_order_was() {
        let one: Value = serde_json::from_str(r#"{"b":1,"a":{"d":2,"c":[true,null]}}"#).unwrap();
        assert_eq!(to_string(&one).unwrap(), r#"{"a":{"c":[true,null],"d":2},"b":1}"#);
    }

    #[test]
    fn a_floating_point_number_has_no_canonical_spelling() {
        assert!(matches!(to_string(&json!({"seconds": 1.5})), Err(NotCanonical::Float)));
    }
}
