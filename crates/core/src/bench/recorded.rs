//! Pairs that were recorded elsewhere: a JSON array of `[base, current]`, or CSV with two columns, in any unit.
//!
//! Invariant: every line is a pair that can be compared, or the text is refused as a whole.

use crate::stats::{MOST_PAIRS, Pair};
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use std::fmt;

/// Why a recording is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct RecordingRefused {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

fn refused(line: usize, what: impl Into<String>) -> RecordingRefused {
    RecordingRefused { line, what: what.into() }
}

/// Reads a recording. JSON begins with a bracket; anything else is CSV, with a first line of names or without.
pub fn read(bytes: &[u8]) -> Result<Vec<Pair>, RecordingRefused> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        refused(1 + before.iter().filter(|byte| **byte == b'\n').count(), "not UTF-8")
    })?;
    if text.starts_with('\u{feff}') {
        return Err(refused(1, "it begins with a byte-order mark; save it as UTF-8 without one"));
    }
    let pairs = if text.trim_start().starts_with(['[', '{']) { json(text)? } else { csv(text)? };
    if pairs.is_empty() {
        return Err(refused(1, "it holds no pair"));
    }
    Ok(pairs)
}

fn json(text: &str) -> Result<Vec<Pair>, RecordingRefused> {
    serde_json::from_str::<Recording>(text).map(|recording| recording.0).map_err(|error| {
        let said = error.to_string();
        let what = said.split(" at line ").next().unwrap_or(&said);
        refused(error.line(), what)
    })
}

struct Recording(Vec<Pair>);

impl<'de> Deserialize<'de> for Recording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<Pair>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of [base, current]")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(One(pair)) = seq.next_element()? {
                    if pairs.len() == MOST_PAIRS {
                        return Err(A::Error::custom(too_many()));
                    }
                    pairs.push(pair);
                }
                Ok(pairs)
            }
        }
        deserializer.deserialize_seq(Pairs).map(Self)
    }
}

struct One(Pair);

impl<'de> Deserialize<'de> for One {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Two;
        impl<'de> Visitor<'de> for Two {
            type Value = Pair;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("[base, current]")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Pair, A::Error> {
                let missing = || A::Error::custom("a pair has two values, base and current");
                let base: f64 = seq.next_element()?.ok_or_else(missing)?;
                let current: f64 = seq.next_element()?.ok_or_else(missing)?;
                // Asked for here, so that the position is this pair's.
                if seq.next_element::<serde::de::IgnoredAny>()?.is_some() {
                    return Err(missing());
                }
                Pair::new(base, current).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_seq(Two).map(Self)
    }
}

fn csv(text: &str) -> Result<Vec<Pair>, RecordingRefused> {
    let mut pairs = Vec::new();
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    for (index, line) in lines.enumerate() {
        let number = index + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if text.is_empty() {
            break;
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let [base, current] = cells[..] else {
            let what = format!("{} columns, where base and current are wanted", cells.len());
            return Err(refused(number, what));
        };
        let (base, current) = (base.parse::<f64>(), current.parse::<f64>());
        let pair = match (index, base, current) {
            (_, Ok(base), Ok(current)) => Pair::new(base, current).map_err(|what| refused(number, what))?,
            // Names, and not one number that is spelled wrong.
            (0, Err(_), Err(_)) if cells.iter().all(|cell| is_name(cell)) => continue,
            (_, Err(_), _) => return Err(refused(number, "the base value is not a number")),
            (_, _, Err(_)) => return Err(refused(number, "the current value is not a number")),
        };
        if pairs.len() == MOST_PAIRS {
            return Err(refused(number, too_many()));
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

fn is_name(cell: &str) -> bool {
    cell.trim_start_matches('"').starts_with(|first: char| first.is_alphabetic())
}

fn too_many() -> String {
    format!("more than {MOST_PAIRS} pairs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<[f64; 2]> {
        read(text.as_bytes()).unwrap().into_iter().map(|pair| [pair.base, pair.current]).collect()
    }

    #[test]
    fn json_and_csv_say_the_same() {
        let wanted = [[1.0, 2.5], [3e-3, 4.0]];
        for text in [
            "[[1, 2.5], [3e-3, 4]]",
            "1,2.5\n3e-3,4\n",
            "base,current\r\n1, 2.5\r\n0.003 ,4",
            "\"base ms\",\"current ms\"\n1,2.5\n3e-3,4\n",
            "\n [\n[1,2.5]\n,[3e-3,4]]\n",
        ] {
            assert_eq!(values(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused_with_its_line() {
        for (text, line, what) in [
            ("", 1, "no pair"),
            ("[]", 1, "no pair"),
            ("base,current\n", 1, "no pair"),
            ("1,2\n1,NaN\n", 2, "current value is not a number"),
            ("NaN,NaN\n1,2\n", 1, "base value is not a number"),
            ("1,2\n0,2\n", 2, "base value is zero"),
            ("1,2\n3,-2\n", 2, "current value is negative"),
            ("1,2\n3,1e999\n", 2, "infinite"),
            ("1,inf\n", 1, "infinite"),
            ("1\n2\n", 1, "1 columns"),
            ("1,2,3\n", 1, "3 columns"),
            ("1,2\n\n3,4\n", 2, "1 columns"),
            ("1,2\nthree,4\n", 2, "base value is not a number"),
            ("base,2\n", 1, "base value is not a number"),
            ("\u{feff}1,2\n", 1, "byte-order mark"),
            ("[[1,2],\n[0,2]]", 2, "base value is zero"),
            ("[[1,2],\n[3,-4]]", 2, "current value is negative"),
            ("[[1,2],\n\n[3]]", 3, "two values"),
            ("[[1,2],\n[3,4,5]]", 2, "two values"),
            ("[[1,2],\n[3,NaN]]", 2, "expected"),
            ("[[1,2],\n[3,null]]", 2, "invalid type"),
            ("[[1,2],\n[3,\"4\"]]", 2, "invalid type"),
            ("[[1,2],\n[3,1e999]]", 2, "out of range"),
            ("[[1,2]\n", 2, "EOF"),
            ("[1,2]", 1, "invalid type"),
            ("{\"pairs\": []}", 1, "invalid type"),
            ("[[1,2]]\n[[1,2]]", 2, "trailing"),
        ] {
            let refused = read(text.as_bytes()).unwrap_err();
            assert_eq!(refused.line, line, "{text}: {refused}");
            assert!(refused.what.contains(what), "{text}: {refused}");
        }
        assert_eq!(read(b"1,2\n\xff,3\n").unwrap_err().line, 2);
    }

    #[test]
    fn a_million_pairs_are_enough() {
        let one_more = "1,2\n".repeat(MOST_PAIRS + 1);
        assert_eq!(read(one_more.as_bytes()).unwrap_err().line, MOST_PAIRS + 1);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[\\[\\]{}0-9.,eE+\\-\na-zN\" ]{0,60}") {
            if let Ok(pairs) = read(text.as_bytes()) {
                prop_assert!(!pairs.is_empty());
                for pair in pairs {
                    prop_assert!(pair.base > 0.0 && pair.current > 0.0);
                    prop_assert!(pair.base.is_finite() && pair.current.is_finite());
                }
            }
        }
    }
}
