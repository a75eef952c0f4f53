//! `cargo test`, as people see it, with or without `-q`: the `test result:` lines of all binaries, summed.
//!
//! A report is believed only where every `running N tests` has its own result line, which adds up to N and agrees with
//! the tests listed between them. A line counts as a whole or not at all, so nothing can hide in front of it.

use super::lines::{
    Lines, agree, distinct, finding, group, name_the_rest, no_report, number, pattern, shown,
};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use regex::Regex;
use std::sync::LazyLock;

static HEADER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^running ([0-9]+) tests?$"));
static RESULT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^test result: (ok|FAILED)\. ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored; ([0-9]+) measured; ",
        r"[0-9]+ filtered out(?:; finished in [0-9.]+s)?$"
    ))
});
/// What the harness writes of a result line in one go: its parts are written apart, and two processes that write to one
/// stream may have something else between them.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\. ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored; ([0-9]+) measured; [0-9]+ filtered out\b",
    )
});
static TEST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^test .+ \.\.\. (ok|FAILED|ignored(?:, .*)?|bench: .*)$"));
static DOTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[.ia]+(?: [0-9]+/[0-9]+)?$"));
static QUIET_FAILURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^.+ --- FAILED$"));
static SLOW: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^test .+ has been running for over [0-9]+ seconds$"));
static RUNNING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^ +Running .+ \((?:.*[/\\])?([^/\\]+?)-[0-9a-f]{16}(?:\.exe)?\)$"));
static DOC_TESTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ +Doc-tests (\S+)$"));
static CRASH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^ +process didn't exit successfully: `(?:[^`]*[/\\])?([^/\\`]+?)-[0-9a-f]{16}(?:\.exe)?(?: [^`]*)?` ",
        r"\(signal: [0-9]+, (SIGABRT|SIGSEGV|SIGBUS|SIGILL|SIGFPE|SIGTRAP|SIGSYS)\b.*\)$"
    ))
});
static NOT_COMPILING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^error: (?:could not compile|failed to run custom build command for) `([^ `]+)[ `].*$")
});
static DOC_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r" \(line [0-9]+\)"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    if stderr.iter().any(|line| line.starts_with(" Nextest run ID ")) {
        return Err(Unread::unreadable("cargo nextest's output, which has a reader of its own"));
    }
    let (runs, problem) = match runs(&stdout, Nested::Allowed) {
        Ok((runs, None)) => (runs, None),
        _ => runs(&stdout, Nested::Refused)?,
    };
    if runs.is_empty() && problem.is_none() {
        return Err(no_report(&stderr, "`running N tests` line"))
            .or_else(|why| compile_failures(output, &stderr, why));
    }
    let crashes = crashes(&stderr);
    let problem = problem.or_else(|| stdout.whole().err()).or_else(|| without_report(&stderr, runs.len()));
    if let Some(problem) = problem
        && (crashes.is_empty() || output.exit == Some(0))
    {
        return Err(problem);
    }
    let mut counts = Counts::default();
    let mut findings = crashes;
    let names = binaries(&stderr, runs.len());
    for (index, run) in runs.into_iter().enumerate() {
        counts = counts.plus(Counts::of(run.passed, run.failed, run.ignored));
        let binary = names.get(index).map(String::as_str);
        let mut failures: Vec<RawFinding> = run.failures.iter().map(|name| failure(binary, name)).collect();
        name_the_rest(&mut failures, run.failed);
        findings.extend(failures);
    }
    agree(output.exit, Reading { counts: Some(counts), findings, ..Reading::default() })
}

/// One `running N tests` with its result line.
struct Run {
    passed: u64,
    failed: u64,
    ignored: u64,
    failures: Vec<String>,
}

/// What is listed between a header and its result.
#[derive(Default)]
struct Open {
    announced: u64,
    listed: [u64; 3],
    quiet: [u64; 2],
    noise: bool,
    /// How many tests each run inside this one has announced, while it has no result line.
    nested: Vec<u64>,
    stage: Stage,
    failures: Vec<String>,
}

#[derive(Default, PartialEq, Eq, Clone, Copy)]
enum Stage {
    #[default]
    Listing,
    Successes,
    Failures,
}

/// Whether a header before the previous run's result may be that of a test binary which a test runs itself, and whose
/// output cargo shows in the middle of its own. Such a run has its own result line too, and counts for nothing: the
/// test that ran it does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nested {
    Allowed,
    Refused,
}

/// The closed runs, and what is wrong with the text, if anything is.
fn runs(stdout: &Lines, nested: Nested) -> Result<(Vec<Run>, Option<Unread>), Unread> {
    let mut closed = Vec::new();
    let mut open: Option<Open> = None;
    let mut problem = None;
    for line in stdout.iter() {
        let header = HEADER.captures(line);
        match (&mut open, header) {
            (None, Some(found)) => {
                open = Some(Open { announced: number(group(&found, 1))?, ..Open::default() });
            }
            (None, None) if RESULT.is_match(line) => {
                problem
                    .get_or_insert_with(|| Unread::unreadable("a result line without its `running N tests`"));
            }
            (None, None) => {}
            (Some(run), Some(found)) if run.stage == Stage::Listing && nested == Nested::Allowed => {
                run.nested.push(number(group(&found, 1))?);
                run.noise = true;
            }
            (Some(run), Some(found)) if run.stage != Stage::Failures => {
                problem.get_or_insert_with(|| {
                    Unread::unreadable("tests started again before the previous ones had a result line")
                });
                *run = Open { announced: number(group(&found, 1))?, ..Open::default() };
            }
            (Some(run), _) => match run.take(line)? {
                Some(done) => {
                    closed.push(done);
                    open = None;
                }
                None => continue,
            },
        }
    }
    if open.is_some() {
        problem.get_or_insert_with(|| Unread::unreadable("tests started, and their result line is missing"));
    }
    Ok((closed, problem))
}

impl Open {
    /// Takes the next line, and closes the run if it is its result line.
    fn take(&mut self, line: &str) -> Result<Option<Run>, Unread> {
        if !self.nested.is_empty() {
            return self.take_nested(line);
        }
        if let Some(found) = RESULT.captures(line) {
            return self.close(
                group(&found, 1) == "ok",
                [
                    number(group(&found, 2))?,
                    number(group(&found, 3))?,
                    number(group(&found, 4))?,
                    number(group(&found, 5))?,
                ],
            );
        }
        match (self.stage, line) {
            (_, "failures:") => {
                self.stage = Stage::Failures;
                self.failures.clear();
            }
            (Stage::Listing, "successes:") => self.stage = Stage::Successes,
            (Stage::Listing, _) => self.list(line),
            (Stage::Successes, _) => {}
            (Stage::Failures, _) => {
                if let Some(name) = line.strip_prefix("    ").filter(|name| !name.trim().is_empty()) {
                    self.failures.push(name.to_owned());
                } else if !line.is_empty() {
                    self.failures.clear();
                }
            }
        }
        Ok(None)
    }

    /// Runs inside this one may stand side by side, so a result closes the one that announced as many tests.
    fn take_nested(&mut self, line: &str) -> Result<Option<Run>, Unread> {
        for found in TAIL.captures_iter(line) {
            let mut sum = Some(0_u64);
            for index in 1..=4 {
                let count = number(group(&found, index))?;
                sum = sum.and_then(|sum| sum.checked_add(count));
            }
            let Some(at) = self.nested.iter().position(|announced| Some(*announced) == sum) else {
                return Err(Unread::unreadable("a result line that fits no `running N tests` before it"));
            };
            self.nested.remove(at);
        }
        Ok(None)
    }

    fn list(&mut self, line: &str) {
        if let Some(found) = TEST.captures(line) {
            match group(&found, 1) {
                "FAILED" => self.listed[1] += 1,
                word if word.starts_with("ignored") => self.listed[2] += 1,
                _ => self.listed[0] += 1,
            }
        } else if DOTS.is_match(line) {
            let dots = line.split(' ').next().unwrap_or_default();
            self.quiet[0] += dots.chars().count() as u64;
        } else if QUIET_FAILURE.is_match(line) {
            self.quiet[1] += 1;
        } else if !line.is_empty() && !SLOW.is_match(line) {
            self.noise = true;
        }
    }

    /// `numbers` are passed, failed, ignored and measured, as the result line has them.
    fn close(&mut self, ok: bool, numbers: [u64; 4]) -> Result<Option<Run>, Unread> {
        let [passed, failed, ignored, measured] = numbers;
        let sum = numbers.iter().try_fold(0_u64, |sum, one| sum.checked_add(*one));
        let [ran, red, left_out] = self.listed;
        let listed = ran + red + left_out;
        let quiet = self.quiet[0] + self.quiet[1];
        let complete = self.noise || listed == self.announced || (listed == 0 && quiet == self.announced);
        let within = ran <= passed.saturating_add(measured)
            && red <= failed
            && left_out <= ignored
            && self.quiet[1] <= failed;
        let named = failed == 0 || self.failures.len() as u64 == failed;
        let coherent = sum == Some(self.announced) && ok == (failed == 0) && within && complete && named;
        if coherent && (self.stage != Stage::Failures || failed > 0) {
            let failures = if failed > 0 { std::mem::take(&mut self.failures) } else { Vec::new() };
            // A measured benchmark ran to an answer, so it counts as a test that passed.
            return Ok(Some(Run { passed: passed.saturating_add(measured), failed, ignored, failures }));
        }
        if self.stage == Stage::Failures {
            // A failing test's own output stands here, and it may look like a result line.
            return Ok(None);
        }
        Err(Unread::unreadable(format!(
            "the result line ({passed} passed, {failed} failed, {ignored} ignored) contradicts `running {} tests` \
             or the {listed} tests listed",
            self.announced
        )))
    }
}

fn failure(binary: Option<&str>, name: &str) -> RawFinding {
    let stable = DOC_LINE.replace(name, "");
    let key = binary.map_or_else(|| stable.to_string(), |binary| format!("{binary} {stable}"));
    finding(&key, &format!("test failed: {name}"), binary)
}

/// The test binaries that cargo names, where their number is the number of reports.
fn binaries(stderr: &Lines, reports: usize) -> Vec<String> {
    let names: Vec<String> = started(stderr).collect();
    if names.len() == reports { names } else { Vec::new() }
}

fn started(stderr: &Lines) -> impl Iterator<Item = String> {
    stderr.iter().filter_map(|line| {
        let binary = RUNNING.captures(line).map(|found| group(&found, 1).to_owned());
        binary.or_else(|| DOC_TESTS.captures(line).map(|found| format!("doc-tests {}", group(&found, 1))))
    })
}

/// A binary that cargo started and that printed no report: a custom harness, or one that left before its first test.
fn without_report(stderr: &Lines, reports: usize) -> Option<Unread> {
    let started = started(stderr).count();
    (started > reports).then(|| {
        Unread::unreadable(format!(
            "cargo started {started} test binaries, and {reports} of them printed a report"
        ))
    })
}

fn crashes(stderr: &Lines) -> Vec<RawFinding> {
    let crash = |line: &str| {
        let found = CRASH.captures(line)?;
        let (binary, signal) = (group(&found, 1), group(&found, 2));
        Some(finding(
            &format!("crash {binary}"),
            &format!("the test binary ended with {signal}"),
            Some(binary),
        ))
    };
    stderr.iter().filter_map(crash).collect()
}

/// A project that does not compile is a finding; any other output without a report stays unread.
pub(super) fn compile_failures(
    output: &ToolOutput<'_>,
    stderr: &Lines,
    why: Unread,
) -> Result<Reading, Unread> {
    let mut findings: Vec<RawFinding> = Vec::new();
    for found in stderr.iter().filter_map(|line| NOT_COMPILING.captures(line)) {
        let package = group(&found, 1);
        let one = finding(
            &format!("compile {package}"),
            &format!("{} does not compile", shown(package)),
            Some(package),
        );
        if !findings.contains(&one) {
            findings.push(one);
        }
    }
    // The compiler was killed or the disk is full: that says nothing about the project.
    let not_its_fault = ["(signal: 9, SIGKILL", "No space left on device"];
    if let Some(line) = stderr.iter().find(|line| not_its_fault.iter().any(|text| line.contains(text))) {
        return Err(Unread::unreadable(format!("the build was stopped: {}", shown(line))));
    }
    let missing = why.reason == crate::verdict::Reason::ToolMissing;
    match output.exit {
        Some(code) if code != 0 && !findings.is_empty() && !missing => Ok(Reading {
            counts: Some(Counts::default()),
            findings: distinct(findings),
            ..Reading::default()
        }),
        _ => Err(why),
    }
}
