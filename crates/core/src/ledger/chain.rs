//! Lines to records and back: the hash chain, its anchor, and the torn last line.

use super::event::{Event, Record};
use super::{FORMAT, event};
use crate::canonical;
use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// How far the ledger had come when it was last known to be on disk. Kept beside the ledger, so that lines cut off
/// its end are missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// How many records there were.
    pub records: u64,
    /// The digest of the last line; of the empty text where there was none.
    pub head: Digest,
}

impl Anchor {
    /// The anchor of an empty ledger.
    pub fn empty() -> Self {
        Self { records: 0, head: Digest::of(b"") }
    }
}

/// A ledger that cannot be believed. A hard stop: nothing repairs this.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Broken {
    /// A line is not a record, or not spelled as it was written.
    #[error("line {line} is not as it was written: {why}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A line does not follow from the one before it.
    #[error("line {line} does not follow from the line before it")]
    Chain {
        /// The line, from 1.
        line: u64,
    },
    /// A line is of another format version.
    #[error("line {line} is of format {format}, and this program reads format {FORMAT}")]
    Format {
        /// The line, from 1.
        line: u64,
        /// Its format version.
        format: u32,
    },
    /// Records that were known to be on disk are gone or changed.
    #[error("the anchor knows {known} records, and the ledger does not hold them as they were")]
    Cut {
        /// How many records the anchor knows.
        known: u64,
    },
    /// The anchor is not one.
    #[error("the anchor is not as it was written: {0}")]
    Anchor(String),
    /// There are records, and no anchor.
    #[error("the ledger has records and its anchor is gone")]
    NoAnchor,
}

/// A last line without its end: the trace of a write that was cut short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Where the torn line begins, in bytes from the ledger's beginning.
    pub offset: u64,
    /// What has to be recorded once it is cut off.
    pub repaired: event::Repaired,
}

/// The end of a chain, which the next record is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    anchor: Anchor,
}

impl Default for Chain {
    fn default() -> Self {
        Self { anchor: Anchor::empty() }
    }
}

impl Chain {
    /// Where the chain stands.
    pub const fn anchor(&self) -> Anchor {
        self.anchor
    }

    /// Adds an event, and gives the record and its line, without a line end.
    pub fn add(&mut self, event: Event, at: String) -> Result<(Record, String), canonical::NotCanonical> {
        let Anchor { records: seq, head: prev } = self.anchor;
        let record = Record { format: FORMAT, seq, prev, at, event };
        let line = canonical::to_string(&record)?;
        self.anchor = Anchor { records: seq + 1, head: Digest::of(line.as_bytes()) };
        Ok((record, line))
    }

    fn check(&mut self, line: &[u8]) -> Result<Record, Broken> {
        let number = self.anchor.records + 1;
        let wrong = |why: &str| Broken::Line { line: number, why: why.to_owned() };
        let text = std::str::from_utf8(line).map_err(|_| wrong("it is not text"))?;
        // The format is looked at before the rest, so that a newer ledger is called newer and not broken.
        let format = serde_json::from_str::<serde_json::Value>(text)
            .ok()
            .and_then(|value| u32::try_from(value.get("format")?.as_u64()?).ok());
        if let Some(format) = format.filter(|format| *format != FORMAT) {
            return Err(Broken::Format { line: number, format });
        }
        let record: Record = serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
        if canonical::to_string(&record).ok().as_deref() != Some(text) {
            return Err(wrong("it is not in its canonical spelling"));
        }
        if record.seq != self.anchor.records || record.prev != self.anchor.head {
            return Err(Broken::Chain { line: number });
        }
        self.anchor = Anchor { records: number, head: Digest::of(line) };
        Ok(record)
    }
}

/// Reads a whole ledger. `anchor` is `None` where there is no anchor at all.
pub fn read(bytes: &[u8], anchor: Option<Anchor>) -> Result<(Vec<Record>, Chain, Option<Torn>), Broken> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let (lines, tail) = bytes.split_at(whole);
    let mut chain = Chain::default();
    let mut records = Vec::new();
    let mut anchored = anchor.is_some_and(|anchor| anchor == chain.anchor);
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        records.push(chain.check(&line[..line.len() - 1])?);
        anchored |= anchor.is_some_and(|anchor| anchor == chain.anchor);
    }
    match anchor {
        None if !bytes.is_empty() => return Err(Broken::NoAnchor),
        Some(anchor) if !anchored => return Err(Broken::Cut { known: anchor.records }),
        _ => {}
    }
    let torn = (!tail.is_empty()).then(|| Torn {
        offset: whole as u64,
        repaired: event::Repaired { bytes: tail.len() as u64, digest: Digest::of(tail) },
    });
    Ok((records, chain, torn))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::{CheckStarted, Opened};
    use proptest::prelude::*;

    fn ledger(events: u64) -> (Vec<u8>, Chain) {
        let mut chain = Chain::default();
        let mut bytes = Vec::new();
        for number in 0..events {
            let event = match number {
                0 => Event::Opened(Opened { project: "sample".into(), target: "v1.0.0".into() }),
                _ => Event::CheckStarted(CheckStarted { poll: 1, gate: 3, check: format!("check-{number}") }),
            };
            let (_, line) = chain.add(event, "2026-01-02T03:04:05Z".into()).unwrap();
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
        }
        (bytes, chain)
    }

    #[test]
    fn a_ledger_is_read_back_as_it_was_written() {
        let (bytes, chain) = ledger(4);
        let (records, read_chain, torn) = read(&bytes, Some(chain.anchor())).unwrap();
        assert_eq!((records.len(), read_chain, torn), (4, chain, None));
    }

    #[test]
    fn an_anchor_that_lags_behind_the_ledger_is_the_trace_of_a_crash_and_no_damage() {
        let (bytes, _) = ledger(4);
        assert!(read(&bytes, Some(ledger(2).1.anchor())).is_ok());
    }

    #[test]
    fn whole_lines_cut_off_the_end_are_missed() {
        let (_, chain) = ledger(4);
        assert_eq!(read(&ledger(3).0, Some(chain.anchor())), Err(Broken::Cut { known: 4 }));
        assert_eq!(read(b"", Some(chain.anchor())), Err(Broken::Cut { known: 4 }));
    }

    #[test]
    fn a_lost_anchor_is_a_hard_stop() {
        assert_eq!(read(&ledger(1).0, None), Err(Broken::NoAnchor));
        assert!(read(b"", None).is_ok());
    }

    #[test]
    fn a_torn_line_that_the_anchor_knew_whole_is_a_hard_stop() {
        let (bytes, chain) = ledger(4);
        let cut = &bytes[..bytes.len() - 1];
        assert_eq!(read(cut, Some(chain.anchor())), Err(Broken::Cut { known: 4 }));
    }

    #[test]
    fn a_ledger_of_a_newer_format_is_called_so() {
        let (bytes, chain) = ledger(1);
        let text = String::from_utf8(bytes).unwrap().replace("\"format\":1", "\"format\":2");
        assert_eq!(read(text.as_bytes(), Some(chain.anchor())), Err(Broken::Format { line: 1, format: 2 }));
    }

    proptest! {
        #[test]
        fn a_ledger_torn_anywhere_after_its_anchor_loses_only_its_last_line(cut in 0_usize..2000, anchored in 0_u64..3) {
            let (bytes, _) = ledger(5);
            let known = ledger(anchored).0.len();
            let cut = cut.clamp(known, bytes.len());
            let (records, _, torn) = read(&bytes[..cut], Some(ledger(anchored).1.anchor())).unwrap();
            let whole = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
            prop_assert_eq!(records.len(), whole);
            prop_assert_eq!(torn.is_some(), bytes[..cut].last().is_some_and(|byte| *byte != b'\n'));
        }

        #[test]
        fn one_changed_byte_anywhere_is_noticed(at in 0_usize..5000, to in any::<u8>()) {
            let (mut bytes, chain) = ledger(5);
            let at = at % bytes.len();
            prop_assume!(bytes[at] != to);
            bytes[at] = to;
            prop_assert!(read(&bytes, Some(chain.anchor())).is_err());
        }

        #[test]
        fn one_line_removed_doubled_or_moved_is_noticed(line in 0_usize..5, what in 0_u8..3) {
            let (bytes, chain) = ledger(5);
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            match what {
                0 => { lines.remove(line); }
                1 => lines.insert(line, lines[line]),
                _ => lines.swap(line, (line + 1) % 5),
            }
            prop_assert!(read(&lines.concat(), Some(chain.anchor())).is_err());
        }
    }
}
