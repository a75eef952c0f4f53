//! `node --test`: the TAP reporter (the default of a pipe up to Node 22) and the spec reporter.
//!
//! The report ends in eight counts (`tests` to `duration_ms`), which add up and agree with the tests listed before them.
//! Node counts a file that registers no test as a test that passed; such a file is left out here, and noted.

use super::lines::{
    Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown, totalled,
};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use crate::roster::{Roster, TestState};
use regex::Regex;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static COUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(#|ℹ) ([a-z_]+) ([0-9]+)(\.[0-9]+)?$"));
static POINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:    )*)(not ok|ok) [0-9]+ - (.*)$"));
static PLAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^1\.\.([0-9]+)$"));
static SUBTEST: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:    )*)# Subtest: (.*)$"));
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.*?) # (SKIP|TODO)(?: .*)?$"));
static SPEC: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^((?:  )*)([✔✖﹣⚠▶]) (.+?) \([0-9.]+ms\)((?: #.*)?)$"));
static SPEC_GROUP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:  )*)▶ (.+)$"));
static FILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^.+\.[cm]?[jt]sx?$"));

static THRESHOLD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^[#ℹ] Error: [0-9.]+% ([a-z]+) coverage does not meet threshold of [0-9.]+%\.$")
});

const NAMES: [&str; 8] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];

/// `files` are the arguments of the command that may be scripts: node reports a script without a test under that name.
pub(super) fn read(files: &[String], output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    let mut files: Vec<&str> = files.iter().map(String::as_str).collect();
    let start = start_of_tap(stdout.iter());
    // npm and make say first what they run.
    files.extend(stdout.iter().take(start.unwrap_or_default()).flat_map(str::split_whitespace));
    let tap = start.is_some();
    let lines = || stdout.iter().skip(start.unwrap_or_default());
    let Some((at, totals)) = totals(lines(), tap)? else {
        return Err(no_report(&stderr, "summary of node's test runner at the end"));
    };
    stdout.whole()?;
    let before = || lines().take(at);
    let after = After::of(lines().skip(at + NAMES.len()), tap)?;
    let listed = if tap { tap_points(before()) } else { spec_points(before()) };
    let failed = totals.fail.saturating_add(totals.cancelled);
    let mut findings = failures(&listed.points);
    if failed == 0 {
        if !findings.is_empty() {
            return Err(Unread::unreadable("failed tests are listed, and the summary counts none"));
        }
        totals.agree_with(&listed)?;
        let marker = if tap { "# " } else { "ℹ " };
        if before().any(|line| line.starts_with(&format!("{marker}tests ")) && COUNT.is_match(line)) {
            return Err(Unread::unreadable("more than one summary"));
        }
    }
    name_the_rest(&mut findings, failed);
    findings.extend(after.below_threshold);
    let bare: Vec<&Point<'_>> = listed.points.iter().filter(|one| one.is_bare_file(&files)).collect();
    let passed = totals
        .pass
        .checked_sub(bare.len() as u64)
        .ok_or_else(|| Unread::unreadable("more files without a test than tests that passed"))?;
    // A file without a test was asked for and has run none.
    let skipped = totals.skipped.saturating_add(totals.todo).saturating_add(bare.len() as u64);
    let counts = Counts::of(passed, failed, skipped);
    let mut notes: Vec<String> =
        bare.iter().map(|one| format!("no test in {}, not counted", shown(&one.name))).collect();
    notes.extend(after.note);
    let roster = roster(&listed.points, &files, counts, totals.suites)?;
    agree(output.exit, Reading { counts: Some(counts), roster, findings, notes, ..Reading::default() })
}

/// Where the TAP stream begins, unless what stands before it looks like a report of its own.
fn start_of_tap<'a>(lines: impl Iterator<Item = &'a str>) -> Option<usize> {
    let report = |line: &str| POINT.is_match(line) || SPEC.is_match(line) || COUNT.is_match(line);
    for (at, line) in lines.enumerate() {
        if matches!(line, "TAP version 13" | "TAP version 14") {
            return Some(at);
        }
        if report(line) {
            return None;
        }
    }
    None
}

/// What stands after the summary: the coverage, and how far it is below its thresholds.
#[derive(Default)]
struct After {
    below_threshold: Vec<RawFinding>,
    note: Option<String>,
}

impl After {
    fn of<'a>(lines: impl Iterator<Item = &'a str>, tap: bool) -> Result<Self, Unread> {
        let mut after = Self::default();
        for line in lines.filter(|line| !line.trim().is_empty()) {
            if let Some(found) = THRESHOLD.captures(line) {
                let kind = group(&found, 1);
                let said = line.trim_start_matches(['#', 'ℹ', ' ']);
                after.below_threshold.push(finding(
                    &format!("{kind} coverage below its threshold"),
                    said,
                    None,
                ));
                continue;
            }
            if !tap && line == "✖ failing tests:" {
                break;
            }
            if POINT.is_match(line) || SPEC.is_match(line) || COUNT.is_match(line) {
                return Err(Unread::unreadable(format!("after the summary stands: {}", shown(line))));
            }
            if !line.starts_with(['#', 'ℹ']) {
                after.note.get_or_insert_with(|| shown(&format!("after the summary stands: {line}")));
            }
        }
        Ok(after)
    }
}

/// The tests by name, where it is certain which of the points are suites; else those that failed.
fn roster(points: &[Point<'_>], files: &[&str], counts: Counts, suites: u64) -> Result<Roster, Unread> {
    let marked = points.iter().filter(|one| one.is_suite).count() as u64;
    if marked != suites {
        // The spec reporter does not say which of them are suites.
        return failed_alone(points, counts);
    }
    let is_suite = |one: &Point<'_>| one.is_suite;
    let mut roster = Roster::default();
    for one in points.iter().filter(|one| !is_suite(one)) {
        let state = if one.is_bare_file(files) { TestState::NotRun } else { one.state };
        roster.add("", &one.path.join(" > "), &one.name, state);
    }
    if roster.counts() == counts { Ok(roster) } else { failed_alone(points, counts) }
}

/// The failed tests by name, and the others as they are counted.
fn failed_alone(points: &[Point<'_>], counts: Counts) -> Result<Roster, Unread> {
    let mut roster = Roster::default();
    let failed = points.iter().filter(|one| one.state == TestState::Failed && !one.has_children);
    for one in failed.take(usize::try_from(counts.failed).unwrap_or(usize::MAX)) {
        roster.add("", &one.path.join(" > "), &one.name, one.state);
    }
    totalled(roster, counts)
}

struct Totals {
    tests: u64,
    suites: u64,
    pass: u64,
    fail: u64,
    cancelled: u64,
    skipped: u64,
    todo: u64,
}

/// Where the summary starts, and its counts.
fn totals<'a>(lines: impl Iterator<Item = &'a str>, tap: bool) -> Result<Option<(usize, Totals)>, Unread> {
    let Some((at, block)) = last_block(lines, tap) else {
        return Ok(None);
    };
    let count = |index: usize| {
        let line = block.get(index).copied().unwrap_or_default();
        let found = COUNT.captures(line).ok_or_else(|| Unread::unreadable("no count in the summary"))?;
        if !group(&found, 4).is_empty() {
            return Err(Unread::unreadable("a fraction in the summary"));
        }
        number(group(&found, 3))
    };
    let totals = Totals {
        tests: count(0)?,
        suites: count(1)?,
        pass: count(2)?,
        fail: count(3)?,
        cancelled: count(4)?,
        skipped: count(5)?,
        todo: count(6)?,
    };
    let parts = [totals.pass, totals.fail, totals.cancelled, totals.skipped, totals.todo];
    if parts.iter().try_fold(0_u64, |sum, one| sum.checked_add(*one)) != Some(totals.tests) {
        return Err(Unread::unreadable("the counts of the summary do not add up"));
    }
    Ok(Some((at, totals)))
}

/// The last lines that name the eight counts in their order, and where they start.
fn last_block<'a>(lines: impl Iterator<Item = &'a str>, tap: bool) -> Option<(usize, Vec<&'a str>)> {
    let marker = if tap { "#" } else { "ℹ" };
    let named = |line: &str, place: usize| {
        line.starts_with(marker)
            && COUNT.captures(line).is_some_and(|found| Some(&group(&found, 2)) == NAMES.get(place))
    };
    let (mut last, mut block) = (None, Vec::new());
    for (at, line) in lines.enumerate() {
        if !named(line, block.len()) {
            block.clear();
        }
        if named(line, block.len()) {
            block.push(line);
        }
        if block.len() == NAMES.len() {
            last = Some((at + 1 - NAMES.len(), std::mem::take(&mut block)));
        }
    }
    last
}

impl Totals {
    fn agree_with(&self, listed: &Listed<'_>) -> Result<(), Unread> {
        let points = listed.points.len() as u64;
        let top = listed.points.iter().filter(|one| one.path.is_empty()).count() as u64;
        let planned = listed.plans.as_ref().is_none_or(|plans| plans.as_slice() == [top.to_string()]);
        if self.tests.checked_add(self.suites) == Some(points) && planned {
            return Ok(());
        }
        Err(Unread::unreadable(format!(
            "{points} tests and suites are listed, and the summary counts {} and {}",
            self.tests, self.suites
        )))
    }
}

struct Listed<'a> {
    points: Vec<Point<'a>>,
    /// The plans (`1..N`) at the outermost level; TAP only.
    plans: Option<Vec<String>>,
}

struct Point<'a> {
    path: Box<[String]>,
    name: Cow<'a, str>,
    state: TestState,
    has_children: bool,
    is_suite: bool,
}

impl Point<'_> {
    /// A file that node ran as a whole and that registered no test.
    fn is_bare_file(&self, files: &[&str]) -> bool {
        let passed = self.state == TestState::Passed && !self.is_suite;
        passed && !self.has_children && self.path.is_empty() && is_file(&self.name, files)
    }
}

/// Whether a test's name is that of a script: by its extension, or as the command names it.
pub(super) fn is_file(name: &str, files: &[&str]) -> bool {
    let named = |file: &str| {
        let file = file.trim_start_matches("./");
        !file.is_empty()
            && name.strip_suffix(file).is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '\\']))
    };
    FILE.is_match(name) || files.iter().any(|file| named(file))
}

fn tap_points<'a>(lines: impl Iterator<Item = &'a str>) -> Listed<'a> {
    let mut listed = Listed { points: Vec::new(), plans: Some(Vec::new()) };
    let mut names: Vec<String> = Vec::new();
    let mut details: Option<String> = None;
    let mut child_seen = Vec::<bool>::new();
    for line in lines {
        if let Some(end) = &details {
            if line == end {
                details = None;
            } else if line.trim_start() == "type: 'suite'"
                && let Some(point) = listed.points.last_mut()
            {
                point.is_suite = true;
            }
            continue;
        }
        if let Some(found) = SUBTEST.captures(line) {
            names.truncate(group(&found, 1).len() / 4);
            names.push(unescaped(group(&found, 2)).into_owned());
        } else if let Some(found) = POINT.captures(line) {
            let depth = group(&found, 1).len() / 4;
            let text = group(&found, 3);
            let ok = group(&found, 2) == "ok";
            let (name, state) = match DIRECTIVE.captures(text) {
                Some(found) if group(&found, 2) == "TODO" => (found.get(1), TestState::Todo),
                Some(found) => (found.get(1), TestState::Skipped),
                None => (found.get(3), if ok { TestState::Passed } else { TestState::Failed }),
            };
            let name = unescaped(name.map_or("", |name| name.as_str()));
            child_seen.resize(depth + 2, false);
            let has_children = child_seen.pop().unwrap_or_default();
            if let Some(parent) = child_seen.last_mut() {
                *parent = true;
            }
            let path = names.iter().take(depth).cloned().collect();
            listed.points.push(Point { path, name, state, has_children, is_suite: false });
        } else if let (Some(found), Some(plans)) = (PLAN.captures(line), &mut listed.plans) {
            plans.push(group(&found, 1).to_owned());
        } else if line.trim_start() == "---" {
            details = Some(line.replace("---", "..."));
        }
    }
    listed
}

fn unescaped(name: &str) -> Cow<'_, str> {
    if name.contains('\\') { name.replace("\\#", "#").replace("\\\\", "\\").into() } else { name.into() }
}

fn spec_points<'a>(lines: impl Iterator<Item = &'a str>) -> Listed<'a> {
    let mut listed = Listed { points: Vec::new(), plans: None };
    let mut names: Vec<String> = Vec::new();
    let mut opened = Vec::<bool>::new();
    for line in lines {
        if let Some(found) = SPEC.captures(line) {
            let depth = group(&found, 1).len() / 2;
            opened.resize(depth + 1, false);
            let has_children = opened.pop().unwrap_or_default();
            let mark = group(&found, 2);
            let said = group(&found, 4);
            let state = match mark {
                _ if mark == "⚠" || said.starts_with(" # TODO") => TestState::Todo,
                _ if mark == "﹣" || !said.is_empty() => TestState::Skipped,
                "✖" => TestState::Failed,
                _ => TestState::Passed,
            };
            let path = names.iter().take(depth).cloned().collect();
            let name = group(&found, 3).into();
            listed.points.push(Point { path, name, state, has_children, is_suite: false });
        } else if let Some(found) = SPEC_GROUP.captures(line) {
            let depth = group(&found, 1).len() / 2;
            names.truncate(depth);
            names.push(group(&found, 2).to_owned());
            opened.resize(depth, false);
            opened.push(true);
        }
    }
    listed
}

/// The failed tests; a suite or test that failed only because of what is inside it is left out.
fn failures(points: &[Point<'_>]) -> Vec<RawFinding> {
    let failed = || points.iter().filter(|one| one.state == TestState::Failed);
    let inside: BTreeSet<&[String]> =
        failed().flat_map(|one| (1..=one.path.len()).filter_map(|length| one.path.get(..length))).collect();
    let has_failed_inside = |one: &Point<'_>| {
        let mut path = one.path.to_vec();
        path.push(one.name.clone().into_owned());
        one.has_children && inside.contains(path.as_slice())
    };
    failed()
        .filter(|one| !has_failed_inside(one))
        .map(|one| {
            // Where a whole file failed, its name is an absolute path, which differs between checkouts.
            let file =
                FILE.is_match(&one.name).then(|| one.name.rsplit(['/', '\\']).next().unwrap_or_default());
            let mut path = one.path.to_vec();
            path.push(file.unwrap_or(&one.name).to_owned());
            let key = path.join(" > ");
            finding(&key, &format!("test failed: {key}"), None)
        })
        .collect()
}
