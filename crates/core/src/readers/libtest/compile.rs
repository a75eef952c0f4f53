//! A project that does not compile, as cargo says it on standard error.

use crate::evidence::Counts;
use crate::readers::lines::{Lines, distinct, finding, pattern, shown};
use crate::readers::{RawFinding, Reading, ToolOutput, Unread};
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static NOT_COMPILING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^error: (?:could not compile|failed to run custom build command for) `([^ `]+)[ `].*$")
});

/// A project that does not compile is a finding; any other output without a report stays unread.
pub(in crate::readers) fn failures(
    output: &ToolOutput<'_>,
    stderr: &Lines<'_>,
    why: Unread,
) -> Result<Reading, Unread> {
    let named =
        stderr.iter().filter_map(|line| NOT_COMPILING.captures(line)?.get(1)).map(|name| name.as_str());
    let packages: BTreeSet<&str> = named.collect();
    let findings: Vec<RawFinding> = packages
        .into_iter()
        .map(|package| {
            let message = format!("{} does not compile", shown(package));
            finding(&format!("compile {package}"), &message, Some(package))
        })
        .collect();
    // The compiler was killed or the disk is full: that says nothing about the project.
    let not_its_fault = ["(signal: 9, SIGKILL", "No space left on device"];
    if let Some(line) = stderr.iter().find(|line| not_its_fault.iter().any(|text| line.contains(text))) {
        return Err(Unread::unreadable(format!("the build was stopped: {}", shown(line))));
    }
    let missing = why.reason == crate::verdict::Reason::ToolMissing;
    match output.exit {
        Some(code) if code != 0 && !findings.is_empty() && !missing => Ok(Reading {
            counts: Some(Counts::default()),
            findings: distinct(findings),
            ..Reading::default()
        }),
        _ => Err(why),
    }
}
