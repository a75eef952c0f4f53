//! What a suite of a JUnit report declares, against what is in it.

use super::case::Case;
use crate::readers::lines::shown;
use crate::roster::TestState;

/// What was counted: test cases, and the elements inside them that say how they ended.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) cases: u64,
    pub(super) failed_cases: u64,
    wrong: u64,
    skipped: u64,
    disabled: u64,
}

impl Tally {
    pub(super) fn of(case: &Case, state: TestState) -> Self {
        let of = |states: &[TestState]| u64::from(states.contains(&state));
        let failed = of(&[TestState::Failed, TestState::Errored]);
        Self {
            cases: 1,
            failed_cases: failed,
            wrong: if failed > 0 { (case.failures + case.errors).max(1) } else { 0 },
            skipped: of(&[
                TestState::Skipped,
                TestState::Todo,
                TestState::ExpectedFailure,
                TestState::NotRun,
                TestState::Ignored,
            ]),
            disabled: of(&[TestState::Disabled]),
        }
    }

    pub(super) fn without(self, cases: u64) -> Self {
        Self { cases: self.cases.saturating_sub(cases), ..self }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            cases: self.cases + other.cases,
            failed_cases: self.failed_cases + other.failed_cases,
            wrong: self.wrong + other.wrong,
            skipped: self.skipped + other.skipped,
            disabled: self.disabled + other.disabled,
        }
    }
}

/// A suite that is open.
#[derive(Default)]
pub(super) struct Suite {
    pub(super) name: String,
    /// `tests`, `failures`, `errors`, `skipped` and `disabled`; `None` where it is not there or less than zero.
    pub(super) declared: [Option<u64>; 5],
    /// Everything in it.
    pub(super) inside: Tally,
    /// What is not in a suite inside it.
    pub(super) direct: Tally,
    /// The suites directly in it, each as a case.
    pub(super) suites: Tally,
}

impl Suite {
    /// The suite as node's test runner counts it in the suite around it: one test, which failed or was skipped where a test in
    /// it did.
    pub(super) fn as_case(&self) -> Tally {
        let one = |any: u64| u64::from(any > 0);
        let inside = self.direct.plus(self.suites);
        Tally {
            cases: 1,
            failed_cases: one(inside.failed_cases),
            wrong: one(inside.wrong),
            skipped: 0,
            disabled: 0,
        }
    }

    /// What it declares against what is in it: what is wrong, if anything is. Some producers count the tests of a suite with those
    /// of the suites in it, some without, and node's test runner counts the suites themselves.
    pub(super) fn contradiction(&self) -> Option<String> {
        let node = self.direct.plus(self.suites);
        if [self.inside, self.direct, node].into_iter().any(|counted| self.agrees(counted)) {
            return None;
        }
        let (tests, wrong) = (self.inside.cases, self.inside.failed_cases);
        Some(shown(&format!(
            "suite {} declares other counts than its {tests} tests and {wrong} failures",
            self.name
        )))
    }

    /// How many more cases are listed than it says are tests, while everything else agrees: jest lists tests that are still to be
    /// written as if they had passed.
    pub(super) fn surplus(&self) -> Option<u64> {
        let declared = self.declared[0]?;
        [self.inside, self.direct].into_iter().find_map(|counted| {
            let surplus = counted.cases.checked_sub(declared).filter(|surplus| *surplus > 0)?;
            let passed = counted.cases - counted.failed_cases - counted.skipped - counted.disabled;
            (surplus <= passed && self.agrees(Tally { cases: declared, ..counted })).then_some(surplus)
        })
    }

    /// How many tests it counts and does not list, while failures agree, and whether it says that they were skipped: mocha leaves
    /// pending tests out, and its suites do not say why they are fewer.
    pub(super) fn unlisted(&self) -> Option<(u64, bool)> {
        let [tests, _, _, skipped, _] = self.declared;
        let declared = tests?;
        [self.inside, self.direct].into_iter().find_map(|counted| {
            let unlisted = declared.checked_sub(counted.cases).filter(|unlisted| *unlisted > 0)?;
            let with_them = Tally { cases: declared, skipped: counted.skipped + unlisted, ..counted };
            let says_so = skipped.is_some();
            let agrees = if says_so {
                self.agrees(with_them)
            } else {
                self.agrees(Tally { cases: declared, ..counted })
            };
            agrees.then_some((unlisted, says_so))
        })
    }

    fn agrees(&self, counted: Tally) -> bool {
        let [tests, failures, errors, skipped, disabled] = self.declared;
        let wrong = failures.unwrap_or_default().checked_add(errors.unwrap_or_default());
        let left_out = skipped.unwrap_or_default().checked_add(disabled.unwrap_or_default());
        let all_left_out = counted.skipped + counted.disabled;
        let skips = skipped.is_none_or(|skipped| skipped == counted.skipped)
            && disabled.is_none_or(|one| one == counted.disabled);
        self.has_tests(tests, counted)
            && ((failures.is_none() && errors.is_none())
                || [counted.wrong, counted.failed_cases].map(Some).contains(&wrong))
            && (skips || left_out == Some(all_left_out))
    }

    fn has_tests(&self, declared: Option<u64>, counted: Tally) -> bool {
        declared.is_none_or(|declared| {
            declared == counted.cases || (declared > counted.cases && self.counts_subtests())
        })
    }

    /// pytest counts each subtest as a test and lists the test that they are in.
    pub(super) fn counts_subtests(&self) -> bool {
        self.name == "pytest"
    }
}
