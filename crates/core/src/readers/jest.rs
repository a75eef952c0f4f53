//! `jest --json` and `vitest run --reporter=json`: one document, with each test's own status.
//!
//! Tests are counted by their own words, for the totals of some versions count a skipped test as passed. A file that could not be
//! loaded has no tests, and is a finding.

use super::lines::{Lines, agree, finding, no_report, shown};
use super::strict_json::{array, count, each, member, parted, text};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::roster::{Roster, TestState};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON report"));
    }
    let document = parted(document, &["testResults", "*", "assertionResults", "*"])?;
    let report = &document.rest;
    if report.get("wasInterrupted").and_then(Value::as_bool) == Some(true) {
        return Err(Unread::unreadable("the run was interrupted"));
    }
    let files = array(report, "/testResults")?;
    let paths = files.iter().map(|file| {
        array(file, "/assertionResults")?;
        text(file, "/name")
    });
    let paths = paths.collect::<Result<Vec<&str>, Unread>>()?;
    let (mut roster, mut findings, mut failing) = (Roster::default(), Vec::new(), BTreeSet::new());
    each(&document, |test| {
        let path = paths.get(test.outer).copied().unwrap_or_default();
        if let Some(failure) = take(path, test.value, &mut roster)? {
            failing.insert(test.outer);
            findings.push(failure);
        }
        Ok(())
    })?;
    for (index, file) in files.iter().enumerate() {
        findings.extend(not_loaded(file, failing.contains(&index))?);
    }
    let total = count(report, "/numTotalTests")?;
    let listed = roster.cases().len() as u64 + roster.unnamed();
    if total != listed {
        return Err(Unread::unreadable(format!("{total} tests are counted, and {listed} listed")));
    }
    let counts = roster.counts();
    if count(report, "/numFailedTests")? != counts.failed {
        return Err(Unread::unreadable("the number of failed tests contradicts their list"));
    }
    let success = member(report, "/success")?.as_bool();
    // Jest says false too where it found no test, and exits with 1.
    if findings.is_empty() && success != Some(true) && (counts.executed > 0 || output.exit == Some(0)) {
        return Err(Unread::unreadable("the run was no success, and no test or file is said to have failed"));
    }
    let reading = Reading { counts: Some(counts), roster, findings, ..Reading::default() };
    if counts.executed == 0 && reading.findings.is_empty() && output.exit == Some(1) {
        return Ok(reading);
    }
    agree(output.exit, reading)
}

/// Enrolls a test. Gives the finding where it failed.
fn take(path: &str, test: &Value, roster: &mut Roster) -> Result<Option<RawFinding>, Unread> {
    let title = text(test, "/title")?;
    let ancestors: Vec<&str> = array(test, "/ancestorTitles")?.iter().filter_map(Value::as_str).collect();
    let suite = ancestors.into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(" > ");
    let word = text(test, "/status")?;
    let state = match word {
        "passed" => TestState::Passed,
        "failed" => TestState::Failed,
        "skipped" | "pending" => TestState::Skipped,
        "todo" => TestState::Todo,
        "disabled" => TestState::Disabled,
        _ => return Err(not_known(title, word)),
    };
    roster.add(path, &suite, title, state);
    let name = if suite.is_empty() { title.to_owned() } else { format!("{suite} > {title}") };
    let said = test.pointer("/failureMessages/0").and_then(Value::as_str).unwrap_or_default();
    let said = said.lines().next().unwrap_or_default();
    let failure = || finding(&format!("{path} {name}"), &format!("test failed: {name}: {said}"), Some(path));
    Ok((state == TestState::Failed).then(failure))
}

/// A file that failed, and none of its tests did.
fn not_loaded(file: &Value, has_failures: bool) -> Result<Option<RawFinding>, Unread> {
    let path = text(file, "/name")?;
    match text(file, "/status")? {
        "passed" | "skipped" | "pending" | "focused" => Ok(None),
        "failed" if has_failures => Ok(None),
        "failed" => {
            let said = file.get("message").and_then(Value::as_str).unwrap_or_default();
            let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let message = format!("{path} could not be run: {said}");
            Ok(Some(finding(&format!("file {path}"), &message, Some(path))))
        }
        word => Err(not_known(path, word)),
    }
}

fn not_known(what: &str, status: &str) -> Unread {
    Unread::unreadable(format!("{what} has a status that is not known: {}", shown(status)))
}
