//! `trivy … --format json`: what was found in each target.
//!
//! It exits with 0 whatever it found, unless `--exit-code` says otherwise. High, critical and unknown severities and secrets are
//! findings, lower ones are noted. Targets count as inputs; trivy lists one only where it found packages or problems there.

use super::lines::{Lines, Notes, agree, finding, no_report};
use super::strict_json::{array, count, each, parted, text};
use super::{RawFinding, Reading, ToolOutput, Unread};
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
    let report = parted(document, &["Results", "*"])?;
    if count(&report.rest, "/SchemaVersion")? != 2 {
        return Err(Unread::unreadable("not version 2 of trivy's report"));
    }
    text(&report.rest, "/ArtifactName")?;
    // Where nothing was found that it could look at, there are no results.
    if report.rest.get("Results").is_some() {
        array(&report.rest, "/Results")?;
    }
    let (mut findings, mut notes) = (Vec::new(), Notes::default());
    each(&report, |result| {
        let (result, target) = (result.value, text(result.value, "/Target")?);
        for kind in KINDS.iter().filter(|(kind, ..)| result.get(kind).is_some_and(|list| !list.is_null())) {
            for one in array(result, &format!("/{}", kind.0))? {
                findings.extend(take(one, kind, target, &mut notes)?);
            }
        }
        Ok(())
    })?;
    let examined = Some(report.items);
    agree(output.exit, Reading { examined, findings, notes: notes.all(), ..Reading::default() })
}

fn take(
    one: &Value,
    (kind, name, subject, title): &(&str, &str, &str, &str),
    target: &str,
    notes: &mut Notes,
) -> Result<Option<RawFinding>, Unread> {
    // Misconfigurations are listed where a test for them passed too, if that is asked for.
    if *kind == "Misconfigurations" && one.get("Status").and_then(Value::as_str) == Some("PASS") {
        return Ok(None);
    }
    let of = |pointer: &str| one.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (name, subject, severity) = (text(one, name)?, of(subject), text(one, "/Severity")?);
    let message = format!("{severity}: {subject}: {} ({name})", of(title));
    if *kind != "Secrets" && matches!(severity, "LOW" | "MEDIUM" | "NEGLIGIBLE") {
        notes.add(&message);
        return Ok(None);
    }
    Ok(Some(finding(&format!("{name} {subject} {target}"), &message, Some(target))))
}
