//! Lines of JSON, by the plan's selectors: which lines are inputs examined, which are findings, which one ends the report.

use super::lines::{Lines, agree, finding, no_report};
use super::rule::{LineRule, Selector};
use super::strict_json::parse;
use super::{Reading, ToolOutput, Unread};
use serde_json::Value;

pub(super) fn read(rule: &LineRule, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (mut examined, mut findings, mut ends, mut lines) = (0_u64, Vec::new(), 0_u64, 0_u64);
    let streams: Vec<Lines<'_>> = output.streams(rule.stream).into_iter().map(Lines::of).collect();
    for stream in &streams {
        for line in stream.iter().filter(|line| line.starts_with('{')) {
            let one = parse(line.as_bytes())?;
            lines += 1;
            examined += u64::from(is_meant(&one, &rule.examined));
            ends += u64::from(rule.end.as_ref().is_some_and(|end| is_meant(&one, end)));
            if is_meant(&one, &rule.findings) {
                let at = |pointer: &String| one.pointer(pointer).map(plain).unwrap_or_default();
                let key: Vec<String> = rule.key.iter().map(at).collect();
                let place = rule.place.as_ref().map(at);
                findings.push(finding(&key.join(" "), &at(&rule.message), place.as_deref()));
            }
        }
        stream.whole()?;
    }
    if lines == 0 {
        return Err(no_report(&Lines::of(output.stderr), "line of JSON"));
    }
    if rule.end.is_some() && ends == 0 {
        return Err(Unread::unreadable("the line that ends the report is not there"));
    }
    agree(output.exit, Reading { examined: Some(examined), findings, ..Reading::default() })
}

fn is_meant(line: &Value, selector: &Selector) -> bool {
    !selector.is_empty()
        && selector.iter().all(|(pointer, values)| {
            line.pointer(pointer).is_some_and(|value| {
                let value = plain(value);
                values.is_empty() || values.iter().any(|wanted| *wanted == value)
            })
        })
}

/// A text as it is, anything else as it is written.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
