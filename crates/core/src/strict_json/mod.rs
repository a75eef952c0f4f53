//! One whole JSON document (RFC 8259) and nothing beside it.
//!
//! Refused: a key that stands twice in an object, anything after the document, bytes that are no UTF-8, and nesting
//! beyond serde_json's limit of 128. A document with two `count` keys has no one meaning.

mod parted;

pub use parted::{PartItem, Parted};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Why some bytes are not one JSON document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// Nothing but blanks.
    #[error("no JSON document: the output is empty")]
    Empty,
    /// Not one document, or one without one meaning.
    #[error("not one JSON document: {0}")]
    Broken(String),
}

/// The document in these bytes.
pub fn parse(bytes: &[u8]) -> Result<Value, NotJson> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(NotJson::Empty);
    }
    serde_json::from_slice::<Strict>(bytes).map(|document| document.0).map_err(broken)
}

/// The documents in these bytes, one after the other with nothing but blanks between them. What is broken is the last.
pub fn parse_each(bytes: &[u8]) -> impl Iterator<Item = Result<Value, NotJson>> {
    let empty = bytes.iter().all(u8::is_ascii_whitespace).then_some(Err(NotJson::Empty));
    let documents = serde_json::Deserializer::from_slice(bytes).into_iter::<Strict>();
    empty.into_iter().chain(documents.map(|document| document.map(|document| document.0).map_err(broken)))
}

fn broken(error: serde_json::Error) -> NotJson {
    NotJson::Broken(crate::text::one_line(&error.to_string()))
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is no number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.insert(key, value).is_some() {
                return Err(A::Error::custom("a key stands twice in one object"));
            }
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_document_without_one_meaning_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for bytes in [
            &b""[..],
            b" \n",
            b"{",
            b"{}{}",
            b"{} x",
            b"[1,]",
            br#"{"a":1,"a":1}"#,
            br#"{"a":{"b":1,"b":2}}"#,
            b"\"\xff\"",
            b"\xef\xbb\xbf{}",
            b"{}\0",
            b"NaN",
            deep.as_bytes(),
        ] {
            assert!(parse(bytes).is_err(), "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
        }
    }

    proptest! {
        #[test]
        fn a_document_without_duplicate_keys_reads_as_serde_json_reads_it(text in r#"[\[\]{}:,"a-c0-9.\\ -]{0,40}"#) {
            if let Ok(mine) = parse(text.as_bytes()) {
                prop_assert_eq!(mine, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
