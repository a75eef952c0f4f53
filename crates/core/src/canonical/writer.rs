//! The serializer behind canonical spelling: one pass, one buffer, each object's entries put in order where it ends.
//!
//! Invariant: two values that serialise to the same JSON are spelled alike, in whatever order their fields are declared.

use super::NotCanonical;
use serde::Serialize;
use serde::ser::{
    self, Error as _, Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, Serializer,
};
use std::borrow::Cow;

impl ser::Error for NotCanonical {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Json(serde_json::Error::custom(message))
    }
}

/// What is spelled so far. It can be used again and again, and then asks for no more memory.
#[derive(Default)]
pub(super) struct Writer {
    out: Vec<u8>,
    /// The entries of every object that has begun and not ended.
    entries: Vec<Entry>,
    ordered: Vec<u8>,
}

/// An entry of an object: where `"key":value` stands.
struct Entry {
    key: Cow<'static, str>,
    start: usize,
    end: usize,
}

impl Writer {
    /// Spells one value, in the place of the one before.
    pub(super) fn spell(&mut self, value: &impl Serialize) -> Result<&[u8], NotCanonical> {
        self.out.clear();
        self.entries.clear();
        value.serialize(&mut *self)?;
        Ok(&self.out)
    }

    /// The text that was spelled last.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    fn text(&mut self, text: &str) -> Result<(), NotCanonical> {
        serde_json::to_writer(&mut self.out, text).map_err(NotCanonical::Json)
    }

    fn integer(&mut self, number: impl Serialize) -> Result<(), NotCanonical> {
        serde_json::to_writer(&mut self.out, &number).map_err(NotCanonical::Json)
    }

    fn word(&mut self, word: &str) -> Result<(), NotCanonical> {
        self.out.extend_from_slice(word.as_bytes());
        Ok(())
    }

    fn list(&mut self) -> List<'_> {
        self.out.push(b'[');
        List { writer: self, is_first: true }
    }

    fn object(&mut self) -> Object<'_> {
        self.out.push(b'{');
        let (begin, first) = (self.out.len(), self.entries.len());
        Object { writer: self, begin, first, end: "}" }
    }

    /// Begins `{"variant":`, which has no other key.
    fn variant(&mut self, variant: &str) -> Result<&mut Self, NotCanonical> {
        self.out.push(b'{');
        self.text(variant)?;
        self.out.push(b':');
        Ok(self)
    }

    /// Ends an object whose text begins at `begin`, and whose entries are those from `first` on.
    fn order(&mut self, begin: usize, first: usize) {
        let entries = &mut self.entries[first..];
        if !entries.is_sorted_by(|one, other| one.key <= other.key) {
            entries.sort_by(|one, other| one.key.cmp(&other.key));
            self.ordered.clear();
            for entry in &*entries {
                if !self.ordered.is_empty() {
                    self.ordered.push(b',');
                }
                self.ordered.extend_from_slice(&self.out[entry.start..entry.end]);
            }
            self.out[begin..].copy_from_slice(&self.ordered);
        }
        self.entries.truncate(first);
    }
}

/// An array that has begun.
pub(super) struct List<'w> {
    writer: &'w mut Writer,
    is_first: bool,
}

impl List<'_> {
    fn item(&mut self, item: &(impl Serialize + ?Sized)) -> Result<(), NotCanonical> {
        if !std::mem::take(&mut self.is_first) {
            self.writer.out.push(b',');
        }
        item.serialize(&mut *self.writer)
    }

    fn close(self) -> Result<(), NotCanonical> {
        self.writer.word("]")
    }
}

/// An object that has begun.
pub(super) struct Object<'w> {
    writer: &'w mut Writer,
    begin: usize,
    first: usize,
    /// What closes it: the object of a variant closes with it.
    end: &'static str,
}

impl Object<'_> {
    fn key(&mut self, key: Cow<'static, str>) -> Result<(), NotCanonical> {
        if self.writer.out.len() > self.begin {
            self.writer.out.push(b',');
        }
        let start = self.writer.out.len();
        self.writer.text(&key)?;
        self.writer.out.push(b':');
        self.writer.entries.push(Entry { key, start, end: start });
        Ok(())
    }

    /// The value of the key that was given last. What is inside it has left no entry of its own.
    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), NotCanonical> {
        value.serialize(&mut *self.writer)?;
        let end = self.writer.out.len();
        match self.writer.entries.last_mut() {
            Some(entry) => entry.end = end,
            None => return Err(NotCanonical::custom("a value without a key")),
        }
        Ok(())
    }

    fn close(self) -> Result<(), NotCanonical> {
        self.writer.order(self.begin, self.first);
        self.writer.word(self.end)
    }
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = NotCanonical;
    type SerializeSeq = List<'w>;
    type SerializeTuple = List<'w>;
    type SerializeTupleStruct = Impossible<(), NotCanonical>;
    type SerializeTupleVariant = Impossible<(), NotCanonical>;
    type SerializeMap = Object<'w>;
    type SerializeStruct = Object<'w>;
    type SerializeStructVariant = Object<'w>;

    fn serialize_bool(self, value: bool) -> Result<(), NotCanonical> {
        self.word(if value { "true" } else { "false" })
    }

    fn serialize_i8(self, value: i8) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_i16(self, value: i16) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_i32(self, value: i32) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_i64(self, value: i64) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_u8(self, value: u8) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_u16(self, value: u16) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_u32(self, value: u32) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_u64(self, value: u64) -> Result<(), NotCanonical> {
        self.integer(value)
    }

    fn serialize_f32(self, _: f32) -> Result<(), NotCanonical> {
        Err(NotCanonical::Float)
    }

    fn serialize_f64(self, _: f64) -> Result<(), NotCanonical> {
        Err(NotCanonical::Float)
    }

    fn serialize_char(self, value: char) -> Result<(), NotCanonical> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), NotCanonical> {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), NotCanonical> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), NotCanonical> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotCanonical> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), NotCanonical> {
        self.word("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotCanonical> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), NotCanonical> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        let writer = self.variant(variant)?;
        value.serialize(&mut *writer)?;
        writer.word("}")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'w>, NotCanonical> {
        Ok(self.list())
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'w>, NotCanonical> {
        Ok(self.list())
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, NotCanonical> {
        Err(NotCanonical::custom(format!("{name} has fields without names")))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotCanonical> {
        Err(NotCanonical::custom(format!("{name} has fields without names")))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'w>, NotCanonical> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'w>, NotCanonical> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'w>, NotCanonical> {
        Ok(Object { end: "}}", ..self.variant(variant)?.object() })
    }
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = NotCanonical;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        self.item(value)
    }

    fn end(self) -> Result<(), NotCanonical> {
        self.close()
    }
}

impl SerializeTuple for List<'_> {
    type Ok = ();
    type Error = NotCanonical;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        self.item(value)
    }

    fn end(self) -> Result<(), NotCanonical> {
        self.close()
    }
}

impl SerializeMap for Object<'_> {
    type Ok = ();
    type Error = NotCanonical;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotCanonical> {
        match serde_json::to_value(key)? {
            serde_json::Value::String(key) => self.key(key.into()),
            _ => Err(NotCanonical::custom("a key that is no text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotCanonical> {
        self.value(value)
    }

    fn end(self) -> Result<(), NotCanonical> {
        self.close()
    }
}

impl SerializeStruct for Object<'_> {
    type Ok = ();
    type Error = NotCanonical;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        self.key(key.into())?;
        self.value(value)
    }

    fn end(self) -> Result<(), NotCanonical> {
        self.close()
    }
}

impl SerializeStructVariant for Object<'_> {
    type Ok = ();
    type Error = NotCanonical;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        self.key(key.into())?;
        self.value(value)
    }

    fn end(self) -> Result<(), NotCanonical> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Speller, to_string};
    use proptest::prelude::*;
    use serde::Serialize;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(Clone, Debug, Serialize)]
    #[serde(rename_all = "kebab-case")]
    enum Choice {
        Plain,
        Holds(Vec<u8>),
        Names { zulu: Option<char>, alpha: Box<Choice> },
    }

    #[derive(Clone, Debug, Serialize)]
    struct Sample {
        zulu: (i64, String),
        alpha: BTreeMap<String, Choice>,
        middle: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        beta: Option<bool>,
        unit: (),
    }

    fn any_choice() -> impl Strategy<Value = Choice> {
        let leaf = prop_oneof![
            Just(Choice::Plain),
            proptest::collection::vec(any::<u8>(), 0..3).prop_map(Choice::Holds)
        ];
        leaf.prop_recursive(2, 4, 1, |inner| {
            (any::<Option<char>>(), inner)
                .prop_map(|(zulu, alpha)| Choice::Names { zulu, alpha: Box::new(alpha) })
        })
    }

    fn any_sample() -> impl Strategy<Value = Sample> {
        let map = proptest::collection::btree_map(any::<String>(), any_choice(), 0..4);
        (any::<(i64, String)>(), map, any::<u64>(), any::<Option<bool>>())
            .prop_map(|(zulu, alpha, middle, beta)| Sample { zulu, alpha, middle, beta, unit: () })
    }

    proptest! {
        #[test]
        fn a_value_is_spelled_as_its_tree_of_sorted_maps_is(sample in any_sample()) {
            let tree: Value = serde_json::to_value(&sample).unwrap();
            prop_assert_eq!(to_string(&sample).unwrap(), tree.to_string());
            prop_assert_eq!(to_string(&tree).unwrap(), tree.to_string());
        }

        #[test]
        fn a_text_with_one_byte_changed_is_another_spelling(sample in any_sample(), at in any::<usize>(), to in any::<u8>()) {
            let mut text = to_string(&sample).unwrap().into_bytes();
            let mut comparison = Speller::default();
            // The memory is used again, whatever was spelled before, and however that ended.
            let no_spelling = json!([{ "b": 1, "a": 0.5 }]);
            prop_assert!(!comparison.is_spelled(&no_spelling, b""));
            prop_assert!(comparison.is_spelled(&sample, &text));
            let at = at % text.len();
            prop_assume!(text[at] != to);
            text[at] = to;
            prop_assert!(!comparison.is_spelled(&sample, &text));
        }
    }
}
