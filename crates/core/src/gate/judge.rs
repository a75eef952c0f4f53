//! From what a command left behind to a verdict.
//!
//! Invariant: `Passed` is the last answer, given only when every way of not having shown anything is ruled out.

use crate::evidence::{Counts, Finding, Fingerprint};
use crate::plan::Minimum;
use crate::readers::{Output, RawFinding, Reader, Reading};
use crate::text;
use crate::verdict::{Outcome, Reason};
use jiff::Timestamp;

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

/// What a command left behind, redacted.
#[derive(Clone, Copy, Debug)]
pub struct Ran<'a> {
    /// How it ended.
    pub end: End,
    /// Standard output, up to the limit.
    pub stdout: &'a [u8],
    /// Standard error, up to the limit.
    pub stderr: &'a [u8],
    /// The report file that it wrote in this run.
    pub report: Option<&'a [u8]>,
    /// Bytes that were printed beyond the limit.
    pub dropped: u64,
    /// A process that it left behind held its output open.
    pub held_open: bool,
    /// When the data behind the answer was made (RFC 3339), as the world has it. Counts where the tool does not say.
    pub data_time: Option<&'a str>,
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
        }
    }

    /// A check that compared something itself: failed with findings, else passed if it examined anything.
    pub fn compared(examined: u64, findings: Vec<Finding>) -> Self {
        let outcome = match (findings.is_empty(), examined) {
            (false, _) => Outcome::Failed,
            (true, 0) => Outcome::Incomplete(Reason::NothingExamined),
            (true, _) => Outcome::Passed,
        };
        Self { outcome, detail: None, counts: None, examined: Some(examined), findings, notes: Vec::new() }
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
    let output = Output { stdout: ran.stdout, stderr: ran.stderr, exit, report: ran.report };
    let reading = match reader.read(&output) {
        Ok(reading) => reading,
        Err(unread) => return Judged::incomplete(unread.reason, unread.detail),
    };
    let ignored = ignore_files.iter().map(|file| RawFinding {
        key: format!("ignore-file:{file}"),
        message: format!("{file} in the repository can hide what this tool finds"),
        place: Some((*file).to_owned()),
    });
    let mut raw = reading.findings.clone();
    raw.extend(ignored);
    let failed = reading.counts.map_or(0, |counts| counts.failed);
    if raw.is_empty() && failed > 0 {
        let message = format!("{failed} failed, and the output does not say which");
        raw.push(RawFinding { key: "unnamed-failures".to_owned(), message, place: None });
    }
    let judged = Judged {
        outcome: Outcome::Failed,
        detail: None,
        counts: reading.counts,
        examined: reading.examined,
        findings: raw.into_iter().map(|raw| finding(gate, check, raw)).collect(),
        notes: reading.notes.iter().map(|note| text::one_line(note)).collect(),
    };
    if !judged.findings.is_empty() {
        return judged;
    }
    let data_time = reading.data_time.as_deref().or(ran.data_time);
    if let Some((reason, detail)) = shortfall(minimum, &reading, data_time, now) {
        return judged.but(reason, detail);
    }
    match ran.end {
        End::Exited(0) => Judged { outcome: Outcome::Passed, ..judged },
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
    let judged = judge_command(0, "canary", reader, &none, ran, &[], now);
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

fn finding(gate: u32, check: &str, raw: RawFinding) -> Finding {
    Finding {
        fingerprint: Fingerprint::of(gate, check, &raw.key),
        message: text::one_line(&raw.message),
        place: raw.place.map(|place| text::one_line(&place)),
    }
}

/// What is missing from the least evidence, if anything.
fn shortfall(
    minimum: &Minimum,
    reading: &Reading,
    data_time: Option<&str>,
    now: Timestamp,
) -> Option<(Reason, String)> {
    if let Some(least) = minimum.tests {
        let executed = reading.counts.map_or(0, |counts| counts.executed);
        if executed < least {
            let skipped = reading.counts.map_or(0, |counts| counts.skipped);
            let detail =
                format!("{executed} tests executed, {skipped} skipped; at least {least} have to be executed");
            return Some((Reason::NoTestsExecuted, detail));
        }
    }
    if let Some(least) = minimum.examined {
        let examined = reading.examined.unwrap_or(0);
        if examined < least {
            let detail = format!("{examined} inputs examined; at least {least} have to be");
            return Some((Reason::NothingExamined, detail));
        }
    }
    let days = i64::from(minimum.data_max_days?);
    let Some(time) = data_time else {
        return Some((Reason::StaleData, "the tool does not say how old its data is".to_owned()));
    };
    let Ok(time) = time.parse::<Timestamp>() else {
        return Some((Reason::StaleData, format!("the age of the data cannot be read: {time}")));
    };
    let age = now.duration_since(time).as_hours();
    if age > days * 24 {
        return Some((
            Reason::StaleData,
            format!("the data is {} days old; at most {days} are allowed", age / 24),
        ));
    }
    (age < -24).then(|| (Reason::StaleData, format!("the data is from the future: {time}")))
}
