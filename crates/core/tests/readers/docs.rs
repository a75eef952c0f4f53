//! docs/readers.md is what the readers say of themselves. `GONOGO_BLESS=1` writes it anew.

use crate::fixtures::readers;
use gonogo_core::readers::{CARDS, Card};
use gonogo_core::roster::TestState;
use std::fmt::Write;
use std::path::Path;

#[test]
fn every_reader_has_a_card_and_every_card_a_reader() {
    let mut names: Vec<&str> = readers().iter().map(gonogo_core::readers::Reader::name).collect();
    let mut cards: Vec<&str> = CARDS.iter().map(|card| card.name).collect();
    for reader in readers() {
        assert_eq!(reader.card().name, reader.name());
    }
    names.sort_unstable();
    cards.sort_unstable();
    assert_eq!(names, cards);
}

#[test]
fn the_page_of_the_readers_is_what_they_say_of_themselves() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/readers.md");
    let page = page();
    if std::env::var_os("GONOGO_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/readers.md is not what the readers say: GONOGO_BLESS=1 cargo test -p gonogo-core --test readers docs"
    );
}

fn page() -> String {
    let mut page = include_str!("page/head.md").to_owned();
    page.push_str("\n## States\n\n| state | counts as |\n| --- | --- |\n");
    for state in TestState::ALL {
        let counts = state.counts();
        let class = if counts.passed > 0 {
            "executed, passed"
        } else if counts.failed > 0 {
            "executed, failed"
        } else {
            "skipped"
        };
        writeln!(page, "| `{}` | {class} |", state.name()).unwrap();
    }
    page.push_str("\n## Readers\n");
    for card in &CARDS {
        section(&mut page, card);
    }
    page.push('\n');
    page.push_str(include_str!("page/keys.md"));
    page
}

fn section(page: &mut String, card: &Card) {
    let with_tests = readers().iter().any(|reader| reader.name() == card.name && reader.runs_tests());
    let least = if with_tests { "one test executed" } else { "one input examined" };
    write!(page, "\n### `{}`\n\nReads {}. By default at least {least}.\n\n", card.name, card.reads).unwrap();
    writeln!(page, "- Counts: {}", card.counts).unwrap();
    for refused in card.refuses {
        writeln!(page, "- Refuses: {refused}").unwrap();
    }
    for option in card.options {
        writeln!(page, "- Option: {option}").unwrap();
    }
    writeln!(page, "- Tried on: {}", card.tried).unwrap();
}
