//! `jest --json` and `vitest run --reporter=json`: one document, with each test's own status.
//!
//! Tests are counted by their own words, for the totals of some versions count a skipped test as passed. A file that could not be
//! loaded has no tests, and is a finding.

use super::lines::{Lines, agree, finding, no_report, shown};
use super::strict_json::{array, count, member, parse, text};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::roster::{Roster, TestState};
use serde_json::Value;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON report"));
    }
    let report = parse(document)?;
    if report.get("wasInterrupted").and_then(Value::as_bool) == Some(true) {
        return Err(Unread::unreadable("the run was interrupted"));
    }
    let (mut roster, mut findings) = (Roster::default(), Vec::new());
    for file in array(&report, "/testResults")? {
        take(file, &mut roster, &mut findings)?;
    }
    let total = count(&report, "/numTotalTests")?;
    let listed = roster.cases().len() as u64 + roster.unnamed();
    if total != listed {
        return Err(Unread::unreadable(format!("{total} tests are counted, and {listed} listed")));
    }
    let counts = roster.counts();
    if count(&report, "/numFailedTests")? != counts.failed {
        return Err(Unread::unreadable("the number of failed tests contradicts their list"));
    }
    let success = member(&report, "/success")?.as_bool();
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

fn take(file: &Value, roster: &mut Roster, findings: &mut Vec<RawFinding>) -> Result<(), Unread> {
    let path = text(file, "/name")?;
    let before = findings.len();
    for test in array(file, "/assertionResults")? {
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
            _ => {
                return Err(Unread::unreadable(format!(
                    "{title} has a status that is not known: {}",
                    shown(word)
                )));
            }
        };
        roster.add(path, &suite, title, state);
        if state == TestState::Failed {
            let name = if suite.is_empty() { title.to_owned() } else { format!("{suite} > {title}") };
            let said = test.pointer("/failureMessages/0").and_then(Value::as_str).unwrap_or_default();
            let said = said.lines().next().unwrap_or_default();
            findings.push(finding(
                &format!("{path} {name}"),
                &format!("test failed: {name}: {said}"),
                Some(path),
            ));
        }
    }
    match text(file, "/status")? {
        "passed" => {}
        "failed" if findings.len() > before => {}
        "failed" => {
            let said = file.get("message").and_then(Value::as_str).unwrap_or_default();
            let said = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            findings.push(finding(
                &format!("file {path}"),
                &format!("{path} could not be run: {said}"),
                Some(path),
            ));
        }
        "skipped" | "pending" | "focused" => {}
        word => {
            return Err(Unread::unreadable(format!(
                "{path} has a status that is not known: {}",
                shown(word)
            )));
        }
    }
    Ok(())
}
