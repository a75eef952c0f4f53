//! How the ledger has the effects and facts of every kind of step. A stored contract: what was written once is read for good.

use super::Effect;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Something of one kind of step that the ledger holds in a form which is common to all kinds.
pub trait Stored<Record>: Clone + Into<Record> {
    /// What a record holds of this kind; `None` where it is of another one.
    fn read(record: &Record) -> Option<&Self>;
}

/// How an effect is spelled: its name, and what it is about where it is about something.
pub trait Spelled: Sized {
    /// The name, which no effect of another kind has.
    fn spelling(&self) -> (&'static str, Option<&str>);

    /// The effect of a spelling; `None` where it is none of this kind.
    fn spelled(name: &str, about: Option<&str>) -> Option<Self>;
}

/// Effects of one kind of step: each with the name that the ledger has for it, and its words.
macro_rules! effects {
    (
        $(#[$doc:meta])* pub enum $type:ident {
            $($(#[$each:meta])* $effect:ident $(($about:ident))? = $name:literal, $words:literal;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $type {
            $($(#[$each])* $effect $((effects!(@text $about)))?,)+
        }

        impl $crate::mechanics::Spelled for $type {
            fn spelling(&self) -> (&'static str, Option<&str>) {
                match self {
                    $(Self::$effect $(($about))? => ($name, effects!(@about $($about)?)),)+
                }
            }

            fn spelled(name: &str, about: Option<&str>) -> Option<Self> {
                match name {
                    $($name => effects!(@read $effect, about $(, $about)?),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$effect $(($about))? => write!(f, $words),)+
                }
            }
        }
    };
    (@text $about:ident) => { String };
    (@about) => { None };
    (@about $about:ident) => { Some($about) };
    (@read $effect:ident, $given:ident) => { $given.is_none().then_some(Self::$effect) };
    (@read $effect:ident, $given:ident, $about:ident) => { $given.map(|$about| Self::$effect($about.to_owned())) };
}
pub(super) use effects;

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.spelling() {
            (name, None) => serializer.serialize_str(name),
            (name, Some(about)) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(name, about)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Effect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Spelling)
    }
}

struct Spelling;

impl<'de> Visitor<'de> for Spelling {
    type Value = Effect;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an effect: its name, alone or with what it is about")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Effect, E> {
        Effect::spelled(name, None).ok_or_else(|| E::custom(format!("no step does `{name}`")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Effect, A::Error> {
        let (name, about): (String, String) =
            map.next_entry()?.ok_or_else(|| A::Error::custom("an effect has a name"))?;
        if map.next_key::<String>()?.is_some() {
            return Err(A::Error::custom("an effect has one name"));
        }
        let unknown = || A::Error::custom(format!("no step does `{name}` with something"));
        Effect::spelled(&name, Some(&about)).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanics::ReleaseEffect;

    #[test]
    fn an_effect_is_read_as_it_is_spelled_and_in_no_other_way() {
        for (spelled, effect) in [
            (r#""create-draft""#, ReleaseEffect::CreateDraft),
            (r#"{"upload-asset":"a"}"#, ReleaseEffect::Upload("a".to_owned())),
        ] {
            let read: Effect = serde_json::from_str(spelled).unwrap();
            assert_eq!(read, effect.into());
            assert_eq!(serde_json::to_string(&read).unwrap(), spelled);
        }
        for wrong in [
            r#""upload-asset""#,
            r#"{"create-draft":"a"}"#,
            r#"{"create-draft":null}"#,
            r#"{"upload-asset":"a","remove-asset":"a"}"#,
            r#"{"upload-asset":"a","upload-asset":"a"}"#,
            r#"{"upload-asset":["a"]}"#,
            r#""create_draft""#,
            r#""""#,
            "{}",
            "1",
            "null",
        ] {
            assert!(serde_json::from_str::<Effect>(wrong).is_err(), "{wrong}");
        }
    }
}
