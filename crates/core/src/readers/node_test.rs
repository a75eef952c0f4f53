//! `node --test`: the TAP reporter (the default of a pipe up to Node 22) and the spec reporter.
//!
//! The report ends in eight counts (`tests` to `duration_ms`), which add up and agree with the tests listed before them.
//! Node counts a file that registers no test as a test that passed; such a file is left out here, and noted.

use super::lines::{Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use regex::Regex;
use std::sync::LazyLock;

static COUNT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(#|ℹ) ([a-z_]+) ([0-9]+)(\.[0-9]+)?$"));
static POINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:    )*)(not ok|ok) [0-9]+ - (.*)$"));
static PLAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^1\.\.([0-9]+)$"));
static SUBTEST: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:    )*)# Subtest: (.*)$"));
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(.*?) # (?:SKIP|TODO)(?: .*)?$"));
static SPEC: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^((?:  )*)([✔✖﹣⚠▶]) (.+?) \([0-9.]+ms\)((?: #.*)?)$"));
static SPEC_GROUP: LazyLock<Regex> = LazyLock::new(|| pattern(r"^((?:  )*)▶ (.+)$"));
static FILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^.+\.[cm]?[jt]sx?$"));

const NAMES: [&str; 8] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    let tap = stdout.iter().next().is_some_and(|line| line == "TAP version 13" || line == "TAP version 14");
    let Some((at, totals)) = totals(&stdout, tap)? else {
        return Err(no_report(&stderr, "summary of node's test runner at the end"));
    };
    stdout.whole()?;
    let lines = stdout.all().get(..at).unwrap_or_default();
    let listed = if tap { tap_points(lines) } else { spec_points(lines) };
    let failed = totals.fail.saturating_add(totals.cancelled);
    let mut findings = failures(&listed.points);
    if failed == 0 {
        if !findings.is_empty() {
            return Err(Unread::unreadable("failed tests are listed, and the summary counts none"));
        }
        totals.agree_with(&listed)?;
        let marker = if tap { "# " } else { "ℹ " };
        if lines.iter().any(|line| line.starts_with(&format!("{marker}tests ")) && COUNT.is_match(line)) {
            return Err(Unread::unreadable("more than one summary"));
        }
    }
    name_the_rest(&mut findings, failed);
    let files: Vec<&str> =
        listed.points.iter().filter(|one| one.is_bare_file()).map(|one| one.name.as_str()).collect();
    let passed = totals
        .pass
        .checked_sub(files.len() as u64)
        .ok_or_else(|| Unread::unreadable("more files without a test than tests that passed"))?;
    let counts = Counts::of(passed, failed, totals.skipped.saturating_add(totals.todo));
    let notes = files.iter().map(|name| format!("no test in {}, not counted", shown(name))).collect();
    agree(output.exit, Reading { counts: Some(counts), findings, notes, ..Reading::default() })
}

/// Whether a test's name is that of a script.
pub(super) fn is_file_name(name: &str) -> bool {
    FILE.is_match(name)
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

/// Where the summary starts, and its counts. TAP ends with it; spec lists the failing tests once more after it.
fn totals(stdout: &Lines, tap: bool) -> Result<Option<(usize, Totals)>, Unread> {
    let marker = if tap { "#" } else { "ℹ" };
    let named = |line: &String, name: &str| {
        COUNT.captures(line).is_some_and(|found| group(&found, 1) == marker && group(&found, 2) == name)
    };
    let block = |at: &usize| {
        let lines = stdout.all().get(*at..).unwrap_or_default();
        lines.len() >= NAMES.len() && lines.iter().zip(NAMES).all(|(line, name)| named(line, name))
    };
    let Some(at) = (0..stdout.all().len()).rev().find(block) else {
        return Ok(None);
    };
    let end = at + NAMES.len();
    let last = stdout.last_filled().unwrap_or_default();
    let failing = stdout.all().get(end..).unwrap_or_default().iter().find(|line| !line.trim().is_empty());
    if last >= end && (tap || failing.map(String::as_str) != Some("✖ failing tests:")) {
        return Err(Unread::unreadable("something stands after the summary"));
    }
    let count = |index: usize| {
        let line = stdout.all().get(at + index).map(String::as_str).unwrap_or_default();
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

impl Totals {
    fn agree_with(&self, listed: &Listed) -> Result<(), Unread> {
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

struct Listed {
    points: Vec<Point>,
    /// The plans (`1..N`) at the outermost level; TAP only.
    plans: Option<Vec<String>>,
}

struct Point {
    path: Vec<String>,
    name: String,
    ok: bool,
    excused: bool,
    has_children: bool,
}

impl Point {
    /// A file that node ran as a whole and that registered no test.
    fn is_bare_file(&self) -> bool {
        self.ok && !self.excused && !self.has_children && self.path.is_empty() && FILE.is_match(&self.name)
    }
}

fn tap_points(lines: &[String]) -> Listed {
    let mut listed = Listed { points: Vec::new(), plans: Some(Vec::new()) };
    let mut names: Vec<String> = Vec::new();
    let mut details: Option<String> = None;
    let mut child_seen = Vec::<bool>::new();
    for line in lines {
        if let Some(end) = &details {
            if line == end {
                details = None;
            }
            continue;
        }
        if let Some(found) = SUBTEST.captures(line) {
            names.truncate(group(&found, 1).len() / 4);
            names.push(unescaped(group(&found, 2)));
        } else if let Some(found) = POINT.captures(line) {
            let depth = group(&found, 1).len() / 4;
            let text = group(&found, 3);
            let (name, excused) = DIRECTIVE
                .captures(text)
                .map_or((text, false), |found| (found.get(1).map_or("", |m| m.as_str()), true));
            child_seen.resize(depth + 2, false);
            let has_children = child_seen.pop().unwrap_or_default();
            if let Some(parent) = child_seen.last_mut() {
                *parent = true;
            }
            let path = names.iter().take(depth).cloned().collect();
            let ok = group(&found, 2) == "ok";
            listed.points.push(Point { path, name: unescaped(name), ok, excused, has_children });
        } else if let (Some(found), Some(plans)) = (PLAN.captures(line), &mut listed.plans) {
            plans.push(group(&found, 1).to_owned());
        } else if line.trim_start() == "---" {
            details = Some(line.replace("---", "..."));
        }
    }
    listed
}

fn unescaped(name: &str) -> String {
    name.replace("\\#", "#").replace("\\\\", "\\")
}

fn spec_points(lines: &[String]) -> Listed {
    let mut listed = Listed { points: Vec::new(), plans: None };
    let mut names: Vec<String> = Vec::new();
    let mut opened = Vec::<bool>::new();
    for line in lines {
        if let Some(found) = SPEC.captures(line) {
            let depth = group(&found, 1).len() / 2;
            opened.resize(depth + 1, false);
            let has_children = opened.pop().unwrap_or_default();
            let mark = group(&found, 2);
            let excused = mark == "﹣" || mark == "⚠" || !group(&found, 4).is_empty();
            let path = names.iter().take(depth).cloned().collect();
            let ok = mark != "✖";
            listed.points.push(Point { path, name: group(&found, 3).to_owned(), ok, excused, has_children });
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
fn failures(points: &[Point]) -> Vec<RawFinding> {
    let failed = |one: &&Point| !one.ok && !one.excused;
    let inside = |outer: &Point| {
        let mut path = outer.path.clone();
        path.push(outer.name.clone());
        points.iter().filter(failed).any(|one| one.path.starts_with(&path))
    };
    points
        .iter()
        .filter(failed)
        .filter(|one| !(one.has_children && inside(one)))
        .map(|one| {
            // Where a whole file failed, its name is an absolute path, which differs between checkouts.
            let file =
                FILE.is_match(&one.name).then(|| one.name.rsplit(['/', '\\']).next().unwrap_or_default());
            let mut path = one.path.clone();
            path.push(file.unwrap_or(&one.name).to_owned());
            let key = path.join(" > ");
            finding(&key, &format!("test failed: {key}"), None)
        })
        .collect()
}
