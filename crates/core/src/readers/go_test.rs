//! `go test -json` (the events of `go doc test2json`) and `go test -v`.
//!
//! Plain output without `-v` names no test that passed, so it shows no counts and is refused, unless it says that there
//! was nothing to run. A test with subtests is not counted itself: its subtests are.

use super::lines::{Lines, agree, finding, no_report_said, shown};
use super::{RawFinding, Reading, ToolOutput, Unread, go_events, go_lines};
use crate::evidence::Counts;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stdout = Lines::of(output.stdout);
    let first = stdout.iter().find(|line| !line.trim().is_empty());
    let run = match first {
        Some(line) if line.starts_with('{') => go_events::run(&stdout),
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
    let reading = Reading { counts: Some(run.counts()), findings, ..Reading::default() };
    if reading.findings.is_empty() && run.uncounted {
        return Err(Unread::unreadable(
            "`go test` without -json or -v shows no counts: add -json to the check",
        ));
    }
    agree(output.exit, reading)
}

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
}

impl Run {
    /// Tests whose end counts: those without subtests, and those that failed with none of their subtests failing.
    fn counted(&self) -> impl Iterator<Item = &(String, String, End)> {
        let (mut parents, mut failed_inside) = (BTreeSet::new(), BTreeSet::new());
        for (package, test, end) in &self.tests {
            for (slash, _) in test.match_indices('/') {
                let parent = (package.as_str(), test.get(..slash).unwrap_or_default());
                parents.insert(parent);
                if *end == End::Fail {
                    failed_inside.insert(parent);
                }
            }
        }
        self.tests.iter().filter(move |(package, test, end)| {
            let name = (package.as_str(), test.as_str());
            !parents.contains(&name) || (*end == End::Fail && !failed_inside.contains(&name))
        })
    }

    fn counts(&self) -> Counts {
        self.counted().fold(Counts::default(), |sum, (_, _, end)| {
            sum.plus(match end {
                End::Pass => Counts::of(1, 0, 0),
                End::Fail => Counts::of(0, 1, 0),
                End::Skip => Counts::of(0, 0, 1),
            })
        })
    }

    fn findings(&self) -> Vec<RawFinding> {
        let failed: Vec<_> = self.counted().filter(|(_, _, end)| *end == End::Fail).collect();
        let tests = failed.iter().map(|(package, test, _)| {
            finding(&format!("{package} {test}"), &format!("test failed: {test}"), Some(package))
        });
        // A package that failed and names a failed test is told by that test.
        let packages = self
            .failed_packages
            .iter()
            .filter(|(package, _)| !failed.iter().any(|(other, ..)| other == *package));
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
