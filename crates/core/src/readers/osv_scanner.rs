//! `osv-scanner --format json`: packages with their vulnerabilities, by the file that names them.
//!
//! Without `--all-packages` only those with a vulnerability are listed; then how many were looked at is said on standard error alone.
//! Exit status 128 says that there was nothing to scan.

use super::lines::{Lines, agree, finding, group, no_report, number, pattern};
use super::strict_json::{array, parse, text};
use super::{Reading, ToolOutput, Unread};
use crate::verdict::Reason;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

static SCANNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^Scanned .* file and found ([0-9]+) packages?$"));

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (document, stderr) = (output.document(), Lines::of(output.stderr));
    if output.exit == Some(128) {
        let detail = "exit status 128: nothing was found that could be scanned".to_owned();
        return Err(Unread { reason: Reason::NothingExamined, detail });
    }
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&stderr, "JSON report"));
    }
    let report = parse(document)?;
    let (mut findings, mut listed) = (Vec::new(), 0_u64);
    for result in array(&report, "/results")? {
        let file = result.pointer("/source/path").and_then(Value::as_str).unwrap_or_default();
        for package in array(result, "/packages")? {
            listed += 1;
            let (name, version) = (text(package, "/package/name")?, text(package, "/package/version")?);
            if package.get("vulnerabilities").is_none() {
                continue;
            }
            for one in array(package, "/vulnerabilities")? {
                let id = text(one, "/id")?;
                let summary = one.get("summary").and_then(Value::as_str).unwrap_or_default();
                let message = format!("{id}: {name} {version}: {summary}");
                findings.push(finding(
                    &format!("{id} {name} {file}"),
                    &message,
                    Some(&format!("{name} {version}")),
                ));
            }
        }
    }
    let mut scanned = 0_u64;
    for found in stderr.iter().filter_map(|line| SCANNED.captures(line)) {
        scanned = scanned.saturating_add(number(group(&found, 1))?);
    }
    let examined = Some(listed.max(scanned)).filter(|examined| *examined > 0);
    let notes = stderr.iter().filter(|line| line.starts_with("Filtered ")).map(str::to_owned).collect();
    agree(output.exit, Reading { examined, findings, notes, ..Reading::default() })
}
