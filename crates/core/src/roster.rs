//! The tests of a run, by name.
//!
//! Invariant: what a roster counts is the sum of its cases and of what the tool counted without a name; nothing else adds to it.

use crate::evidence::Counts;
use crate::text;
use serde::Serialize;
use std::fmt::Write;

/// How a test ended: a closed set. A tool's word that is not one of its own known ones makes its output unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestState {
    /// It ran, and what it asserts holds.
    Passed,
    /// It ran, and what it asserts does not hold.
    Failed,
    /// It broke, or what it needs to be set up did.
    Errored,
    /// It said of itself, or the runner of it, that it is not for here and now.
    Skipped,
    /// Its source says that it only runs when it is asked for.
    Ignored,
    /// Its source or the build switched it off.
    Disabled,
    /// Its source says that it is still to be written.
    Todo,
    /// It failed, as its source says that it does.
    ExpectedFailure,
    /// It passed, and its source says that it fails.
    UnexpectedPass,
    /// The runner names it and has not run it, or shows an earlier run's answer.
    NotRun,
}

impl TestState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Passed,
        Self::Failed,
        Self::Errored,
        Self::Skipped,
        Self::Ignored,
        Self::Disabled,
        Self::Todo,
        Self::ExpectedFailure,
        Self::UnexpectedPass,
        Self::NotRun,
    ];

    /// The name that is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Errored => "errored",
            Self::Skipped => "skipped",
            Self::Ignored => "ignored",
            Self::Disabled => "disabled",
            Self::Todo => "todo",
            Self::ExpectedFailure => "expected-failure",
            Self::UnexpectedPass => "unexpected-pass",
            Self::NotRun => "not-run",
        }
    }

    /// What it adds to a run's counts. A failure that was expected shows nothing, so it counts as skipped; a pass that was
    /// not did run to an answer.
    pub const fn counts(self) -> Counts {
        match self {
            Self::Passed | Self::UnexpectedPass => Counts::of(1, 0, 0),
            Self::Failed | Self::Errored => Counts::of(0, 1, 0),
            Self::Skipped
            | Self::Ignored
            | Self::Disabled
            | Self::Todo
            | Self::ExpectedFailure
            | Self::NotRun => Counts::of(0, 0, 1),
        }
    }
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TestCase {
    /// The binary, file or package that it is in; empty where the tool does not say.
    pub place: String,
    /// The suite or class that it is in, of several within each other joined by ` > `; empty where there is none.
    pub suite: String,
    /// Its own name.
    pub name: String,
    /// How it ended.
    pub state: TestState,
}

/// The tests of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    cases: Vec<TestCase>,
    cases_bytes: usize,
    unnamed: Counts,
}

impl Roster {
    /// How many bytes of names are held; tests beyond that are counted without their names.
    pub const MOST_BYTES: usize = 16 << 20;

    /// Adds a test by name.
    pub fn add(&mut self, place: &str, suite: &str, name: &str, state: TestState) {
        let bytes = place.len() + suite.len() + name.len() + size_of::<TestCase>();
        if self.cases_bytes.saturating_add(bytes) > Self::MOST_BYTES {
            self.unnamed = self.unnamed.plus(state.counts());
            return;
        }
        self.cases_bytes += bytes;
        let own = str::to_owned;
        self.cases.push(TestCase { place: own(place), suite: own(suite), name: own(name), state });
    }

    /// Adds tests that the tool counts and does not name.
    pub fn add_unnamed(&mut self, counts: Counts) {
        self.unnamed = self.unnamed.plus(counts);
    }

    /// Brings the roster to the totals that the tool states: what it does not name is added without a name.
    ///
    /// # Errors
    /// `false` where more is named than the tool counts.
    #[must_use]
    pub fn complete_to(&mut self, stated: Counts) -> bool {
        let counted = self.counts();
        let rest = [
            stated.passed.checked_sub(counted.passed),
            stated.failed.checked_sub(counted.failed),
            stated.skipped.checked_sub(counted.skipped),
        ];
        let [Some(passed), Some(failed), Some(skipped)] = rest else { return false };
        self.add_unnamed(Counts::of(passed, failed, skipped));
        true
    }

    /// Adds the tests of another one.
    pub fn append(&mut self, other: Self) {
        for case in other.cases {
            self.add(&case.place, &case.suite, &case.name, case.state);
        }
        self.add_unnamed(other.unnamed);
    }

    /// The same with every place and name spelled anew.
    #[must_use]
    pub fn spelled(mut self, anew: impl Fn(&str) -> String) -> Self {
        for case in &mut self.cases {
            case.place = anew(&case.place);
            case.name = anew(&case.name);
        }
        self
    }

    /// The sum over all tests.
    pub fn counts(&self) -> Counts {
        self.cases.iter().fold(self.unnamed, |sum, case| sum.plus(case.state.counts()))
    }

    /// The tests that are named.
    pub fn cases(&self) -> &[TestCase] {
        &self.cases
    }

    /// Tests that are counted and not named, by the tool or here.
    pub fn unnamed(&self) -> u64 {
        self.unnamed.executed.saturating_add(self.unnamed.skipped)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.unnamed == Counts::default()
    }

    /// Whether all tests are named.
    pub fn names_all(&self) -> bool {
        self.unnamed == Counts::default()
    }

    /// The list as it is stored with the evidence: sorted, a line for each test (`state`, place, suite and name, separated by
    /// tabs), under a first line that says how many there are and how many have no name. Of two runs, the lines can be compared.
    pub fn document(&self) -> String {
        let mut cases: Vec<&TestCase> = self.cases.iter().collect();
        cases.sort();
        let total = (self.cases.len() as u64).saturating_add(self.unnamed());
        let mut document = format!("gonogo.tests/1\t{total} tests\t{} without a name\n", self.unnamed());
        for case in cases {
            let [place, suite, name] = [&case.place, &case.suite, &case.name].map(|part| plain(part));
            // Writing to a String cannot fail.
            writeln!(document, "{}\t{place}\t{suite}\t{name}", case.state.name()).ok();
        }
        document
    }
}

/// A part of a test's name on a line with tabs between its parts.
fn plain(part: &str) -> String {
    text::visible(&part.replace('\t', "\u{2409}").replace('\n', "\u{240a}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roster_counts_the_sum_of_its_cases_and_of_what_has_no_name() {
        let mut roster = Roster::default();
        for state in TestState::ALL {
            roster.add("bin", "", state.name(), state);
        }
        roster.add_unnamed(Counts::of(3, 0, 1));
        assert_eq!(roster.counts(), Counts::of(5, 2, 7));
        assert_eq!((roster.cases().len(), roster.unnamed(), roster.names_all()), (10, 4, false));
        assert!(!roster.complete_to(Counts::of(4, 2, 7)));
        assert!(roster.complete_to(Counts::of(6, 2, 7)));
        assert_eq!(roster.counts(), Counts::of(6, 2, 7));
    }

    #[test]
    fn the_stored_list_is_the_same_for_the_same_tests_in_any_order() {
        let list = |names: [&str; 2]| {
            let mut roster = Roster::default();
            for name in names {
                roster.add("a", "s", name, TestState::Passed);
            }
            roster.document()
        };
        assert_eq!(list(["x\ty", "z\n"]), list(["z\n", "x\ty"]));
        assert_eq!(
            list(["x\ty", "z\n"]),
            "gonogo.tests/1\t2 tests\t0 without a name\npassed\ta\ts\tx␉y\npassed\ta\ts\tz␊\n"
        );
    }

    #[test]
    fn names_beyond_the_bound_are_counted_and_not_held() {
        let mut roster = Roster::default();
        let long = "x".repeat(1 << 20);
        for _ in 0..40 {
            roster.add("", "", &long, TestState::Passed);
        }
        assert_eq!(roster.counts().passed, 40);
        assert!(roster.cases().len() < 17 && roster.unnamed() > 20);
    }
}
