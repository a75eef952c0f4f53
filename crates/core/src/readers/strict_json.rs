//! One whole JSON document (RFC 8259) and nothing beside it.
//!
//! Refused: a key that stands twice in an object, anything after the document, bytes that are no UTF-8, and nesting
//! beyond serde_json's limit of 128. A document with two `count` keys has no one meaning.

use super::Unread;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// The document in these bytes.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Unread> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unread::unreadable("no JSON document: the output is empty"));
    }
    serde_json::from_slice::<Strict>(bytes).map(|document| document.0).map_err(|error| {
        Unread::unreadable(format!("not one JSON document: {}", super::lines::shown(&error.to_string())))
    })
}

/// A member that must be there.
pub(super) fn member<'a>(value: &'a Value, pointer: &str) -> Result<&'a Value, Unread> {
    value.pointer(pointer).ok_or_else(|| Unread::unreadable(format!("the document has no {pointer}")))
}

/// A member that must be a non-negative integer of at most 64 bits.
pub(super) fn count(value: &Value, pointer: &str) -> Result<u64, Unread> {
    member(value, pointer)?.as_u64().ok_or_else(|| Unread::unreadable(format!("{pointer} is no count")))
}

/// A member that must be an array.
pub(super) fn array<'a>(value: &'a Value, pointer: &str) -> Result<&'a [Value], Unread> {
    let found = member(value, pointer)?.as_array();
    found.map(Vec::as_slice).ok_or_else(|| Unread::unreadable(format!("{pointer} is no array")))
}

/// A member that must be an object.
pub(super) fn object<'a>(value: &'a Value, pointer: &str) -> Result<&'a Map<String, Value>, Unread> {
    member(value, pointer)?.as_object().ok_or_else(|| Unread::unreadable(format!("{pointer} is no object")))
}

/// A member that must be text, and not empty.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, Unread> {
    let found = member(value, pointer)?.as_str().filter(|text| !text.is_empty());
    found.ok_or_else(|| Unread::unreadable(format!("{pointer} is no text")))
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

    #[test]
    fn a_count_is_a_whole_number_of_64_bits() {
        let value =
            parse(br#"{"a":18446744073709551615,"b":18446744073709551616,"c":-1,"d":1.0,"e":"1"}"#).unwrap();
        assert_eq!(count(&value, "/a").unwrap(), u64::MAX);
        for pointer in ["/b", "/c", "/d", "/e", "/f"] {
            assert!(count(&value, pointer).is_err(), "{pointer}");
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
