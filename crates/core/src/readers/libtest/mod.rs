//! `cargo test`, as people see it, with or without `-q`: the `test result:` lines of all binaries, summed.
//!
//! A report is believed only where every `running N tests` has its own result line, which adds up to N and agrees with
//! the tests listed between them, and where each binary that cargo says it starts has a report of its own. A line counts as a
//! whole or not at all, so nothing can hide in front of it.

mod compile;
mod runs;
mod starts;

pub(super) use compile::failures as compile_failures;

use super::lines::{Lines, agree, finding, group, name_the_rest, no_report, pattern};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use crate::roster::{Roster, TestState};
use regex::Regex;
use runs::{Nested, Report, Run};
use starts::Starts;
use std::sync::LazyLock;

static CRASH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^ +process didn't exit successfully: `(?:[^`]*[/\\])?([^/\\`]+?)-[0-9a-f]{16}(?:\.exe)?(?: [^`]*)?` ",
        r"\(signal: [0-9]+, (SIGABRT|SIGSEGV|SIGBUS|SIGILL|SIGFPE|SIGTRAP|SIGSYS)\b.*\)$"
    ))
});
static DOC_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r" \(line [0-9]+\)"));

/// `one_binary`: the command names one test binary, so that there is one report.
pub(super) fn read(one_binary: bool, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    if stderr.iter().any(|line| line.starts_with(" Nextest run ID ")) {
        return Err(Unread::unreadable("cargo nextest's output, which has a reader of its own"));
    }
    let starts = Starts::of(&stderr);
    let report = report(&stdout, &starts, one_binary)?;
    if report.runs.is_empty() && report.problem.is_none() {
        return Err(no_report(&stderr, "`running N tests` line"))
            .or_else(|why| compile_failures(output, &stderr, why));
    }
    let crashes = crashes(&stderr);
    let paired = starts.pair(&report.runs, report.merged, one_binary);
    let problem = report.problem.or_else(|| stdout.whole().err());
    let (places, note, problem) = match paired {
        Ok(paired) => (paired.places, paired.note, problem),
        Err(unread) => (Vec::new(), None, problem.or(Some(unread))),
    };
    if let Some(problem) = problem
        && (crashes.is_empty() || output.exit == Some(0))
    {
        return Err(problem);
    }
    let mut roster = Roster::default();
    let mut findings = crashes;
    for (index, run) in report.runs.iter().enumerate() {
        let place = places.get(index).map_or("", String::as_str);
        enroll(&mut roster, place, run);
        let binary = Some(place).filter(|place| !place.is_empty() && *place != "doc-tests");
        let mut failures: Vec<RawFinding> = run.failures.iter().map(|name| failure(binary, name)).collect();
        name_the_rest(&mut failures, run.failed);
        findings.extend(failures);
    }
    let counts = Some(roster.counts());
    let notes = note.map(str::to_owned).into_iter().collect();
    agree(output.exit, Reading { counts, roster, findings, notes, ..Reading::default() })
}

/// The report in which every result line has its place. A run inside another one may have none where it is certain whose the next is.
fn report<'a>(stdout: &'a Lines<'_>, starts: &Starts, one_binary: bool) -> Result<Report<'a>, Unread> {
    let whole = runs::of(stdout, Nested::Whole);
    if let Ok(report) = whole
        && report.problem.is_none()
    {
        return Ok(report);
    }
    if (one_binary || starts.is_one())
        && let Some(run) = runs::of_one(stdout)
    {
        return Ok(Report { runs: vec![run], problem: None, ambiguous: false, merged: false });
    }
    if let Ok(report) = runs::of(stdout, Nested::Aborted)
        && report.problem.is_none()
    {
        if !report.ambiguous || starts.are(report.runs.len()) {
            return Ok(report);
        }
        let problem = "a run of tests inside a test has no result line, and the next one may be its own or that of the test binary \
                       after it: cargo's start lines would tell, which -q leaves out";
        return Ok(Report { problem: Some(Unread::unreadable(problem)), ..report });
    }
    runs::of(stdout, Nested::Refused)
}

fn enroll(roster: &mut Roster, place: &str, run: &Run<'_>) {
    let stable = |name: &str| DOC_LINE.replace(name, "").into_owned();
    if run.names_all {
        let mut kept = Counts::default();
        for (name, state) in &run.listed {
            roster.add(place, "", &stable(name), *state);
            kept = kept.plus(state.counts());
        }
        let (passed, failed) = (run.passed - kept.passed, run.failed - kept.failed);
        roster.add_unnamed(Counts::of(passed, failed, run.ignored - kept.skipped));
        return;
    }
    for name in &run.failures {
        roster.add(place, "", &stable(name), TestState::Failed);
    }
    let rest = run.failed.saturating_sub(run.failures.len() as u64);
    roster.add_unnamed(Counts::of(run.passed, rest, run.ignored));
}

fn failure(binary: Option<&str>, name: &str) -> RawFinding {
    let stable = DOC_LINE.replace(name, "");
    let key = binary.map_or_else(|| stable.to_string(), |binary| format!("{binary} {stable}"));
    // Where the binaries could not be told they were not named: behind colours, and beside merged doctests.
    finding(&key, &format!("test failed: {name}"), binary).once_called(&stable)
}

fn crashes(stderr: &Lines<'_>) -> Vec<RawFinding> {
    let crash = |line: &str| {
        let found = CRASH.captures(line)?;
        let (binary, signal) = (group(&found, 1), group(&found, 2));
        Some(finding(
            &format!("crash {binary}"),
            &format!("the test binary ended with {signal}"),
            Some(binary),
        ))
    };
    stderr.iter().filter_map(crash).collect()
}
