//! `cargo clippy --message-format=json`, and `cargo check` or `build` with it: one JSON object a line, `build-finished` last.
//!
//! Errors and warnings are findings, each once; crates that the compiler or its cache answered for count as inputs.

use super::lines::{Lines, agree, finding, no_report, shown};
use super::strict_json::{member, parse, text};
use super::{RawFinding, Reading, ToolOutput, Unread};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.document()), Lines::of(output.stderr));
    let (mut findings, mut seen) = (Vec::new(), BTreeSet::new());
    let (mut examined, mut finished) = (0_u64, None);
    for line in stdout.iter().filter(|line| line.starts_with('{')) {
        let one = parse(line.as_bytes())?;
        match text(&one, "/reason")? {
            "compiler-artifact" => examined += 1,
            "compiler-message" => {
                if let Some(found) = problem(&one)?.filter(|found| seen.insert(found.key.clone())) {
                    findings.push(found);
                }
            }
            "build-finished" if finished.is_some() => {
                return Err(Unread::unreadable("the build finished twice"));
            }
            "build-finished" => finished = member(&one, "/success")?.as_bool(),
            // Others, such as `build-script-executed`, say nothing of the code.
            _ => {}
        }
    }
    let Some(success) = finished else {
        return Err(no_report(&stderr, "`build-finished` line (`--message-format=json`)"));
    };
    stdout.whole()?;
    if !success && findings.is_empty() {
        return Err(no_report(&stderr, "message, and the build did not succeed"));
    }
    agree(output.exit, Reading { examined: Some(examined), findings, ..Reading::default() })
}

fn problem(one: &Value) -> Result<Option<RawFinding>, Unread> {
    let (level, said) = (text(one, "/message/level")?, text(one, "/message/message")?);
    match level {
        "error" | "warning" | "error: internal compiler error" => {}
        "note" | "help" | "failure-note" => return Ok(None),
        _ => return Err(Unread::unreadable(format!("a level that is not known: {}", shown(level)))),
    }
    let spans = one.pointer("/message/spans").and_then(Value::as_array).into_iter().flatten();
    let span = spans.clone().find(|span| span.get("is_primary").and_then(Value::as_bool) == Some(true));
    let code = one.pointer("/message/code/code").and_then(Value::as_str);
    let counts_others = said.starts_with("aborting due to")
        || said.ends_with(" emitted")
        || said.ends_with("warnings emitted");
    if code.is_none() && span.is_none() && counts_others {
        return Ok(None);
    }
    let file = span.and_then(|span| span.get("file_name")?.as_str()).unwrap_or_default();
    let line = span.and_then(|span| span.get("line_start")?.as_u64());
    let code = code.unwrap_or(level);
    let place = line.map(|line| format!("{file}:{line}"));
    Ok(Some(finding(&format!("{code} {file} {said}"), &format!("{code}: {said}"), place.as_deref())))
}
