//! `pytest`, human output on standard output, with `-q`, `-v` or neither.
//!
//! The last line is the summary (`4 passed, 1 skipped in 0.03s`), and all of its words are known; without `-q` it
//! agrees with the `collected N items` line. Expected failures (`xfailed`) show nothing and count as skipped. Plugins that end in a
//! block of their own (pytest-pretty, pytest-sugar) are read too.

mod names;

use crate::evidence::Counts;
use crate::readers::lines::{
    Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown, totalled,
};
use crate::readers::{RawFinding, Reading, ToolOutput, Unread};
use crate::roster::Roster;
use regex::Regex;
use std::sync::LazyLock;

static SUMMARY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:=+ )?((?:[0-9]+|no) [a-z0-9, /]+?) in [0-9.]+s(?: \([0-9:, a-z]+\))?(?: =+)?$")
});
static PART: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([0-9]+)(?:/[0-9]+)? ([a-z ]+)$"));
static COLLECTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:collecting \.\.\. )?collected ([0-9]+) items?(?: / ([0-9]+) errors?)?(?: / ([0-9]+) deselected)?",
        r"(?: / ([0-9]+) skipped)?(?: / ([0-9]+) selected)?$"
    ))
});
static NAMES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^=+ short test summary info =+$"));
/// pytest-pretty and pytest-sugar end in a block of their own: a line for each outcome.
static RESULTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^Results \([0-9.]+s\):$"));
static RESULT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ +([0-9]+ [a-z ]+)$"));
static UNCOVERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:FAIL Required test coverage of .* not reached\b.*|ERROR: Coverage failure: total of .* is less than fail-under=.*)$",
    )
});

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    let lines = stdout.all();
    let Some(last) = lines.iter().rposition(|line| !line.trim().is_empty()) else {
        return Err(no_report(&stderr, "pytest summary"));
    };
    let (at, summary) = summary(&lines, last)?;
    stdout.whole()?;
    let failed = summary.failed.saturating_add(summary.errors);
    let named = names::failed(lines.get(..at).unwrap_or_default());
    let mut findings: Vec<RawFinding> = named.iter().map(names::Failed::finding).collect();
    name_the_rest(&mut findings, failed);
    let mut surplus = 0;
    if failed == 0 {
        if !findings.is_empty() {
            return Err(Unread::unreadable("failed tests are named, and the summary counts none"));
        }
        let summaries = lines.iter().filter(|line| SUMMARY.is_match(line) || RESULTS.is_match(line)).count();
        if summaries > 1 {
            return Err(Unread::unreadable("more than one summary line"));
        }
        surplus = summary.beyond_collected(&lines, at)?;
    }
    let passed = summary.passed.saturating_sub(surplus);
    let skipped = summary.skipped.saturating_add(summary.expected);
    let counts = Counts::of(passed, failed, skipped);
    let mut notes = summary.notes();
    if surplus > 0 {
        notes.push(format!("{surplus} more passed than were collected (subtests), not counted"));
    }
    if last > last_of_summary(&lines, at) {
        notes.push(shown(&format!(
            "after the summary stands: {}",
            lines.get(last).copied().unwrap_or_default()
        )));
    }
    if output.exit != Some(0) {
        let line = lines.iter().copied().chain(stderr.iter()).find(|line| UNCOVERED.is_match(line));
        findings.extend(line.map(|line| finding("coverage below its threshold", line, None)));
    }
    let roster = roster(&lines, &named, counts)?;
    let reading = Reading { counts: Some(counts), roster, findings, notes, ..Reading::default() };
    match output.exit {
        Some(5) if counts.executed == 0 => Ok(reading),
        // 1: tests failed. 2: interrupted, also by errors while collecting.
        Some(0..=2) => agree(output.exit, reading),
        Some(code) => Err(Unread::unreadable(format!("pytest ended with exit status {code}"))),
        None => Err(Unread::unreadable("a signal ended the process")),
    }
}

/// The tests by name where `-v` lists them all, else those that failed.
fn roster(lines: &[&str], named: &[names::Failed<'_>], counts: Counts) -> Result<Roster, Unread> {
    let listed = names::listed(lines);
    if listed.counts() == counts && !listed.is_empty() {
        return Ok(listed);
    }
    let mut failed = Roster::default();
    for one in named {
        one.enroll(&mut failed);
    }
    if failed.counts().failed > counts.failed {
        failed = Roster::default();
    }
    totalled(failed, counts)
}

/// The summary and where it stands. What other programs print after it is not fatal, unless it looks like a failure.
fn summary(lines: &[&str], last: usize) -> Result<(usize, Summary), Unread> {
    let line = |at: usize| lines.get(at).copied().unwrap_or_default();
    let Some(at) = lines.iter().rposition(|line| SUMMARY.is_match(line) || RESULTS.is_match(line)) else {
        let said = shown(line(last));
        return Err(Unread::unreadable(format!("no line is a pytest summary, and the last one is: {said}")));
    };
    let end = last_of_summary(lines, at);
    let after = lines.get(end + 1..).unwrap_or_default();
    let failure = |line: &&&str| {
        let line = line.trim_start();
        ["FAIL", "ERROR", "Traceback", "E  ", "INTERNALERROR"].iter().any(|start| line.starts_with(start))
    };
    if let Some(line) = after.iter().find(failure) {
        return Err(Unread::unreadable(format!("after the summary stands: {}", shown(line))));
    }
    let text = match SUMMARY.captures(line(at)) {
        Some(found) => group(&found, 1).to_owned(),
        None => {
            let block = lines.get(at + 1..=end).unwrap_or_default().iter();
            let parts: Vec<&str> =
                block.filter_map(|line| RESULT.captures(line)?.get(1)).map(|part| part.as_str()).collect();
            parts.join(", ")
        }
    };
    Ok((at, Summary::of(&text)?))
}

/// The last line of the summary that begins at this one.
fn last_of_summary(lines: &[&str], at: usize) -> usize {
    if !lines.get(at).is_some_and(|line| RESULTS.is_match(line)) {
        return at;
    }
    let block = lines.iter().skip(at + 1);
    at + block.take_while(|line| RESULT.is_match(line) || line.starts_with("         - ")).count()
}

#[derive(Default)]
struct Summary {
    passed: u64,
    failed: u64,
    errors: u64,
    skipped: u64,
    expected: u64,
    unexpected: u64,
    deselected: u64,
    repeated: u64,
}

impl Summary {
    fn of(text: &str) -> Result<Self, Unread> {
        let mut summary = Self::default();
        if text == "no tests ran" {
            return Ok(summary);
        }
        for part in text.split(", ") {
            let odd = || Unread::unreadable(format!("an unknown word in the summary: {}", shown(part)));
            let found = PART.captures(part).ok_or_else(odd)?;
            let count = number(group(&found, 1))?;
            let place = match group(&found, 2) {
                "passed" => &mut summary.passed,
                "failed" => &mut summary.failed,
                "error" | "errors" => &mut summary.errors,
                "skipped" => &mut summary.skipped,
                "xfailed" => &mut summary.expected,
                "xpassed" => &mut summary.unexpected,
                "deselected" => &mut summary.deselected,
                "rerun" => &mut summary.repeated,
                // `--collect-only`: found, and not run.
                "warning" | "warnings" | "test collected" | "tests collected" => continue,
                // The test they are in counts; a failed one counts as `failed`.
                "subtests passed" | "subtests skipped" | "subtests xfailed" => continue,
                _ => return Err(odd()),
            };
            *place = place.checked_add(count).ok_or_else(odd)?;
        }
        // A test that passed against its own expectation did run to an answer, and the answer was a pass.
        summary.passed = summary.passed.saturating_add(summary.unexpected);
        Ok(summary)
    }

    /// How many more passed than were collected, where the plugin that prints the summary counts subtests as tests. Where the
    /// number of selected tests is printed, all of them have an outcome.
    fn beyond_collected(&self, lines: &[&str], at: usize) -> Result<u64, Unread> {
        let mut collected = lines.iter().filter_map(|line| COLLECTED.captures(line));
        let Some(found) = collected.next() else {
            return Ok(0);
        };
        let or_zero = |text: &str| if text.is_empty() { Ok(0) } else { number(text) };
        let (items, deselected, skipped) =
            (number(group(&found, 1))?, or_zero(group(&found, 3))?, or_zero(group(&found, 4))?);
        let outcomes = [self.passed, self.skipped, self.expected]
            .iter()
            .fold(0_u64, |sum, one| sum.saturating_add(*one));
        let only_listed = outcomes == 0 && self.deselected == deselected;
        let wanted = items.saturating_sub(deselected).saturating_add(skipped);
        let counts_subtests = lines.get(at).is_some_and(|line| RESULTS.is_match(line));
        if collected.next().is_none() {
            if wanted == outcomes || only_listed {
                return Ok(0);
            }
            if let Some(surplus) =
                outcomes.checked_sub(wanted).filter(|more| counts_subtests && *more <= self.passed)
            {
                return Ok(surplus);
            }
        }
        Err(Unread::unreadable(format!(
            "{items} tests were collected, {deselected} deselected, and {outcomes} ended"
        )))
    }

    fn notes(&self) -> Vec<String> {
        let note = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
        [
            note(self.expected, "failed as expected (xfailed)"),
            note(self.unexpected, "passed unexpectedly (xpassed)"),
            note(self.repeated, "run again after a failure (rerun)"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
