//! A SARIF log, version 2.1.0 (OASIS standard), from the check's report or standard output.
//!
//! Many tools exit with 0 whatever they found, so findings come from the results alone. A run that says it did not
//! succeed is unread. Files examined are counted from `artifacts`, which is optional: without it nothing is said.

use super::lines::{Lines, agree, finding, no_report, shown};
use super::strict_json::{array, member, object, parse, text};
use super::{Reading, ToolOutput, Unread};
use serde_json::Value;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "SARIF log"));
    }
    let log = parse(document)?;
    if text(&log, "/version")? != "2.1.0" {
        return Err(Unread::unreadable("not SARIF version 2.1.0"));
    }
    let runs = array(&log, "/runs")?;
    if runs.is_empty() {
        return Err(Unread::unreadable("a SARIF log without a run"));
    }
    let mut reading = Reading::default();
    for run in runs {
        text(run, "/tool/driver/name")?;
        succeeded(run)?;
        // An absent `results` says that the tool did not look for any (section 3.14.23).
        for result in array(run, "/results")? {
            take(result, run, &mut reading)?;
        }
        if run.get("artifacts").is_some() {
            let artifacts = array(run, "/artifacts")?.len() as u64;
            reading.examined = Some(reading.examined.unwrap_or_default().saturating_add(artifacts));
        }
    }
    agree(output.exit, reading)
}

/// Refuses a run whose invocation failed, or whose tool reports an error of its own.
fn succeeded(run: &Value) -> Result<(), Unread> {
    if run.get("invocations").is_none() {
        return Ok(());
    }
    for invocation in array(run, "/invocations")? {
        if member(invocation, "/executionSuccessful")?.as_bool() != Some(true) {
            return Err(Unread::unreadable("the tool says that it did not run to its end"));
        }
        for kind in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
            if invocation.get(kind).is_none() {
                continue;
            }
            for notification in array(invocation, &format!("/{kind}"))? {
                if notification.get("level").and_then(Value::as_str) == Some("error") {
                    let said =
                        notification.pointer("/message/text").and_then(Value::as_str).unwrap_or_default();
                    return Err(Unread::unreadable(format!(
                        "the tool reports an error of its own: {}",
                        shown(said)
                    )));
                }
            }
        }
    }
    Ok(())
}

fn take(result: &Value, run: &Value, reading: &mut Reading) -> Result<(), Unread> {
    object(result, "")?;
    let rule = rule(result, run);
    let said = message(result)?;
    let place = place(result);
    let kind = optional(result, "kind")?.unwrap_or("fail");
    let level = match optional(result, "level")? {
        Some(level) => level,
        None if kind != "fail" => "none",
        None => default_level(run, result, &rule),
    };
    let suppressed = suppressed(result)?;
    let message = format!("{rule}: {said}");
    // `open` and `review` say that the tool could not decide, which is not that nothing is wrong. So does a level or
    // kind that the standard does not have.
    let harmless = matches!(level, "note" | "none")
        && matches!(kind, "fail" | "pass" | "notApplicable" | "informational");
    if suppressed || harmless {
        let why = if suppressed { "suppressed" } else { level };
        reading.notes.push(shown(&format!("{why}: {message}")));
        return Ok(());
    }
    let file = place.as_ref().map_or("", |(file, _)| file.as_str());
    let what = fingerprint(result).unwrap_or(said);
    let line =
        place.as_ref().map(|(file, line)| line.map_or_else(|| file.clone(), |line| format!("{file}:{line}")));
    reading.findings.push(finding(&format!("{rule} {file} {what}"), &message, line.as_deref()));
    Ok(())
}

fn optional<'a>(value: &'a Value, name: &str) -> Result<Option<&'a str>, Unread> {
    if value.get(name).is_some() { text(value, &format!("/{name}")).map(Some) } else { Ok(None) }
}

fn rules(run: &Value) -> impl Iterator<Item = &Value> {
    run.pointer("/tool/driver/rules").and_then(Value::as_array).into_iter().flatten()
}

fn rule_of<'a>(run: &'a Value, result: &Value) -> Option<&'a Value> {
    let index = result.get("ruleIndex").or_else(|| result.pointer("/rule/index")).and_then(Value::as_u64)?;
    rules(run).nth(usize::try_from(index).ok()?)
}

fn rule(result: &Value, run: &Value) -> String {
    let id = result.get("ruleId").or_else(|| result.pointer("/rule/id"));
    let id = id.or_else(|| rule_of(run, result).and_then(|rule| rule.get("id")));
    id.and_then(Value::as_str).unwrap_or("no rule").to_owned()
}

/// A result without a level has its rule's default level, else `warning` (section 3.27.10).
fn default_level<'a>(run: &'a Value, result: &Value, id: &str) -> &'a str {
    let by_id = || rules(run).find(|rule| rule.get("id").and_then(Value::as_str) == Some(id));
    let rule = rule_of(run, result).or_else(by_id);
    rule.and_then(|rule| rule.pointer("/defaultConfiguration/level"))
        .and_then(Value::as_str)
        .unwrap_or("warning")
}

fn message(result: &Value) -> Result<&str, Unread> {
    object(result, "/message")?;
    let text = result.pointer("/message/text").or_else(|| result.pointer("/message/markdown"));
    let text = text.or_else(|| result.pointer("/message/id")).and_then(Value::as_str);
    text.ok_or_else(|| Unread::unreadable("a result without a message"))
}

fn place(result: &Value) -> Option<(String, Option<u64>)> {
    let location = result.pointer("/locations/0/physicalLocation")?;
    let file = location.pointer("/artifactLocation/uri").and_then(Value::as_str)?;
    Some((file.to_owned(), location.pointer("/region/startLine").and_then(Value::as_u64)))
}

/// The tool's own stable fingerprint of the result, where it gives one.
fn fingerprint(result: &Value) -> Option<&str> {
    let of = |name: &str| result.get(name)?.as_object()?.values().next()?.as_str();
    of("fingerprints").or_else(|| of("partialFingerprints"))
}

/// A result is suppressed where it has a suppression, and none of them is under review or rejected (section 3.27.23).
fn suppressed(result: &Value) -> Result<bool, Unread> {
    if result.get("suppressions").is_none() {
        return Ok(false);
    }
    let all = array(result, "/suppressions")?;
    let accepted = |one: &Value| one.get("status").is_none_or(|status| status.as_str() == Some("accepted"));
    Ok(!all.is_empty() && all.iter().all(accepted))
}

#[cfg(test)]
mod tests {
    use crate::readers::RawFinding;

    #[test]
    fn a_finding_says_where_it_is_and_its_key_does_not_hold_the_line() {
        let log = br#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"ruleId":"r",
            "message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},
            "region":{"startLine":7}}}]}]}]}"#;
        let output = super::ToolOutput { stdout: log, stderr: b"", exit: Some(0), report: None };
        let finding =
            RawFinding { key: "r a.py m".into(), message: "r: m".into(), place: Some("a.py:7".into()) };
        assert_eq!(super::read(&output).unwrap().findings, [finding]);
    }
}
