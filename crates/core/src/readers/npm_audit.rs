//! `npm audit --json`, report version 2 (npm 7 and later).
//!
//! npm prints a JSON error where it could not ask, with exit status 1 as for a vulnerability: only a document with
//! `metadata.vulnerabilities` is a report. High, critical and unknown severities are findings; lower ones are noted.

use super::lines::{Lines, Notes, agree, finding, no_report, shown};
use super::strict_json::{array, count, each, object, parted, text};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::verdict::Reason;
use serde_json::Value;
use std::collections::BTreeMap;

const SEVERITIES: [&str; 5] = ["info", "low", "moderate", "high", "critical"];

pub(super) fn read(without_dev: bool, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "report on standard output"));
    }
    let document = parted(document, &["vulnerabilities", "*"])?;
    let report = &document.rest;
    if let Some(error) = error(report) {
        return Err(error);
    }
    if count(report, "/auditReportVersion")? != 2 {
        return Err(Unread::unreadable("not version 2 of npm's audit report: npm 7 or later is needed"));
    }
    object(report, "/vulnerabilities")?;
    let (mut findings, mut notes) = (Vec::new(), Notes::default());
    let mut severities = BTreeMap::<String, u64>::new();
    each(&document, |package| {
        let (name, entry) = (package.name, package.value);
        let severity = text(entry, "/severity")?;
        *severities.entry(severity.to_owned()).or_default() += 1;
        let before = findings.len();
        advisories(name, entry, &mut findings, &mut notes)?;
        if findings.len() == before && blocks(severity) {
            findings.push(through_others(name, severity, entry)?);
        }
        Ok(())
    })?;
    counts_agree(report, &severities, document.items)?;
    let total = count(report, "/metadata/dependencies/total")?;
    // Among those of production npm counts the project itself, for which it asks nobody.
    let production = || Ok(count(report, "/metadata/dependencies/prod")?.saturating_sub(1));
    let examined = Some(if without_dev { production()? } else { total });
    let reading = Reading { examined, findings, notes: notes.all(), ..Reading::default() };
    match output.exit {
        // Lower severities, all noted, make npm exit with 1 unless `--audit-level` says otherwise.
        Some(1) if reading.findings.is_empty() && document.items > 0 => {
            Ok(Reading { exit_explained: true, ..reading })
        }
        exit => agree(exit, reading),
    }
}

/// An unknown severity blocks as a high one does.
fn blocks(severity: &str) -> bool {
    !matches!(severity, "info" | "low" | "moderate")
}

/// The advisories of a package: the objects among its `via`. The strings there name other packages of the report.
fn advisories(
    name: &str,
    entry: &Value,
    findings: &mut Vec<RawFinding>,
    notes: &mut Notes,
) -> Result<(), Unread> {
    for via in array(entry, "/via")? {
        if via.is_string() {
            continue;
        }
        let (title, severity) = (text(via, "/title")?, text(via, "/severity")?);
        let id = via
            .get("url")
            .and_then(Value::as_str)
            .and_then(|url| url.rsplit('/').next())
            .filter(|id| !id.is_empty());
        let source = via.get("source").map(Value::to_string);
        let id = id
            .map(str::to_owned)
            .or(source)
            .ok_or_else(|| Unread::unreadable("an advisory without a name"))?;
        if blocks(severity) {
            findings.push(finding(
                &format!("{id} {name}"),
                &format!("{severity}: {name}: {title} ({id})"),
                Some(name),
            ));
        } else {
            notes.add(&format!("{severity}: {name}: {title} ({id})"));
        }
    }
    Ok(())
}

fn through_others(name: &str, severity: &str, entry: &Value) -> Result<RawFinding, Unread> {
    let others: Vec<&str> = array(entry, "/via")?.iter().filter_map(Value::as_str).collect();
    let others = if others.is_empty() { "itself".to_owned() } else { others.join(", ") };
    Ok(finding(&format!("{name} via {others}"), &format!("{severity}: {name}, through {others}"), Some(name)))
}

fn counts_agree(report: &Value, listed: &BTreeMap<String, u64>, total: u64) -> Result<(), Unread> {
    for severity in SEVERITIES {
        let counted = count(report, &format!("/metadata/vulnerabilities/{severity}"))?;
        let of_list = listed.get(severity).copied().unwrap_or_default();
        if counted != of_list {
            return Err(Unread::unreadable(format!(
                "{counted} {severity} are counted, and {of_list} listed"
            )));
        }
    }
    if count(report, "/metadata/vulnerabilities/total")? != total {
        return Err(Unread::unreadable("the total of vulnerabilities contradicts their list"));
    }
    Ok(())
}

/// What npm prints instead of a report: `{"error": {"code", "summary"}}`, or `{"message", "statusCode"}`.
fn error(report: &Value) -> Option<Unread> {
    let of = |pointer: &str| report.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
    let code = of("/error/code");
    let message = of("/message");
    let status = report.get("statusCode").and_then(Value::as_u64);
    if report.get("error").is_none() && message.is_none() && status.is_none() {
        return None;
    }
    let said = code.or(message).or(of("/error/summary")).unwrap_or("an error without a name");
    let network =
        ["ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "ENOAUDIT", "ENETUNREACH"];
    let of_network =
        network.iter().any(|name| said.contains(name) || message.is_some_and(|text| text.contains(name)));
    let of_status = status.is_some_and(|status| status >= 400)
        || code.is_some_and(|code| code.len() == 4 && (code.starts_with("E4") || code.starts_with("E5")));
    let reason = if of_network || of_status { Reason::Unreachable } else { Reason::UnreadableOutput };
    let summary = of("/error/summary").filter(|summary| *summary != said).map(|text| format!(": {text}"));
    Some(Unread {
        reason,
        detail: shown(&format!("npm audit answered {said}{}", summary.unwrap_or_default())),
    })
}
