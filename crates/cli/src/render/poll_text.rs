//! A poll for people: one table of gates, then everything that stands in the way with what repeats it.

use super::review_text;
use crate::screen::Screen;
use comfy_table::{Cell, ContentArrangement, Table, presets};
use gonogo_core::clearance::Obstacle;
use gonogo_core::gate::{CheckVerdict, GateVerdict};
use gonogo_core::ledger::CheckFinished;
use gonogo_core::text;
use gonogo_core::verdict::{Outcome, Reason, Verdict};
use gonogo_engine::context::Context;
use gonogo_engine::poll::{Part, PollReport};

/// The most findings that are shown of one check; the ledger and the JSON document hold them all.
const MOST_FINDINGS: usize = 10;

/// Prints what a poll came to.
pub fn print(screen: &Screen, context: &Context, report: &PollReport) {
    if screen.json {
        return;
    }
    screen.line(table(screen, report));
    for gate in report.poll.gates() {
        for check in &gate.checks {
            let failed_before = report.failed_before.contains(&(gate.id, check.id.clone()));
            let can_waive = report.reviewers.waiving().is_ok();
            print_check(screen, gate, check, failed_before, can_waive);
        }
    }
    match &report.standing {
        Err(why) => {
            let reason = Reason::TrackerUnreadable;
            screen.line(format!("\n{} tracker ({reason}): {why}", mark(screen, Verdict::Incomplete)));
        }
        Ok(standing) if standing.count() > 0 => {
            let plural = if standing.count() == 1 { "" } else { "s" };
            screen.line(format!("\n{} standing blocker{plural}:", standing.count()));
            for blocker in standing.blockers().iter().filter(|blocker| blocker.open) {
                let closed = match blocker.state {
                    gonogo_core::blocker::TaskState::Open => "",
                    _ => " (closed, and its check has not passed since)",
                };
                screen.line(format!("  {} {}{closed}", blocker.id, text::one_line(&blocker.title)));
            }
        }
        Ok(_) => {}
    }
    let answer = match &report.decision {
        Ok(_) => screen.paint("1;32", "GO"),
        Err(_) if report.interrupted => screen.paint("1;33", "NO-GO (stopped)"),
        Err(_) if report.part.is_some() => screen.paint("1;33", "NO ANSWER"),
        Err(_) => screen.paint("1;31", "NO-GO"),
    };
    let short = context.candidate.commit.get(..12).unwrap_or(&context.candidate.commit);
    let part = report.part.as_ref().map(Part::names).unwrap_or_default();
    let part = match part.is_empty() {
        true => String::new(),
        false => format!(": a part was polled ({}), and only a whole poll says go", part.join(", ")),
    };
    screen.line(format!("\n{answer}  {} at {short}{part}", context.candidate.target));
}

/// Every obstacle on a line of its own.
pub fn obstacle(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::GateFailed(gate) => format!("gate {gate} failed"),
        Obstacle::GateIncomplete(gate, reason) => format!("gate {gate} is incomplete: {reason}"),
        Obstacle::Blocker { id, .. } => format!("blocker {id} stands"),
        Obstacle::TrackerUnreadable(why) => format!("tracker-unreadable: {why}"),
        Obstacle::NothingRequired => "no gate is required".to_owned(),
        Obstacle::PartOnly => "only a part was polled".to_owned(),
    }
}

fn table(screen: &Screen, report: &PollReport) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !screen.terminal {
        table.set_width(120);
    }
    table.set_header(["gate", "", "", "checks", "time"]);
    for gate in report.poll.gates() {
        let passed = gate.checks.iter().filter(|check| check.outcome == Outcome::Passed).count();
        let millis: u64 =
            gate.checks.iter().filter_map(|check| check.finished.as_ref()).map(|one| one.millis).sum();
        let waived: usize = gate.checks.iter().map(waived).sum();
        let waivers = if waived > 0 { format!(" (with waivers: {waived})") } else { String::new() };
        let optional = if gate.required { "" } else { " (not required)" };
        table.add_row([
            Cell::new(format!("{:>4}", gate.id)),
            Cell::new(mark(screen, gate.outcome.verdict())),
            Cell::new(format!("{}{waivers}{optional}", text::one_line(&gate.name))),
            Cell::new(format!("{passed}/{}", gate.checks.len())),
            Cell::new(seconds(millis)),
        ]);
    }
    table
}

/// How many findings of a check are waived.
fn waived(check: &CheckVerdict) -> usize {
    check.finished.as_ref().filter(|_| check.outcome == Outcome::Passed).map_or(0, CheckFinished::waived)
}

/// One check: what stands against it, and who reviewed it. `can_waive` is whether a finding can be waived, by its fingerprint.
fn print_check(
    screen: &Screen,
    gate: &GateVerdict,
    check: &CheckVerdict,
    failed_before: bool,
    can_waive: bool,
) {
    let words = check.finished.as_ref().map_or(&[][..], |finished| finished.words.as_slice());
    if check.outcome == Outcome::Passed && words.is_empty() && !failed_before {
        return;
    }
    let finished = check.finished.as_ref();
    let reason = check.outcome.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
    screen.line(format!(
        "\n{} gate {} {}{reason}",
        mark(screen, check.outcome.verdict()),
        gate.id,
        screen.paint("1", &check.id)
    ));
    let Some(finished) = finished else { return };
    if let Some(detail) = &finished.detail {
        screen.line(format!("    {detail}"));
    }
    // Why a pass counts that others speak against is never left out.
    for note in finished.notes.iter().filter(|_| failed_before) {
        screen.line(format!("    {note}"));
    }
    for finding in finished.findings.iter().take(MOST_FINDINGS) {
        let place = finding.place.as_ref().map(|place| format!("  [{place}]")).unwrap_or_default();
        let name = if can_waive { format!("  ({})", finding.fingerprint) } else { String::new() };
        screen.line(format!("    - {}{place}{name}", finding.message));
    }
    let more = finished.findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        screen.line(format!("    - and {more} more"));
    }
    review_text::words(words).for_each(|line| screen.line(line));
    if let Some(repeat) = &finished.repeat {
        screen.line(format!("    repeat: {repeat}"));
    }
}

/// One line on a check that ended.
pub fn check_line(screen: &Screen, finished: &CheckFinished) -> String {
    let reason = finished.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let shown = match (&finished.counts, finished.examined) {
        (Some(counts), _) => format!(", {} tests", counts.executed),
        (None, Some(examined)) => format!(", {examined} examined"),
        (None, None) => String::new(),
    };
    let reused = if finished.reused.is_some() { ", from earlier evidence" } else { "" };
    let waivers = match finished.waived() {
        0 => String::new(),
        waived => format!(", with waivers: {waived}"),
    };
    format!(
        "{} gate {} {}{reason} ({}{shown}{waivers}{reused})",
        mark(screen, finished.verdict),
        finished.gate,
        finished.check,
        seconds(finished.millis)
    )
}

/// A verdict in one coloured word.
pub fn mark(screen: &Screen, verdict: Verdict) -> String {
    match verdict {
        Verdict::Passed => screen.paint("32", "passed"),
        Verdict::Failed => screen.paint("31", "FAILED"),
        Verdict::Incomplete => screen.paint("33", "INCOMPLETE"),
    }
}

/// A time for people.
pub fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
