//! Checks that gonogo makes itself, from what the world read: versions, changelog, clean tree, inventory, review.

use super::judge::Judged;
use crate::evidence::{Finding, Fingerprint};
use crate::judge::Steering;
use crate::plan::{Inventory, Plan};
use crate::release::Target;
use crate::review::{ReviewDecision, Word};
use crate::reviewers::Weighed;
use crate::verdict::{Outcome, Reason};
use crate::{text, versions};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

fn finding(gate: u32, check: &str, key: &str, message: &str, place: Option<&str>) -> Finding {
    Finding {
        fingerprint: Fingerprint::of(gate, check, key),
        message: text::one_line(message),
        place: place.map(str::to_owned),
        formerly: None,
    }
}

/// All version places equal the target. Evidence: one line a place.
pub fn versions(
    gate: u32,
    check: &str,
    plan: &Plan,
    target: &Target,
    read: impl FnMut(&str) -> Result<String, String>,
) -> Judged {
    let problems = versions::misaligned(&plan.versions, target.version(), read);
    let findings = problems
        .iter()
        .map(|problem| finding(gate, check, &problem.place, &problem.message, Some(&problem.place)))
        .collect();
    Judged::compared(plan.versions.len() as u64, findings)
}

/// The changelog has a section with text for the target. `read` is the changelog's text.
pub fn changelog(
    gate: u32,
    check: &str,
    plan: &Plan,
    target: &Target,
    read: Result<String, String>,
) -> Judged {
    let Some(path) = &plan.project.changelog else {
        return Judged::incomplete(Reason::NothingExamined, "the plan names no `project.changelog`");
    };
    let problem = match read {
        Err(why) => Some(format!("{path}: {why}")),
        Ok(text) => match versions::changelog_section(&text, target.version()) {
            None => Some(format!("{path} has no section for {}", target.version())),
            Some(section) if !versions::says_something(section) => {
                Some(format!("the section for {} in {path} says nothing yet", target.version()))
            }
            Some(_) => None,
        },
    };
    Judged::compared(
        1,
        problem.iter().map(|problem| finding(gate, check, "section", problem, Some(path))).collect(),
    )
}

/// The checkout has no changes and no untracked files. `dirty` are their paths.
pub fn git_clean(gate: u32, check: &str, dirty: &[String]) -> Judged {
    let findings = dirty
        .iter()
        .map(|path| finding(gate, check, path, &format!("{path} is not as the commit has it"), Some(path)));
    Judged::compared(1, findings.collect())
}

/// One file of a commit, as text.
pub type Files = BTreeMap<String, String>;

/// A search's result at the commit and at the base commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InventoryFound {
    /// How many files were searched at the commit.
    pub files: u64,
    /// The evidence: what changed since the base, then every match, a line each.
    pub text: String,
    /// How many matches there are.
    pub matches: u64,
    /// How many lines came or went since the base; `None` where there is no base to compare with.
    pub changed: Option<u64>,
}

/// Searches the files of the commit, and of the base commit where there is one.
pub fn inventory(inventory: &Inventory, now: &Files, base: Option<&Files>) -> InventoryFound {
    let current = matches(inventory, now);
    let mut text = String::new();
    let mut changed = None;
    if let Some(base) = base {
        let mut counted: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        let earlier = matches(inventory, base);
        for (path, _, line) in &current {
            *counted.entry((path, line)).or_default() += 1;
        }
        for (path, _, line) in &earlier {
            *counted.entry((path, line)).or_default() -= 1;
        }
        let mut lines = 0;
        for ((path, line), count) in counted.into_iter().filter(|(_, count)| *count != 0) {
            let sign = if count > 0 { '+' } else { '-' };
            for _ in 0..count.unsigned_abs() {
                // Writing to a String cannot fail.
                writeln!(text, "{sign} {path}: {}", text::one_line(line)).ok();
                lines += 1;
            }
        }
        changed = Some(lines);
    }
    for (path, number, line) in &current {
        writeln!(text, "  {path}:{number}: {}", text::one_line(line)).ok();
    }
    InventoryFound { files: now.len() as u64, text, matches: current.len() as u64, changed }
}

fn matches<'a>(inventory: &Inventory, files: &'a Files) -> Vec<(&'a str, usize, &'a str)> {
    let mut found = Vec::new();
    for (path, text) in files {
        for (number, line) in text.lines().enumerate() {
            if inventory.pattern.is_match(line) {
                found.push((path.as_str(), number + 1, line.trim()));
            }
        }
    }
    found
}

/// The files in which a search found something, at the commit or at the base.
pub fn matching_files(inventory: &Inventory, now: &Files, base: Option<&Files>) -> BTreeSet<String> {
    let found = [Some(now), base].into_iter().flatten().flat_map(|files| matches(inventory, files));
    found.map(|(path, ..)| path.to_owned()).collect()
}

/// Judges a search: unchanged since the base passes; a change, or no base, asks for a review. `weighed` are its reviews, where
/// it asks for one.
pub fn judge_inventory(gate: u32, check: &str, found: &InventoryFound, weighed: &Weighed) -> Judged {
    if found.files == 0 {
        return Judged::incomplete(Reason::NothingExamined, "no file matches the inventory's paths");
    }
    let note = match found.changed {
        Some(0) => None,
        Some(lines) => Some(format!("{lines} lines came or went since the base tag")),
        None => Some("there is no base tag to compare with".to_owned()),
    };
    let judged = match note {
        None => Judged::compared(found.files, Vec::new()),
        Some(note) => judge_review(gate, check, &note, weighed),
    };
    let mut notes = vec![format!("{} matches in {} files", found.matches, found.files)];
    notes.extend(judged.notes);
    Judged { examined: Some(found.files), notes, ..judged }
}

/// Judges a request for a review: accepted passes, rejected fails, too few acceptances are incomplete.
pub fn judge_review(gate: u32, check: &str, focus: &str, weighed: &Weighed) -> Judged {
    let lines: Vec<String> = weighed.words.iter().map(Word::line).collect();
    match weighed.decision {
        Some(ReviewDecision::Accepted) => Judged { notes: lines, ..Judged::compared(1, Vec::new()) },
        Some(ReviewDecision::Rejected) => {
            let mut rejections =
                weighed.words.iter().filter(|word| word.decision == ReviewDecision::Rejected);
            let said = rejections.next_back().map_or_else(|| "rejected".to_owned(), Word::line);
            Judged { notes: lines, ..Judged::compared(1, vec![finding(gate, check, "review", &said, None)]) }
        }
        None => {
            let more = match (weighed.wanted, weighed.words.iter().filter(|word| word.void.is_none()).count())
            {
                (_, 0) => String::new(),
                (wanted, given) => format!("; {given} of {} reviews", given + wanted as usize),
            };
            Judged { notes: lines, ..Judged::incomplete(Reason::ReviewMissing, format!("{focus}{more}")) }
        }
    }
}

/// Judges what steers the project's tools and is not as it was in the base, of whose tag it tells: each file is a finding until somebody has
/// looked at all of them.
pub fn judge_steering(
    gate: u32,
    check: &str,
    steering: &[Steering],
    base: Option<&str>,
    weighed: &Weighed,
) -> Judged {
    let since = base.map(|base| format!(" came, changed or went since {base}")).unwrap_or_default();
    let focus = format!("{} files that steer the tools of the checks{since}", steering.len());
    let judged = judge_review(gate, check, &focus, weighed);
    let findings = match judged.outcome {
        Outcome::Incomplete(_) => steering
            .iter()
            .map(|one| finding(gate, check, &one.path, &one.line(base), Some(&one.path)))
            .collect(),
        _ => judged.findings,
    };
    Judged { findings, examined: Some(steering.len() as u64), ..judged }
}

/// What a check came to once waivers are counted in: passed, where every finding of a failure is waived. Nothing else is lifted.
#[must_use]
pub fn with_waivers(judged: Judged, waived: &[Fingerprint], words: &[Word]) -> Judged {
    let lines = words.iter().map(Word::line);
    let notes = judged.notes.iter().cloned().chain(lines).collect();
    let lifts = judged.outcome == Outcome::Failed
        && !judged.findings.is_empty()
        && judged.findings.iter().all(|finding| waived.contains(&finding.fingerprint));
    if !lifts {
        return Judged { notes, ..judged };
    }
    let detail = format!("passed with waivers: {}", judged.findings.len());
    Judged { outcome: Outcome::Passed, detail: Some(detail), notes, ..judged }
}
