//! From a tool's output to counts and findings.
//!
//! A reader never says that something passed: it says what the tool reported, and whether the report is whole.
//! Output that is truncated, empty or foreign is an [`Unread`], never an empty [`Reading`].

mod cargo_audit;
mod go_events;
mod go_lines;
mod go_test;
mod json_pointer;
mod junit;
mod libtest;
mod lines;
mod nextest;
mod node_test;
mod npm_audit;
mod pip_audit;
mod pytest;
mod sarif;
mod strict_json;
mod text;
mod unittest;

use crate::evidence::Counts;
use crate::verdict::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a tool left behind: its captured output, already redacted, and how it ended.
#[derive(Clone, Copy, Debug)]
pub struct ToolOutput<'a> {
    /// Captured standard output. Any bytes: not always UTF-8, and NUL bytes may be in it.
    pub stdout: &'a [u8],
    /// Captured standard error.
    pub stderr: &'a [u8],
    /// The exit status, 0 to 255; `None` where a signal ended the process.
    pub exit: Option<i32>,
    /// The file that the check's `report` names, where the plan has one and the check wrote it.
    pub report: Option<&'a [u8]>,
}

impl<'a> ToolOutput<'a> {
    /// The document of a reader that reads one: the report, else standard output.
    fn document(&self) -> &'a [u8] {
        self.report.unwrap_or(self.stdout)
    }
}

/// What the tool reported. Its being here means that the report was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Tests, for a test runner; `None` for a tool that runs no tests.
    pub counts: Option<Counts>,
    /// How many inputs (packages, files, results) the tool looked at; `None` where it does not say.
    pub examined: Option<u64>,
    /// What is wrong. A reading with findings cannot pass.
    pub findings: Vec<RawFinding>,
    /// When the data behind the answer was made (an advisory database's last commit), RFC 3339, where known.
    pub data_time: Option<String>,
    /// What a person should know, and which changes no verdict (a warning, a yanked package), a line each.
    pub notes: Vec<String>,
}

/// A problem as the tool names it, before it has a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawFinding {
    /// What names this problem within the check, in every run: a test's full name, an advisory and its package, a
    /// rule and its file. No line number, no time, no count.
    pub key: String,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, as `path:line` or a package's name.
    pub place: Option<String>,
}

/// Why there is no reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The reason that the check gets: mostly `unreadable-output`; `tool-missing`, `unreachable` or `stale-data` where
    /// the tool's own output says so.
    pub reason: Reason,
    /// What was seen instead, in one line.
    pub detail: String,
}

impl Unread {
    /// Unreadable output, with what was seen instead.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self { reason: Reason::UnreadableOutput, detail: detail.into() }
    }
}

/// Why a program that is no check's own, such as a build before one, did not end well: `tool-missing` or `unreachable`
/// where its standard error says so.
pub fn why_it_failed(stderr: &[u8]) -> Unread {
    lines::no_report(&lines::Lines::of(stderr), "good end")
}

/// Which reader a check uses, with what the reader needs to know. Made and validated from the plan.
#[derive(Clone, Debug)]
pub enum Reader {
    /// `cargo test`, human output; sums the `test result:` lines of all binaries.
    Libtest,
    /// `cargo nextest run`, human output.
    Nextest,
    /// `pytest`, human output.
    Pytest,
    /// `python -m unittest`, human output on standard error.
    Unittest,
    /// `node --test`: TAP (the default of a pipe up to Node 22) or spec.
    NodeTest,
    /// `go test`, plain or `-json`.
    GoTest,
    /// `cargo audit --json`.
    CargoAudit,
    /// `npm audit --json`.
    NpmAudit {
        /// It was told to leave development dependencies out (`--omit=dev`). npm counts them all the same.
        without_dev: bool,
    },
    /// `pip-audit --format json`.
    PipAudit,
    /// A SARIF 2.1.0 log.
    Sarif,
    /// A JUnit XML report.
    Junit,
    /// Any JSON document, by JSON pointers (RFC 6901).
    JsonPointer(Pointers),
    /// Lines of text, by regular expressions.
    Text(TextRule),
}

impl Reader {
    /// What the tool reported, if its report was read to its end and does not contradict itself or the exit status.
    ///
    /// # Errors
    /// Output that is empty, cut, foreign or contradictory, or that says why the tool did not answer; a process that
    /// a signal ended; and exit status 126 or 127 (POSIX: the program was not run, or not found) without findings.
    pub fn read(&self, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
        let reading = match self {
            Self::Libtest => libtest::read(output),
            Self::Nextest => nextest::read(output),
            Self::Pytest => pytest::read(output),
            Self::Unittest => unittest::read(output),
            Self::NodeTest => node_test::read(output),
            Self::GoTest => go_test::read(output),
            Self::CargoAudit => cargo_audit::read(output),
            Self::NpmAudit { without_dev } => npm_audit::read(*without_dev, output),
            Self::PipAudit => pip_audit::read(output),
            Self::Sarif => sarif::read(output),
            Self::Junit => junit::read(output),
            Self::JsonPointer(pointers) => json_pointer::read(pointers, output),
            Self::Text(rule) => text::read(rule, output),
        };
        match (output.exit, reading) {
            (None, _) => Err(Unread::unreadable("a signal ended the process")),
            (Some(code @ (126 | 127)), Err(why)) if why.reason == Reason::UnreadableOutput => {
                let detail = format!("exit status {code}: {}", why.detail);
                Err(Unread { reason: Reason::ToolMissing, detail })
            }
            (Some(_), reading) => reading,
        }
    }

    /// The name in the plan.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Libtest => "libtest",
            Self::Nextest => "nextest",
            Self::Pytest => "pytest",
            Self::Unittest => "unittest",
            Self::NodeTest => "node-test",
            Self::GoTest => "go-test",
            Self::CargoAudit => "cargo-audit",
            Self::NpmAudit { .. } => "npm-audit",
            Self::PipAudit => "pip-audit",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::JsonPointer(_) => "json-pointer",
            Self::Text(_) => "text",
        }
    }

    /// Whether the tool runs tests: then the minimum, where the plan gives none, is one test executed, else one input
    /// examined.
    pub const fn runs_tests(&self) -> bool {
        match self {
            Self::Libtest
            | Self::Nextest
            | Self::Pytest
            | Self::Unittest
            | Self::NodeTest
            | Self::GoTest
            | Self::Junit => true,
            Self::JsonPointer(pointers) => pointers.passed.is_some(),
            Self::CargoAudit | Self::NpmAudit { .. } | Self::PipAudit | Self::Sarif | Self::Text(_) => false,
        }
    }

    /// Files of the checkout, relative to its root, in which a project tells the tool what not to report.
    pub const fn ignore_files(&self) -> &'static [&'static str] {
        match self {
            Self::CargoAudit => &[".cargo/audit.toml"],
            _ => &[],
        }
    }
}

/// Where a JSON document says what (RFC 6901 pointers). A pointer that is given and does not resolve to a
/// non-negative integer (or, for `findings` and `examined`, to such a number or an array, which counts its items)
/// makes the output unreadable.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
}

/// How lines of text are read.
#[derive(Clone, Debug)]
pub struct TextRule {
    /// Every line that matches counts as one input examined.
    pub expect: regex::Regex,
    /// Every line that matches is a finding, if given.
    pub finding: Option<regex::Regex>,
    /// In a document with an input examined and an exit status of 0, one of these without a line is a finding.
    pub require: Vec<regex::Regex>,
    /// Exit statuses by which the tool says that it could not look, each with the reason. Findings outweigh them.
    pub exits: BTreeMap<i32, Reason>,
}

/// One whole JSON document and nothing beside it, for readers of other evidence than checks' reports.
pub(crate) fn strict_document(bytes: &[u8]) -> Result<serde_json::Value, Unread> {
    strict_json::parse(bytes)
}
