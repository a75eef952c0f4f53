//! `running N tests` to `test result:`, with what is listed between.
//!
//! A test may run its own binary, whose output then stands in the middle. Such a run counts for nothing: the test that ran it
//! does. Where it has no result line (it aborted, as it was meant to), the next result line is that of the run around it only where
//! its numbers say so.

use crate::readers::Unread;
use crate::readers::lines::{Lines, group, number, pattern};
use crate::roster::{Roster, TestCase, TestState};
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^running ([0-9]+) tests?$"));
static RESULT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^test result: (ok|FAILED)\. ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored; ([0-9]+) measured; ",
        r"[0-9]+ filtered out(?:; finished in [0-9.]+s)?$"
    ))
});
/// What the harness writes of a result line in one go: its parts are written apart, and two processes that write to one
/// stream may have something else between them.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\. ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored; ([0-9]+) measured; [0-9]+ filtered out\b",
    )
});
static TEST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^test (.+) \.\.\. (ok|FAILED|ignored(?:, .*)?|bench: .*?)(?: <[0-9.]+s>)?$"));
static DOTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[.ia]+(?: [0-9]+/[0-9]+)?$"));
static QUIET_FAILURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^.+ --- FAILED$"));
static SLOW: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^test .+ has been running for over [0-9]+ seconds$"));
static DOC_NAME: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\S.* - .*\(line [0-9]+\)"));
/// What rustdoc prints after the reports of doctests that it compiled together.
static MERGED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^all doctests ran in [0-9.]+s; merged doctests "));

/// One `running N tests` with its result line.
pub(super) struct Run<'a> {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) ignored: u64,
    /// The failed tests, as they are named at the end.
    pub(super) failures: Vec<&'a str>,
    /// The tests, as many of them as are kept; nothing where not all of them are named.
    pub(super) listed: Vec<(&'a str, TestState)>,
    /// All of them are named, whether or not they are kept.
    pub(super) names_all: bool,
}

impl Run<'_> {
    /// Whether nothing says what its tests are.
    pub(super) fn is_bare(&self) -> bool {
        self.listed.is_empty()
    }

    pub(super) fn is_of_doctests(&self) -> bool {
        !self.is_bare() && self.listed.iter().all(|(name, _)| DOC_NAME.is_match(name))
    }

    pub(super) fn own_place(&self) -> &'static str {
        if self.is_of_doctests() { "doc-tests" } else { "" }
    }
}

/// Whether a header before the previous run's result may be that of a run inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nested {
    /// It is not: the previous one left early.
    Refused,
    /// It may be, and has a result line of its own.
    Whole,
    /// It may be, and may have ended without a result line.
    Aborted,
}

/// The closed runs of a text.
pub(super) struct Report<'a> {
    pub(super) runs: Vec<Run<'a>>,
    /// What is wrong with the text, if anything is.
    pub(super) problem: Option<Unread>,
    /// A result line was taken for that of a run, and could be that of another one inside or after it.
    pub(super) ambiguous: bool,
    /// Doctests were compiled together, so that one set of them may have several reports.
    pub(super) merged: bool,
}

pub(super) fn of<'a>(stdout: &'a Lines<'_>, nested: Nested) -> Result<Report<'a>, Unread> {
    let mut report = Report { runs: Vec::new(), problem: None, ambiguous: false, merged: false };
    let mut open: Option<Open<'a>> = None;
    for line in stdout.iter() {
        let header = HEADER.captures(line).map(|found| number(group(&found, 1))).transpose()?;
        match (&mut open, header) {
            (None, Some(announced)) => open = Some(Open::of(announced, nested)),
            (None, None) if RESULT.is_match(line) => {
                report
                    .problem
                    .get_or_insert_with(|| Unread::unreadable("a result line without its `running N tests`"));
            }
            (None, None) => report.merged |= MERGED.is_match(line),
            (Some(run), Some(announced)) if run.stage == Stage::Listing && nested != Nested::Refused => {
                *run.inside.entry(announced).or_default() += 1;
                run.noise = true;
            }
            (Some(run), Some(announced)) if run.stage != Stage::Failures => {
                report.problem.get_or_insert_with(|| {
                    Unread::unreadable("tests started again before the previous ones had a result line")
                });
                *run = Open::of(announced, nested);
            }
            (Some(run), _) => {
                if let Some(done) = run.take(line)? {
                    report.ambiguous |= run.ambiguous;
                    report.runs.push(done);
                    open = None;
                }
            }
        }
    }
    if open.is_some() {
        report
            .problem
            .get_or_insert_with(|| Unread::unreadable("tests started, and their result line is missing"));
    }
    Ok(report)
}

/// The one run of a text that is known to be of one binary: what stands between its first header and its last result line
/// is its own.
pub(super) fn of_one<'a>(stdout: &'a Lines<'_>) -> Option<Run<'a>> {
    let announced =
        stdout.iter().find_map(|line| HEADER.captures(line).map(|found| number(group(&found, 1))))?;
    let announced = announced.ok()?;
    let mut run = Open::of(announced, Nested::Refused);
    run.noise = true;
    // What the others list cannot be told from its own.
    run.inside.insert(announced.saturating_add(1), 1);
    let last = stdout.iter().enumerate().filter(|(_, line)| RESULT.is_match(line)).last();
    let (end, line) = last?;
    let (ok, numbers) = numbers(&RESULT.captures(line)?).ok()?;
    for line in stdout.iter().take(end) {
        run.note(line);
    }
    run.close(ok, numbers).ok().flatten()
}

/// What is listed between a header and its result.
struct Open<'a> {
    announced: u64,
    listed: Vec<(&'a str, TestState)>,
    /// How much of the roster their names would take.
    listed_bytes: usize,
    /// How many of those that are listed passed, failed and were ignored.
    tally: [u64; 3],
    dots: u64,
    quiet_failures: u64,
    noise: bool,
    nested: Nested,
    /// How many runs inside this one have announced how many tests, while they have no result line.
    inside: BTreeMap<u64, u64>,
    ambiguous: bool,
    stage: Stage,
    failures: Vec<&'a str>,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Stage {
    Listing,
    Successes,
    Failures,
}

impl<'a> Open<'a> {
    const fn of(announced: u64, nested: Nested) -> Self {
        Self {
            announced,
            listed: Vec::new(),
            listed_bytes: 0,
            tally: [0; 3],
            dots: 0,
            quiet_failures: 0,
            noise: false,
            nested,
            inside: BTreeMap::new(),
            ambiguous: false,
            stage: Stage::Listing,
            failures: Vec::new(),
        }
    }

    /// Takes the next line, and closes the run if it is its result line.
    fn take(&mut self, line: &'a str) -> Result<Option<Run<'a>>, Unread> {
        if !self.inside.is_empty() {
            return self.take_inside(line);
        }
        if let Some(found) = RESULT.captures(line) {
            let (ok, numbers) = numbers(&found)?;
            return self.close(ok, numbers);
        }
        self.note(line);
        Ok(None)
    }

    fn note(&mut self, line: &'a str) {
        match (self.stage, line) {
            (_, "failures:") => {
                self.stage = Stage::Failures;
                self.failures.clear();
            }
            (Stage::Listing, "successes:") => self.stage = Stage::Successes,
            (Stage::Listing, _) => self.list(line),
            (Stage::Successes, _) => {}
            (Stage::Failures, _) => {
                if let Some(name) = line.strip_prefix("    ").filter(|name| !name.trim().is_empty()) {
                    self.failures.push(name);
                } else if !line.is_empty() {
                    self.failures.clear();
                }
            }
        }
    }

    /// Runs inside this one may stand side by side, so a result closes one that announced as many tests.
    fn take_inside(&mut self, line: &'a str) -> Result<Option<Run<'a>>, Unread> {
        let whole = RESULT.captures(line);
        if let (Some(found), Nested::Aborted) = (&whole, self.nested) {
            let (ok, numbers) = numbers(found)?;
            let sum = numbers.iter().try_fold(0_u64, |sum, one| sum.checked_add(*one));
            if sum == Some(self.announced)
                && let Some(run) = self.close(ok, numbers)?
            {
                self.ambiguous |= self.inside.contains_key(&self.announced);
                return Ok(Some(run));
            }
        }
        let mut ended = false;
        for found in TAIL.captures_iter(line) {
            let sum = sum_of(&found)?;
            if !sum.is_some_and(|sum| self.one_ended(sum)) {
                if self.stage == Stage::Failures {
                    return Ok(None);
                }
                return Err(Unread::unreadable("a result line that fits no `running N tests` before it"));
            }
            ended = true;
        }
        if ended {
            self.stage = Stage::Listing;
            self.failures.clear();
        } else if self.nested == Nested::Aborted {
            self.note(line);
        }
        Ok(None)
    }

    fn one_ended(&mut self, announced: u64) -> bool {
        let Some(count) = self.inside.get_mut(&announced) else { return false };
        *count -= 1;
        if *count == 0 {
            self.inside.remove(&announced);
        }
        true
    }

    fn list(&mut self, line: &'a str) {
        if let Some(found) = TEST.captures(line) {
            let (state, index) = match group(&found, 2) {
                "FAILED" => (TestState::Failed, 1),
                word if word.starts_with("ignored") => (TestState::Ignored, 2),
                // A measured benchmark ran to an answer, so it counts as a test that passed.
                _ => (TestState::Passed, 0),
            };
            self.tally[index] += 1;
            let name = found.get(1).map_or("", |name| name.as_str());
            // More than the roster takes are counted without their names.
            self.listed_bytes = self.listed_bytes.saturating_add(name.len() + size_of::<TestCase>());
            if self.listed_bytes <= Roster::MOST_BYTES {
                self.listed.push((name.strip_suffix(" - should panic").unwrap_or(name), state));
            }
        } else if DOTS.is_match(line) {
            let dots = line.split(' ').next().unwrap_or_default();
            self.dots += dots.chars().count() as u64;
        } else if QUIET_FAILURE.is_match(line) {
            self.quiet_failures += 1;
        } else if !line.is_empty() && !SLOW.is_match(line) {
            self.noise = true;
        }
    }

    /// `numbers` are passed, failed, ignored and measured, as the result line has them.
    fn close(&mut self, ok: bool, numbers: [u64; 4]) -> Result<Option<Run<'a>>, Unread> {
        let [passed, failed, ignored, measured] = numbers;
        let passed = passed.saturating_add(measured);
        let sum = numbers.iter().try_fold(0_u64, |sum, one| sum.checked_add(*one));
        let [ran, red, left_out] = self.tally;
        let listed = ran + red + left_out;
        let quiet = self.dots + self.quiet_failures;
        let complete = self.noise || listed == self.announced || (listed == 0 && quiet == self.announced);
        // What runs inside it have listed cannot be told from its own.
        let within = self.has_inside()
            || (ran <= passed && red <= failed && left_out <= ignored && self.quiet_failures <= failed);
        let named = failed == 0 || self.failures.len() as u64 == failed;
        let coherent = sum == Some(self.announced) && ok == (failed == 0) && within && complete && named;
        if coherent && (self.stage != Stage::Failures || failed > 0) {
            let failures = if failed > 0 { std::mem::take(&mut self.failures) } else { Vec::new() };
            let names_all = [ran, red, left_out] == [passed, failed, ignored];
            let listed = if names_all { std::mem::take(&mut self.listed) } else { Vec::new() };
            return Ok(Some(Run { passed, failed, ignored, failures, listed, names_all }));
        }
        if self.stage == Stage::Failures || self.has_inside() {
            // A failing test's own output stands here, and it may look like a result line.
            return Ok(None);
        }
        Err(Unread::unreadable(format!(
            "the result line ({passed} passed, {failed} failed, {ignored} ignored) contradicts `running {} tests` \
             or the {listed} tests listed",
            self.announced
        )))
    }

    fn has_inside(&self) -> bool {
        !self.inside.is_empty()
    }
}

fn numbers(found: &regex::Captures<'_>) -> Result<(bool, [u64; 4]), Unread> {
    let mut numbers = [0; 4];
    for (index, place) in numbers.iter_mut().enumerate() {
        *place = number(group(found, index + 2))?;
    }
    Ok((group(found, 1) == "ok", numbers))
}

fn sum_of(found: &regex::Captures<'_>) -> Result<Option<u64>, Unread> {
    let mut sum = Some(0_u64);
    for index in 1..=4 {
        let count = number(group(found, index))?;
        sum = sum.and_then(|sum| sum.checked_add(count));
    }
    Ok(sum)
}
