//! `pytest`, human output on standard output, with `-q`, `-v` or neither.
//!
//! The last line is the summary (`4 passed, 1 skipped in 0.03s`), and all of its words are known; without `-q` it
//! agrees with the `collected N items` line. Expected failures (`xfailed`) show nothing and count as skipped.

use super::lines::{Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
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
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(FAILED|ERROR|SUBFAILED(?:\[.*?\]|\(.*?\))*) (\S.*?)(?: - (.*))?$"));
static NAMES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^=+ short test summary info =+$"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    let Some(last) = stdout.last_filled() else {
        return Err(no_report(&stderr, "pytest summary"));
    };
    let line = stdout.all().get(last).map(String::as_str).unwrap_or_default();
    let Some(found) = SUMMARY.captures(line) else {
        return Err(Unread::unreadable(format!("the last line is no pytest summary: {}", shown(line))));
    };
    stdout.whole()?;
    let summary = Summary::of(group(&found, 1))?;
    let failed = summary.failed.saturating_add(summary.errors);
    let mut findings = named(&stdout, last);
    name_the_rest(&mut findings, failed);
    if failed == 0 {
        if !findings.is_empty() {
            return Err(Unread::unreadable("failed tests are named, and the summary counts none"));
        }
        if stdout.iter().filter(|line| SUMMARY.is_match(line)).count() > 1 {
            return Err(Unread::unreadable("more than one summary line"));
        }
        summary.agrees_with_collected(&stdout)?;
    }
    let counts = Counts::of(summary.passed, failed, summary.skipped.saturating_add(summary.expected));
    let reading = Reading { counts: Some(counts), findings, notes: summary.notes(), ..Reading::default() };
    match output.exit {
        Some(5) if counts.executed == 0 => Ok(reading),
        // 1: tests failed. 2: interrupted, also by errors while collecting.
        Some(0..=2) => agree(output.exit, reading),
        Some(code) => Err(Unread::unreadable(format!("pytest ended with exit status {code}"))),
        None => Err(Unread::unreadable("a signal ended the process")),
    }
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

    /// Where the number of selected tests is printed, all of them have an outcome.
    fn agrees_with_collected(&self, stdout: &Lines) -> Result<(), Unread> {
        let mut collected = stdout.iter().filter_map(|line| COLLECTED.captures(line));
        let Some(found) = collected.next() else {
            return Ok(());
        };
        let or_zero = |text: &str| if text.is_empty() { Ok(0) } else { number(text) };
        let (items, deselected, skipped) =
            (number(group(&found, 1))?, or_zero(group(&found, 3))?, or_zero(group(&found, 4))?);
        let outcomes = [self.passed, self.skipped, self.expected]
            .iter()
            .fold(0_u64, |sum, one| sum.saturating_add(*one));
        let only_listed = outcomes == 0 && self.deselected == deselected;
        if collected.next().is_none()
            && (items.saturating_sub(deselected).saturating_add(skipped) == outcomes || only_listed)
        {
            return Ok(());
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

/// The tests that the last `short test summary info` names.
fn named(stdout: &Lines, summary: usize) -> Vec<RawFinding> {
    let lines = stdout.all().get(..summary).unwrap_or_default();
    let Some(heading) = lines.iter().rposition(|line| NAMES.is_match(line)) else {
        return Vec::new();
    };
    let named = lines.iter().skip(heading).filter_map(|line| NAMED.captures(line));
    named
        .map(|found| {
            let (what, test, why) = (group(&found, 1), group(&found, 2), group(&found, 3));
            let place = test.split("::").next();
            let message =
                format!("{}: {test}{}{why}", what.to_lowercase(), if why.is_empty() { "" } else { ": " });
            // A test can fail and have an error in its teardown: two problems of one test.
            let key =
                if what == "FAILED" { test.to_owned() } else { format!("{} {test}", what.to_lowercase()) };
            finding(&key, &message, place)
        })
        .collect()
}
