//! `osv-scanner --format json`: packages with their vulnerabilities, by the file that names them.
//!
//! Without `--all-packages` only those with a vulnerability are listed; then how many were looked at is said on standard error alone.
//! Exit status 128 says that there was nothing to scan.

use super::lines::{Lines, agree, finding, group, no_report, number, pattern};
use super::strict_json::{array, each, parted, text};
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
    let report = parted(document, &["results", "*", "packages", "*"])?;
    let files = array(&report.rest, "/results")?.iter().map(|result| {
        array(result, "/packages")?;
        Ok(result.pointer("/source/path").and_then(Value::as_str).unwrap_or_default())
    });
    let files = files.collect::<Result<Vec<&str>, Unread>>()?;
    let mut findings = Vec::new();
    each(&report, |package| {
        let (file, package) = (files.get(package.outer).copied().unwrap_or_default(), package.value);
        let (name, version) = (text(package, "/package/name")?, text(package, "/package/version")?);
        if package.get("vulnerabilities").is_none() {
            return Ok(());
        }
        for one in array(package, "/vulnerabilities")? {
            let id = text(one, "/id")?;
            let summary = one.get("summary").and_then(Value::as_str).unwrap_or_default();
            let message = format!("{id}: {name} {version}: {summary}");
            let key = format!("{id} {name} {file}");
            findings.push(finding(&key, &message, Some(&format!("{name} {version}"))));
        }
        Ok(())
    })?;
    let mut scanned = 0_u64;
    for found in stderr.iter().filter_map(|line| SCANNED.captures(line)) {
        scanned = scanned.saturating_add(number(group(&found, 1))?);
    }
    let examined = Some(report.items.max(scanned)).filter(|examined| *examined > 0);
    let notes = stderr.iter().filter(|line| line.starts_with("Filtered ")).map(str::to_owned).collect();
    agree(output.exit, Reading { examined, findings, notes, ..Reading::default() })
}
