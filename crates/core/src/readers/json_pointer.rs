//! Any JSON document, read by the plan's pointers, from the check's report or standard output.
//!
//! Every pointer that is given must resolve to a count; `examined` and `findings` may also be arrays, whose items count.

use super::lines::{Lines, agree, finding, name_the_rest, no_report, shown};
use super::rule::{Pointers, Threshold};
use super::strict_json::{each, parse, parted, select};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use crate::roster::Roster;
use serde_json::Value;

pub(super) fn read(pointers: &Pointers, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON document"));
    }
    let path = pointers.examined.as_deref().and_then(|pointer| alone(pointer, pointers));
    let (document, counted) = match &path {
        Some(path) => {
            let document = parted(document, path)?;
            each(&document, |_| Ok(()))?;
            (document.rest, document.items)
        }
        None => (parse(document)?, 0),
    };
    let at = |pointer: &Option<String>| pointer.as_deref().map(|pointer| sum(&document, pointer)).transpose();
    let (passed, failed, skipped) = (at(&pointers.passed)?, at(&pointers.failed)?, at(&pointers.skipped)?);
    let tests = passed.or(failed).or(skipped);
    let counts = tests.map(|_| {
        Counts::of(passed.unwrap_or_default(), failed.unwrap_or_default(), skipped.unwrap_or_default())
    });
    let mut roster = Roster::default();
    roster.add_unnamed(counts.unwrap_or_default());
    let examined = pointers.examined.as_deref().map(|pointer| items(&document, pointer)).transpose()?;
    let examined = examined.map(|examined| examined.saturating_add(counted));
    let mut notes = Vec::new();
    let mut findings = match pointers.findings.as_deref() {
        Some(pointer) => problems(&document, pointer, pointers, &mut notes)?,
        None => Vec::new(),
    };
    if pointers.findings.is_none() {
        name_the_rest(&mut findings, failed.unwrap_or_default());
    } else if failed.is_some_and(|failed| failed > 0) && findings.is_empty() {
        return Err(Unread::unreadable("tests failed, and no finding is listed"));
    }
    for threshold in &pointers.thresholds {
        findings.extend(beyond(&document, threshold)?);
    }
    if counts.is_none() && examined.is_none() && pointers.findings.is_none() {
        return Err(Unread::unreadable("the plan gives no pointer, so nothing is read"));
    }
    agree(output.exit, Reading { counts, roster, examined, findings, notes, ..Reading::default() })
}

/// The path to the items that are examined, where nothing else is read of them: then they are counted and not held.
fn alone<'p>(pointer: &'p str, pointers: &Pointers) -> Option<Vec<&'p str>> {
    let Pointers { passed, failed, skipped, examined: _, findings, severity: _, harmless: _, thresholds } =
        pointers;
    let others = [passed, failed, skipped, findings].into_iter().flatten();
    let mut others = others.chain(thresholds.iter().map(|threshold| &threshold.at));
    let plain = |segment: &&str| {
        segment.contains(|one: char| !one.is_ascii_digit()) && !segment.contains(['~', '*', '?'])
    };
    let mut path: Vec<&str> = pointer.split('/').skip(1).collect();
    // One that begins alike, or has a `*` before, may lead into them.
    let meets = |other: &String| {
        let mut pairs = other.split('/').skip(1).zip(&path);
        pairs.all(|(one, own)| one == *own || one == "*" || one.trim_end_matches('?') == *own)
    };
    let is_alone = !path.is_empty() && path.iter().all(plain) && !others.any(meets);
    path.push("*");
    is_alone.then_some(path)
}

fn count(value: &Value, pointer: &str) -> Result<u64, Unread> {
    value.as_u64().ok_or_else(|| Unread::unreadable(format!("{pointer} is no count")))
}

fn sum(document: &Value, pointer: &str) -> Result<u64, Unread> {
    let too_many = || Unread::unreadable(format!("{pointer} adds up to more than can be counted"));
    let found = select(document, pointer)?;
    found
        .into_iter()
        .try_fold(0_u64, |sum, value| sum.checked_add(count(value, pointer)?).ok_or_else(too_many))
}

/// The items of arrays, or the numbers; what a `*` finds and is neither counts as one.
fn items(document: &Value, pointer: &str) -> Result<u64, Unread> {
    let many = has_wildcard(pointer);
    let mut items = 0_u64;
    for value in select(document, pointer)? {
        items = items.saturating_add(match value {
            Value::Array(items) => items.len() as u64,
            Value::Object(_) | Value::String(_) if many => 1,
            _ => count(value, pointer)?,
        });
    }
    Ok(items)
}

fn has_wildcard(pointer: &str) -> bool {
    pointer.split('/').any(|segment| segment == "*")
}

fn problems(
    document: &Value,
    pointer: &str,
    pointers: &Pointers,
    notes: &mut Vec<String>,
) -> Result<Vec<RawFinding>, Unread> {
    let many = has_wildcard(pointer);
    let (mut listed, mut number) = (Vec::new(), 0_u64);
    for value in select(document, pointer)? {
        match value {
            Value::Array(items) => listed.extend(items),
            Value::Object(_) | Value::String(_) if many => listed.push(value),
            _ => number = number.saturating_add(count(value, pointer)?),
        }
    }
    let mut findings = Vec::new();
    for item in listed {
        let severity = pointers.severity.as_deref().and_then(|severity| item.pointer(severity)?.as_str());
        let one = problem(item);
        match severity.filter(|severity| pointers.harmless.iter().any(|harmless| harmless == severity)) {
            Some(severity) => notes.push(shown(&format!("{severity}: {}", one.message))),
            None => findings.push(one),
        }
    }
    if number > 0 {
        findings.push(finding("findings", &format!("{number} findings at {pointer}"), None));
    }
    Ok(findings)
}

fn beyond(document: &Value, threshold: &Threshold) -> Result<Option<RawFinding>, Unread> {
    let at = &threshold.at;
    let no_number = || Unread::unreadable(format!("{at} is no number"));
    let found = select(document, at)?;
    if found.is_empty() {
        return Err(no_number());
    }
    for value in found {
        let value = value.as_f64().ok_or_else(no_number)?;
        let limit = match (threshold.least, threshold.most) {
            (Some(least), _) if value < least => format!("less than {least}"),
            (_, Some(most)) if value > most => format!("more than {most}"),
            _ => continue,
        };
        return Ok(Some(finding(&format!("threshold {at}"), &format!("{at} is {value}, {limit}"), None)));
    }
    Ok(None)
}

/// An item is named by itself: by its text, or by its canonical JSON without the members that change between runs.
fn problem(item: &Value) -> RawFinding {
    let message = ["message", "title", "description", "name"]
        .iter()
        .find_map(|name| item.get(name).and_then(Value::as_str))
        .map(str::to_owned);
    let mut named = item.clone();
    if let Some(fields) = named.as_object_mut() {
        let changing = ["line", "column", "startLine", "endLine", "time", "timestamp", "duration"];
        fields.retain(|name, _| !changing.contains(&name.as_str()));
    }
    let text = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
    // The key of a large item is its digest, so that two that begin alike stay apart.
    let key = if text.chars().count() > 200 {
        crate::digest::Digest::of(text.as_bytes()).hex()
    } else {
        text.clone()
    };
    finding(&key, &message.unwrap_or(text), None)
}
