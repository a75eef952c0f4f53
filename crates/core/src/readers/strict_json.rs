//! What readers take from a JSON document: members that must be there, of the kind that they must be.

use super::Unread;
use crate::strict_json;
use serde_json::{Map, Value};

/// The document in these bytes, which a byte-order mark may begin, as tools on Windows write it.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Unread> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    strict_json::parse(bytes).map_err(|error| Unread::unreadable(error.to_string()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_a_whole_number_of_64_bits() {
        let value =
            parse(br#"{"a":18446744073709551615,"b":18446744073709551616,"c":-1,"d":1.0,"e":"1"}"#).unwrap();
        assert_eq!(count(&value, "/a").unwrap(), u64::MAX);
        for pointer in ["/b", "/c", "/d", "/e", "/f"] {
            assert!(count(&value, pointer).is_err(), "{pointer}");
        }
    }
}
