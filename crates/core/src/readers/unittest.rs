//! `python -m unittest`, human output, which is on standard error: `Ran N tests in 0.01s`, then `OK` or `FAILED`.
//!
//! Up to Python 3.12.0 `Ran N` counts skipped tests, later versions leave them out; where the output does not show which,
//! they are taken to be in it, so that a skipped test never counts as executed. Expected failures count as skipped.

use super::lines::{Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use regex::Regex;
use std::sync::LazyLock;

static RAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^Ran ([0-9]+) tests? in [0-9.]+s$"));
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(OK|FAILED|NO TESTS RAN)(?: \(([a-z0-9=, ]+)\))?$"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(ERROR|FAIL|UNEXPECTED SUCCESS): (\S.*)$"));
static PROGRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[.sxuFE]+$"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stderr = Lines::of(output.stderr);
    let Some(last) = stderr.last_filled() else {
        return Err(no_report(&Lines::of(output.stdout), "unittest summary"));
    };
    let line =
        |at: Option<usize>| at.and_then(|at| stderr.all().get(at)).map(String::as_str).unwrap_or_default();
    let (Some(status), Some(ran)) =
        (STATUS.captures(line(Some(last))), RAN.captures(line(last.checked_sub(2))))
    else {
        return Err(no_report(&stderr, "unittest summary at the end"));
    };
    let ruler = line(last.checked_sub(3));
    if !line(last.checked_sub(1)).is_empty() || ruler.len() != 70 || ruler.bytes().any(|byte| byte != b'-') {
        return Err(Unread::unreadable("the summary does not stand where unittest prints it"));
    }
    stderr.whole()?;
    let ran = number(group(&ran, 1))?;
    let parts = Parts::of(group(&status, 2))?;
    let failed = [parts.failures, parts.errors, parts.unexpected]
        .iter()
        .fold(0_u64, |sum, one| sum.saturating_add(*one));
    let mut findings = named(&stderr);
    let word = group(&status, 1);
    let consistent = match word {
        "OK" => failed == 0 && findings.is_empty(),
        "NO TESTS RAN" => failed == 0 && findings.is_empty() && ran == 0,
        _ => failed > 0,
    };
    if !consistent {
        return Err(Unread::unreadable(format!("`{word}` contradicts the counts or the tests named")));
    }
    if failed == 0 && stderr.iter().filter(|line| RAN.is_match(line)).count() > 1 {
        return Err(Unread::unreadable("more than one summary"));
    }
    name_the_rest(&mut findings, failed);
    let skipped = if skipped_are_left_out(&stderr, last, ran, parts.skipped) { 0 } else { parts.skipped };
    let without = skipped.saturating_add(parts.expected).saturating_add(failed);
    if failed == 0 && without > ran {
        return Err(Unread::unreadable("more tests were skipped or failed as expected than ran"));
    }
    let counts =
        Counts::of(ran.saturating_sub(without), failed, parts.skipped.saturating_add(parts.expected));
    let notes =
        (parts.expected > 0).then(|| format!("{} failed as expected", parts.expected)).into_iter().collect();
    let reading = Reading { counts: Some(counts), findings, notes, ..Reading::default() };
    match output.exit {
        Some(5) if word == "NO TESTS RAN" => Ok(reading),
        exit => agree(exit, reading),
    }
}

/// What stands behind the status in parentheses.
#[derive(Default)]
struct Parts {
    failures: u64,
    errors: u64,
    skipped: u64,
    expected: u64,
    unexpected: u64,
}

impl Parts {
    fn of(text: &str) -> Result<Self, Unread> {
        let mut parts = Self::default();
        for part in text.split(", ").filter(|part| !part.is_empty()) {
            let odd = || Unread::unreadable(format!("an unknown word in the summary: {}", shown(part)));
            let (name, count) = part.split_once('=').ok_or_else(odd)?;
            let place = match name {
                "failures" => &mut parts.failures,
                "errors" => &mut parts.errors,
                "skipped" => &mut parts.skipped,
                "expected failures" => &mut parts.expected,
                "unexpected successes" => &mut parts.unexpected,
                _ => return Err(odd()),
            };
            *place = number(count)?;
        }
        Ok(parts)
    }
}

/// Whether `Ran N` leaves skipped tests out, as far as the progress shows it.
fn skipped_are_left_out(stderr: &Lines, last: usize, ran: u64, skipped: u64) -> bool {
    let lines = stderr.all().get(..last.saturating_sub(3)).unwrap_or_default();
    if let Some(progress) = lines.first().filter(|line| PROGRESS.is_match(line)) {
        let (left, other): (Vec<char>, Vec<char>) = progress.chars().partition(|one| *one == 's');
        return left.len() as u64 == skipped && other.len() as u64 == ran;
    }
    let ended = |ending: &str| lines.iter().filter(|line| line.ends_with(ending)).count() as u64;
    let answered = ended(" ... ok").saturating_add(ended(" ... expected failure"));
    let listed = lines.iter().filter(|line| line.contains(" ... skipped ")).count() as u64;
    listed == skipped && answered == ran
}

/// The tests named under the double rulers.
fn named(stderr: &Lines) -> Vec<RawFinding> {
    let ruler = "=".repeat(70);
    let pairs = stderr.all().iter().zip(stderr.all().iter().skip(1));
    pairs
        .filter(|(before, _)| **before == ruler)
        .filter_map(|(_, line)| NAMED.captures(line))
        .map(|found| {
            let (what, test) = (group(&found, 1), group(&found, 2));
            finding(test, &format!("{}: {test}", what.to_lowercase()), None)
        })
        .collect()
}
