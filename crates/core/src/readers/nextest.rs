//! `cargo nextest run`, human output, which is on standard error: one `Starting` line, one `Summary` line.
//!
//! Exit statuses (nextest's documentation): 0 passed, 4 no tests, 5 a rerun with tests outstanding, 100 tests failed,
//! 101 does not build. A second summary, as a test with uncaptured output can print, makes the output unreadable.

use super::lines::{
    Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown, totalled,
};
use super::{Reading, ToolOutput, Unread, libtest};
use crate::evidence::Counts;
use crate::roster::{Roster, TestState};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static STARTING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +Starting ([0-9]+) tests? across [0-9]+ binar(?:y|ies)(?: \(.*\))?$"));
static SUMMARY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +Summary \[ *[0-9.]+s\] (?:([0-9]+)/)?([0-9]+) tests? run: (.+)$"));
static PART: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([0-9]+) ([a-z ]+?)(?: \(([^()]*)\))?$"));
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +([A-Z][A-Za-z0-9 /+-]*?) \[[ >0-9.]+s\] (?:\([^()]*\) )?(\S+) (\S.*)$"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let text = Lines::of(output.stderr);
    let lines = text.all();
    let starts: Vec<_> = lines.iter().filter_map(|line| STARTING.captures(line)).collect();
    let summaries: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| SUMMARY.is_match(line)).map(|(at, _)| at).collect();
    let (start, at) = match (starts.as_slice(), summaries.as_slice()) {
        ([], []) => {
            let why = no_report(&text, "nextest summary");
            return libtest::compile_failures(output, &text, why);
        }
        ([start], [at]) => (start, *at),
        (starts, summaries) => {
            let (starts, summaries) = (starts.len(), summaries.len());
            return Err(Unread::unreadable(format!("{starts} starting lines and {summaries} summary lines")));
        }
    };
    text.whole()?;
    let summary = Summary::of(lines.get(at).copied().unwrap_or_default())?;
    let announced = number(group(start, 1))?;
    summary.agrees_with(announced)?;
    let (before, after) = lines.split_at(at);
    let after = after.get(1..).unwrap_or_default();
    let mut failed = failures(after, |_| true);
    if failed.is_empty() {
        // A try that failed here may have been followed by one that passed.
        failed = failures(before, |word| !word.starts_with("TRY "));
    }
    if failed.len() as u64 > summary.failed {
        return Err(Unread::unreadable("more tests are listed as failed than the summary counts"));
    }
    let mut roster = Roster::default();
    for one in before.iter().filter_map(|line| status(line)).filter(|one| passed(one.word)) {
        roster.add(one.binary, "", one.test, TestState::Passed);
    }
    if roster.counts().passed > summary.passed {
        return Err(Unread::unreadable("more tests are listed as passed than the summary counts"));
    }
    let mut findings = Vec::new();
    for one in failed {
        roster.add(one.binary, "", one.test, TestState::Failed);
        let message = format!("test failed ({}): {}", one.word, one.test);
        findings.push(finding(&format!("{} {}", one.binary, one.test), &message, Some(one.binary)));
    }
    name_the_rest(&mut findings, summary.failed);
    let counts = Counts::of(summary.passed, summary.failed, summary.skipped);
    let roster = totalled(roster, counts)?;
    let notes = flaky(after).chain(summary.notes).collect();
    let reading = Reading { counts: Some(counts), roster, findings, notes, ..Reading::default() };
    match output.exit {
        Some(4) if announced == 0 => Ok(reading),
        Some(5) => Err(Unread::unreadable("a rerun ended, and tests are outstanding (exit status 5)")),
        exit => agree(exit, reading),
    }
}

/// The summary line, all of whose parts are known.
struct Summary {
    initial: Option<u64>,
    run: u64,
    passed: u64,
    failed: u64,
    skipped: u64,
    notes: Vec<String>,
}

impl Summary {
    fn of(line: &str) -> Result<Self, Unread> {
        let odd = || Unread::unreadable(format!("not a summary: {}", shown(line)));
        let found = SUMMARY.captures(line).ok_or_else(odd)?;
        // `N/M tests run` where the run was cancelled, else `M tests run`.
        let (first, second) = (group(&found, 1), number(group(&found, 2))?);
        let (run, initial) = if first.is_empty() { (second, None) } else { (number(first)?, Some(second)) };
        let mut summary = Self { initial, run, passed: 0, failed: 0, skipped: 0, notes: Vec::new() };
        for part in parts(group(&found, 3)) {
            let found = PART.captures(part).ok_or_else(odd)?;
            let count = number(group(&found, 1))?;
            let place = match group(&found, 2) {
                "passed" => &mut summary.passed,
                "failed" | "exec failed" | "timed out" => &mut summary.failed,
                "skipped" => &mut summary.skipped,
                _ => return Err(odd()),
            };
            *place = place.checked_add(count).ok_or_else(odd)?;
            if !group(&found, 3).is_empty() {
                summary.notes.push(format!("{}: {}", group(&found, 2), group(&found, 3)));
            }
        }
        Ok(summary)
    }

    fn agrees_with(&self, announced: u64) -> Result<(), Unread> {
        let sum = self.passed.checked_add(self.failed);
        let initial = self.initial.unwrap_or(self.run);
        if sum == Some(self.run) && initial == announced && (self.initial.is_none() || self.failed > 0) {
            return Ok(());
        }
        Err(Unread::unreadable(format!(
            "the summary ({} run, {} passed, {} failed) contradicts itself or the {announced} tests started",
            self.run, self.passed, self.failed
        )))
    }
}

/// The parts of a summary: `2 passed (1 slow, 1 flaky), 1 failed, 0 skipped` has three.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    text.split(move |one| {
        match one {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        one == ',' && depth == 0
    })
    .map(str::trim)
}

/// A test's status line.
#[derive(Clone, Copy)]
struct Status<'a> {
    word: &'a str,
    binary: &'a str,
    test: &'a str,
}

fn status(line: &str) -> Option<Status<'_>> {
    let found = STATUS.captures(line)?;
    let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
    Some(Status { word: part(1), binary: part(2), test: part(3) })
}

fn passed(word: &str) -> bool {
    matches!(word, "PASS" | "LEAK") || (word.starts_with("TRY ") && word.ends_with(" PASS"))
}

/// Whether a status says that the test failed for good. Anything that is not known to be harmless does.
fn is_failure(word: &str) -> bool {
    let harmless = ["PASS", "LEAK", "SKIP", "SLOW", "SETUP PASS", "START", "DELAY"];
    let interim = word.starts_with("TRY ") && word.ends_with(" SLOW");
    !harmless.contains(&word) && !word.starts_with("FLAKY ") && !word.ends_with(" PASS") && !interim
}

/// The tests that failed, each once.
fn failures<'a>(lines: &[&'a str], final_answer: impl Fn(&str) -> bool) -> Vec<Status<'a>> {
    let mut seen = BTreeSet::new();
    let failed = lines.iter().filter_map(|line| status(line)).filter(|one| is_failure(one.word));
    failed.filter(|one| final_answer(one.word)).filter(|one| seen.insert((one.binary, one.test))).collect()
}

fn flaky<'a>(lines: &'a [&'a str]) -> impl Iterator<Item = String> {
    let tests = lines.iter().filter_map(|line| status(line)).filter(|one| one.word.starts_with("FLAKY "));
    tests.map(|one| shown(&format!("flaky, passed on a retry ({}): {} {}", one.word, one.binary, one.test)))
}
