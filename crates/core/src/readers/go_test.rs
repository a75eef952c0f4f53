//! `go test -json` (the events of `go doc test2json`) and `go test -v`.
//!
//! Plain output without `-v` names no test that passed, so it shows no counts and is refused, unless it says that there
//! was nothing to run. A test with subtests is not counted itself: its subtests are. A result out of Go's cache is that of an earlier
//! run, so its tests have not run.

use super::lines::{Lines, agree, finding, no_report_said, shown};
use super::{RawFinding, Reading, ToolOutput, Unread, go_events, go_lines};
use crate::roster::{Roster, TestState};
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stdout = Lines::of(output.stdout);
    let run = match stdout.first_filled() {
        Some(_) if stdout.iter().any(|line| line.starts_with("{\"")) => go_events::run(&stdout),
        Some(_) => go_lines::run(&stdout),
        None => {
            let stderr = Lines::of(output.stderr);
            return Err(no_report_said(stderr.iter(), "package line of `go test`"));
        }
    }?;
    stdout.whole()?;
    if output.exit != Some(0)
        && let Some(unread) = run.unreachable()
    {
        return Err(unread);
    }
    let findings = run.findings();
    let (roster, cached) = run.roster();
    let mut notes = run.notes.clone();
    if cached > 0 {
        notes.push(format!(
            "{cached} tests were answered from Go's cache and not run now, so they do not count: add -count=1 to the check"
        ));
    }
    let reading = Reading { counts: Some(roster.counts()), roster, findings, notes, ..Reading::default() };
    if reading.findings.is_empty() && run.uncounted {
        return Err(Unread::unreadable(
            "`go test` without -json or -v shows no counts: add -json to the check",
        ));
    }
    agree(output.exit, reading)
}

/// How many parts of a subtest's name may be its own.
const MOST_SLASHES: usize = 64;

/// How a test or a package ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Pass,
    Fail,
    Skip,
}

/// What both forms of output tell.
#[derive(Default)]
pub(super) struct Run {
    /// Every end of every test, in order, by package and name.
    pub(super) tests: Vec<(String, String, End)>,
    /// The packages that failed, with what the tool says of it.
    pub(super) failed_packages: BTreeMap<String, String>,
    /// A package passed, and its tests are not named.
    pub(super) uncounted: bool,
    /// What was printed where a package could not be built or set up.
    pub(super) build_output: Vec<String>,
    /// The packages whose result is that of an earlier run.
    pub(super) cached: BTreeSet<String>,
    /// What a person should know.
    pub(super) notes: Vec<String>,
}

impl Run {
    /// Tests whose end counts: those without subtests, and those that failed with none of their subtests failing.
    fn counted(&self) -> impl Iterator<Item = &(String, String, End)> {
        let has_subtests = self.tests.iter().any(|(_, test, _)| test.contains('/'));
        let tests = self.tests.iter().filter(|_| has_subtests);
        let named: HashSet<(&str, &str)> =
            tests.map(|(package, test, _)| (package.as_str(), test.as_str())).collect();
        // The test that a subtest is in is named too; a name may hold slashes of its own, of which a few are looked at.
        let parent = |package: &'_ str, test: &'_ str| {
            let slashes = test.rmatch_indices('/').take(MOST_SLASHES);
            let outer = slashes.map(|(slash, _)| test.get(..slash).unwrap_or_default());
            outer
                .map(|outer| (package.to_owned(), outer.to_owned()))
                .find(|(package, outer)| named.contains(&(package, outer)))
        };
        let (mut parents, mut failed_inside) = (HashSet::new(), HashSet::new());
        for (package, test, end) in &self.tests {
            let Some(outer) = parent(package, test) else { continue };
            if *end == End::Fail {
                failed_inside.insert(outer.clone());
            }
            parents.insert(outer);
        }
        self.tests.iter().filter(move |(package, test, end)| {
            let name = (package.clone(), test.clone());
            !parents.contains(&name) || (*end == End::Fail && !failed_inside.contains(&name))
        })
    }

    /// The tests by name, and how many of them an earlier run answered: they were not run now.
    fn roster(&self) -> (Roster, u64) {
        let (mut roster, mut cached) = (Roster::default(), 0);
        for (package, test, end) in self.counted() {
            let state = match end {
                End::Fail => TestState::Failed,
                End::Skip => TestState::Skipped,
                End::Pass if self.cached.contains(package) => TestState::NotRun,
                End::Pass => TestState::Passed,
            };
            cached += u64::from(state == TestState::NotRun);
            let (suite, name) = test.rsplit_once('/').unwrap_or(("", test));
            roster.add(package, &suite.replace('/', " > "), name, state);
        }
        (roster, cached)
    }

    fn findings(&self) -> Vec<RawFinding> {
        let failed: Vec<_> = self.counted().filter(|(_, _, end)| *end == End::Fail).collect();
        let tests = failed.iter().map(|(package, test, _)| {
            finding(&format!("{package} {test}"), &format!("test failed: {test}"), Some(package))
        });
        // A package that failed and names a failed test is told by that test.
        let named: BTreeSet<&String> = failed.iter().map(|(package, ..)| package).collect();
        let packages = self.failed_packages.iter().filter(|(package, _)| !named.contains(package));
        let packages = packages.map(|(package, why)| {
            finding(
                &format!("package {package}"),
                &format!("package failed: {package} {}", shown(why)),
                Some(package),
            )
        });
        tests.chain(packages).collect()
    }

    /// A package that could not be set up because a module could not be fetched has not failed.
    fn unreachable(&self) -> Option<Unread> {
        let why = no_report_said(self.build_output.iter().map(String::as_str), "package");
        (why.reason == crate::verdict::Reason::Unreachable).then_some(why)
    }
}
