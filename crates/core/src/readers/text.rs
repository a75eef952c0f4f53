//! Lines of text, by the plan's regular expressions. Lines come from the check's report, if any, else standard output.
//!
//! Only whole lines of plain text count as examined: not one without its line feed, with a control character but the tab,
//! or with bytes that are no UTF-8. Findings are searched in all lines, also those of standard error.

use super::lines::{Lines, agree, finding, names_a_missing_tool, shown, visible_pieces};
use super::rule::TextRule;
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::verdict::Reason;
use regex::Regex;

pub(super) fn read(rule: &TextRule, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stderr = Lines::of(output.stderr);
    if let Some(code @ (126 | 127)) = output.exit {
        let line = stderr.iter().find(|line| names_a_missing_tool(line)).map(shown);
        let detail = line.unwrap_or_else(|| format!("exit status {code}: no program to run"));
        return Err(Unread { reason: Reason::ToolMissing, detail });
    }
    let documents: Vec<Lines<'_>> = output.streams(rule.stream).into_iter().map(Lines::of).collect();
    let whole = || documents.iter().flat_map(Lines::ended);
    let plain = |line: &&str| !line.chars().any(|one| one == '\u{fffd}' || (one.is_control() && one != '\t'));
    let examined = whole().filter(plain).filter(|line| rule.expect.is_match(line)).count() as u64;
    let mut findings: Vec<RawFinding> = Vec::new();
    if let Some(pattern) = &rule.finding {
        let stdout = Lines::of(output.stdout);
        let report = Lines::of(output.report.unwrap_or_default());
        let lines = report.iter().chain(stdout.iter()).chain(stderr.iter());
        findings.extend(lines.filter_map(|line| wrong(pattern, line)));
    }
    if output.exit == Some(0) && examined > 0 {
        let missing = rule.require.iter().filter(|wanted| !whole().any(|line| wanted.is_match(line)));
        findings.extend(missing.map(|wanted| {
            finding(&format!("missing {wanted}"), &format!("no line matches /{wanted}/"), None)
        }));
    }
    if let (Some(code), true) = (output.exit, findings.is_empty())
        && code != 0
    {
        let last = stderr.last_filled().map(shown);
        if let Some(reason) = rule.exits.get(&code) {
            let said = last.or_else(|| documents.iter().rev().find_map(Lines::last_filled).map(shown));
            let said = said.unwrap_or_default();
            return Err(Unread { reason: *reason, detail: format!("exit status {code}: {said}") });
        }
        let said = last.map(|line| format!(": {line}")).unwrap_or_default();
        findings.push(finding("exit-status", &format!("exit status {code}{said}"), None));
    }
    agree(output.exit, Reading { examined: Some(examined), findings, ..Reading::default() })
}

/// A finding for a line that the pattern matches as it is, or as a terminal would have shown it.
fn wrong(pattern: &Regex, line: &str) -> Option<RawFinding> {
    if pattern.is_match(line) {
        return Some(finding(line, line, None));
    }
    let plain = !line.chars().any(|one| {
        one.is_control()
            || matches!(one, '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
    });
    let piece = if plain { None } else { visible_pieces(line).find(|piece| pattern.is_match(piece)) }?;
    Some(finding(&piece, &piece, None))
}
