//! One test case of a JUnit report, and how it ended.
//!
//! What stands inside it says so (`failure`, `error`, `skipped`), and producers add words of their own in `status` and `result`. The
//! words are a closed set: with one that is not known the report is unreadable.

use crate::readers::Unread;
use crate::readers::lines::shown;
use crate::roster::TestState;

/// A test case that is open.
#[derive(Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) words: [Option<String>; 2],
    pub(super) failures: u64,
    pub(super) errors: u64,
    pub(super) skips: u64,
    /// What the first failure or error says.
    pub(super) said: Option<String>,
    /// The `type` and the `message` of `skipped`.
    pub(super) skipped_as: String,
    pub(super) skipped_for: String,
    pub(super) flaky: bool,
}

impl Case {
    /// Class and name.
    pub(super) fn full_name(&self) -> String {
        if self.class.is_empty() { self.name.clone() } else { format!("{}::{}", self.class, self.name) }
    }

    pub(super) fn state(&self) -> Result<TestState, Unread> {
        let mut by_word = TestState::Passed;
        for word in self.words.iter().flatten() {
            let state = of_word(word).ok_or_else(|| {
                let name = shown(&self.full_name());
                Unread::unreadable(format!("{name} has a status that is not known: {}", shown(word)))
            })?;
            if state != TestState::Passed && by_word != TestState::Failed {
                by_word = state;
            }
        }
        // ctest says so of a program that is not there.
        let not_found = self.skipped_for.starts_with("Unable to find executable");
        Ok(match by_word {
            // node's test runner marks a test that may fail as skipped and keeps its failure.
            _ if self.skips > 0 && self.skipped_as == "todo" => TestState::Todo,
            _ if self.errors > 0 || not_found => TestState::Errored,
            _ if self.failures > 0 => TestState::Failed,
            TestState::Passed | TestState::Skipped if self.skips > 0 => match self.skipped_as.as_str() {
                "pytest.xfail" => TestState::ExpectedFailure,
                _ => TestState::Skipped,
            },
            state => state,
        })
    }
}

/// The words of ctest, GoogleTest, Catch2, behave, xUnit.net and their kin.
fn of_word(word: &str) -> Option<TestState> {
    Some(match word.to_ascii_lowercase().as_str() {
        "run" | "completed" | "passed" | "pass" | "success" | "successful" | "ok" => TestState::Passed,
        "fail" | "failed" | "failure" => TestState::Failed,
        "error" | "errored" | "broken" => TestState::Errored,
        "skip" | "skipped" | "pending" => TestState::Skipped,
        "ignored" => TestState::Ignored,
        "disabled" | "suppressed" => TestState::Disabled,
        "notrun" | "not_run" | "not run" | "untested" | "undefined" | "interrupted" => TestState::NotRun,
        "todo" => TestState::Todo,
        "xfail" | "xfailed" => TestState::ExpectedFailure,
        "xpass" | "xpassed" => TestState::UnexpectedPass,
        _ => return None,
    })
}
