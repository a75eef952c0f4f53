//! One line to its record, whatever format it is of.
//!
//! Invariant: a line is a record only where the record's canonical spelling is that very line, byte for byte.

use super::event::{Event, Record};
use super::format_1;
use crate::canonical::{self, Speller};
use crate::digest::Digest;
use crate::strict_json;
use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned};

/// What every line of every format tells by the same names, whatever else is in it.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub(super) struct Head {
    pub(super) format: u32,
    #[serde(default)]
    pub(super) reader: Option<u32>,
    pub(super) seq: u64,
    pub(super) prev: Digest,
}

impl Head {
    pub(super) const fn of(record: &Record) -> Self {
        Self { format: record.format, reader: record.reader, seq: record.seq, prev: record.prev }
    }
}

/// Why a line is no record here.
pub(super) enum NoRecord {
    /// It is spelled as gonogo spells, and holds something that is not known here. Whether it is a newer program's or
    /// was changed, the chain has to say.
    Unknown { head: Head, what: String },
    /// No gonogo wrote this.
    Foreign(String),
}

/// Reads lines. Many by one reader, since its memory is used again.
#[derive(Default)]
pub(super) struct LineReader(Speller);

impl LineReader {
    pub(super) fn read(&mut self, line: &[u8]) -> Result<Record, NoRecord> {
        let text = std::str::from_utf8(line).map_err(|_| NoRecord::Foreign("it is not text".to_owned()))?;
        match format_of(text) {
            Some(1) => self.parse::<format_1::Record>(text).map(Record::from),
            _ => match self.parse::<Record>(text)? {
                // No type says so, since the subject of format 1.0 is of the same type.
                record if lacks_environment(&record) => {
                    Err(unread(text, "its subject tells of no environment".to_owned()))
                }
                record => Ok(record),
            },
        }
    }

    fn parse<R: Serialize + DeserializeOwned>(&mut self, text: &str) -> Result<R, NoRecord> {
        let record: R = serde_json::from_str(text).map_err(|error| unread(text, error.to_string()))?;
        if self.0.is_spelled(&record, text.as_bytes()) {
            return Ok(record);
        }
        Err(unread(text, "it is not in its canonical spelling".to_owned()))
    }
}

fn lacks_environment(record: &Record) -> bool {
    matches!(&record.event, Event::PollStarted(started) if started.subject.environment.is_none())
}

/// The format of a canonical line: `format` is followed by nothing but numbers and a digest.
fn format_of(text: &str) -> Option<u32> {
    let (_, end) = text.rsplit_once(",\"format\":")?;
    end.split_once(',')?.0.parse().ok()
}

fn unread(text: &str, what: String) -> NoRecord {
    let value = strict_json::parse(text.as_bytes()).ok();
    let canonical = value.filter(|value| canonical::to_string(value).is_ok_and(|spelled| spelled == text));
    match canonical.and_then(|value| Head::deserialize(value).ok()) {
        // Not what the reader expected in its place, nor where in the line.
        Some(head) => NoRecord::Unknown {
            head,
            what: [", expected", " at line "]
                .iter()
                .fold(what.as_str(), |said, rest| said.split_once(rest).map_or(said, |(said, _)| said))
                .to_owned(),
        },
        None => NoRecord::Foreign(what),
    }
}
