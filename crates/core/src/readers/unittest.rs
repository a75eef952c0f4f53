//! `python -m unittest`, human output, which is on standard error: `Ran N tests in 0.01s`, then `OK` or `FAILED`.
//!
//! Up to Python 3.12.0 `Ran N` counts skipped tests, later versions leave them out, and classes that are skipped as a whole are never
//! in it; where the output does not show which, they are taken to be in it, so that a skipped test never counts as executed. Expected
//! failures count as skipped.

use super::lines::{
    Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown, totalled,
};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use crate::roster::{Roster, TestState};
use regex::Regex;
use std::sync::LazyLock;

static RAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^Ran ([0-9]+) tests? in [0-9.]+s$"));
static STATUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(OK|FAILED|NO TESTS RAN)(?: \(([a-z0-9=, ]+)\))?$"));
static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(ERROR|FAIL|UNEXPECTED SUCCESS): (\S.*)$"));
static PROGRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[.sxuFE]+$"));
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:(.*?) \.\.\. )?(ok|FAIL|ERROR|skipped (?:'.*'|\x22.*\x22)|expected failure|unexpected success)$",
    )
});
static TEST: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(\S+) \(([^() ]+)\)"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stderr = Lines::of(output.stderr);
    let lines = stderr.all();
    if stderr.first_filled().is_none() {
        return Err(no_report(&Lines::of(output.stdout), "unittest summary"));
    }
    let line = |at: usize| lines.get(at).copied().unwrap_or_default();
    let Some(at) = lines.iter().rposition(|line| RAN.is_match(line)) else {
        return Err(no_report(&stderr, "unittest summary"));
    };
    let ruler = at.checked_sub(1).map(line).unwrap_or_default();
    let Some(status) =
        STATUS.captures(line(at + 2)).filter(|_| line(at + 1).is_empty() && is_ruler(ruler, b'-'))
    else {
        let said = [ruler, line(at + 1), line(at + 2)].map(shown).join(" / ");
        return Err(Unread::unreadable(format!("no unittest summary stands around `{}`: {said}", line(at))));
    };
    stderr.whole()?;
    let ran = lines.get(at).and_then(|line| RAN.captures(line)).map(|found| number(group(&found, 1)));
    let ran = ran.unwrap_or(Ok(0))?;
    let parts = Parts::of(group(&status, 2))?;
    let failed = parts.failures.saturating_add(parts.errors);
    let wrong = failed.saturating_add(parts.unexpected);
    let mut findings = named(&lines);
    let word = group(&status, 1);
    let consistent = match word {
        "OK" => wrong == 0 && findings.is_empty(),
        "NO TESTS RAN" => wrong == 0 && findings.is_empty() && ran == 0,
        _ => wrong > 0,
    };
    if !consistent {
        return Err(Unread::unreadable(format!("`{word}` contradicts the counts or the tests named")));
    }
    if wrong == 0 && lines.iter().filter(|line| RAN.is_match(line)).count() > 1 {
        return Err(Unread::unreadable("more than one summary"));
    }
    name_the_rest(&mut findings, wrong);
    let before = lines.get(..at.saturating_sub(1)).unwrap_or_default();
    let listed = listed(before);
    let answered = answered(before, &listed, ran, parts.skipped);
    let without = parts.expected.saturating_add(failed);
    if wrong == 0 && without > answered {
        return Err(Unread::unreadable("more tests were skipped or failed as expected than ran"));
    }
    let skipped = parts.skipped.saturating_add(parts.expected);
    let counts = Counts::of(answered.saturating_sub(without), failed, skipped);
    let roster = if listed.counts() == counts { listed } else { totalled(Roster::default(), counts)? };
    let mut notes: Vec<String> =
        (parts.expected > 0).then(|| format!("{} failed as expected", parts.expected)).into_iter().collect();
    notes.extend(after(lines.get(at + 3..).unwrap_or_default(), wrong == 0)?);
    let reading = Reading { counts: Some(counts), roster, findings, notes, ..Reading::default() };
    match output.exit {
        Some(5) if word == "NO TESTS RAN" => Ok(reading),
        exit => agree(exit, reading),
    }
}

fn is_ruler(line: &str, of: u8) -> bool {
    line.len() == 70 && line.bytes().all(|byte| byte == of)
}

/// What stands after the summary: test frameworks and programs that end print there. It is shown, and refused only where it looks
/// like a failure that a clean summary does not count.
fn after(lines: &[&str], clean: bool) -> Result<Option<String>, Unread> {
    let Some(first) = lines.iter().find(|line| !line.trim().is_empty()) else { return Ok(None) };
    let failure = |line: &&&str| ["FAIL", "ERROR:", "Traceback"].iter().any(|start| line.starts_with(start));
    match lines.iter().find(failure).filter(|_| clean) {
        Some(line) => Err(Unread::unreadable(format!("after the summary stands: {}", shown(line)))),
        None => Ok(Some(shown(&format!("after the summary stands: {first}")))),
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

/// How many tests came to an answer: `Ran N`, without those of the skipped tests that are in it. The progress or the list tells
/// which, where it shows all skipped tests.
fn answered(lines: &[&str], listed: &Roster, ran: u64, skipped: u64) -> u64 {
    let fewest = ran.saturating_sub(skipped);
    let mut progress = [0_u64; 2];
    for one in lines.iter().filter(|line| PROGRESS.is_match(line)).flat_map(|line| line.chars()) {
        progress[usize::from(one == 's')] += 1;
    }
    let of = |wanted: &[TestState]| {
        listed.cases().iter().filter(|case| wanted.contains(&case.state)).count() as u64
    };
    let skipped_listed = of(&[TestState::Skipped]);
    let listed = [listed.cases().len() as u64 - skipped_listed, skipped_listed];
    for [answered, left] in [progress, listed] {
        if left == skipped && (fewest..=ran).contains(&answered) {
            return answered;
        }
    }
    fewest
}

/// The tests that `-v` lists. A description stands on a line of its own, behind the test's name.
fn listed(lines: &[&str]) -> Roster {
    let mut roster = Roster::default();
    let mut before = "";
    for line in lines {
        let Some(found) = LISTED.captures(line) else {
            // What a test prints may stand between its name and its end.
            if TEST.is_match(line) {
                before = line;
            }
            continue;
        };
        let state = match group(&found, 2) {
            "ok" => TestState::Passed,
            "FAIL" => TestState::Failed,
            "ERROR" => TestState::Errored,
            "expected failure" => TestState::ExpectedFailure,
            "unexpected success" => TestState::UnexpectedPass,
            _ => TestState::Skipped,
        };
        let own = found.get(1).map_or("", |name| name.as_str()).trim_start();
        let test = if TEST.is_match(own) { own } else { before };
        let (place, suite, name) = parts(test);
        roster.add(place, suite, name, state);
        before = "";
    }
    roster
}

/// Module, class and name of `test_a (module.Class.test_a)`, which is `test_a (module.Class)` up to Python 3.10.
fn parts(test: &str) -> (&str, &str, &str) {
    let Some(found) = TEST.captures(test) else { return ("", "", test) };
    let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
    let (name, path) = (part(1), part(2));
    let class = path.strip_suffix(name).and_then(|path| path.strip_suffix('.')).unwrap_or(path);
    let (module, class) = class.rsplit_once('.').unwrap_or(("", class));
    (module, class, name)
}

/// The tests named under the double rulers.
fn named(lines: &[&str]) -> Vec<RawFinding> {
    let pairs = lines.iter().zip(lines.iter().skip(1));
    pairs
        .filter(|(before, _)| is_ruler(before, b'='))
        .filter_map(|(_, line)| NAMED.captures(line))
        .map(|found| {
            let (what, test) = (group(&found, 1), group(&found, 2));
            finding(test, &format!("{}: {test}", what.to_lowercase()), None)
        })
        .collect()
}
