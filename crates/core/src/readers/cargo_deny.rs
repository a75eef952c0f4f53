//! `cargo deny --format json check`: one JSON object a line, on standard error, the summary of the checks last.
//!
//! What the configuration calls an error is a finding, a warning is noted. What it says to ignore is a finding unless the plan names it. Each kind of check that ran counts as one input.

use super::lines::{Lines, Notes, agree, finding, no_report, shown};
use super::strict_json::{count, object, parse, text};
use super::{Reading, ToolOutput, ToolSetting, Unread};
use crate::verdict::Reason;
use serde_json::Value;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stderr, stdout) = (Lines::of(output.stderr), Lines::of(output.stdout));
    // Some versions print it on standard output.
    let is_report = |lines: &Lines<'_>| lines.iter().any(|line| line.starts_with("{\""));
    let report = if is_report(&stderr) { &stderr } else { &stdout };
    let mut reading = Reading::default();
    let (mut summary, mut errors, mut notes) = (None, 0_u64, Notes::default());
    for line in report.iter().filter(|line| line.starts_with('{')) {
        let one = parse(line.as_bytes())?;
        match text(&one, "/type")? {
            "summary" if summary.is_some() => return Err(Unread::unreadable("more than one summary")),
            "summary" => summary = Some(one),
            "log" if one.pointer("/fields/level").and_then(Value::as_str) == Some("ERROR") => {
                return Err(broken(text(&one, "/fields/message")?));
            }
            "log" => {}
            "diagnostic" => errors += u64::from(take(&one, &mut reading, &mut notes)?),
            kind => {
                return Err(Unread::unreadable(format!(
                    "a line of a kind that is not known: {}",
                    shown(kind)
                )));
            }
        }
    }
    let Some(summary) = summary else {
        return Err(no_report(&stderr, "summary of cargo-deny (`--format json`)"));
    };
    report.whole()?;
    let (mut examined, mut stated) = (0, 0_u64);
    for (_, check) in object(&summary, "/fields")?.iter().filter(|(_, check)| !check.is_null()) {
        examined += 1;
        stated = stated.saturating_add(count(check, "/errors")?);
    }
    if stated != errors {
        return Err(Unread::unreadable(format!("{stated} errors are counted, and {errors} listed")));
    }
    (reading.examined, reading.notes) = (Some(examined), notes.all());
    agree(output.exit, reading)
}

/// cargo-deny could not look.
fn broken(said: &str) -> Unread {
    let fetch = ["fetch", "clone", "network", "dns", "connect"].iter().any(|word| said.contains(word));
    let reason = if fetch { Reason::Unreachable } else { Reason::UnreadableOutput };
    Unread { reason, detail: shown(&format!("cargo-deny says: {said}")) }
}

/// Takes a diagnostic, and says whether it is an error.
fn take(one: &Value, reading: &mut Reading, notes: &mut Notes) -> Result<bool, Unread> {
    let (severity, said) = (text(one, "/fields/severity")?, text(one, "/fields/message")?);
    let code = one.pointer("/fields/code").and_then(Value::as_str).unwrap_or("no code");
    let of_graph =
        |name: &str| one.pointer(&format!("/fields/graphs/0/Krate/{name}")).and_then(Value::as_str);
    let package = of_graph("name").unwrap_or_default();
    let advisory = one.pointer("/fields/advisory/id").and_then(Value::as_str).unwrap_or_default();
    let span = one.pointer("/fields/labels/0/span").and_then(Value::as_str).unwrap_or_default();
    let message = format!("{code}: {said} {package}");
    if matches!(code, "advisory-ignored" | "yanked-ignored") && severity != "error" {
        let name = [advisory, span.trim_matches('"'), package].into_iter().find(|name| !name.is_empty());
        let message = shown(&format!("ignored by setting: {}: {said} {package}", name.unwrap_or("no name")));
        reading.settings.push(ToolSetting { name: name.unwrap_or_default().to_owned(), message });
        return Ok(false);
    }
    match severity {
        "error" => {
            let place = of_graph("version").map(|version| format!("{package} {version}"));
            let what = if advisory.is_empty() { span } else { advisory };
            reading.findings.push(finding(&format!("{code} {package} {what}"), &message, place.as_deref()));
            Ok(true)
        }
        "warning" | "note" | "help" => {
            notes.add(&format!("{severity}: {message}"));
            Ok(false)
        }
        _ => Err(Unread::unreadable(format!("a severity that is not known: {}", shown(severity)))),
    }
}
