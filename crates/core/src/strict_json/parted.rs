//! A document whose largest part is looked at item by item, so that never all of it is held.
//!
//! Invariant: every byte of the document is held to the same rules as in [`super::parse`], the part's too.

use super::{NotJson, Strict, StrictVisitor, broken};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt;

/// One item of a document's part.
#[derive(Clone, Copy, Debug)]
pub struct PartItem<'a> {
    /// The place, from 0, that the first `*` of the path stands for, where there are two.
    pub outer: usize,
    /// The name of the member that it stands for; empty where that is in an array.
    pub within: &'a str,
    /// The member's name; empty in an array.
    pub name: &'a str,
    /// The item itself.
    pub value: &'a Value,
}

/// A document without one of its parts, which is read again each time that it is asked for.
#[derive(Debug)]
pub struct Parted<'a> {
    bytes: &'a [u8],
    path: &'a [&'a str],
    /// The document. The arrays and objects that the path leads into are empty in it.
    pub rest: Value,
    /// How many items they have.
    pub items: u64,
}

impl<'a> Parted<'a> {
    /// Reads a document but for the items that `path` leads to: names of members, and `*` for every item or member. It ends in `*`.
    /// What is something else there stays in the document.
    ///
    /// # Errors
    /// As [`super::parse`]. What is wrong inside the items is found by [`Self::each`].
    pub fn of(bytes: &'a [u8], path: &'a [&'a str]) -> Result<Self, NotJson> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(NotJson::Empty);
        }
        let mut items = Items::Counted(0);
        let rest = walk(bytes, path, &mut items)?;
        let Items::Counted(items) = items else { return Err(NotJson::Empty) };
        Ok(Self { bytes, path, rest, items })
    }

    /// Gives the items one by one, in the document's order.
    ///
    /// # Errors
    /// As [`super::parse`].
    pub fn each(&self, mut take: impl FnMut(PartItem<'_>)) -> Result<(), NotJson> {
        walk(self.bytes, self.path, &mut Items::Given(&mut take)).map(drop)
    }
}

fn walk(bytes: &[u8], path: &[&str], items: &mut Items<'_>) -> Result<Value, NotJson> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let walk = Walk { path, outer: 0, within: "", items };
    let rest = walk.deserialize(&mut deserializer).map_err(broken)?;
    deserializer.end().map_err(broken)?;
    Ok(rest)
}

/// What becomes of the items.
enum Items<'s> {
    Counted(u64),
    Given(&'s mut dyn FnMut(PartItem<'_>)),
}

struct Walk<'w, 's> {
    path: &'w [&'w str],
    outer: usize,
    within: &'w str,
    items: &'w mut Items<'s>,
}

impl<'s> Walk<'_, 's> {
    /// Along the path, inside of what `outer` and `within` say.
    fn further<'b>(&'b mut self, path: &'b [&'b str], outer: usize, within: &'b str) -> Walk<'b, 's> {
        Walk { path, outer, within, items: &mut *self.items }
    }

    fn give(&mut self, name: &str, value: &Value) {
        match self.items {
            Items::Counted(count) => *count += 1,
            Items::Given(take) => {
                take(PartItem { outer: self.outer, within: self.within, name, value });
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        StrictVisitor.expecting(f)
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        StrictVisitor.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        StrictVisitor.visit_bool(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        StrictVisitor.visit_u64(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        StrictVisitor.visit_i64(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        StrictVisitor.visit_f64(value)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        StrictVisitor.visit_str(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Value, A::Error> {
        let ["*", path @ ..] = self.path else { return StrictVisitor.visit_seq(items) };
        let mut array = Vec::new();
        if path.is_empty() {
            while let Some(item) = next_item(&mut items, self.items)? {
                self.give("", &item);
            }
        } else {
            while let Some(item) = items.next_element_seed(self.further(path, array.len(), ""))? {
                array.push(item);
            }
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<Value, A::Error> {
        let Some((step, path)) = self.path.split_first() else { return StrictVisitor.visit_map(entries) };
        let (mut map, mut names, mut place) = (Map::new(), HashSet::new(), 0);
        while let Some(name) = entries.next_key::<String>()? {
            if *step == "*" && path.is_empty() {
                let value = next_member(&mut entries, self.items)?;
                self.give(&name, &value);
            } else if *step == "*" || *step == name {
                let (outer, within) =
                    if *step == "*" { (place, name.as_str()) } else { (self.outer, self.within) };
                let value = entries.next_value_seed(self.further(path, outer, within))?;
                map.insert(name.clone(), value);
            } else {
                let Strict(value) = entries.next_value()?;
                map.insert(name.clone(), value);
            }
            place += 1;
            // Names are compared when the document is first read, and items are given after that.
            if matches!(self.items, Items::Counted(_)) && !names.insert(name) {
                return Err(A::Error::custom("a key stands twice in one object"));
            }
        }
        Ok(Value::Object(map))
    }
}

/// The next item; nothing of it where items are only counted.
fn next_item<'de, A: SeqAccess<'de>>(items: &mut A, wanted: &Items<'_>) -> Result<Option<Value>, A::Error> {
    match wanted {
        Items::Counted(_) => Ok(items.next_element::<IgnoredAny>()?.map(|_| Value::Null)),
        Items::Given(_) => Ok(items.next_element::<Strict>()?.map(|Strict(item)| item)),
    }
}

/// The next member's value; nothing of it where items are only counted.
fn next_member<'de, A: MapAccess<'de>>(entries: &mut A, wanted: &Items<'_>) -> Result<Value, A::Error> {
    match wanted {
        Items::Counted(_) => entries.next_value::<IgnoredAny>().map(|_| Value::Null),
        Items::Given(_) => entries.next_value::<Strict>().map(|Strict(value)| value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strict_json::parse;
    use proptest::prelude::*;

    fn items(bytes: &[u8], path: &[&str]) -> Result<(Value, Vec<(usize, String, Value)>), NotJson> {
        let parted = Parted::of(bytes, path)?;
        let mut items = Vec::new();
        parted.each(|item| items.push((item.outer, item.name.to_owned(), item.value.clone())))?;
        assert_eq!(parted.items, items.len() as u64);
        Ok((parted.rest, items))
    }

    #[test]
    fn the_items_come_one_by_one_with_the_place_of_what_they_are_in() {
        let bytes = br#"{"a":1,"runs":[{"n":"x","results":[1,{"b":2}]},{"results":[]},{"results":[3]}]}"#;
        let (rest, found) = items(bytes, &["runs", "*", "results", "*"]).unwrap();
        assert_eq!(
            rest,
            parse(br#"{"a":1,"runs":[{"n":"x","results":[]},{"results":[]},{"results":[]}]}"#).unwrap()
        );
        let outer: Vec<usize> = found.iter().map(|(outer, ..)| *outer).collect();
        assert_eq!(outer, [0, 0, 2]);
        let (rest, found) = items(br#"{"v":{"p":{"x":1},"q":2}}"#, &["v", "*"]).unwrap();
        assert_eq!((rest, found[1].1.as_str()), (parse(br#"{"v":{}}"#).unwrap(), "q"));
        let mut within = Vec::new();
        let bytes = br#"{"w":{"p":[1,2],"q":[3]}}"#;
        let parted = Parted::of(bytes, &["w", "*", "*"]).unwrap();
        parted.each(|item| within.push(item.within.to_owned())).unwrap();
        assert_eq!(within, ["p", "p", "q"]);
    }

    #[test]
    fn what_is_something_else_than_the_path_says_stays() {
        for bytes in [&br#"{"runs":7}"#[..], br#"{"runs":[{"results":{"a":[1]}}]}"#, b"[1]", br#""runs""#] {
            let (rest, found) = items(bytes, &["runs", "*", "results", "*", "*"]).unwrap();
            assert!(rest == parse(bytes).unwrap() || found.len() == 1, "{rest}");
        }
    }

    #[test]
    fn the_part_is_held_to_the_same_rules() {
        for bytes in [
            &br#"{"v":[{"a":1,"a":2}]}"#[..],
            br#"{"v":{"p":1,"p":2}}"#,
            br#"{"v":[1],"v":[2]}"#,
            br#"{"w":{"a":1,"a":2},"v":[]}"#,
            br#"{"v":[1]}x"#,
            br#"{"v":[1,]}"#,
            br#"{"v":[1"#,
            b"{\"v\":[\"\xff\"]}",
            br#"{"v":["\ud800"]}"#,
            b" ",
        ] {
            assert!(items(bytes, &["v", "*"]).is_err(), "{}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn a_document_is_refused_where_the_whole_of_it_is(text in r#"[\[\]{}:,"a-c0-9.\\ -]{0,40}"#) {
            let parted = items(text.as_bytes(), &["a", "*"]).is_ok();
            prop_assert_eq!(parted, parse(text.as_bytes()).is_ok());
        }
    }
}
