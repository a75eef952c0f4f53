//! Every code that the program can print has an entry: of the closed sets by walking them, and of the documents by
//! walking their schemas.

use super::{Explanation, Kind, all, find, nearest};
use crate::exit_code::Exit;
use crate::schemas::documents;
use gonogo_core::verdict::Reason;
use gonogo_engine::preflight::Precondition;
use serde_json::Value;
use std::collections::BTreeSet;

/// Words of the documents that are names of things, and not codes: they neither block nor ask for anything.
const NAMES: &[&str] =
    &["Algorithm", "Channel", "How", "CleanInstall", "Kind", "Mode", "Told", "Undo", "Withdrawn", "WordKind"];

fn has(code: &str, kind: Kind) -> bool {
    all().iter().any(|entry| entry.code == code && entry.kind == kind)
}

#[test]
fn every_code_of_the_closed_sets_has_one_entry() {
    for reason in Reason::ALL {
        assert!(has(reason.name(), Kind::Reason), "{reason}");
    }
    for code in gonogo_core::mechanics::Code::ALL {
        assert!(has(code.name(), Kind::Cause), "{code}");
    }
    for code in gonogo_core::delivery::ProblemCode::ALL {
        assert!(has(code.name(), Kind::DeliveryProblem), "{code}");
    }
    for item in Precondition::ALL {
        assert!(has(item.name(), Kind::Precondition), "{item}");
    }
    for exit in Exit::ALL {
        assert!(has(&exit.status().to_string(), Kind::ExitCode), "{exit:?}");
    }
    let names: BTreeSet<(&str, Kind)> = all().iter().map(|entry| (entry.code, entry.kind)).collect();
    assert_eq!(names.len(), all().len(), "a code is explained twice");
}

/// The words of every closed set in a schema, with the set's name.
fn words(schema: &Value) -> Vec<(String, String)> {
    fn walk(node: &Value, found: &mut Vec<String>) {
        match node {
            Value::Object(map) => {
                found.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
                let listed = map.get("enum").and_then(Value::as_array);
                found.extend(listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
                map.values().for_each(|value| walk(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let mut words = Vec::new();
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        let mut found = Vec::new();
        walk(definition, &mut found);
        words.extend(found.into_iter().map(|word| (name.clone(), word)));
    }
    words
}

#[test]
fn every_code_that_a_document_can_hold_has_an_entry() {
    let mut seen = 0;
    for (set, word) in documents().iter().flat_map(|(_, schema)| words(schema)) {
        // Two sets of one name are told apart by a number.
        if NAMES.contains(&set.trim_end_matches(|c: char| c.is_ascii_digit())) {
            continue;
        }
        seen += 1;
        assert!(!find(&word).is_empty(), "`{word}` of {set} is in a document and has no entry");
    }
    assert!(seen > 150, "{seen} words were seen: the schemas are not read");
}

#[test]
fn every_entry_says_something_and_names_what_comes_next() {
    for Explanation { code, means, blocks, next, .. } in all() {
        for text in [means, blocks, next] {
            assert!(text.ends_with('.') && text.len() > 8, "{code}: {text:?}");
        }
        assert!(next.matches('`').count() % 2 == 0, "{code}: {next}");
    }
}

#[test]
fn a_code_is_found_as_it_was_printed() {
    assert_eq!(find("tool:cargo"), find("tool"));
    assert_eq!(find("exit-3"), find("3"));
    assert_eq!(find(" 130 ").len(), 1);
    let kinds = |code: &str| find(code).into_iter().map(|entry| entry.kind).collect::<Vec<_>>();
    assert_eq!(kinds("incomplete"), [Kind::Verdict, Kind::ExitCode]);
    assert_eq!(kinds("tracker-unreadable"), [Kind::Reason, Kind::Obstacle, Kind::Cause]);
    assert_eq!(kinds("no-go"), [Kind::ReleaseState, Kind::ExitCode]);
}

#[test]
fn a_word_that_is_no_code_finds_nothing_and_has_its_nearest() {
    for word in ["", "tool-mising", "exit", "5", "TARGET"] {
        assert!(find(word).is_empty(), "{word}");
    }
    assert_eq!(nearest("tool-mising").first(), Some(&"tool-missing"));
    assert_eq!(nearest("no-test-executed").first(), Some(&"no-tests-executed"));
}
