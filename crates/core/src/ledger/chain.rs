//! Lines to records and back: the hash chain, its anchor, and the torn last line.
//!
//! The chain is the same in every format, so that it can be followed through records that are not known here: only of a
//! whole chain is it said that a newer program wrote it.

use super::event::{Event, Record};
use super::line::{Head, LineReader, NoRecord};
use super::{Broken, FORMAT, Newer, NotRead, READER, event};
use crate::canonical;
use crate::digest::Digest;
use crate::strict_json;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many parts of a ledger are read at once, at the most.
const AT_ONCE: usize = 4;
/// What is read in one go, in bytes: less is not worth a thread.
const SHORT: usize = 256 << 10;

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

    /// Reads an anchor. It has no number: its two fields are the same in every format.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotRead> {
        serde_json::from_slice(bytes).map_err(|error| {
            if holds_more_than_an_anchor(bytes) {
                Newer::Anchor(error.to_string()).into()
            } else {
                Broken::Anchor(error.to_string()).into()
            }
        })
    }
}

fn holds_more_than_an_anchor(bytes: &[u8]) -> bool {
    let Ok(Value::Object(mut fields)) = strict_json::parse(bytes) else { return false };
    fields.retain(|name, _| ["records", "head"].contains(&name.as_str()));
    Anchor::deserialize(Value::Object(fields)).is_ok()
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
    /// The format of the last line; 0 where there is none.
    format: u32,
    /// The line that this format began with.
    begun: u64,
    /// The oldest format whose programs read this one.
    reader: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Self { anchor: Anchor::empty(), format: 0, begun: 0, reader: 0 }
    }
}

impl Chain {
    /// Where the chain stands.
    pub const fn anchor(&self) -> Anchor {
        self.anchor
    }

    /// Adds an event, and gives the record and its line, without a line end. Not to a chain of a newer format: see
    /// [`Chain::is_writable`].
    pub fn add(&mut self, event: Event, at: String) -> Result<(Record, String), canonical::NotCanonical> {
        let Anchor { records: seq, head: prev } = self.anchor;
        let reader = (self.format != FORMAT).then_some(READER);
        let record = Record { format: FORMAT, reader, seq, prev, at, event };
        let line = canonical::to_string(&record)?;
        self.take(&Head::of(&record), Digest::of(line.as_bytes()));
        Ok((record, line))
    }

    /// Whether this program may add to the chain: what a newer one wrote, it reads at most.
    pub const fn is_writable(&self) -> Result<(), Newer> {
        if self.format > FORMAT {
            Err(Newer::Format { line: self.begun, format: self.format })
        } else {
            Ok(())
        }
    }

    /// Follows the chain by one line, whether its content is known or not.
    fn follow(&mut self, head: &Head, digest: Digest) -> Result<(), Broken> {
        let line = self.anchor.records + 1;
        if head.seq != self.anchor.records || head.prev != self.anchor.head {
            return Err(Broken::Chain { line });
        }
        let is_next = match head.reader {
            None if head.format > self.format => head.format == 1,
            None => head.format == self.format && head.format > 0,
            Some(reader) => head.format > self.format.max(1) && (1..=head.format).contains(&reader),
        };
        if !is_next {
            return Err(Broken::Line {
                line,
                why: "its format does not follow from the lines before it".to_owned(),
            });
        }
        self.take(head, digest);
        Ok(())
    }

    fn take(&mut self, head: &Head, digest: Digest) {
        self.anchor = Anchor { records: self.anchor.records + 1, head: digest };
        if head.format != self.format {
            self.format = head.format;
            self.begun = self.anchor.records;
            self.reader = head.reader.unwrap_or(head.format);
        }
    }
}

/// Reads a whole ledger. `anchor` is `None` where there is no anchor at all.
pub fn read(bytes: &[u8], anchor: Option<Anchor>) -> Result<(Vec<Record>, Chain, Option<Torn>), NotRead> {
    join(bytes, parts(bytes).into_iter().map(read_lines), anchor)
}

/// Reads a whole ledger whose [`parts`] were read, in their order.
pub fn join(
    bytes: &[u8],
    parts: impl IntoIterator<Item = LinesRead>,
    anchor: Option<Anchor>,
) -> Result<(Vec<Record>, Chain, Option<Torn>), NotRead> {
    let whole = whole(bytes);
    let tail = &bytes[whole..];
    let mut chain = Chain::default();
    let mut records = Vec::new();
    let mut anchored = anchor.is_some_and(|anchor| anchor == chain.anchor);
    let mut newer: Option<Newer> = None;
    for (read, digest) in parts.into_iter().flat_map(|part| part.0) {
        let number = chain.anchor.records + 1;
        let (head, unknown) = match read {
            Ok(record) => {
                let head = Head::of(&record);
                records.push(record);
                (head, None)
            }
            Err(NoRecord::Unknown { head, what }) => (head, Some(what)),
            Err(NoRecord::Foreign(why)) => return Err(Broken::Line { line: number, why }.into()),
        };
        // A changed line is called changed, and not newer, where what follows it gives it away.
        chain.follow(&head, digest).map_err(|broken| changed(newer.take(), broken))?;
        anchored |= anchor.is_some_and(|anchor| anchor == chain.anchor);
        if newer.is_none() {
            newer = is_newer(&chain, number, unknown);
        }
    }
    match anchor {
        None if !bytes.is_empty() => return Err(Broken::NoAnchor.into()),
        Some(anchor) if !anchored => return Err(changed(newer, Broken::Cut { known: anchor.records }).into()),
        _ => {}
    }
    if let Some(newer) = newer {
        return Err(newer.into());
    }
    let torn = (!tail.is_empty()).then(|| Torn {
        offset: whole as u64,
        repaired: event::Repaired { bytes: tail.len() as u64, digest: Digest::of(tail) },
    });
    Ok((records, chain, torn))
}

/// What lines hold, each with its digest.
pub struct LinesRead(Vec<(Result<Record, NoRecord>, Digest)>);

/// The whole lines of a ledger, cut into parts that may be read at once by [`read_lines`], each by itself.
pub fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let lines = &bytes[..whole(bytes)];
    let (mut rest, size) = (lines, (lines.len() / AT_ONCE).max(SHORT));
    while rest.len() > size {
        let end = rest[size..].iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| size + at + 1);
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Where the last whole line ends.
fn whole(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

/// Reads whole lines. What one holds is no other's matter: that they follow each other, [`join`] looks at.
pub fn read_lines(lines: &[u8]) -> LinesRead {
    let mut reader = LineReader::default();
    let lines = lines.split_inclusive(|byte| *byte == b'\n').map(|line| &line[..line.len() - 1]);
    LinesRead(lines.map(|line| (reader.read(line), Digest::of(line))).collect())
}

/// Whether the line that was followed last asks for a newer program.
fn is_newer(chain: &Chain, line: u64, unknown: Option<String>) -> Option<Newer> {
    match unknown {
        Some(_) if chain.format > FORMAT => Some(Newer::Format { line, format: chain.format }),
        Some(what) => Some(Newer::Content { line, what }),
        None if chain.reader > FORMAT => Some(Newer::Format { line, format: chain.format }),
        None => None,
    }
}

/// What is said of a chain that breaks after a line which is not known here: that this line was changed.
fn changed(newer: Option<Newer>, broken: Broken) -> Broken {
    match newer {
        Some(Newer::Content { line, what }) => Broken::Line { line, why: what },
        _ => broken,
    }
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
    fn a_long_ledger_is_read_in_parts_and_comes_to_the_same() {
        let (bytes, chain) = ledger(6000);
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let parts = parts(&bytes);
        assert!((2..=AT_ONCE + 1).contains(&parts.len()), "{} parts", parts.len());
        assert_eq!(parts.concat(), bytes);
        assert!(parts.iter().all(|part| part.ends_with(b"\n")));
        let (records, read_chain, torn) = read(&bytes, Some(chain.anchor())).unwrap();
        assert_eq!((records.len(), read_chain, torn), (6000, chain, None));
        assert!(records.iter().zip(0_u64..).all(|(record, seq)| record.seq == seq));
        // The first line of a part, the last of one, and one that is gone.
        let first_of_second = parts[0].split_inclusive(|byte| *byte == b'\n').count();
        for at in [first_of_second - 1, first_of_second, 5999] {
            let mut changed = lines.iter().map(|line| line.to_vec()).collect::<Vec<_>>();
            changed[at] = changed[at].iter().map(|byte| if *byte == b'3' { b'4' } else { *byte }).collect();
            assert!(read(&changed.concat(), Some(chain.anchor())).is_err(), "line {at}");
            changed.remove(at);
            let gone = read(&changed.concat(), Some(chain.anchor())).unwrap_err();
            let is_there = |broken: &Broken| match broken {
                Broken::Chain { line } => *line == at as u64 + 1,
                Broken::Cut { known } => at == 5999 && *known == 6000,
                _ => false,
            };
            assert!(matches!(&gone, NotRead::Broken(broken) if is_there(broken)), "line {at}: {gone:?}");
        }
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
        assert_eq!(read(&ledger(3).0, Some(chain.anchor())), Err(Broken::Cut { known: 4 }.into()));
        assert_eq!(read(b"", Some(chain.anchor())), Err(Broken::Cut { known: 4 }.into()));
    }

    #[test]
    fn a_lost_anchor_is_a_hard_stop() {
        assert_eq!(read(&ledger(1).0, None), Err(Broken::NoAnchor.into()));
        assert!(read(b"", None).is_ok());
    }

    #[test]
    fn a_torn_line_that_the_anchor_knew_whole_is_a_hard_stop() {
        let (bytes, chain) = ledger(4);
        let cut = &bytes[..bytes.len() - 1];
        assert_eq!(read(cut, Some(chain.anchor())), Err(Broken::Cut { known: 4 }.into()));
    }

    #[test]
    fn an_anchor_that_says_more_is_newer_and_one_that_says_less_is_none() {
        let text = |more: &str| format!("{{\"records\":0,\"head\":\"{}\"{more}}}", Digest::of(b""));
        assert_eq!(Anchor::parse(text("").as_bytes()), Ok(Anchor::empty()));
        assert!(matches!(
            Anchor::parse(text(",\"format\":3").as_bytes()),
            Err(NotRead::Newer(Newer::Anchor(_)))
        ));
        for text in [
            text(",\"records\":1"),
            "{\"records\":0}".to_owned(),
            "{\"records\":0,\"head\":3,\"format\":3}".to_owned(),
            "[]".to_owned(),
            String::new(),
        ] {
            assert!(
                matches!(Anchor::parse(text.as_bytes()), Err(NotRead::Broken(Broken::Anchor(_)))),
                "{text}"
            );
        }
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
