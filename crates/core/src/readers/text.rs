//! Lines of text, by the plan's regular expressions. Lines come from the check's report, if any, else standard output.
//!
//! Only whole lines of plain text count as examined: not one without its line feed, with a control character but the tab,
//! or with bytes that are no UTF-8. Findings are searched in all lines, also those of standard error.

use super::lines::{Lines, agree, finding, names_a_missing_tool, shown};
use super::{RawFinding, Reading, TextRule, ToolOutput, Unread};
use crate::verdict::Reason;

pub(super) fn read(rule: &TextRule, output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let stderr = Lines::of(output.stderr);
    if let Some(code @ (126 | 127)) = output.exit {
        let line = stderr.iter().find(|line| names_a_missing_tool(line)).map(shown);
        let detail = line.unwrap_or_else(|| format!("exit status {code}: no program to run"));
        return Err(Unread { reason: Reason::ToolMissing, detail });
    }
    let document = Lines::of(output.document());
    let mut whole = document.all();
    if let (false, [lines @ .., _cut]) = (document.closed(), whole) {
        whole = lines;
    }
    let plain =
        |line: &&String| !line.chars().any(|one| one == '\u{fffd}' || (one.is_control() && one != '\t'));
    let examined = whole.iter().filter(plain).filter(|line| rule.expect.is_match(line)).count() as u64;
    let stdout = Lines::of(if output.report.is_some() { output.stdout } else { b"" });
    let mut findings: Vec<RawFinding> = Vec::new();
    if let Some(pattern) = &rule.finding {
        let lines = document.iter().chain(stdout.iter()).chain(stderr.iter());
        findings.extend(lines.filter(|line| pattern.is_match(line)).map(|line| finding(line, line, None)));
    }
    if output.exit == Some(0) && examined > 0 {
        let missing = rule.require.iter().filter(|wanted| !whole.iter().any(|line| wanted.is_match(line)));
        findings.extend(missing.map(|wanted| {
            finding(&format!("missing {wanted}"), &format!("no line matches /{wanted}/"), None)
        }));
    }
    if let (Some(code), true) = (output.exit, findings.is_empty())
        && code != 0
    {
        let last = stderr.last_filled().and_then(|at| stderr.all().get(at)).map(|line| shown(line));
        if let Some(reason) = rule.exits.get(&code) {
            let last_printed = || document.last_filled().and_then(|at| document.all().get(at));
            let said = last.or_else(|| last_printed().map(|line| shown(line))).unwrap_or_default();
            return Err(Unread { reason: *reason, detail: format!("exit status {code}: {said}") });
        }
        let said = last.map(|line| format!(": {line}")).unwrap_or_default();
        findings.push(finding("exit-status", &format!("exit status {code}{said}"), None));
    }
    agree(output.exit, Reading { examined: Some(examined), findings, ..Reading::default() })
}
