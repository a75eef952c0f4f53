//! What every channel serves, as tables for people.

use crate::screen::Screen;
use comfy_table::{ContentArrangement, Table, presets};
use gonogo_core::delivery::{Cell, Change, Column, Judgement, Level, Matrix, Partial};
use gonogo_core::text::one_line;
use gonogo_core::verdict::Verdict;
use gonogo_engine::delivery::Recorded;

/// One version on every channel, and the way out where they differ.
pub fn table(screen: &Screen, judgements: &[Judgement], delivery: &Partial) {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["channel", "package", "proven", "verdict", "why"]);
    for judgement in judgements {
        let verdict = match judgement.verdict {
            Verdict::Passed => screen.paint("32", "passed"),
            Verdict::Failed => screen.paint("31", "failed"),
            Verdict::Incomplete => screen.paint("33", "incomplete"),
        };
        let problems = judgement.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.said));
        let doubts = judgement.doubts.iter().map(|doubt| format!("{}: {}", doubt.reason, doubt.said));
        let why: Vec<String> = problems.chain(doubts).map(|line| one_line(&line)).collect();
        table.add_row([
            judgement.channel.to_string(),
            one_line(&judgement.package),
            judgement.reached.map_or("nothing", Level::name).to_owned(),
            verdict,
            why.join("\n"),
        ]);
    }
    screen.line(table);
    for line in delivery.lines().into_iter().chain(delivery.way_out()) {
        screen.line(one_line(&line));
    }
}

/// What changed since an earlier audit; nothing where there was none.
pub fn changes(screen: &Screen, changes: Option<&[Change]>) {
    let Some(changes) = changes else { return };
    if changes.is_empty() {
        screen.line("nothing changed since the earlier audit");
    }
    for change in changes {
        let word = match change.verdict {
            Verdict::Failed => screen.paint("31", "changed:"),
            Verdict::Incomplete => screen.paint("33", "not told:"),
            Verdict::Passed => screen.paint("33", "changed:"),
        };
        let said = format!("{} {}: {}", change.channel, change.package, change.said);
        screen.line(format!("{word} {}", one_line(&said)));
    }
}

/// What the ledger says, held against what is there now.
pub fn ledger(screen: &Screen, found: &Recorded) {
    screen.line(format!("the ledger's chain of {} records holds", found.records));
    for line in &found.changed {
        screen.line(format!("{} {}", screen.paint("31", "changed:"), one_line(line)));
    }
    for line in &found.untold {
        screen.line(format!("{} {}", screen.paint("33", "not told:"), one_line(line)));
    }
}

/// Every version on every channel.
pub fn matrix(screen: &Screen, matrix: &Matrix, columns: &[Column]) {
    let mut table = Table::new();
    let header = matrix.columns.iter().map(|(channel, package)| format!("{channel}\n{}", one_line(package)));
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["version".to_owned()].into_iter().chain(header).collect::<Vec<_>>());
    for row in &matrix.rows {
        let cells = row.cells.iter().map(|cell| match cell {
            Cell::Live => screen.paint("32", "live"),
            Cell::Withdrawn => screen.paint("31", "withdrawn"),
            Cell::Absent => screen.paint("31", "absent"),
            Cell::Conflict => screen.paint("31", "conflict"),
            Cell::Unknown => screen.paint("33", "unknown"),
        });
        table.add_row([one_line(&row.version)].into_iter().chain(cells).collect::<Vec<_>>());
    }
    screen.line(table);
    for column in columns {
        if let Err((reason, said)) = &column.versions {
            screen.line(format!("{} was not told ({reason}): {}", column.channel, one_line(said)));
        }
    }
    for (channel, version) in &matrix.foreign {
        screen.line(format!("{channel} has {}, which no other channel could have", one_line(version)));
    }
}
