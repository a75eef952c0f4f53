//! TAP, the Test Anything Protocol, versions 12 to 14 (testanything.org), of any producer: bats, prove, tap, mocha, vitest.
//!
//! Each level has one plan (`1..N`), and as many points, numbered from 1. A point that closes a subtest is not counted itself: what is
//! inside it is. `# TODO` says that a failure is expected.

use super::lines::{Lines, agree, finding, group, no_report, number, pattern, shown};
use super::{Reading, ToolOutput, Unread};
use crate::roster::{Roster, TestState};
use regex::Regex;
use std::sync::LazyLock;

static POINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^( *)(not )?ok\b(?: +([0-9]+))?(?: +-)? ?(.*)$"));
static PLAN: LazyLock<Regex> = LazyLock::new(|| pattern(r"^( *)1\.\.([0-9]+)(?: *#.*)?$"));
static VERSION: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ *TAP version 1[234]$"));
static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(.*?) *# *(skip\S*|todo)(?:[ :-].*)?$"));
static TIME: LazyLock<Regex> = LazyLock::new(|| pattern(r" *# time=[0-9.]+ *m?s *$"));
static BAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ *Bail out!(.*)$"));

/// Deeper than any producer nests its subtests.
const DEEPEST: usize = 64;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let text = Lines::of(output.document());
    if text.first_filled().is_none() {
        return Err(no_report(&Lines::of(output.stderr), "TAP"));
    }
    if text.iter().any(|line| line.starts_with("# cancelled "))
        && text.iter().any(|line| line.starts_with("# duration_ms "))
    {
        return Err(Unread::unreadable(
            "the output of node's test runner, which has a reader of its own (`node-test`)",
        ));
    }
    let mut stream = Stream::default();
    for line in text.iter() {
        stream.take(line)?;
    }
    text.whole()?;
    let (roster, names) = stream.end()?;
    let findings = names.iter().map(|name| finding(name, &format!("test failed: {name}"), None)).collect();
    agree(output.exit, Reading { counts: Some(roster.counts()), roster, findings, ..Reading::default() })
}

/// One level of subtests.
#[derive(Default)]
struct Level {
    indent: usize,
    planned: Option<u64>,
    points: u64,
    /// What is inside, with the path from here.
    inside: Vec<(Vec<String>, TestState)>,
    failed: bool,
    /// A point whose subtest stands behind it, in braces.
    braced: Option<(String, TestState)>,
}

#[derive(Default)]
struct Stream {
    levels: Vec<Level>,
    /// The tests of the outermost level, and the names of those that failed.
    roster: Roster,
    failed: Vec<String>,
    /// The end of the YAML block that is open.
    details: Option<String>,
}

impl Stream {
    fn take(&mut self, line: &str) -> Result<(), Unread> {
        if let Some(end) = &self.details {
            if line == end {
                self.details = None;
            }
            return Ok(());
        }
        if line.trim() == "---" {
            self.details = Some(line.replace("---", "..."));
        } else if let Some(found) = BAIL.captures(line) {
            return Err(Unread::unreadable(format!("the run was given up: {}", shown(group(&found, 1)))));
        } else if let Some(found) = PLAN.captures(line) {
            let planned = number(group(&found, 2))?;
            let level = self.level(group(&found, 1).len())?;
            if level.planned.replace(planned).is_some() {
                return Err(Unread::unreadable("more than one plan at one level"));
            }
        } else if line.trim() == "}" && self.levels.iter().any(|level| level.braced.is_some()) {
            self.brace(line.len() - line.trim_start().len())?;
        } else if let Some(found) = POINT.captures(line) {
            self.point(&found)?;
        } else if VERSION.is_match(line)
            && self.levels.iter().any(|level| level.indent == 0 && level.points > 0)
        {
            return Err(Unread::unreadable("TAP begins a second time"));
        }
        Ok(())
    }

    fn point(&mut self, found: &regex::Captures<'_>) -> Result<(), Unread> {
        let indent = group(found, 1).len();
        let ok = group(found, 2).is_empty();
        let (text, braced) = match group(found, 4).trim_end().strip_suffix('{') {
            Some(text) => (text, true),
            None => (group(found, 4), false),
        };
        let text = TIME.replace(text, "");
        let (name, directive) = DIRECTIVE.captures(&text).map_or((&*text, String::new()), |found| {
            (found.get(1).map_or("", |name| name.as_str()), group(&found, 2).to_lowercase())
        });
        let name = name.trim().replace("\\#", "#").replace("\\\\", "\\");
        let inner = self.levels.pop_if(|level| level.indent > indent).map(Level::closed).transpose()?;
        let level = self.level(indent)?;
        level.points += 1;
        let stated = group(found, 3);
        if !stated.is_empty() && number(stated)? != level.points {
            return Err(Unread::unreadable(format!("point {stated} stands where {} belongs", level.points)));
        }
        let state = match (ok, directive.as_str()) {
            (_, skip) if skip.starts_with("skip") => TestState::Skipped,
            (false, "todo") => TestState::ExpectedFailure,
            (true, "todo") => TestState::Todo,
            (true, _) => TestState::Passed,
            (false, _) => TestState::Failed,
        };
        level.failed |= state == TestState::Failed;
        if braced {
            level.braced = Some((name, state));
            return Ok(());
        }
        level.attach(name, state, inner)?;
        self.enroll();
        Ok(())
    }

    /// A brace closes a subtest whose point came before it.
    fn brace(&mut self, indent: usize) -> Result<(), Unread> {
        let inner = self.levels.pop_if(|level| level.indent > indent).map(Level::closed).transpose()?;
        let level = self.level(indent)?;
        let Some((name, state)) = level.braced.take() else {
            return Err(Unread::unreadable("a brace that closes nothing"));
        };
        level.attach(name, state, inner)?;
        self.enroll();
        Ok(())
    }

    /// What has ended at the outermost level is kept by name.
    fn enroll(&mut self) {
        let [outer @ Level { indent: 0, .. }] = self.levels.as_mut_slice() else { return };
        for (path, state) in outer.inside.drain(..) {
            if state == TestState::Failed {
                self.failed.push(path.join(" > "));
            }
            if let Some((name, suites)) = path.split_last() {
                self.roster.add("", &suites.join(" > "), name, state);
            }
        }
    }

    /// The level with this indentation; deeper ones that are open have no point that closes them.
    fn level(&mut self, indent: usize) -> Result<&mut Level, Unread> {
        if self.levels.last().is_some_and(|level| level.indent > indent) {
            return Err(Unread::unreadable("a subtest has no point that closes it"));
        }
        if self.levels.last().is_none_or(|level| level.indent < indent) {
            if self.levels.len() == DEEPEST {
                return Err(Unread::unreadable(format!("nested deeper than {DEEPEST} levels")));
            }
            self.levels.push(Level { indent, ..Level::default() });
        }
        self.levels.last_mut().ok_or_else(|| Unread::unreadable("no level"))
    }

    fn end(mut self) -> Result<(Roster, Vec<String>), Unread> {
        let (Some(outer), true) = (self.levels.pop(), self.levels.is_empty()) else {
            return Err(Unread::unreadable("no TAP, or a subtest that nothing closes"));
        };
        if outer.indent > 0 || self.details.is_some() {
            return Err(Unread::unreadable("the TAP stream was cut"));
        }
        outer.closed()?;
        Ok((self.roster, self.failed))
    }
}

impl Level {
    /// Adds a point, with what is inside it.
    fn attach(&mut self, name: String, state: TestState, inner: Option<Self>) -> Result<(), Unread> {
        let Some(inner) = inner.filter(|inner| !inner.inside.is_empty()) else {
            self.inside.push((vec![name], state));
            return Ok(());
        };
        let fails_itself = state == TestState::Failed && !inner.failed;
        for (mut path, inside) in inner.inside {
            path.insert(0, name.clone());
            // Where the whole is left out, or expected to fail, so is what is inside.
            let excused = inside == TestState::Failed && state != TestState::Failed;
            if excused && state == TestState::Passed {
                return Err(Unread::unreadable(format!(
                    "{} is ok, and a test inside it is not",
                    shown(&name)
                )));
            }
            self.inside.push((path, if excused { state } else { inside }));
        }
        if fails_itself {
            self.inside.push((vec![name], state));
        }
        Ok(())
    }

    fn closed(self) -> Result<Self, Unread> {
        match self.planned {
            _ if self.braced.is_some() => Err(Unread::unreadable("a subtest in braces that nothing closes")),
            Some(planned) if planned == self.points => Ok(self),
            Some(planned) => {
                Err(Unread::unreadable(format!("{planned} tests were planned, and {} ended", self.points)))
            }
            None => {
                Err(Unread::unreadable("no plan (`1..N`), so how many tests there should be is not known"))
            }
        }
    }
}
