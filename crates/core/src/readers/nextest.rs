//! `cargo nextest run`, human output, which is on standard error: one `Starting` line, one `Summary` line.
//!
//! Exit statuses (nextest's documentation): 0 passed, 4 no tests, 5 a rerun with tests outstanding, 100 tests failed,
//! 101 does not build. A second summary, as a test with uncaptured output can print, makes the output unreadable.

use super::lines::{Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown};
use super::{RawFinding, Reading, ToolOutput, Unread, libtest};
use crate::evidence::Counts;
use regex::Regex;
use std::sync::LazyLock;

static STARTING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +Starting ([0-9]+) tests? across [0-9]+ binar(?:y|ies)(?: \(.*\))?$"));
static SUMMARY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +Summary \[ *[0-9.]+s\] (?:([0-9]+)/)?([0-9]+) tests? run: (.+)$"));
static PART: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([0-9]+) ([a-z ]+?)(?: \(([^()]*)\))?$"));
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +([A-Z][A-Za-z0-9 /+-]*?) \[[ >0-9.]+s\] (?:\([^()]*\) )?(\S+) (\S.*)$"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stderr = Lines::of(output.stderr);
    let starts: Vec<_> = stderr.iter().filter_map(|line| STARTING.captures(line)).collect();
    let summaries: Vec<usize> = stderr
        .all()
        .iter()
        .enumerate()
        .filter(|(_, line)| SUMMARY.is_match(line))
        .map(|(at, _)| at)
        .collect();
    let (start, at) = match (starts.as_slice(), summaries.as_slice()) {
        ([], []) => {
            let why = no_report(&stderr, "nextest summary");
            return libtest::compile_failures(output, &stderr, why);
        }
        ([start], [at]) => (start, *at),
        (starts, summaries) => {
            let (starts, summaries) = (starts.len(), summaries.len());
            return Err(Unread::unreadable(format!("{starts} starting lines and {summaries} summary lines")));
        }
    };
    stderr.whole()?;
    let summary = stderr.all().get(at).map(String::as_str).unwrap_or_default();
    let summary = Summary::of(summary)?;
    let announced = number(group(start, 1))?;
    summary.agrees_with(announced)?;
    let (before, after) = stderr.all().split_at(at);
    let after = after.get(1..).unwrap_or_default();
    if passes(before) > summary.passed {
        return Err(Unread::unreadable("more tests are listed as passed than the summary counts"));
    }
    let mut findings = failures(after, |_| true);
    if findings.is_empty() {
        // A try that failed here may have been followed by one that passed.
        findings = failures(before, |word| !word.starts_with("TRY "));
    }
    if findings.len() as u64 > summary.failed {
        return Err(Unread::unreadable("more tests are listed as failed than the summary counts"));
    }
    name_the_rest(&mut findings, summary.failed);
    let counts = Counts::of(summary.passed, summary.failed, summary.skipped);
    let notes = flaky(after).chain(summary.notes).collect();
    let reading = Reading { counts: Some(counts), findings, notes, ..Reading::default() };
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

/// A test's status line: the status, the binary and the name.
fn status(line: &str) -> Option<(String, String, String)> {
    let found = STATUS.captures(line)?;
    Some((group(&found, 1).to_owned(), group(&found, 2).to_owned(), group(&found, 3).to_owned()))
}

fn passes(lines: &[String]) -> u64 {
    let passed =
        |word: &str| matches!(word, "PASS" | "LEAK") || (word.starts_with("TRY ") && word.ends_with(" PASS"));
    lines.iter().filter_map(|line| status(line)).filter(|(word, ..)| passed(word)).count() as u64
}

/// Whether a status says that the test failed for good. Anything that is not known to be harmless does.
fn is_failure(word: &str) -> bool {
    let harmless = ["PASS", "LEAK", "SKIP", "SLOW", "SETUP PASS", "START", "DELAY"];
    let interim = word.starts_with("TRY ") && word.ends_with(" SLOW");
    !harmless.contains(&word) && !word.starts_with("FLAKY ") && !word.ends_with(" PASS") && !interim
}

fn failures(lines: &[String], final_answer: impl Fn(&str) -> bool) -> Vec<RawFinding> {
    let mut findings: Vec<RawFinding> = Vec::new();
    for (word, binary, test) in
        lines.iter().filter_map(|line| status(line)).filter(|(word, ..)| is_failure(word))
    {
        if !final_answer(&word) {
            continue;
        }
        let one =
            finding(&format!("{binary} {test}"), &format!("test failed ({word}): {test}"), Some(&binary));
        if !findings.iter().any(|known| known.key == one.key) {
            findings.push(one);
        }
    }
    findings
}

fn flaky(lines: &[String]) -> impl Iterator<Item = String> {
    let tests = lines.iter().filter_map(|line| status(line));
    tests
        .filter(|(word, ..)| word.starts_with("FLAKY "))
        .map(|(word, binary, test)| shown(&format!("flaky, passed on a retry ({word}): {binary} {test}")))
}
