//! From a tool's output to counts and findings.
//!
//! A reader never says that something passed: it says what the tool reported, and whether the report is whole.
//! ToolOutput that is truncated, empty or foreign is an [`Unread`], never an empty [`Reading`].

mod cards;
mod cargo_audit;
mod cargo_deny;
mod clippy;
mod go_events;
mod go_lines;
mod go_test;
mod govulncheck;
mod jest;
mod json_lines;
mod json_pointer;
mod junit;
mod libtest;
mod lines;
mod mypy;
mod nextest;
mod node_test;
mod npm_audit;
mod osv_scanner;
mod pip_audit;
mod pyright;
mod pytest;
mod rule;
mod sarif;
mod semver_checks;
mod strict_json;
mod tap;
mod text;
mod trivy;
mod unittest;

pub use cards::{CARDS, Card};
pub use rule::{LineRule, Pointers, ReadStream, Selector, TextRule, Threshold};

use crate::evidence::Counts;
use crate::roster::Roster;
use crate::verdict::Reason;

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

    /// What a reader of lines reads: the report, else the streams that the plan names.
    fn streams(&self, stream: ReadStream) -> Vec<&'a [u8]> {
        match (self.report, stream) {
            (Some(report), _) => vec![report],
            (None, ReadStream::Stdout) => vec![self.stdout],
            (None, ReadStream::Stderr) => vec![self.stderr],
            (None, ReadStream::Both) => vec![self.stdout, self.stderr],
        }
    }
}

/// One of the files that a check's `report` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// Its path, relative to the repository's root.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
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
    /// What a person should know, and which changes no verdict (a warning, an unmaintained package), a line each.
    pub notes: Vec<String>,
    /// The tests by name; `counts` is their sum. Empty for a tool that runs no tests.
    pub roster: Roster,
    /// The tool names no input that it looked at, and states the rules by which it looked.
    pub states_what_it_ran: bool,
    /// Settings that the tool reports of itself, by which it looks at less, or leaves out what it found.
    pub settings: Vec<ToolSetting>,
    /// The tool documents its exit status, other than 0, for just this report, in which nothing that blocks is wrong.
    pub exit_explained: bool,
}

/// A setting that a tool reports of itself, by which it looks at less, or leaves out what it found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolSetting {
    /// What a plan names where it knows of it: an advisory's ID, a package, a value.
    pub name: String,
    /// What it does, in one line.
    pub message: String,
}

impl ToolSetting {
    /// Whether one of these words names it: as it is, after `=`, or in a list with commas.
    pub fn is_named_in(&self, words: &[&str]) -> bool {
        words.iter().any(|word| word.split(['=', ',']).any(|part| part == self.name))
    }
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
    /// The key that an earlier gonogo gave the same problem, where that was another.
    pub formerly: Option<String>,
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
    Libtest {
        /// The command names one test binary, so that there is one report.
        one_binary: bool,
    },
    /// `cargo nextest run`, human output.
    Nextest,
    /// `pytest`, human output.
    Pytest,
    /// `python -m unittest`, human output on standard error.
    Unittest,
    /// `node --test`: TAP (the default of a pipe up to Node 22) or spec.
    NodeTest {
        /// The arguments of the command that may be scripts.
        files: Vec<String>,
    },
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
    Junit {
        /// The arguments of the command that may be scripts of node's test runner.
        files: Vec<String>,
    },
    /// TAP, versions 12 to 14.
    Tap,
    /// `jest --json`.
    Jest,
    /// `vitest run --reporter=json`.
    Vitest,
    /// `cargo deny --format json check`.
    CargoDeny,
    /// `cargo semver-checks`, human output.
    CargoSemverChecks,
    /// `cargo clippy --message-format=json`, or another build with it.
    Clippy,
    /// `govulncheck -json`.
    Govulncheck,
    /// `osv-scanner --format json`.
    OsvScanner,
    /// `trivy … --format json`.
    Trivy,
    /// `mypy`, human output.
    Mypy,
    /// `pyright --outputjson`.
    Pyright,
    /// Any JSON document, by JSON pointers (RFC 6901).
    JsonPointer(Pointers),
    /// Lines of JSON, by selectors.
    JsonLines(LineRule),
    /// Lines of text, by regular expressions.
    Text(TextRule),
}

impl Reader {
    /// What the tool reported, if its report was read to its end and does not contradict itself or the exit status.
    ///
    /// # Errors
    /// ToolOutput that is empty, cut, foreign or contradictory, or that says why the tool did not answer; a process that
    /// a signal ended; and exit status 126 or 127 (POSIX: the program was not run, or not found) without findings.
    pub fn read(&self, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
        let reading = match self {
            Self::Libtest { one_binary } => libtest::read(*one_binary, output),
            Self::Nextest => nextest::read(output),
            Self::Pytest => pytest::read(output),
            Self::Unittest => unittest::read(output),
            Self::NodeTest { files } => node_test::read(files, output),
            Self::GoTest => go_test::read(output),
            Self::CargoAudit => cargo_audit::read(output),
            Self::NpmAudit { without_dev } => npm_audit::read(*without_dev, output),
            Self::PipAudit => pip_audit::read(output),
            Self::Sarif => sarif::read(output),
            Self::Junit { files } => junit::read(files, output),
            Self::Tap => tap::read(output),
            Self::Jest | Self::Vitest => jest::read(output),
            Self::CargoDeny => cargo_deny::read(output),
            Self::CargoSemverChecks => semver_checks::read(output),
            Self::Clippy => clippy::read(output),
            Self::Govulncheck => govulncheck::read(output),
            Self::OsvScanner => osv_scanner::read(output),
            Self::Trivy => trivy::read(output),
            Self::Mypy => mypy::read(output),
            Self::Pyright => pyright::read(output),
            Self::JsonPointer(pointers) => json_pointer::read(pointers, output),
            Self::JsonLines(rule) => json_lines::read(rule, output),
            Self::Text(rule) => text::read(rule, output),
        };
        match (output.exit, reading) {
            (None, _) => Err(Unread::unreadable("a signal ended the process")),
            (Some(code @ (126 | 127)), Err(why)) if why.reason == Reason::UnreadableOutput => {
                let detail = format!("exit status {code}: {}", why.detail);
                Err(Unread { reason: Reason::ToolMissing, detail })
            }
            (Some(_), Err(why)) => Err(self.with_hint(why, output)),
            (Some(_), Ok(reading)) => sum_of_its_tests(reading),
        }
    }

    /// Unreadable output that is coloured says so, with what ends it.
    fn with_hint(&self, why: Unread, output: &ToolOutput<'_>) -> Unread {
        let coloured = |bytes: &[u8]| bytes.windows(2).any(|pair| pair == b"\x1b[");
        if why.reason != Reason::UnreadableOutput || ![output.stdout, output.stderr].into_iter().any(coloured)
        {
            return why;
        }
        let ended_by = match self {
            Self::Libtest { .. } => "`--color=never` before and after the `--`, and no CARGO_TERM_COLOR",
            Self::Nextest => "`--color=never`",
            Self::Pytest => "`--color=no`, and no FORCE_COLOR or PY_COLORS",
            Self::Unittest => "PYTHON_COLORS=0",
            _ => "NO_COLOR=1, and no FORCE_COLOR",
        };
        let detail = format!(
            "colour is forced, and a coloured line is no report's line ({ended_by} ends it): {}",
            why.detail
        );
        Unread { detail, ..why }
    }

    /// What the tool reported in several files, as one: tests and inputs are added up, and what cannot be read in one of them cannot be
    /// read at all.
    ///
    /// # Errors
    /// As [`Self::read`], with the file's path in front; and where there is no file.
    pub fn read_all(&self, output: &ToolOutput<'_>, reports: &[ReportFile]) -> Result<Reading, Unread> {
        if reports.is_empty() {
            return Err(Unread::unreadable("no report file was written"));
        }
        if output.exit.is_none() {
            return Err(Unread::unreadable("a signal ended the process"));
        }
        let mut whole = Reading { states_what_it_ran: true, ..Reading::default() };
        let mut tests: Option<Counts> = None;
        for file in reports {
            // Whether the exit status agrees is asked once, of all of them together.
            let one = ToolOutput { exit: Some(0), report: Some(&file.bytes), ..*output };
            let named = |why: Unread| Unread { detail: format!("{}: {}", file.path, why.detail), ..why };
            let reading = self.read(&one).map_err(named)?;
            if let Some(counts) = reading.counts {
                tests = Some(tests.unwrap_or_default().plus(counts));
            }
            if let Some(examined) = reading.examined {
                whole.examined = Some(whole.examined.unwrap_or_default().saturating_add(examined));
            }
            whole.findings.extend(reading.findings);
            whole.notes.extend(reading.notes);
            whole.settings.extend(reading.settings);
            whole.roster.append(reading.roster);
            whole.data_time = match (whole.data_time.take(), reading.data_time) {
                // The oldest of the data counts.
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
            whole.states_what_it_ran &= reading.states_what_it_ran;
        }
        whole.counts = tests;
        sum_of_its_tests(lines::agree(output.exit, whole)?)
    }

    /// The name in the plan.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Libtest { .. } => "libtest",
            Self::Nextest => "nextest",
            Self::Pytest => "pytest",
            Self::Unittest => "unittest",
            Self::NodeTest { .. } => "node-test",
            Self::GoTest => "go-test",
            Self::CargoAudit => "cargo-audit",
            Self::NpmAudit { .. } => "npm-audit",
            Self::PipAudit => "pip-audit",
            Self::Sarif => "sarif",
            Self::Junit { .. } => "junit",
            Self::Tap => "tap",
            Self::Jest => "jest",
            Self::Vitest => "vitest",
            Self::CargoDeny => "cargo-deny",
            Self::CargoSemverChecks => "cargo-semver-checks",
            Self::Clippy => "clippy",
            Self::Govulncheck => "govulncheck",
            Self::OsvScanner => "osv-scanner",
            Self::Trivy => "trivy",
            Self::Mypy => "mypy",
            Self::Pyright => "pyright",
            Self::JsonPointer(_) => "json-pointer",
            Self::JsonLines(_) => "json-lines",
            Self::Text(_) => "text",
        }
    }

    /// Whether the tool runs tests: then the minimum, where the plan gives none, is one test executed, else one input
    /// examined.
    pub const fn runs_tests(&self) -> bool {
        match self {
            Self::Libtest { .. }
            | Self::Nextest
            | Self::Pytest
            | Self::Unittest
            | Self::NodeTest { .. }
            | Self::GoTest
            | Self::Tap
            | Self::Jest
            | Self::Vitest
            | Self::Junit { .. } => true,
            Self::JsonPointer(pointers) => pointers.passed.is_some(),
            Self::CargoAudit
            | Self::NpmAudit { .. }
            | Self::PipAudit
            | Self::Sarif
            | Self::CargoDeny
            | Self::CargoSemverChecks
            | Self::Clippy
            | Self::Govulncheck
            | Self::OsvScanner
            | Self::Trivy
            | Self::Mypy
            | Self::Pyright
            | Self::JsonLines(_)
            | Self::Text(_) => false,
        }
    }

    /// Variables that the tool is run with, by which no setting of the project keeps it from looking: for npm an `omit` of any
    /// `.npmrc` is outweighed. A list is divided by two line feeds.
    pub const fn environment(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::NpmAudit { without_dev: false } => {
                &[("npm_config_include", "prod\n\ndev\n\noptional\n\npeer")]
            }
            Self::NpmAudit { without_dev: true } => &[("npm_config_include", "prod\n\noptional\n\npeer")],
            _ => &[],
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

/// Totals that are not the sum of the tests by name are no answer.
fn sum_of_its_tests(reading: Reading) -> Result<Reading, Unread> {
    let (sum, stated) = (reading.roster.counts(), reading.counts.unwrap_or_default());
    if reading.roster.is_empty() || sum == stated {
        return Ok(reading);
    }
    Err(Unread::unreadable(format!(
        "{} tests ran and {} were skipped by name, and the totals are {} and {}",
        sum.executed, sum.skipped, stated.executed, stated.skipped
    )))
}

/// One whole JSON document and nothing beside it, for readers of other evidence than checks' reports.
pub(crate) fn strict_document(bytes: &[u8]) -> Result<serde_json::Value, Unread> {
    strict_json::parse(bytes)
}
