//! `pyright --outputjson`: the diagnostics and how many files were analysed.

use super::lines::{Lines, Notes, agree, finding, no_report, shown};
use super::strict_json::{array, count, each, parted, text};
use super::{Reading, ToolOutput, Unread};
use serde_json::Value;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON report"));
    }
    let report = parted(document, &["generalDiagnostics", "*"])?;
    array(&report.rest, "/generalDiagnostics")?;
    let (mut findings, mut notes, mut errors, mut warnings) = (Vec::new(), Notes::default(), 0_u64, 0_u64);
    each(&report, |one| {
        let one = one.value;
        let (severity, said) = (text(one, "/severity")?, text(one, "/message")?);
        let file = one.get("file").and_then(Value::as_str).unwrap_or_default();
        let rule = one.get("rule").and_then(Value::as_str).unwrap_or("no rule");
        let message = format!("{rule}: {said}");
        match severity {
            "error" => errors += 1,
            "warning" => warnings += 1,
            "information" => {}
            _ => {
                return Err(Unread::unreadable(format!("a severity that is not known: {}", shown(severity))));
            }
        }
        if severity != "error" {
            notes.add(&format!("{severity}: {file}: {message}"));
            return Ok(());
        }
        let line = one.pointer("/range/start/line").and_then(Value::as_u64);
        let place = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{}", line.saturating_add(1)));
        findings.push(finding(&format!("{rule} {file} {said}"), &message, Some(&place)));
        Ok(())
    })?;
    let stated = (count(&report.rest, "/summary/errorCount")?, count(&report.rest, "/summary/warningCount")?);
    if stated != (errors, warnings) {
        return Err(Unread::unreadable("the counts of errors and warnings contradict their list"));
    }
    // With --warnings it exits with 1 because of them.
    if output.exit == Some(1) && findings.is_empty() && warnings > 0 {
        each(&report, |one| {
            let one = one.value;
            if text(one, "/severity")? == "warning" {
                let said = text(one, "/message")?;
                let file = one.get("file").and_then(Value::as_str).unwrap_or_default();
                findings.push(finding(&format!("warning {file} {said}"), said, Some(file)));
            }
            Ok(())
        })?;
    }
    let examined = Some(count(&report.rest, "/summary/filesAnalyzed")?);
    agree(output.exit, Reading { examined, findings, notes: notes.all(), ..Reading::default() })
}
