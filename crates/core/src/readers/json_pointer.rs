//! Any JSON document, read by the plan's pointers (RFC 6901), from the check's report or standard output.
//!
//! Every pointer that is given must resolve to a count; `examined` and `findings` may also be arrays, whose items count.

use super::lines::{Lines, agree, finding, name_the_rest, no_report};
use super::strict_json::{member, parse};
use super::{Pointers, RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use serde_json::Value;

pub(super) fn read(pointers: &Pointers, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JSON document"));
    }
    let document = parse(document)?;
    let at =
        |pointer: &Option<String>| pointer.as_deref().map(|pointer| count(&document, pointer)).transpose();
    let (passed, failed, skipped) = (at(&pointers.passed)?, at(&pointers.failed)?, at(&pointers.skipped)?);
    let tests = passed.or(failed).or(skipped);
    let counts = tests.map(|_| {
        Counts::of(passed.unwrap_or_default(), failed.unwrap_or_default(), skipped.unwrap_or_default())
    });
    let examined =
        pointers.examined.as_deref().map(|pointer| count_or_items(&document, pointer)).transpose()?;
    let mut findings = match pointers.findings.as_deref() {
        Some(pointer) => problems(&document, pointer)?,
        None => Vec::new(),
    };
    if pointers.findings.is_none() {
        name_the_rest(&mut findings, failed.unwrap_or_default());
    } else if failed.is_some_and(|failed| failed > 0) && findings.is_empty() {
        return Err(Unread::unreadable("tests failed, and no finding is listed"));
    }
    if counts.is_none() && examined.is_none() && pointers.findings.is_none() {
        return Err(Unread::unreadable("the plan gives no pointer, so nothing is read"));
    }
    agree(output.exit, Reading { counts, examined, findings, ..Reading::default() })
}

fn count(document: &Value, pointer: &str) -> Result<u64, Unread> {
    member(document, pointer)?.as_u64().ok_or_else(|| Unread::unreadable(format!("{pointer} is no count")))
}

fn count_or_items(document: &Value, pointer: &str) -> Result<u64, Unread> {
    match member(document, pointer)? {
        Value::Array(items) => Ok(items.len() as u64),
        _ => count(document, pointer),
    }
}

fn problems(document: &Value, pointer: &str) -> Result<Vec<RawFinding>, Unread> {
    if let Value::Array(items) = member(document, pointer)? {
        return Ok(items.iter().map(problem).collect());
    }
    let number = count(document, pointer)?;
    let many = (number > 0).then(|| finding("findings", &format!("{number} findings at {pointer}"), None));
    Ok(many.into_iter().collect())
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
