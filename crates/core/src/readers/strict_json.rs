//! What readers take from a JSON document: members that must be there, of the kind that they must be.

use super::Unread;
use crate::strict_json::{self, NotJson, PartItem, Parted};
use serde_json::{Map, Value};

/// The document in these bytes, which a byte-order mark may begin, as tools on Windows write it.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, Unread> {
    strict_json::parse(without_mark(bytes)).map_err(unreadable)
}

/// Takes the documents in these bytes, one after the other with nothing but blanks between them.
pub(super) fn stream(bytes: &[u8], mut take: impl FnMut(&Value) -> Result<(), Unread>) -> Result<(), Unread> {
    strict_json::parse_each(bytes).try_for_each(|document| take(&document.map_err(unreadable)?))
}

/// The document in these bytes but for its largest part, whose items are taken one by one: see [`Parted`].
pub(super) fn parted<'a>(bytes: &'a [u8], path: &'a [&'a str]) -> Result<Parted<'a>, Unread> {
    Parted::of(without_mark(bytes), path).map_err(unreadable)
}

/// Takes the items of a document's part one by one.
pub(super) fn each(
    document: &Parted<'_>,
    mut take: impl FnMut(PartItem<'_>) -> Result<(), Unread>,
) -> Result<(), Unread> {
    let mut taken = Ok(());
    let whole = document.each(|item| {
        if taken.is_ok() {
            taken = take(item);
        }
    });
    whole.map_err(unreadable)?;
    taken
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn unreadable(error: NotJson) -> Unread {
    Unread::unreadable(error.to_string())
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

/// What a pointer means in which a segment `*` stands for every item or member, and one that ends in `?` may be absent.
pub(super) fn select<'a>(value: &'a Value, pointer: &str) -> Result<Vec<&'a Value>, Unread> {
    let mut found = vec![value];
    let absent = || Unread::unreadable(format!("the document has no {pointer}"));
    for segment in pointer.split('/').skip(1) {
        let mut next = Vec::new();
        for one in found {
            match (segment, one) {
                ("*", Value::Array(items)) => next.extend(items),
                ("*", Value::Object(members)) => next.extend(members.values()),
                ("*", _) => return Err(absent()),
                (name, one) => match one.pointer(&format!("/{}", name.strip_suffix('?').unwrap_or(name))) {
                    Some(member) => next.push(member),
                    None if name.ends_with('?') => {}
                    None => return Err(absent()),
                },
            }
        }
        found = next;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_every_item_and_a_question_mark_may_be_absent() {
        let value = parse(br#"{"r":[{"v":[1,2]},{"v":[]},{}],"m":{"a":5,"b/c":6}}"#).unwrap();
        let found = |pointer: &str| select(&value, pointer).map(|found| found.len());
        assert_eq!(found("/r/*"), Ok(3));
        assert_eq!(found("/r/*/v?"), Ok(2));
        assert_eq!(found("/r/*/v?/*"), Ok(2));
        assert_eq!(found("/m/*"), Ok(2));
        assert_eq!(found("/m/b~1c"), Ok(1));
        assert_eq!(found(""), Ok(1));
        for broken in ["/r/*/v", "/m/a/*", "/x", "/r/0/w"] {
            assert!(found(broken).is_err(), "{broken}");
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
}
