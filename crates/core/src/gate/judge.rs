//! From what a command left behind to a verdict.
//!
//! Invariant: `Passed` is the last answer, given only when every way of not having shown anything is ruled out.

use crate::evidence::{Counts, Finding, Fingerprint};
use crate::plan::Minimum;
use crate::readers::{RawFinding, Reader, Reading, ReportFile, ToolOutput, ToolSetting};
use crate::redact::Redactor;
use crate::roster::Roster;
use crate::text;
use crate::verdict::{Outcome, Reason};
use jiff::Timestamp;
use std::fmt;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with an exit status.
    Exited(i32),
    /// By a signal that nobody here sent.
    Signaled(i32),
    /// Killed at its timeout.
    TimedOut,
    /// Killed because the poll was stopped.
    Cancelled,
}

/// As the end of a sentence about the command.
impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited(status) => write!(f, "ended with status {status}"),
            Self::Signaled(signal) => write!(f, "was ended by signal {signal}"),
            Self::TimedOut => f.write_str("did not end in time"),
            Self::Cancelled => f.write_str("was stopped"),
        }
    }
}

/// What a command left behind, as it is: what is redacted could hide what is wrong.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    /// How it ended.
    pub end: End,
    /// Standard output, up to the limit.
    pub stdout: &'a [u8],
    /// Standard error, up to the limit.
    pub stderr: &'a [u8],
    /// The report files that it wrote in this run, where the plan names a report.
    pub reports: Option<&'a [ReportFile]>,
    /// Bytes that were printed beyond the limit.
    pub dropped: u64,
    /// A process that it left behind held its output open.
    pub held_open: bool,
    /// When the data behind the answer was made (RFC 3339), as the world has it. Counts where the tool does not say.
    pub data_time: Option<&'a str>,
    /// The check's known-bad run was made in the same poll, and the tool saw what is wrong with it.
    pub canary_fired: bool,
    /// What the plan names of settings by which the tool may look at less: the words of its command line, and `ignores`. `None` where any
    /// may be set.
    pub named: Option<&'a [&'a str]>,
    /// The folders that it ran in, absolute, as they may be spelled. What it names below one of them is named from there.
    pub roots: &'a [String],
    /// The checkout, absolute: what an earlier gonogo ran there, it named by the whole path.
    pub checkout: Option<&'a str>,
}

/// What a check has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The verdict with its reason.
    pub outcome: Outcome,
    /// More about it, in one line.
    pub detail: Option<String>,
    /// Tests.
    pub counts: Option<Counts>,
    /// Inputs examined.
    pub examined: Option<u64>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The tests by name, for the evidence.
    pub roster: Roster,
    /// When the data behind the answer was made (RFC 3339), where the check's minimum asks for its age.
    pub data_time: Option<String>,
}

impl Judged {
    /// An incomplete check, with more about it.
    pub fn incomplete(reason: Reason, detail: impl AsRef<str>) -> Self {
        Self {
            outcome: Outcome::Incomplete(reason),
            detail: Some(text::one_line(detail.as_ref())).filter(|detail| !detail.is_empty()),
            counts: None,
            examined: None,
            findings: Vec::new(),
            notes: Vec::new(),
            roster: Roster::default(),
            data_time: None,
        }
    }

    /// A check that compared something itself: failed with findings, else passed if it examined anything.
    pub fn compared(examined: u64, findings: Vec<Finding>) -> Self {
        let outcome = match (findings.is_empty(), examined) {
            (false, _) => Outcome::Failed,
            (true, 0) => Outcome::Incomplete(Reason::NothingExamined),
            (true, _) => Outcome::Passed,
        };
        let nothing = Self::incomplete(Reason::NothingExamined, "");
        Self { outcome, examined: Some(examined), findings, ..nothing }
    }

    /// The same, as it may be stored and shown.
    #[must_use]
    pub fn redacted(mut self, redactor: &Redactor) -> Self {
        let texts = self.detail.iter_mut().chain(&mut self.notes);
        let found = self
            .findings
            .iter_mut()
            .flat_map(|finding| [&mut finding.message].into_iter().chain(&mut finding.place));
        for text in texts.chain(found) {
            *text = redactor.text(text);
        }
        self
    }

    /// The same with another outcome, the counts and findings kept.
    #[must_use]
    pub fn but(self, reason: Reason, detail: impl AsRef<str>) -> Self {
        let detail = Some(text::one_line(detail.as_ref())).filter(|detail| !detail.is_empty());
        Self { outcome: Outcome::Incomplete(reason), detail, ..self }
    }
}

/// Judges a command check of a gate. `ignore_files` are files of the checkout that make the tool hide findings.
pub fn judge_command(
    gate: u32,
    check: &str,
    reader: &Reader,
    minimum: &Minimum,
    ran: &Ran<'_>,
    ignore_files: &[&str],
    now: Timestamp,
) -> Judged {
    let exit = match ran.end {
        End::Exited(status) => Some(status),
        End::Signaled(_) => None,
        End::TimedOut => return Judged::incomplete(Reason::TimedOut, ""),
        End::Cancelled => return Judged::incomplete(Reason::Interrupted, ""),
    };
    if ran.dropped > 0 {
        let detail = format!("{} bytes beyond the limit were dropped", ran.dropped);
        return Judged::incomplete(Reason::OutputTooLarge, detail);
    }
    if ran.held_open {
        let detail = "a process that it left behind held its output open, so the output has no proven end";
        return Judged::incomplete(Reason::UnreadableOutput, detail);
    }
    let output = ToolOutput { stdout: ran.stdout, stderr: ran.stderr, exit, report: None };
    let read = match ran.reports {
        None => reader.read(&output),
        Some([one]) => reader.read(&ToolOutput { report: Some(&one.bytes), ..output }),
        Some(several) => reader.read_all(&output, several),
    };
    let reading = match read {
        Ok(reading) => reading,
        Err(unread) => return Judged::incomplete(unread.reason, unread.detail),
    };
    let ignored = ignore_files.iter().map(|file| RawFinding {
        key: format!("ignore-file:{file}"),
        message: format!("{file} in the repository can hide what this tool finds"),
        place: Some((*file).to_owned()),
        formerly: None,
    });
    let mut raw = reading.findings.clone();
    raw.extend(ignored);
    let (known, unknown): (Vec<&ToolSetting>, Vec<&ToolSetting>) =
        reading.settings.iter().partition(|setting| ran.named.is_none_or(|words| setting.is_named_in(words)));
    raw.extend(unknown.into_iter().map(|setting| RawFinding {
        key: format!("setting:{}", setting.name),
        message: format!("{}; the plan does not name it", setting.message),
        place: None,
        formerly: None,
    }));
    let notes = reading.notes.iter().chain(known.into_iter().map(|setting| &setting.message));
    let failed = reading.counts.map_or(0, |counts| counts.failed);
    if raw.is_empty() && failed > 0 {
        let message = format!("{failed} failed, and the output does not say which");
        raw.push(RawFinding { key: "unnamed-failures".to_owned(), message, place: None, formerly: None });
    }
    let judged = Judged {
        outcome: Outcome::Failed,
        detail: None,
        counts: reading.counts,
        examined: reading.examined,
        findings: raw.into_iter().map(|raw| finding(gate, check, raw, ran)).collect(),
        notes: notes.map(|note| text::one_line(&from_roots(note, ran.roots))).collect(),
        roster: reading.roster.clone().spelled(|text| from_roots(text, ran.roots)),
        data_time: None,
    };
    if !judged.findings.is_empty() {
        return judged;
    }
    let data_time = reading.data_time.as_deref().or(ran.data_time);
    if let Some((reason, detail)) = shortfall(minimum, &reading, ran.canary_fired, data_time, now) {
        return judged.but(reason, detail);
    }
    let data_time = data_time.filter(|_| minimum.data_max_days.is_some()).map(str::to_owned);
    let judged = Judged { data_time, ..judged };
    match ran.end {
        End::Exited(0) => Judged { outcome: Outcome::Passed, ..judged },
        End::Exited(_) if reading.exit_explained => Judged { outcome: Outcome::Passed, ..judged },
        End::Exited(status) => judged.but(
            Reason::UnreadableOutput,
            format!("exit status {status}, and nothing that it reports is wrong"),
        ),
        End::Signaled(signal) => judged.but(Reason::UnreadableOutput, format!("ended by signal {signal}")),
        End::TimedOut | End::Cancelled => judged.but(Reason::Interrupted, ""),
    }
}

/// Judges the known-bad run of a check's tool: `None` where the tool saw what is wrong with it, as it must.
pub fn judge_canary(reader: &Reader, ran: &Ran<'_>, now: Timestamp) -> Option<Judged> {
    let none = Minimum { tests: None, examined: None, data_max_days: None };
    let judged = judge_command(0, "canary", reader, &none, &Ran { named: None, ..*ran }, &[], now);
    match judged.outcome {
        Outcome::Failed => None,
        Outcome::Passed => Some(Judged::incomplete(Reason::CanaryMissed, "the known-bad run came out clean")),
        Outcome::Incomplete(Reason::Interrupted) => Some(judged),
        Outcome::Incomplete(reason) => {
            let detail = judged.detail.unwrap_or_default();
            Some(Judged::incomplete(Reason::CanaryMissed, format!("the known-bad run is {reason}: {detail}")))
        }
    }
}

fn finding(gate: u32, check: &str, raw: RawFinding, ran: &Ran<'_>) -> Finding {
    let fingerprint = Fingerprint::of(gate, check, &from_roots(&raw.key, ran.roots));
    let once = below(raw.formerly.as_ref().unwrap_or(&raw.key), ran.roots, ran.checkout);
    Finding {
        formerly: Some(Fingerprint::of(gate, check, &once)).filter(|formerly| *formerly != fingerprint),
        fingerprint,
        message: text::one_line(&from_roots(&raw.message, ran.roots)),
        place: raw.place.map(|place| text::one_line(&from_roots(&place, ran.roots))),
    }
}

/// The text with paths below a root named from there, so that a finding has one name in every checkout.
fn from_roots(text: &str, roots: &[String]) -> String {
    below(text, roots, None)
}

/// The text with paths below a root named from another folder, or from the root itself.
fn below(text: &str, roots: &[String], folder: Option<&str>) -> String {
    let spellings: [fn(&str) -> String; 2] =
        [|path| format!("file://{}/", encoded(path)), |path| format!("{path}/")];
    let mut text = text.to_owned();
    for root in roots.iter().map(|root| root.trim_end_matches('/')).filter(|root| !root.is_empty()) {
        for spelled in spellings {
            let prefix = spelled(root);
            if text.contains(&prefix) {
                text = text.replace(&prefix, &folder.map(spelled).unwrap_or_default());
            }
        }
    }
    text
}

/// A path as it stands in a URI.
fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace(' ', "%20")
}

/// What is missing from the least evidence, if anything.
fn shortfall(
    minimum: &Minimum,
    reading: &Reading,
    canary_fired: bool,
    data_time: Option<&str>,
    now: Timestamp,
) -> Option<(Reason, String)> {
    if let Some(least) = minimum.tests {
        let executed = reading.counts.map_or(0, |counts| counts.executed);
        if executed < least {
            let skipped = reading.counts.map_or(0, |counts| counts.skipped);
            let detail =
                format!("{executed} tests executed, {skipped} skipped; at least {least} have to be executed");
            let reason = if executed == 0 { Reason::NoTestsExecuted } else { Reason::TooFewTests };
            return Some((reason, detail));
        }
    }
    if let Some(least) = minimum.examined {
        // A tool that names no input has looked at something where it states what it ran, or saw the known-bad one just now. How many
        // they were it does not say.
        let looked = reading.examined.is_none() && least == 1 && (reading.states_what_it_ran || canary_fired);
        let examined = reading.examined.unwrap_or(0);
        if examined < least && !looked {
            let detail = match reading.examined {
                Some(_) => format!("{examined} inputs examined; at least {least} have to be"),
                None => format!(
                    "the tool does not say what it looked at, and at least {least} has to be; a `canary`, a run on a known-bad input, shows \
                     that it looks"
                ),
            };
            return Some((Reason::NothingExamined, detail));
        }
    }
    too_old(minimum, data_time, now).map(|why| (Reason::StaleData, why))
}

/// Why data of that time does not count now by a check's minimum; `None` where it does, or where its age is not asked for.
pub fn too_old(minimum: &Minimum, data_time: Option<&str>, now: Timestamp) -> Option<String> {
    let days = i64::from(minimum.data_max_days?);
    let Some(time) = data_time else {
        return Some("the tool does not say how old its data is".to_owned());
    };
    let Ok(time) = time.parse::<Timestamp>() else {
        return Some(format!("the age of the data cannot be read: {time}"));
    };
    let age = now.duration_since(time).as_hours();
    if age > days * 24 {
        return Some(format!("the data is {} days old; at most {days} are allowed", age / 24));
    }
    (age < -24).then(|| format!("the data is from the future: {time}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::readers::{ReadStream, TextRule};
    use proptest::prelude::*;
    use regex::Regex;

    const NOW: &str = "2026-06-01T00:00:00Z";

    fn text_reader() -> Reader {
        Reader::Text(TextRule {
            expect: Regex::new("^checked ").unwrap(),
            finding: Some(Regex::new("^wrong: ").unwrap()),
            require: Vec::new(),
            exits: std::collections::BTreeMap::new(),
            stream: ReadStream::Stdout,
        })
    }

    fn ran(stdout: &[u8]) -> Ran<'_> {
        Ran {
            end: End::Exited(0),
            stdout,
            stderr: b"",
            reports: None,
            data_time: None,
            dropped: 0,
            held_open: false,
            canary_fired: false,
            named: None,
            roots: &[],
            checkout: None,
        }
    }

    const ONE: Minimum = Minimum { tests: None, examined: Some(1), data_max_days: None };

    fn judged(ran: &Ran<'_>) -> Judged {
        judge_command(3, "t", &text_reader(), &ONE, ran, &[], NOW.parse().unwrap())
    }

    #[test]
    fn whole_output_that_meets_its_minimum_and_status_zero_passes() {
        assert_eq!(judged(&ran(b"checked a\n")).outcome, Outcome::Passed);
    }

    #[test]
    fn every_other_end_has_its_own_answer() {
        let good = ran(b"checked a\n");
        for (ran, reason) in [
            (Ran { end: End::TimedOut, ..good }, Reason::TimedOut),
            (Ran { end: End::Cancelled, ..good }, Reason::Interrupted),
            (Ran { end: End::Signaled(9), ..good }, Reason::UnreadableOutput),
            (Ran { dropped: 1, ..good }, Reason::OutputTooLarge),
            (Ran { held_open: true, ..good }, Reason::UnreadableOutput),
            (Ran { stdout: b"something else\n", ..good }, Reason::NothingExamined),
        ] {
            assert_eq!(judged(&ran).outcome, Outcome::Incomplete(reason), "{ran:?}");
        }
    }

    #[test]
    fn a_finding_fails_whatever_the_exit_status() {
        assert_eq!(judged(&ran(b"checked a\nwrong: b\n")).outcome, Outcome::Failed);
    }

    #[test]
    fn a_file_that_hides_findings_is_a_finding() {
        let reader = text_reader();
        let now = NOW.parse().unwrap();
        let judged =
            judge_command(1, "audit", &reader, &ONE, &ran(b"checked a\n"), &[".cargo/audit.toml"], now);
        assert_eq!((judged.outcome, judged.findings.len()), (Outcome::Failed, 1));
    }

    fn reading(data_time: Option<&str>) -> Reading {
        Reading { examined: Some(5), data_time: data_time.map(str::to_owned), ..Reading::default() }
    }

    #[test]
    fn what_counted_when_it_was_made_does_not_count_for_ever() {
        let week = Minimum { data_max_days: Some(7), ..ONE };
        let time = Some("2026-05-30T00:00:00Z");
        assert_eq!(too_old(&week, time, NOW.parse().unwrap()), None);
        assert!(too_old(&week, time, "2026-06-08T00:00:00Z".parse().unwrap()).is_some());
        assert!(too_old(&week, None, NOW.parse().unwrap()).is_some());
        assert_eq!(too_old(&ONE, None, NOW.parse().unwrap()), None, "where its age is not asked for");
    }

    #[test]
    fn data_that_is_old_of_unknown_age_or_from_the_future_is_stale() {
        let week = Minimum { data_max_days: Some(7), ..ONE };
        let now: Timestamp = NOW.parse().unwrap();
        let stale = |time| shortfall(&week, &reading(time), false, time, now).map(|(reason, _)| reason);
        assert_eq!(stale(Some("2026-05-30T00:00:00Z")), None);
        for time in [None, Some("soon"), Some("2026-05-01T00:00:00Z"), Some("2026-06-09T00:00:00Z")] {
            assert_eq!(stale(time), Some(Reason::StaleData), "{time:?}");
        }
    }

    #[test]
    fn both_minimums_count_where_both_are_given() {
        let both = Minimum { tests: Some(1), examined: Some(9), data_max_days: None };
        let now: Timestamp = NOW.parse().unwrap();
        let tests = Reading { counts: Some(Counts::of(1, 0, 0)), examined: Some(5), ..Reading::default() };
        assert_eq!(
            shortfall(&both, &tests, false, None, now).map(|(reason, _)| reason),
            Some(Reason::NothingExamined)
        );
        let skipped = Reading { counts: Some(Counts::of(0, 0, 7)), examined: Some(9), ..Reading::default() };
        assert_eq!(
            shortfall(&both, &skipped, false, None, now).map(|(reason, _)| reason),
            Some(Reason::NoTestsExecuted)
        );
    }

    #[test]
    fn fewer_tests_than_the_minimum_are_not_none() {
        let many = Minimum { tests: Some(400), examined: None, data_max_days: None };
        let now: Timestamp = NOW.parse().unwrap();
        let reason = |executed: u64| {
            let counts = Some(Counts::of(executed, 0, 3));
            let reading = Reading { counts, ..Reading::default() };
            shortfall(&many, &reading, false, None, now).map(|(reason, _)| reason)
        };
        assert_eq!(reason(400), None);
        assert_eq!(reason(391), Some(Reason::TooFewTests));
        assert_eq!(reason(0), Some(Reason::NoTestsExecuted));
    }

    #[test]
    fn a_tool_that_names_no_input_has_looked_where_it_states_its_rules_or_saw_the_canary() {
        let now: Timestamp = NOW.parse().unwrap();
        let silent = Reading::default();
        let stated = Reading { states_what_it_ran: true, ..Reading::default() };
        let nothing = Reading { examined: Some(0), states_what_it_ran: true, ..Reading::default() };
        let ten = Minimum { examined: Some(10), ..ONE };
        let is_short = |minimum, reading, fired| shortfall(minimum, reading, fired, None, now).is_some();
        assert!(is_short(&ONE, &silent, false) && !is_short(&ONE, &silent, true));
        assert!(!is_short(&ONE, &stated, false));
        assert!(is_short(&ONE, &nothing, true), "it says that it looked at nothing");
        assert!(is_short(&ten, &stated, true), "how many they were is not said");
    }

    #[test]
    fn a_finding_has_one_name_in_every_checkout() {
        let roots = |root: &str| [root.to_owned(), "/private/tmp/a b".to_owned()];
        let found = |root: &str, place: &str| {
            finding(1, "ruff", unused(place), &Ran { roots: &roots(root), ..ran(b"") })
        };
        let one = found("/home/x", "file:///home/x/src/a.py");
        assert_eq!(one, found("/var/y/", "/var/y/src/a.py"));
        assert_eq!(one, found("/var/y", "file:///private/tmp/a%20b/src/a.py"));
        assert_eq!(one.place.as_deref(), Some("src/a.py"));
        assert_ne!(one, found("/var/y", "/var/yy/src/a.py"));
    }

    fn unused(place: &str) -> RawFinding {
        RawFinding {
            key: format!("F401 {place} unused"),
            message: format!("{place}: unused"),
            place: Some(place.to_owned()),
            formerly: None,
        }
    }

    #[test]
    fn a_finding_tells_what_it_was_called_when_checks_ran_in_the_checkout() {
        let roots = ["/rooms/1".to_owned()];
        let ran = Ran { roots: &roots, checkout: Some("/home/me/a b"), ..ran(b"") };
        let once = |raw: RawFinding| finding(1, "ruff", raw, &ran).formerly;
        let was = |key: &str| Some(Fingerprint::of(1, "ruff", key));
        assert_eq!(once(unused("/rooms/1/src/a.py")), was("F401 /home/me/a b/src/a.py unused"));
        assert_eq!(once(unused("file:///rooms/1/a.py")), was("F401 file:///home/me/a%20b/a.py unused"));
        // What is named from the root was never called anything else, unless its reader says so.
        assert_eq!(once(unused("src/a.py")), None);
        let cut =
            RawFinding { formerly: Some("F401 /rooms/1/src…".to_owned()), ..unused("/rooms/1/src/a.py") };
        assert_eq!(once(cut), was("F401 /home/me/a b/src…"));
    }

    #[test]
    fn a_canary_must_be_found_wanting_and_nothing_else_will_do() {
        let canary = |ran: &Ran<'_>| judge_canary(&text_reader(), ran, NOW.parse().unwrap());
        assert_eq!(canary(&ran(b"wrong: known bad\n")), None);
        for missed in [ran(b"checked a\n"), ran(b""), Ran { end: End::TimedOut, ..ran(b"wrong: x\n") }] {
            let judged = canary(&missed).unwrap();
            assert_eq!(judged.outcome, Outcome::Incomplete(Reason::CanaryMissed));
        }
    }

    fn any_end() -> impl Strategy<Value = End> {
        prop_oneof![
            (0_i32..256).prop_map(End::Exited),
            (1_i32..32).prop_map(End::Signaled),
            Just(End::TimedOut),
            Just(End::Cancelled),
        ]
    }

    proptest! {
        #[test]
        fn nothing_passes_without_status_zero_whole_output_and_its_minimum(
            end in any_end(), lines in 0_usize..3, wrong in any::<bool>(), dropped in 0_u64..2, held_open in any::<bool>()
        ) {
            let stdout = "checked x\n".repeat(lines) + if wrong { "wrong: y\n" } else { "" };
            let ran = Ran { end, stdout: stdout.as_bytes(), stderr: b"", reports: None, data_time: None, dropped, held_open, canary_fired: false, named: None, roots: &[], checkout: None };
            let may_pass = end == End::Exited(0) && lines > 0 && !wrong && dropped == 0 && !held_open;
            prop_assert_eq!(judged(&ran).outcome == Outcome::Passed, may_pass);
        }
    }
}
