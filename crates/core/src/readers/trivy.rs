//! `trivy … --format json`: what was found in each target.
//!
//! It exits with 0 whatever it found, unless `--exit-code` says otherwise. High, critical and unknown severities and secrets are
//! findings, lower ones are noted. Targets count as inputs; trivy lists one only where it found packages or problems there.

use super::lines::{Lines, agree, finding, no_report, shown};
use super::strict_json::{array, count, parse, text};
use super::{Reading, ToolOutput, Unread};
use serde_json::Value;

/// The kinds of problems, and where each keeps its name, its subject and its title.
const KINDS: [(&str, &str, &str, &str); 4] = [
    ("Vulnerabilities", "/VulnerabilityID", "/PkgName", "/Title"),
    ("Misconfigurations", "/ID", "/Type", "/Title"),
    ("Secrets", "/RuleID", "/Category", "/Title"),
    ("Licenses", "/Name", "/PkgName", "/Category"),
];

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON report"));
    }
    let report = parse(document)?;
    if count(&report, "/SchemaVersion")? != 2 {
        return Err(Unread::unreadable("not version 2 of trivy's report"));
    }
    text(&report, "/ArtifactName")?;
    let mut reading = Reading { examined: Some(0), ..Reading::default() };
    // Where nothing was found that it could look at, there are no results.
    let results = if report.get("Results").is_some() { array(&report, "/Results")? } else { &[] };
    for result in results {
        let target = text(result, "/Target")?;
        reading.examined = reading.examined.map(|examined| examined.saturating_add(1));
        for kind in KINDS.iter().filter(|(kind, ..)| result.get(kind).is_some_and(|list| !list.is_null())) {
            for one in array(result, &format!("/{}", kind.0))? {
                take(one, kind, target, &mut reading)?;
            }
        }
    }
    agree(output.exit, reading)
}

fn take(
    one: &Value,
    (kind, name, subject, title): &(&str, &str, &str, &str),
    target: &str,
    reading: &mut Reading,
) -> Result<(), Unread> {
    // Misconfigurations are listed where a test for them passed too, if that is asked for.
    if *kind == "Misconfigurations" && one.get("Status").and_then(Value::as_str) == Some("PASS") {
        return Ok(());
    }
    let of = |pointer: &str| one.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (name, subject, severity) = (text(one, name)?, of(subject), text(one, "/Severity")?);
    let message = format!("{severity}: {subject}: {} ({name})", of(title));
    if *kind != "Secrets" && matches!(severity, "LOW" | "MEDIUM" | "NEGLIGIBLE") {
        reading.notes.push(shown(&message));
    } else {
        reading.findings.push(finding(&format!("{name} {subject} {target}"), &message, Some(target)));
    }
    Ok(())
}
