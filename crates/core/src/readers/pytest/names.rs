//! The tests that pytest names: all of them with `-v`, else those that failed.

use crate::readers::RawFinding;
use crate::readers::lines::{finding, group, pattern};
use crate::roster::{Roster, TestState};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(FAILED|ERROR|SUBFAILED((?:\[.*?\]|\(.*?\))*)) (\S.*)$"));
static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"^_+ (.+?) _+$"));
static LISTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(\S[^ ]*::.*?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)(?: \(.*\))?(?: +\[ *[0-9]+%\])?$")
});
/// As pytest-xdist lists them.
static BY_WORKER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^\[gw[0-9]+\] \[ *[0-9]+%\] (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S.*?) *$")
});

/// A line of the short test summary.
pub(super) struct Failed<'a> {
    what: &'a str,
    subtest: &'a str,
    test: &'a str,
    why: &'a str,
}

impl Failed<'_> {
    pub(super) fn finding(&self) -> RawFinding {
        let (what, test, why) = (self.what.to_lowercase(), self.test, self.why);
        let message = format!("{what}: {test}{}{why}", if why.is_empty() { "" } else { ": " });
        // A test can fail and have an error in its teardown: two problems of one test.
        let key = |test: &str| if self.what == "FAILED" { test.to_owned() } else { format!("{what} {test}") };
        // An id was once taken to end at the first dash.
        let cut = test.split_once(" - ").map_or(test, |(cut, _)| cut);
        finding(&key(test), &message, test.split("::").next()).once_called(&key(cut))
    }

    pub(super) fn enroll(&self, roster: &mut Roster) {
        let state = if self.what == "ERROR" { TestState::Errored } else { TestState::Failed };
        let (place, suite, name) = parts(self.test);
        let subtest = if self.subtest.is_empty() { String::new() } else { format!(" {}", self.subtest) };
        roster.add(place, &suite, &format!("{name}{subtest}"), state);
    }
}

/// File, classes and name of a test's id. What stands in brackets is a parameter and may hold anything.
fn parts(id: &str) -> (&str, String, String) {
    let (path, parameter) = id.find('[').map_or((id, ""), |at| id.split_at(at));
    let mut parts: Vec<&str> = path.split("::").collect();
    let place = if parts.len() > 1 { parts.remove(0) } else { "" };
    let name = format!("{}{parameter}", parts.pop().unwrap_or_default());
    (place, parts.join(" > "), name)
}

/// The tests that the last `short test summary info` of these lines names.
pub(super) fn failed<'a>(lines: &[&'a str]) -> Vec<Failed<'a>> {
    let Some(heading) = lines.iter().rposition(|line| super::NAMES.is_match(line)) else {
        return Vec::new();
    };
    let headings = lines.iter().take(heading).filter_map(|line| HEADING.captures(line));
    let known: BTreeSet<String> = headings.map(|found| group(&found, 1).replace('.', "::")).collect();
    let named = lines.iter().skip(heading).filter_map(|line| NAMED.captures(line));
    named
        .map(|found| {
            let part = |index: usize| found.get(index).map_or("", |part| part.as_str());
            let (test, why) = divided(part(3), &known);
            Failed { what: part(1), subtest: part(2), test, why }
        })
        .collect()
}

/// A test's id and why it failed, which ` - ` divides. It may stand in a parameter too; the heading of the test's own report says
/// where the name ends, and a parameter is closed by a bracket.
fn divided<'a>(text: &'a str, known: &BTreeSet<String>) -> (&'a str, &'a str) {
    let cuts = || text.match_indices(" - ").map(|(at, _)| at).take(64).collect::<Vec<_>>().into_iter();
    let named = |at: &usize| {
        let id = text.get(..*at).unwrap_or_default();
        let own = id.split_once("::").map_or(id, |(_, own)| own).replace('.', "::");
        known.contains(&own)
    };
    let closed = |at: &usize| {
        let id = text.get(..*at).unwrap_or_default();
        !id.contains('[') || id.ends_with(']')
    };
    let at = cuts().rev().find(named).or_else(|| cuts().find(closed));
    at.map_or((text, ""), |at| (text.get(..at).unwrap_or_default(), text.get(at + 3..).unwrap_or_default()))
}

/// The tests that `-v` lists.
pub(super) fn listed(lines: &[&str]) -> Roster {
    let mut roster = Roster::default();
    for line in lines {
        let (id, word) = if let Some(found) = BY_WORKER.captures(line) {
            (found.get(2), found.get(1))
        } else if let Some(found) = LISTED.captures(line) {
            (found.get(1), found.get(2))
        } else {
            continue;
        };
        let (Some(id), Some(word)) = (id, word) else { continue };
        let state = match word.as_str() {
            "PASSED" => TestState::Passed,
            "FAILED" => TestState::Failed,
            "ERROR" => TestState::Errored,
            "SKIPPED" => TestState::Skipped,
            "XFAIL" => TestState::ExpectedFailure,
            _ => TestState::UnexpectedPass,
        };
        let (place, suite, name) = parts(id.as_str());
        roster.add(place, &suite, &name, state);
    }
    roster
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dash_in_a_parameter_does_not_end_a_tests_id() {
        let report = "____ test_p[a - b] ____\n____ TestC.test_p[c] - d] ____\n=== short test summary info ===\n\
                      FAILED test_a.py::test_p[a - b] - AssertionError: x - y\nFAILED test_a.py::TestC::test_p[c] - d] - boom\n\
                      FAILED test_a.py::test_q[e - f] - boom - bang\nERROR test_a.py::test_e - RuntimeError: no\nFAILED test_a.py::test_z\n";
        let lines: Vec<&str> = report.lines().collect();
        let named = failed(&lines);
        let ids: Vec<&str> = named.iter().map(|one| one.test).collect();
        assert_eq!(
            ids,
            [
                "test_a.py::test_p[a - b]",
                "test_a.py::TestC::test_p[c] - d]",
                "test_a.py::test_q[e - f]",
                "test_a.py::test_e",
                "test_a.py::test_z"
            ]
        );
        assert_eq!(named[2].why, "boom - bang");
        assert_eq!(parts(ids[1]), ("test_a.py", "TestC".to_owned(), "test_p[c] - d]".to_owned()));
    }
}
