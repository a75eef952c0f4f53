//! `mypy`, human output: a line for each problem, and the summary at the end, which says how many files were checked.
//!
//! With `--no-error-summary` or `-O json` a clean run prints nothing, which shows nothing.

use super::lines::{Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown};
use super::{Reading, ToolOutput, Unread};
use regex::Regex;
use std::sync::LazyLock;

static PROBLEM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(.+?):(?:([0-9]+):)?(?:[0-9]+:)* (error|note|warning): (.*?)(?:  \[([a-z0-9-]+)\])?$")
});
static CLEAN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^Success: no issues found in ([0-9]+) source files?$"));
static FOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^Found ([0-9]+) errors? in [0-9]+ files? \((?:checked ([0-9]+) source files?|errors prevented further checking)\)$",
    )
});

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.document()), Lines::of(output.stderr));
    let Some(last) = stdout.last_filled() else {
        return Err(no_report(&stderr, "summary of mypy"));
    };
    stdout.whole()?;
    let (errors, checked) = if let Some(found) = CLEAN.captures(last) {
        (0, Some(number(group(&found, 1))?))
    } else if let Some(found) = FOUND.captures(last) {
        let checked = group(&found, 2);
        let checked = if checked.is_empty() { None } else { Some(number(checked)?) };
        (number(group(&found, 1))?, checked)
    } else {
        return Err(Unread::unreadable(format!("the last line is no summary of mypy: {}", shown(last))));
    };
    if errors > 0 && checked.is_none() {
        let first =
            stdout.iter().chain(stderr.iter()).find(|line| line.contains(": error: ")).unwrap_or(last);
        // What could not be parsed is a finding; that nothing could be read at all is none.
        if !stdout.iter().any(|line| line.ends_with("[syntax]")) {
            return Err(Unread::unreadable(format!("errors prevented further checking: {}", shown(first))));
        }
    }
    let mut findings = Vec::new();
    for found in
        stdout.iter().filter_map(|line| PROBLEM.captures(line)).filter(|found| group(found, 3) == "error")
    {
        let (file, line, said, code) =
            (group(&found, 1), group(&found, 2), group(&found, 4), group(&found, 5));
        let place = if line.is_empty() { file.to_owned() } else { format!("{file}:{line}") };
        findings.push(finding(&format!("{code} {file} {said}"), &format!("{code}: {said}"), Some(&place)));
    }
    if findings.len() as u64 > errors {
        return Err(Unread::unreadable("more errors are listed than the summary counts"));
    }
    name_the_rest(&mut findings, errors);
    agree(output.exit, Reading { examined: checked, findings, ..Reading::default() })
}
