//! `pip-audit --format json`: `dependencies`, each with its `vulns` or with the reason why it was skipped.
//!
//! pip-audit says "no known vulnerabilities" where the advisory service did not know or answer, and leaves only
//! `skip_reason`: a report with a skipped dependency and no vulnerability is no answer.

use super::lines::{Lines, Notes, agree, finding, no_report, shown};
use super::strict_json::{array, each, parted, text};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::verdict::Reason;
use serde_json::Value;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "report on standard output"));
    }
    let report = parted(document, &["dependencies", "*"])?;
    array(&report.rest, "/fixes")?;
    array(&report.rest, "/dependencies")?;
    let (mut findings, mut notes, mut examined) = (Vec::new(), Notes::default(), 0);
    let mut unanswered = None;
    each(&report, |dependency| {
        let dependency = dependency.value;
        let name = text(dependency, "/name")?;
        if dependency.get("skip_reason").is_some() {
            let reason = text(dependency, "/skip_reason")?;
            notes.add(&format!("not audited: {name}: {reason}"));
            // The project itself, installed from its own source, is in no advisory service.
            if reason != "distribution marked as editable" {
                unanswered.get_or_insert_with(|| format!("not audited: {name}: {reason}"));
            }
            return Ok(());
        }
        let version = text(dependency, "/version")?;
        examined += 1;
        for vulnerability in array(dependency, "/vulns")? {
            findings.push(vulnerability_of(name, version, vulnerability)?);
        }
        Ok(())
    })?;
    if findings.is_empty()
        && let Some(skipped) = unanswered
    {
        return Err(Unread { reason: Reason::Unreachable, detail: shown(&skipped) });
    }
    agree(
        output.exit,
        Reading { examined: Some(examined), findings, notes: notes.all(), ..Reading::default() },
    )
}

fn vulnerability_of(name: &str, version: &str, entry: &Value) -> Result<RawFinding, Unread> {
    let id = text(entry, "/id")?;
    let fixed: Vec<&str> = array(entry, "/fix_versions")?.iter().filter_map(Value::as_str).collect();
    let fixed = if fixed.is_empty() {
        "no fixed version".to_owned()
    } else {
        format!("fixed in {}", fixed.join(", "))
    };
    let message = format!("{id}: {name} {version}, {fixed}");
    Ok(finding(&format!("{id} {name}"), &message, Some(&format!("{name} {version}"))))
}
