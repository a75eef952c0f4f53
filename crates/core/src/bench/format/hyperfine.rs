//! The documents of hyperfine.

use super::{Sample, listed};
use crate::readers::Unread;
use serde_json::Value;

/// Version 1 has no number of its own; version 2 states it as `schema_version`.
pub(super) fn read(document: &Value) -> Result<Sample, Unread> {
    let metric = match document.get("schema_version").map(Value::as_u64) {
        None | Some(Some(1)) => "/median",
        Some(Some(2)) => "/summary/time_wall_clock/median",
        Some(_) => {
            return Err(Unread::unreadable(
                "a document of hyperfine in a version that is not known: 1 and 2 are",
            ));
        }
    };
    let sample = listed(document, "/results", "/command", metric)?;
    let mut results = document.pointer("/results").and_then(Value::as_array).into_iter().flatten();
    // With --ignore-failure it measures commands that fail.
    match results.find_map(failed) {
        Some(code) => Err(Unread::unreadable(format!("a command ended with status {code}"))),
        None => Ok(sample),
    }
}

/// An exit status other than 0 of any run of a result, wherever its version keeps them.
fn failed(value: &Value) -> Option<&Value> {
    match value {
        Value::Array(items) => items.iter().find_map(failed),
        Value::Object(members) => members.iter().find_map(|(name, member)| match (name.as_str(), member) {
            ("exit_codes", Value::Array(codes)) => codes.iter().find(|code| code.as_i64() != Some(0)),
            ("exit_code", code) => Some(code).filter(|code| code.as_i64() != Some(0)),
            (_, member) => failed(member),
        }),
        _ => None,
    }
}
