//! `cargo semver-checks`, human output: one `Checked` line for each crate, with how many checks ran.
//!
//! Exit statuses: 0 nothing is broken, 100 something is, 101 it could not look. Where the version was raised far enough, all checks
//! are left out, and nothing is shown.

use super::lines::{
    Lines, agree, finding, group, name_the_rest, no_report, number, pattern, shown, uncoloured,
};
use super::{Reading, ToolOutput, Unread};
use regex::Regex;
use std::sync::LazyLock;

static CHECKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^ +Checked \[ *[0-9.]+s\] ([0-9]+) checks?: ([0-9]+) pass(?:, ([0-9]+) fail)?(?:, ([0-9]+) warn)?(?:, ([0-9]+) skip)?$",
    )
});
static FINISHED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^ +Finished \[ *[0-9.]+s\] \S+$"));
static PROBLEM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^--- (failure|warning) ([a-z0-9_]+): (.*) ---$"));
static WHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^  (\S.*?)(?:, previously in file .*| in (?:file )?(?:/\S*|\S+:[0-9]+)|, previously in .*)?$")
});

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let (stdout, stderr) = (Lines::of(output.stdout), Lines::of(output.stderr));
    if output.exit == Some(101) {
        return Err(no_report(&stderr, "answer (exit status 101)"));
    }
    let lines = || stderr.iter().chain(stdout.iter()).map(uncoloured);
    let (mut examined, mut failed, mut crates, mut left_out) = (0_u64, 0_u64, 0_u64, 0_u64);
    for line in lines() {
        let Some(found) = CHECKED.captures(&line) else { continue };
        let count = |index: usize| match group(&found, index) {
            "" => Ok(0),
            digits => number(digits),
        };
        let (all, parts) = (count(1)?, [count(2)?, count(3)?, count(4)?]);
        if parts.iter().try_fold(0_u64, |sum, one| sum.checked_add(*one)) != Some(all) {
            return Err(Unread::unreadable(format!("the checks do not add up: {}", shown(group(&found, 0)))));
        }
        crates += 1;
        examined = examined.saturating_add(all);
        failed = failed.saturating_add(parts[1]);
        left_out = left_out.saturating_add(count(5)?);
    }
    stderr.whole()?;
    stdout.whole()?;
    let finished = lines().filter(|line| FINISHED.is_match(line)).count() as u64;
    if finished != crates {
        return Err(Unread::unreadable(format!("{crates} crates were checked, and {finished} finished")));
    }
    if crates == 0 {
        return Err(no_report(&stderr, "`Checked` line of cargo semver-checks"));
    }
    let (mut findings, mut notes, mut open, mut named) = (Vec::new(), Vec::new(), None, 0);
    for line in lines() {
        if let Some(found) = PROBLEM.captures(&line) {
            let (rule, title) = (group(&found, 2).to_owned(), group(&found, 3).to_owned());
            if group(&found, 1) == "warning" {
                notes.push(shown(&format!("warning: {rule}: {title}")));
                open = None;
            } else {
                named += 1;
                open = Some((rule, title, false));
            }
        } else if let Some((rule, title, listing)) = &mut open {
            if line == "Failed in:" {
                *listing = true;
            } else if let Some(found) = WHERE.captures(&line).filter(|_| *listing) {
                let item = group(&found, 1);
                findings.push(finding(&format!("{rule} {item}"), &format!("{rule}: {title}: {item}"), None));
            } else if line.is_empty() && *listing {
                open = None;
            }
        }
    }
    if named > failed {
        return Err(Unread::unreadable("more failures are listed than counted"));
    }
    name_the_rest(&mut findings, failed);
    notes.push(format!("{left_out} checks left out in {crates} crates"));
    agree(output.exit, Reading { examined: Some(examined), findings, notes, ..Reading::default() })
}
