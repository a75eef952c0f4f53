//! A ledger that a newer gonogo wrote is called newer; one that was changed is never called so.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use gonogo_core::digest::Digest;
use gonogo_core::ledger::{
    Anchor, Broken, Chain, CheckStarted, Event, FORMAT, Newer, NotRead, Opened, Record, Torn, read,
};
use serde_json::{Value, json};

type Read = Result<(Vec<Record>, Chain, Option<Torn>), NotRead>;

/// Three records of this program's, as values.
fn records() -> Vec<Value> {
    let mut chain = Chain::default();
    let events = [
        Event::Opened(Opened { project: "sample".into(), target: "v1.0.0".into() }),
        Event::CheckStarted(CheckStarted { poll: 1, gate: 3, check: "a".into() }),
        Event::CheckStarted(CheckStarted { poll: 1, gate: 3, check: "b".into() }),
    ];
    let lines = events.map(|event| chain.add(event, "2026-01-02T03:04:05Z".into()).unwrap().1);
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The ledger of these records, as their writer would have chained them.
fn chained(records: &[Value]) -> (String, Anchor) {
    let (mut text, mut anchor) = (String::new(), Anchor::empty());
    for record in records {
        let mut record = record.clone();
        record["prev"] = json!(anchor.head);
        let line = record.to_string();
        anchor = Anchor { records: anchor.records + 1, head: Digest::of(line.as_bytes()) };
        text = format!("{text}{line}\n");
    }
    (text, anchor)
}

fn read_chained(records: &[Value]) -> Read {
    let (text, anchor) = chained(records);
    read(text.as_bytes(), Some(anchor))
}

/// What a newer program may have written that this one does not know, at record `at`.
fn newer(at: usize) -> Vec<(&'static str, Vec<Value>, Newer)> {
    let line = at as u64 + 1;
    let with = |change: fn(&mut Value)| {
        let mut records = records();
        change(&mut records[at]);
        records
    };
    let content = |what: &str| Newer::Content { line, what: what.to_owned() };
    let names = |name: &str| format!("unknown field `{name}`");
    let mut later = records();
    for record in &mut later[at..] {
        record["format"] = json!(FORMAT + 1);
    }
    later[at]["reader"] = json!(FORMAT + 1);
    vec![
        ("a later format", later, Newer::Format { line, format: FORMAT + 1 }),
        (
            "another kind",
            with(|record| record["event"] = json!({ "signed": {} })),
            content("unknown variant `signed`"),
        ),
        (
            "another field",
            with(|record| record["event"]["check-started"]["mood"] = json!(1)),
            content(&names("mood")),
        ),
        (
            "a field of the record",
            with(|record| record["signature"] = json!("x")),
            content(&names("signature")),
        ),
        (
            "a field left out",
            with(|record| {
                record["event"]["check-started"].as_object_mut().unwrap().remove("gate");
            }),
            content("missing field `gate`"),
        ),
        (
            "a number as text",
            with(|record| record["event"]["check-started"]["gate"] = json!("3")),
            content("invalid type: string \"3\""),
        ),
    ]
}

#[track_caller]
fn assert_newer(what: &str, read: Read, expected: &Newer) {
    match (read, expected) {
        (
            Err(NotRead::Newer(Newer::Content { line, what: said })),
            Newer::Content { line: at, what: begins },
        ) => {
            assert!(line == *at && said == *begins, "{what}: line {line}: {said}");
        }
        (Err(NotRead::Newer(newer)), expected) => assert_eq!(&newer, expected, "{what}"),
        (other, _) => panic!("{what}: {other:?}"),
    }
}

#[test]
fn what_a_newer_gonogo_wrote_is_called_newer_wherever_it_stands() {
    for at in [1, 2] {
        for (what, records, expected) in newer(at) {
            assert_newer(what, read_chained(&records), &expected);
        }
    }
}

#[test]
fn what_is_not_known_and_breaks_the_chain_was_changed() {
    let (before, anchor) = chained(&records());
    let lines: Vec<&str> = before.lines().collect();
    for at in [1, 2] {
        for (what, records, _) in newer(at) {
            // The line alone, as somebody who edits the file leaves it.
            let mut edited = records[at].clone();
            edited["prev"] = serde_json::from_str::<Value>(lines[at]).unwrap()["prev"].clone();
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            lines[at] = edited.to_string();
            let read = read((lines.join("\n") + "\n").as_bytes(), Some(anchor));
            assert!(matches!(read, Err(NotRead::Broken(_))), "{what} at {at}: {read:?}");
        }
    }
}

#[test]
fn a_line_that_no_gonogo_spelled_is_not_newer() {
    let (text, _) = chained(&records());
    let first = text.lines().next().unwrap();
    for line in [
        first.replacen("{", "{ ", 1),
        first.replacen("\"at\"", "\"zz\":1,\"at\"", 1),
        first.replacen("\"seq\":0", "\"seq\":0,\"seq\":0", 1),
        first.replacen("\"seq\":0", "\"seq\":-1", 1),
        first.replacen("\"seq\":0", "\"seq\":0.5", 1),
        first.replacen(&format!("\"format\":{FORMAT},"), "", 1),
        "{}".to_owned(),
        "null".to_owned(),
    ] {
        let anchor = Anchor { records: 1, head: Digest::of(line.as_bytes()) };
        let read = read(format!("{line}\n").as_bytes(), Some(anchor));
        assert!(matches!(read, Err(NotRead::Broken(Broken::Line { line: 1, .. }))), "{line}: {read:?}");
    }
}

#[test]
fn a_later_format_that_this_program_may_read_is_read_and_not_added_to() {
    let mut later = records();
    for record in &mut later[1..] {
        record["format"] = json!(FORMAT + 1);
    }
    later[1]["reader"] = json!(FORMAT);
    let (records, chain, _) = read_chained(&later).unwrap();
    assert_eq!(records.len(), 3);
    assert_eq!(chain.is_writable(), Err(Newer::Format { line: 2, format: FORMAT + 1 }));
    assert_eq!(read_chained(&self::records()).unwrap().1.is_writable(), Ok(()));
}

#[test]
fn each_format_tells_its_reader_once_and_none_goes_back() {
    let with = |formats: [u32; 3], readers: [Option<u32>; 3]| {
        let mut records = records();
        for ((record, format), reader) in records.iter_mut().zip(formats).zip(readers) {
            record["format"] = json!(format);
            record.as_object_mut().unwrap().remove("reader");
            if let Some(reader) = reader {
                record["reader"] = json!(reader);
            }
        }
        read_chained(&records)
    };
    for (formats, readers) in [
        ([1, 1, 1], [None, None, None]),
        ([1, 2, 2], [None, Some(2), None]),
        ([1, 2, 2], [None, Some(1), None]),
        ([2, 2, 3], [Some(2), None, Some(2)]),
    ] {
        assert!(with(formats, readers).is_ok(), "{formats:?} {readers:?}");
    }
    for (line, formats, readers) in [
        (1, [0, 1, 1], [None, None, None]),
        (1, [1, 1, 1], [Some(1), None, None]),
        (1, [2, 2, 2], [None, None, None]),
        (1, [2, 2, 2], [Some(3), None, None]),
        (1, [2, 2, 2], [Some(0), None, None]),
        (2, [2, 1, 1], [Some(2), None, None]),
        (2, [2, 2, 2], [Some(2), Some(2), None]),
        (2, [1, 2, 2], [None, None, None]),
        (3, [1, 2, 1], [None, Some(2), None]),
    ] {
        match with(formats, readers) {
            Err(NotRead::Broken(Broken::Line { line: found, why })) if found == line => {
                assert!(why.contains("does not follow"), "{formats:?} {readers:?}: {why}");
            }
            other => panic!("{formats:?} {readers:?}: {other:?}"),
        }
    }
}
