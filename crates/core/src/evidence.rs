//! What a check leaves behind: counts, findings, and the digests of what it printed.

use crate::digest::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How many tests a tool reports. `executed` = `passed` + `failed`; a skipped test was not executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Tests that ran to an answer.
    pub executed: u64,
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
    /// Tests that the tool names and did not run.
    pub skipped: u64,
}

impl Counts {
    /// Counts from passed, failed and skipped.
    pub const fn of(passed: u64, failed: u64, skipped: u64) -> Self {
        Self { executed: passed.saturating_add(failed), passed, failed, skipped }
    }

    /// The sum of two counts, as for a tool that reports one line for each binary.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self::of(
            self.passed.saturating_add(other.passed),
            self.failed.saturating_add(other.failed),
            self.skipped.saturating_add(other.skipped),
        )
    }
}

/// The stable name of a finding: 16 hexadecimal digits, the same for the same problem in every poll.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a problem of one check of one gate. `key` names the problem within the check and holds
    /// nothing that changes between runs: no line number, no time, no count.
    pub fn of(gate: u32, check: &str, key: &str) -> Self {
        let name = format!("{gate}\u{0}{check}\u{0}{key}");
        Self(Digest::of(name.as_bytes()).hex().split_off(48))
    }

    /// That a check is incomplete.
    pub fn of_incomplete(gate: u32, check: &str) -> Self {
        Self::of(gate, check, "incomplete")
    }

    /// That a check has more findings than are filed one by one.
    pub fn of_more(gate: u32, check: &str) -> Self {
        Self::of(gate, check, "more-findings")
    }

    /// That a reviewer of a check said no.
    pub fn of_rejection(gate: u32, check: &str) -> Self {
        Self::of(gate, check, "review")
    }

    /// That a required gate is not in the plan.
    pub fn of_missing_gate(gate: u32) -> Self {
        Self::of(gate, "", "missing-gate")
    }

    /// Reads a fingerprint that was stored. `None` if it is not 16 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 16 && text.bytes().all(hex)).then(|| Self(text.to_owned()))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One problem inside a failed check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The stable name, across polls and line shifts.
    pub fingerprint: Fingerprint,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, as `path:line` or the name of a package, where the tool says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What an earlier gonogo named the same problem, where that was something else. Not stored: a blocker is looked for in the
    /// poll that found the problem, and in no other.
    #[serde(skip)]
    pub formerly: Option<Fingerprint>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_gates_checks_and_keys_apart() {
        let one = Fingerprint::of(3, "a", "b");
        assert_eq!(one, Fingerprint::of(3, "a", "b"));
        assert_ne!(one, Fingerprint::of(3, "ab", ""));
        assert_ne!(one, Fingerprint::of(1, "a", "b"));
        assert_eq!(Fingerprint::parse(one.as_str()), Some(one));
    }

    #[test]
    fn a_stored_fingerprint_of_another_shape_is_refused() {
        for text in ["", "0123", "0123456789ABCDEF", "0123456789abcdefg"] {
            assert_eq!(Fingerprint::parse(text), None, "{text}");
        }
    }
}
