//! What node's test runner says at the end of its JUnit report, in comments: `<!-- tests 4 -->` and seven more.
//!
//! The suites above count what node calls tests in several ways; the trailer is its own account, which says how many of them are
//! suites (`describe`). An empty one is listed as a test that passed, and is none; a test with subtests is listed as a suite.

use crate::readers::lines::{group, pattern};
use regex::Regex;
use std::sync::LazyLock;

static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ ([a-z_]+) ([0-9]+)(?:\.[0-9]+)? $"));
const NAMES: [&str; 8] = ["tests", "suites", "pass", "fail", "cancelled", "skipped", "todo", "duration_ms"];

/// The comments that were seen so far, in their order.
#[derive(Default)]
pub(super) struct Trailer(Vec<u64>);

impl Trailer {
    pub(super) fn take(&mut self, comment: &str) {
        let Some(found) = COMMENT.captures(comment) else { return };
        let expected = NAMES.get(self.0.len()).copied();
        match group(&found, 2).parse() {
            Ok(count) if expected == Some(group(&found, 1)) => self.0.push(count),
            _ => self.0.clear(),
        }
    }

    /// Whether all of it is there.
    pub(super) fn is_whole(&self) -> bool {
        self.0.len() == NAMES.len()
    }

    /// What it states, where all of it is there and adds up.
    pub(super) fn stated(&self) -> Option<Stated> {
        let [tests, suites, pass, fail, cancelled, skipped, todo, _] = self.0.as_slice() else { return None };
        let failed = fail.checked_add(*cancelled)?;
        let skipped = skipped.checked_add(*todo)?;
        let sum = pass.checked_add(failed)?.checked_add(skipped)?;
        (sum == *tests).then_some(Stated { tests: *tests, suites: *suites, passed: *pass, failed, skipped })
    }
}

/// The producer's own counts.
#[derive(Clone, Copy)]
pub(super) struct Stated {
    pub(super) tests: u64,
    pub(super) suites: u64,
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}
