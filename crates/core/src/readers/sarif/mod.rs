//! A SARIF log, version 2.1.0 (OASIS standard), from the check's report or standard output.
//!
//! Many tools exit with 0 whatever they found, so findings come from the results alone. A run that says it did not succeed, or whose
//! results stand in another file, is unread. Files examined are counted from `artifacts`, which is optional; without it the tool may
//! still state the rules that it has.

mod rules;

use crate::readers::lines::{Lines, Notes, agree, finding, no_report, shown};
use crate::readers::strict_json::{array, each, member, object, parted, text};
use crate::readers::{Reading, ToolOutput, Unread};
use rules::Rules;
use serde_json::Value;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "SARIF log"));
    }
    let document = parted(document, &["runs", "*", "results", "*"])?;
    let log = &document.rest;
    if text(log, "/version")? != "2.1.0" {
        return Err(Unread::unreadable("not SARIF version 2.1.0"));
    }
    if log.get("inlineExternalProperties").is_some() {
        return Err(Unread::unreadable(
            "inlineExternalProperties hold parts of the log elsewhere, which is not read",
        ));
    }
    let runs = array(log, "/runs")?;
    if runs.is_empty() {
        return Err(Unread::unreadable("a SARIF log without a run"));
    }
    let rules: Vec<Rules<'_>> = runs.iter().map(Rules::of).collect();
    let mut reading = Reading { states_what_it_ran: true, ..Reading::default() };
    for (run, rules) in runs.iter().zip(&rules) {
        take_run(run, rules, &mut reading)?;
    }
    let mut notes = Notes::default();
    each(&document, |result| match rules.get(result.outer) {
        Some(rules) => take(result.value, rules, &mut reading, &mut notes),
        None => Err(Unread::unreadable("/runs is no array")),
    })?;
    agree(output.exit, Reading { notes: notes.all(), ..reading })
}

/// What a run says of itself. Its results are taken apart from it.
fn take_run(run: &Value, rules: &Rules<'_>, reading: &mut Reading) -> Result<(), Unread> {
    text(run, "/tool/driver/name")?;
    if run.get("externalPropertyFileReferences").is_some() {
        return Err(Unread::unreadable(
            "externalPropertyFileReferences: parts of the log are in other files, which are not read",
        ));
    }
    succeeded(run, rules)?;
    // An absent `results` says that the tool did not look for any (section 3.14.23).
    array(run, "/results")?;
    let artifacts = if run.get("artifacts").is_some() { array(run, "/artifacts")?.len() as u64 } else { 0 };
    if artifacts > 0 {
        reading.examined = Some(reading.examined.unwrap_or_default().saturating_add(artifacts));
    }
    reading.states_what_it_ran &= artifacts > 0 || rules.stated() > 0;
    Ok(())
}

/// Refuses a run whose invocation failed, or whose tool reports an error of its own.
fn succeeded(run: &Value, rules: &Rules<'_>) -> Result<(), Unread> {
    if run.get("invocations").is_none() {
        return Ok(());
    }
    for invocation in array(run, "/invocations")? {
        if member(invocation, "/executionSuccessful")?.as_bool() != Some(true) {
            return Err(Unread::unreadable("the tool says that it did not run to its end"));
        }
        for name in ["exitSignalName", "exitSignalNumber", "processStartFailureMessage"] {
            if let Some(said) = invocation.get(name) {
                return Err(Unread::unreadable(format!(
                    "the tool did not end by itself: {name} {}",
                    shown(&said.to_string())
                )));
            }
        }
        for kind in ["toolExecutionNotifications", "toolConfigurationNotifications"] {
            if invocation.get(kind).is_none() {
                continue;
            }
            for notification in array(invocation, &format!("/{kind}"))? {
                let level = optional(notification, "level")?;
                let level = level.unwrap_or_else(|| rules.level_of_notification(notification));
                let broke = notification.get("exception").is_some();
                if broke || !["none", "note", "warning"].contains(&level) {
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

fn take(result: &Value, rules: &Rules<'_>, reading: &mut Reading, notes: &mut Notes) -> Result<(), Unread> {
    object(result, "")?;
    let rule = rules.id(result);
    let said = message(result)?;
    let place = place(result);
    let kind = optional(result, "kind")?.unwrap_or("fail");
    let level = match optional(result, "level")? {
        Some(level) => level,
        None if kind != "fail" => "none",
        None => rules.level(result),
    };
    let message = format!("{rule}: {said}");
    // `open` and `review` say that the tool could not decide, which is not that nothing is wrong. So does a level or
    // kind that the standard does not have.
    let harmless = matches!(level, "note" | "none")
        && matches!(kind, "fail" | "pass" | "notApplicable" | "informational");
    // A result of an earlier run that this one has not (section 3.27.24).
    let gone = optional(result, "baselineState")? == Some("absent");
    let suppressed = suppressed(result)?;
    if harmless || gone || suppressed.is_some() {
        let why =
            suppressed.unwrap_or_else(|| if gone { "gone since the baseline" } else { level }.to_owned());
        notes.add(&format!("{why}: {message}"));
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

/// How a result is suppressed, where it is: it has a suppression, and none of them is under review or rejected (section 3.27.23).
/// An earlier draft of the standard calls the status `state`.
fn suppressed(result: &Value) -> Result<Option<String>, Unread> {
    if result.get("suppressions").is_none() {
        return Ok(None);
    }
    let all = array(result, "/suppressions")?;
    let accepted = |one: &Value| {
        let status = one.get("status").or_else(|| one.get("state"));
        let kind = one.get("kind").and_then(Value::as_str);
        status.is_none_or(|status| status.as_str() == Some("accepted"))
            && matches!(kind, Some("inSource" | "external"))
    };
    let Some(first) = all.first().filter(|_| all.iter().all(accepted)) else { return Ok(None) };
    let of = |name: &str| first.get(name).and_then(Value::as_str).unwrap_or_default();
    let why = of("justification");
    Ok(Some(format!("suppressed ({}{}{why})", of("kind"), if why.is_empty() { "" } else { ": " })))
}

#[cfg(test)]
mod tests {
    use crate::readers::{RawFinding, ToolOutput};

    #[test]
    fn a_finding_says_where_it_is_and_its_key_does_not_hold_the_line() {
        let log = br#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"results":[{"ruleId":"r",
            "message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.py"},
            "region":{"startLine":7}}}]}]}]}"#;
        let output = ToolOutput { stdout: log, stderr: b"", exit: Some(0), report: None };
        let finding = RawFinding {
            key: "r a.py m".into(),
            message: "r: m".into(),
            place: Some("a.py:7".into()),
            formerly: None,
        };
        assert_eq!(super::read(&output).unwrap().findings, [finding]);
    }
}
