//! The lines of `go test`, with `-v` or plain.
//!
//! With `-v` every `=== RUN` has one `---` line with its end, and every package one line, the last of all. What tests print
//! stands between and can look the same; a pair of forged lines cannot be told, which `-json` can. Prefer it.

use super::Unread;
use super::go_test::{End, Run};
use super::lines::{Lines, group, pattern, shown};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static STARTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^=== RUN   (\S+)$"));
static ENDED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ *--- (PASS|FAIL|SKIP): (\S+) \([0-9.]+s\)$"));
static OK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ok  \t(\S+)\t(\(cached\)|[0-9.]+s)((?:[\t ].*)?)$"));
static FAILED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^FAIL\t(\S+)(?:\t[0-9.]+s| (\[build failed\]|\[setup failed\]))$"));
static NO_FILES: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\?   \t(\S+)\t\[no test files\]$"));
static UNCOVERED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\t(\S+)\t+coverage: 0\.0% of statements$"));

pub(super) fn run(stdout: &Lines<'_>) -> Result<Run, Unread> {
    let mut run = Run::default();
    let mut block = Block::default();
    let mut last_is_a_package = false;
    for line in stdout.iter().filter(|line| !line.trim().is_empty()) {
        // `FAIL` alone closes the whole output after the last failed package.
        let closing = line == "FAIL" && last_is_a_package && !run.failed_packages.is_empty();
        last_is_a_package = closing;
        if closing {
            continue;
        }
        if let Some(found) = STARTED.captures(line) {
            block.start(group(&found, 1))?;
        } else if let Some(found) = ENDED.captures(line) {
            block.end(group(&found, 1), group(&found, 2));
        } else if let Some(found) = OK.captures(line) {
            let nothing = group(&found, 3).contains("[no tests to run]");
            if group(&found, 2) == "(cached)" {
                run.cached.insert(group(&found, 1).to_owned());
            }
            std::mem::take(&mut block).pass(&mut run, group(&found, 1), nothing)?;
            last_is_a_package = true;
        } else if let Some(found) = FAILED.captures(line) {
            let why = group(&found, 2);
            std::mem::take(&mut block).fail(&mut run, group(&found, 1), why);
            last_is_a_package = true;
        } else if NO_FILES.is_match(line) || UNCOVERED.is_match(line) {
            last_is_a_package = true;
        } else {
            block.noise = Some(shown(line));
        }
    }
    if last_is_a_package && block.is_empty() {
        return Ok(run);
    }
    Err(Unread::unreadable("the last line is no package line of `go test`"))
}

/// The lines of one package, which come before its package line.
#[derive(Default)]
struct Block {
    started: BTreeSet<String>,
    ended: Vec<(String, End)>,
    forged: bool,
    verbose: bool,
    noise: Option<String>,
}

impl Block {
    fn is_empty(&self) -> bool {
        !self.verbose && self.ended.is_empty()
    }

    fn start(&mut self, test: &str) -> Result<(), Unread> {
        self.verbose = true;
        if self.started.insert(test.to_owned()) {
            return Ok(());
        }
        Err(Unread::unreadable(format!("{} started again before it ended", shown(test))))
    }

    fn end(&mut self, word: &str, test: &str) {
        let end = match word {
            "PASS" => End::Pass,
            "SKIP" => End::Skip,
            _ => End::Fail,
        };
        if self.started.remove(test) || end == End::Fail {
            self.ended.push((test.to_owned(), end));
        } else {
            self.forged = true;
        }
    }

    fn pass(self, run: &mut Run, package: &str, nothing_to_run: bool) -> Result<(), Unread> {
        if let Some(test) = self.started.first() {
            return Err(Unread::unreadable(format!(
                "{} has no result line of its own, though {} is ok: add -json to the check",
                shown(test),
                shown(package)
            )));
        }
        if self.forged {
            return Err(Unread::unreadable(format!("{}: a test ended that did not start", shown(package))));
        }
        if nothing_to_run && !self.ended.is_empty() {
            return Err(Unread::unreadable(format!("{}: no tests to run, and tests ended", shown(package))));
        }
        run.uncounted |= !self.verbose && !nothing_to_run;
        self.into_run(run, package);
        Ok(())
    }

    fn fail(self, run: &mut Run, package: &str, why: &str) {
        run.failed_packages.insert(package.to_owned(), why.to_owned());
        run.build_output.extend(self.noise.clone());
        self.into_run(run, package);
    }

    fn into_run(self, run: &mut Run, package: &str) {
        run.tests.extend(self.ended.into_iter().map(|(test, end)| (package.to_owned(), test, end)));
    }
}
