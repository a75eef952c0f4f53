//! A ledger that a newer gonogo wrote: refused as newer, by whoever reads it and whoever would add to it, and left as it is.

use crate::{OWNER, current, lines};
use gonogo_core::digest::Digest;
use gonogo_core::ledger::{Anchor, FORMAT, Newer, Opened};
use gonogo_world::ledger::{self, Ledger, LedgerError};
use serde_json::{Value, json};
use std::path::Path;

/// Adds records as a newer program would: chained, and anchored.
fn goes_on(folder: &Path, records: &[Value]) {
    let mut all = lines(folder);
    for record in records {
        let mut record = record.clone();
        record["seq"] = json!(all.len());
        record["prev"] = json!(Digest::of(all.last().unwrap().as_bytes()));
        record["at"] = json!("2027-01-01T00:00:00Z");
        all.push(record.to_string());
    }
    let anchor = Anchor { records: all.len() as u64, head: Digest::of(all.last().unwrap().as_bytes()) };
    std::fs::write(folder.join("ledger.jsonl"), all.join("\n") + "\n").unwrap();
    std::fs::write(folder.join("anchor.json"), serde_json::to_vec(&anchor).unwrap()).unwrap();
}

/// The number of the line that comes next.
fn next(folder: &Path) -> u64 {
    lines(folder).len() as u64 + 1
}

#[track_caller]
fn newer<T>(result: Result<T, LedgerError>) -> Newer {
    match result {
        Err(error @ LedgerError::Newer { .. }) => {
            assert!(error.to_string().ends_with("was written by a newer gonogo"), "{error}");
            let LedgerError::Newer { source, .. } = error else { unreachable!() };
            source
        }
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it was read"),
    }
}

fn opened() -> Opened {
    Opened { project: "sample".into(), target: "v0.2.0".into() }
}

/// Every file with its bytes, but the lock and the folder of blobs that opening makes.
fn contents(folder: &Path) -> Vec<Vec<u8>> {
    ["ledger.jsonl", "anchor.json"].map(|file| std::fs::read(folder.join(file)).unwrap()).to_vec()
}

#[test]
fn what_this_program_does_not_know_is_newer_to_reader_and_writer_and_stays() {
    let repaired = json!({ "repaired": { "bytes": 1, "digest": Digest::of(b"x") } });
    let mut torn = repaired.clone();
    torn["repaired"]["why"] = json!("x");
    let format = FORMAT + 1;
    let line = next(&current().1);
    for (what, record, expected) in [
        (
            "a newer format",
            json!({ "format": format, "reader": format, "event": { "signed": 1 } }),
            Newer::Format { line, format },
        ),
        (
            "a newer format of known events",
            json!({ "format": format, "reader": format, "event": repaired }),
            Newer::Format { line, format },
        ),
        (
            "an unknown kind of event",
            json!({ "format": FORMAT, "event": { "signed": 1 } }),
            Newer::Content { line, what: "unknown variant `signed`".into() },
        ),
        (
            "an unknown field",
            json!({ "format": FORMAT, "event": torn }),
            Newer::Content { line, what: "unknown field `why`".into() },
        ),
    ] {
        let (_temporary, folder) = current();
        goes_on(&folder, &[record]);
        let before = contents(&folder);
        assert_eq!(newer(ledger::read(&folder, OWNER)), expected, "{what}");
        assert_eq!(newer(Ledger::open(&folder, opened())), expected, "{what}");
        assert_eq!(contents(&folder), before, "{what}");
    }
}

#[test]
fn a_newer_format_that_this_program_may_read_is_read_and_not_added_to() {
    let (_temporary, folder) = current();
    let line = next(&folder);
    let event = json!({ "repaired": { "bytes": 1, "digest": Digest::of(b"x") } });
    let (first, second) = (
        json!({ "format": FORMAT + 1, "reader": FORMAT, "event": event }),
        json!({ "format": FORMAT + 1, "event": event }),
    );
    goes_on(&folder, &[first, second]);
    assert_eq!(ledger::read(&folder, OWNER).unwrap().unwrap().len() as u64, line + 1);
    let before = contents(&folder);
    assert_eq!(newer(Ledger::open(&folder, opened())), Newer::Format { line, format: FORMAT + 1 });
    assert_eq!(contents(&folder), before);
}

#[test]
fn a_torn_last_line_of_a_newer_ledger_is_not_cut_off() {
    let (_temporary, folder) = current();
    goes_on(&folder, &[json!({ "format": FORMAT + 1, "reader": FORMAT + 1, "event": { "signed": 1 } })]);
    let mut text = std::fs::read_to_string(folder.join("ledger.jsonl")).unwrap();
    text.push_str("{\"at\":");
    std::fs::write(folder.join("ledger.jsonl"), &text).unwrap();
    newer(Ledger::open(&folder, opened()));
    assert_eq!(std::fs::read_to_string(folder.join("ledger.jsonl")).unwrap(), text);
}

#[test]
fn an_anchor_that_tells_more_is_newer() {
    let (_temporary, folder) = current();
    let path = folder.join("anchor.json");
    let mut anchor: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    anchor["signature"] = json!("x");
    std::fs::write(&path, anchor.to_string()).unwrap();
    assert!(matches!(newer(ledger::read(&folder, OWNER)), Newer::Anchor(_)));
    assert!(matches!(newer(Ledger::open(&folder, opened())), Newer::Anchor(_)));
}
