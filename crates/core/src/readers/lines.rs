//! Text output as lines, and the endings that all test runners share.
//!
//! Nothing is stripped before it is believed: a line is a report's line only as a whole, so one that holds an escape
//! sequence, a backspace, a NUL or a carriage return in its middle is no report's line. Only a CR LF ending is read as LF.

use super::{RawFinding, Reading, Unread};
use crate::evidence::Counts;
use crate::roster::Roster;
use crate::verdict::Reason;
use regex::{Captures, Regex};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The lines of captured bytes. Bytes that are no UTF-8 become U+FFFD, which no report's line holds outside a name.
pub(super) struct Lines<'a> {
    text: Cow<'a, str>,
    closed: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        let closed = bytes.is_empty() || bytes.ends_with(b"\n");
        Self { text: String::from_utf8_lossy(bytes), closed }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        let body = self.text.strip_suffix('\n').unwrap_or(&self.text);
        let lines = (!self.text.is_empty()).then(|| body.split('\n'));
        lines.into_iter().flatten().map(|line| line.strip_suffix('\r').unwrap_or(line))
    }

    pub(super) fn all(&self) -> Vec<&str> {
        let mut all = Vec::with_capacity(self.iter().count());
        all.extend(self.iter());
        all
    }

    /// The lines that have their end.
    pub(super) fn ended(&self) -> impl Iterator<Item = &str> {
        let ended = self.text.rfind('\n').and_then(|end| self.text.get(..end));
        ended
            .into_iter()
            .flat_map(|text| text.split('\n'))
            .map(|line| line.strip_suffix('\r').unwrap_or(line))
    }

    /// Refuses text whose last line was cut: without its line feed `OK (skipped=1)` may have been cut to `OK`.
    pub(super) fn whole(&self) -> Result<(), Unread> {
        if self.closed {
            Ok(())
        } else {
            Err(Unread::unreadable("the last line has no end: the output was cut"))
        }
    }

    /// The last line that is not blank.
    pub(super) fn last_filled(&self) -> Option<&str> {
        self.iter().rev().find(|line| !line.trim().is_empty())
    }

    /// The first line that is not blank.
    pub(super) fn first_filled(&self) -> Option<&str> {
        self.iter().find(|line| !line.trim().is_empty())
    }
}

/// A pattern written in this crate.
#[expect(clippy::expect_used, reason = "a constant pattern: every test of its reader would fail on it")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern is valid")
}

/// A number of the report, in full: one that does not fit makes the output unreadable.
pub(super) fn number(digits: &str) -> Result<u64, Unread> {
    digits.parse().map_err(|_error| Unread::unreadable(format!("no count: {}", shown(digits))))
}

/// A group of a match, empty where it took no part.
pub(super) fn group<'a>(found: &Captures<'a>, index: usize) -> &'a str {
    found.get(index).map_or("", |part| part.as_str())
}

/// A piece of a tool's output as it may stand in a message: one line, no control characters, at most 200 characters.
pub(super) fn shown(text: &str) -> String {
    let plain: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).take(201).collect();
    let plain = plain.trim();
    if plain.chars().count() > 200 {
        plain.chars().take(199).chain(['…']).collect()
    } else {
        plain.to_owned()
    }
}

/// A finding with a key, message and place that are fit to be shown and stored.
pub(super) fn finding(key: &str, message: &str, place: Option<&str>) -> RawFinding {
    RawFinding { key: named(key), message: shown(message), place: place.map(shown), formerly: None }
        .once_called(key)
}

impl RawFinding {
    /// The same, with the key that it once had. Keys were cut then.
    pub(super) fn once_called(self, key: &str) -> Self {
        Self { formerly: Some(shown(key)).filter(|formerly| *formerly != self.key), ..self }
    }
}

/// A name as one line without control characters. It is not cut: two that begin alike are two.
fn named(text: &str) -> String {
    let plain: String = text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
    plain.trim().to_owned()
}

/// What a terminal would have shown of a line, piece by piece: it is divided where the cursor goes back or down, and has no escape
/// sequences, no other control characters and no byte-order mark. What is searched for is searched for in all of them.
pub(super) fn visible_pieces(line: &str) -> impl Iterator<Item = String> {
    static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "\u{1b}\\[[0-?]*[ -/]*[@-~]|\u{1b}\\][^\u{7}\u{1b}]*(?:\u{7}|\u{1b}\\\\)?|\u{1b}[ -/]*[0-~]|\u{9b}[0-?]*[ -/]*[@-~]",
        )
    });
    let down_or_back =
        |one: char| matches!(one, '\r' | '\u{8}' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let hidden = |one: &char| {
        (!one.is_control() || *one == '\t')
            && !matches!(one, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fffd}')
    };
    let shown = ESCAPE.replace_all(line, "\r").into_owned();
    let whole: String = ESCAPE.replace_all(line, "").chars().filter(hidden).collect();
    let pieces: Vec<String> =
        shown.split(down_or_back).map(|piece| piece.chars().filter(hidden).collect()).collect();
    std::iter::once(whole).chain(pieces)
}

/// The text without what colours it.
pub(super) fn uncoloured(line: &str) -> Cow<'_, str> {
    static COLOUR: LazyLock<Regex> = LazyLock::new(|| pattern("\u{1b}\\[[0-9;]*[mK]|\u{1b}\\(B"));
    COLOUR.replace_all(line, "")
}

/// Notes, as far as anybody reads them: beyond a thousand they are counted.
#[derive(Default)]
pub(super) struct Notes {
    kept: Vec<String>,
    beyond: u64,
}

impl Notes {
    const MOST: usize = 1000;

    pub(super) fn add(&mut self, note: &str) {
        if self.kept.len() < Self::MOST {
            self.kept.push(shown(note));
        } else {
            self.beyond += 1;
        }
    }

    pub(super) fn all(mut self) -> Vec<String> {
        if self.beyond > 0 {
            self.kept.push(format!("and {} more of these", self.beyond));
        }
        self.kept
    }
}

/// Findings whose keys are all different: the second of the same key gets ` #2`, and so on. So it was with the keys that they once had.
pub(super) fn distinct(findings: Vec<RawFinding>) -> Vec<RawFinding> {
    let (mut now, mut then) = (Numbers::default(), Numbers::default());
    let named = findings.into_iter().map(|one| {
        let formerly = then.numbered(one.formerly.unwrap_or_else(|| one.key.clone()));
        let key = now.numbered(one.key);
        RawFinding { formerly: Some(formerly).filter(|formerly| *formerly != key), key, ..one }
    });
    named.collect()
}

/// How often each key was met.
#[derive(Default)]
struct Numbers(HashMap<String, u64>);

impl Numbers {
    fn numbered(&mut self, key: String) -> String {
        let times = self.0.entry(key.clone()).or_default();
        *times += 1;
        if *times > 1 { format!("{key} #{times}") } else { key }
    }
}

/// Adds a finding for failures that the summary counts and the report does not name, so that none is lost.
pub(super) fn name_the_rest(findings: &mut Vec<RawFinding>, failed: u64) {
    if let Some(rest) = failed.checked_sub(findings.len() as u64).filter(|rest| *rest > 0) {
        findings.push(finding(
            "unnamed failures",
            &format!("{rest} failed, and the output does not name them"),
            None,
        ));
    }
}

/// The roster with what the tool counts and does not name.
pub(super) fn totalled(mut roster: Roster, stated: Counts) -> Result<Roster, Unread> {
    if roster.complete_to(stated) {
        return Ok(roster);
    }
    let named = roster.counts();
    Err(Unread::unreadable(format!(
        "{} passed, {} failed and {} skipped are named, and the tool counts {}, {} and {}",
        named.passed, named.failed, named.skipped, stated.passed, stated.failed, stated.skipped
    )))
}

/// The end of every test runner's reading: a failing exit status with nothing wrong reported is no answer.
pub(super) fn agree(exit: Option<i32>, reading: Reading) -> Result<Reading, Unread> {
    match exit {
        None => Err(Unread::unreadable("a signal ended the process")),
        Some(code) if code != 0 && reading.findings.is_empty() => {
            Err(Unread::unreadable(format!("exit status {code}, and nothing wrong is reported")))
        }
        Some(_) => Ok(Reading { findings: distinct(reading.findings), ..reading }),
    }
}

/// Why there is no report, as far as the tool's standard error says it. For output that holds no report at all.
pub(super) fn no_report(stderr: &Lines<'_>, what: &str) -> Unread {
    no_report_said(stderr.iter(), what)
}

/// As [`no_report`], for lines wherever they were printed.
pub(super) fn no_report_said<'a>(lines: impl Iterator<Item = &'a str>, what: &str) -> Unread {
    let lines: Vec<&str> = lines.collect();
    if let Some(line) = lines.iter().find(|line| names_a_missing_tool(line)) {
        return Unread { reason: Reason::ToolMissing, detail: shown(line) };
    }
    let unreachable = UNREACHABLE.iter().find_map(|text| lines.iter().find(|line| line.contains(text)));
    if let Some(line) = unreachable {
        return Unread { reason: Reason::Unreachable, detail: shown(line) };
    }
    let error = lines.iter().find(|line| line.trim_start().to_ascii_lowercase().starts_with("error"));
    match error.or_else(|| lines.iter().find(|line| !line.trim().is_empty())) {
        Some(line) => Unread::unreadable(format!("no {what}: {}", shown(line))),
        None => Unread::unreadable(format!("no {what}")),
    }
}

/// What the network's failures are called by cargo, curl, npm, Python, Go and the C library.
const UNREACHABLE: &[&str] = &[
    "Could not resolve host",
    "Couldn't resolve host",
    "Could not connect to server",
    "Couldn't connect to server",
    "failed to download",
    "network failure",
    "spurious network error",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "ECONNREFUSED",
    "ENOTFOUND",
    "dial tcp",
    "error sending request for url",
    "ConnectionError",
];

/// Whether a line says that the tool itself is not there.
pub(super) fn names_a_missing_tool(line: &str) -> bool {
    let line = line.trim();
    let runner = ["pytest", "pip_audit", "unittest"];
    (line.starts_with("error: toolchain '") && line.ends_with("is not installed"))
        || line.starts_with("error: no such command: `")
        || (line.starts_with("error: '") && line.contains("is not installed for the toolchain"))
        || (line.starts_with("error: linker `") && line.ends_with("not found"))
        || line.ends_with(": command not found")
        || line.ends_with(": not found") && line.starts_with("sh: ")
        || runner.iter().any(|name| line.ends_with(&format!("No module named {name}")))
        || (line.starts_with("Error: Cannot find module") && line.contains("npm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_an_escape_or_an_inner_return_stays_what_it_is() {
        let lines = Lines::of(b"a\r\n\x1b[2Kb\rc\n");
        assert_eq!(lines.all(), ["a", "\u{1b}[2Kb\rc"]);
        assert!(lines.whole().is_ok());
        assert!(Lines::of(b"a").whole().is_err());
        assert!(Lines::of(b"a\r").whole().is_err());
        assert_eq!(Lines::of(b"").all(), [""; 0]);
        assert_eq!(Lines::of(b"\n").all(), [""]);
        assert_eq!(Lines::of(b"a\n\nb").all(), ["a", "", "b"]);
        let ended = |bytes: &[u8]| Lines::of(bytes).ended().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(ended(b"a\r\n\nb"), ["a", ""]);
        assert_eq!((ended(b"a\n"), ended(b"\n")), (vec!["a".to_owned()], vec![String::new()]));
        assert!(ended(b"").is_empty() && ended(b"a").is_empty());
    }

    #[test]
    fn a_long_name_is_not_cut_to_that_of_another() {
        let long = "x".repeat(300);
        let (one, other) = (finding(&format!("{long}a"), "m", None), finding(&format!("{long}b"), "m", None));
        assert_ne!(one.key, other.key);
    }

    #[test]
    fn what_a_terminal_would_have_shown_is_seen() {
        for line in [
            "x\rwrong: a",
            "\u{1b}[31mwrong: a\u{1b}[0m",
            "\0wrong: a",
            "\u{feff}wrong: a",
            "ok\u{8}\u{8}wrong: a",
            "\u{1b}]0;title\u{7}wrong: a",
            "w\u{1b}[1mrong: a",
            "x\u{85}wrong: a",
        ] {
            assert!(visible_pieces(line).any(|piece| piece == "wrong: a"), "{line:?}");
        }
    }

    #[test]
    fn notes_beyond_a_thousand_are_counted() {
        let mut notes = Notes::default();
        (0..1003).for_each(|number| notes.add(&format!("note {number}")));
        let all = notes.all();
        assert_eq!((all.len(), all[1000].as_str()), (1001, "and 3 more of these"));
        let mut few = Notes::default();
        few.add("one");
        assert_eq!(few.all(), ["one"]);
    }

    #[test]
    fn a_count_beyond_64_bits_is_unreadable() {
        assert_eq!(number("18446744073709551615").unwrap(), u64::MAX);
        assert_eq!(number("18446744073709551616").unwrap_err().reason, Reason::UnreadableOutput);
    }

    #[test]
    fn two_findings_never_share_a_key() {
        let same = || finding("a", "b", None);
        let keys: Vec<String> =
            distinct(vec![same(), same(), same()]).into_iter().map(|one| one.key).collect();
        assert_eq!(keys, ["a", "a #2", "a #3"]);
    }

    #[test]
    fn what_a_finding_was_once_called_is_told_where_it_was_something_else() {
        let long = "x".repeat(300);
        let cut = format!("{}…", "x".repeat(199));
        let keys = |findings: Vec<RawFinding>| -> Vec<(String, Option<String>)> {
            distinct(findings).into_iter().map(|one| (one.key, one.formerly)).collect()
        };
        let named = |key: &str| finding(key, "m", None);
        assert_eq!(keys(vec![named("a"), named("a")]), [("a".into(), None), ("a #2".into(), None)]);
        let (one, other) = (format!("{long}a"), format!("{long}b"));
        assert_eq!(
            keys(vec![named(&one), named(&other)]),
            [(one.clone(), Some(cut.clone())), (other.clone(), Some(format!("{cut} #2")))]
        );
        assert_eq!(keys(vec![named("bin a").once_called("a")]), [("bin a".into(), Some("a".into()))]);
    }

    #[test]
    fn what_is_shown_has_one_line_and_no_control_characters() {
        assert_eq!(shown(" a\u{1b}[2J\nb "), "a [2J b");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 200);
    }
}
