//! What a plan tells the readers that read any document: where what stands, and what it means.

use crate::verdict::Reason;
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where a JSON document says what: JSON pointers (RFC 6901), in which a segment `*` stands for every item of an array or every member
/// of an object, and a segment that ends in `?` may be absent. A pointer that is given and does not resolve to a non-negative integer
/// (or, for `findings` and `examined`, to such a number or an array, which counts its items) makes the output unreadable. With `*`, the
/// numbers are added up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pointers {
    /// Tests passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<String>,
    /// Tests failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
    /// Tests skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// Inputs examined: a number, or an array whose items count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examined: Option<String>,
    /// Findings: a number, or an array with one finding an item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<String>,
    /// Within a finding, how grave it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The severities that are only noted, spelled as the tool does. Any other is a finding, and so is one without a severity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub harmless: Vec<String>,
    /// Numbers that have to be within limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

impl Pointers {
    /// Every pointer that is given.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        let own = [&self.passed, &self.failed, &self.skipped, &self.examined, &self.findings, &self.severity];
        own.into_iter().flatten().chain(self.thresholds.iter().map(|threshold| &threshold.at))
    }
}

/// A number that has to be within limits; outside of them it is a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Threshold {
    /// Where it stands.
    pub at: String,
    /// The least that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<f64>,
    /// The most that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<f64>,
}

/// Which output is read, where there is no report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadStream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
    /// Standard output, and standard error after it.
    Both,
}

impl ReadStream {
    /// Its name, as a plan has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Both => "both",
        }
    }
}

/// How lines of text are read.
#[derive(Clone, Debug)]
pub struct TextRule {
    /// Every line that matches counts as one input examined.
    pub expect: Regex,
    /// Every line that matches is a finding, if given.
    pub finding: Option<Regex>,
    /// In a document with an input examined and an exit status of 0, one of these without a line is a finding.
    pub require: Vec<Regex>,
    /// Exit statuses by which the tool says that it could not look, each with the reason. Findings outweigh them.
    pub exits: BTreeMap<i32, Reason>,
    /// Where inputs are counted. Findings are searched in all output.
    pub stream: ReadStream,
}

/// Which lines of JSON are meant: at each pointer stands one of the values, which are texts, numbers or truth values as they are
/// written; an empty list means any value.
pub type Selector = BTreeMap<String, Vec<String>>;

/// How lines of JSON are read: each line that begins with `{` is one document, others are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LineRule {
    /// The lines that count as one input examined each.
    pub examined: Selector,
    /// The lines that are a finding each.
    pub findings: Selector,
    /// A line that has to be there, by which the tool says that it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Selector>,
    /// Within a finding, what names it in every run: no line number, no time.
    pub key: Vec<String>,
    /// Within a finding, what is wrong.
    pub message: String,
    /// Within a finding, the file or package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Which output is read. It is set beside the rule, as `stream`.
    #[serde(skip)]
    pub stream: ReadStream,
}

impl LineRule {
    /// Every pointer that is given.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        let selectors = [Some(&self.examined), Some(&self.findings), self.end.as_ref()];
        let selected = selectors.into_iter().flatten().flat_map(BTreeMap::keys);
        selected.chain(&self.key).chain([&self.message]).chain(&self.place)
    }
}
