//! Ledgers of every format, each by the program of its time.

use crate::{OWNER, copied, fixtures, lines};
use gonogo_core::digest::Digest;
use gonogo_core::ledger::Mechanics;
use gonogo_core::ledger::{
    Broken, Event, EvidenceRef, FORMAT, LedgerState, Opened, READER, Record, Repaired,
};
use gonogo_core::release::Mode;
use gonogo_core::verdict::Verdict;
use gonogo_world::ledger::{self, Ledger, LedgerError};
use std::collections::BTreeSet;
use std::path::Path;

/// What a ledger adds up to.
#[derive(Debug, PartialEq, Eq)]
struct Sum {
    records: usize,
    polls: u64,
    cleared: Option<bool>,
    reviews: usize,
    rehearsals: usize,
    live: Option<Live>,
}

/// What its live mechanics add up to.
#[derive(Debug, PartialEq, Eq)]
struct Live {
    past_the_door: bool,
    completed: Option<bool>,
    /// Files of the manifest.
    built: usize,
    delivered: Option<Verdict>,
}

impl Sum {
    fn of(records: &[Record]) -> Self {
        let state = LedgerState::fold(records);
        let live = Mechanics::fold(records, Mode::Live);
        let live = live.run.as_ref().map(|run| Live {
            past_the_door: live.past_the_door,
            completed: run.ended.as_ref().map(|ended| ended.completed),
            built: live.manifest().map_or(0, |(_, manifest)| manifest.files().len()),
            delivered: live.delivered.as_ref().map(|delivered| delivered.verdict),
        });
        Self {
            records: records.len(),
            polls: state.polls,
            cleared: state.poll.and_then(|poll| poll.ended).map(|ended| ended.cleared),
            reviews: state.reviews.len(),
            rehearsals: Mechanics::fold(records, Mode::DryRun).runs(),
            live,
        }
    }
}

const fn polled(records: usize, reviews: usize) -> Sum {
    Sum { records, polls: 2, cleared: Some(true), reviews, rehearsals: 0, live: None }
}

const fn released(
    records: usize,
    reviews: usize,
    rehearsals: usize,
    built: usize,
    delivered: Option<Verdict>,
) -> Sum {
    let live = Live { past_the_door: true, completed: Some(true), built, delivered };
    Sum { records, polls: 2, cleared: Some(true), reviews, rehearsals, live: Some(live) }
}

/// Every ledger that is kept, and what it adds up to.
const KEPT: &[(&str, Sum)] = &[
    ("1.0-demo", polled(33, 0)),
    ("1.0-every-kind", polled(22, 2)),
    ("1.1-every-kind", polled(22, 2)),
    ("1.2-every-kind", released(56, 2, 1, 0, None)),
    ("1.3-demo", released(75, 0, 0, 6, None)),
    ("1.3-every-kind", released(56, 2, 1, 0, None)),
    ("1.4-every-kind", released(56, 2, 1, 0, None)),
    ("1.5-every-kind", released(59, 2, 1, 0, Some(Verdict::Passed))),
    ("1.6-every-kind", released(60, 2, 1, 0, Some(Verdict::Passed))),
    ("1.7-demo", released(76, 0, 0, 6, Some(Verdict::Passed))),
    ("1.7-every-kind", released(119, 2, 1, 0, Some(Verdict::Passed))),
    ("2-every-kind", released(127, 2, 1, 2, Some(Verdict::Passed))),
    ("3-every-kind", released(128, 2, 1, 2, Some(Verdict::Passed))),
    ("4-every-kind", released(131, 2, 1, 2, Some(Verdict::Passed))),
    ("5-every-kind", released(131, 2, 1, 2, Some(Verdict::Passed))),
    ("6-every-kind", released(134, 2, 1, 2, Some(Verdict::Passed))),
];

fn read(name: &str) -> Vec<Record> {
    ledger::read(&fixtures().join(name), OWNER).unwrap_or_else(|error| panic!("{name}: {error:?}")).unwrap()
}

#[test]
fn every_ledger_that_was_ever_written_is_read_whole_and_adds_up() {
    let there: BTreeSet<String> = std::fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, KEPT.iter().map(|(name, _)| (*name).to_owned()).collect());
    for (name, sum) in KEPT {
        let records = read(name);
        assert_eq!(&Sum::of(&records), sum, "{name}");
        let format = name.split(['.', '-']).next().unwrap().parse::<u32>().unwrap();
        assert!(records.iter().all(|record| record.format == format), "{name}");
    }
}

#[test]
fn every_format_that_is_kept_has_its_row_in_the_documentation() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, rows) = page.split_once("\n## The ledger's formats\n").unwrap();
    let (rows, _) = rows.split_once("\n## ").unwrap();
    let documented = rows.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
    let documented: BTreeSet<&str> = documented
        .map(|(format, _)| format)
        .filter(|format| format.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let kept = KEPT.iter().filter_map(|(name, _)| Some(name.split_once('-')?.0)).collect();
    assert_eq!(documented, kept);
    assert!(documented.contains(&*FORMAT.to_string()), "{documented:?}");
}

#[test]
fn what_an_old_ledger_did_not_tell_is_not_made_up_and_opens_nothing() {
    let environments = |name: &str| -> Vec<bool> {
        let started = read(name).into_iter().filter_map(|record| match record.event {
            Event::PollStarted(started) => Some(started.subject.environment.is_some()),
            _ => None,
        });
        started.collect()
    };
    assert_eq!(environments("1.0-every-kind"), [false, false]);
    assert_eq!(environments("1.1-every-kind"), [true, true]);
    let one_way = |name: &str| -> Vec<(String, bool)> {
        let intended = read(name).into_iter().filter_map(|record| match record.event {
            Event::EffectIntended(intended) => Some((intended.effect.to_string(), intended.one_way)),
            _ => None,
        });
        intended.collect()
    };
    // As the program that told of it would have, where every effect is of a step that has no way back.
    assert_eq!(one_way("1.2-every-kind"), one_way("1.4-every-kind"));
    assert!(one_way("1.2-every-kind").contains(&("push the tag".to_owned(), true)));
    let made = |name: &str| -> Vec<Option<u64>> {
        let applied = read(name).into_iter().filter_map(|record| match record.event {
            Event::EffectApplied(applied) => Some(applied.made),
            _ => None,
        });
        applied.collect()
    };
    assert!(made("1.2-every-kind").iter().all(Option::is_none));
    assert!(made("1.3-every-kind").contains(&Some(3)));
}

#[test]
fn a_review_of_an_old_ledger_is_bound_to_nothing_and_counts_for_nothing() {
    let scopes = |name: &str| -> Vec<bool> {
        LedgerState::fold(&read(name)).reviews.iter().map(|said| said.word.scope.is_some()).collect()
    };
    for old in ["1.0-every-kind", "1.7-every-kind", "2-every-kind", "3-every-kind"] {
        assert_eq!(scopes(old), [false, false], "{old}");
    }
    assert_eq!(scopes("4-every-kind"), [true, true]);
    assert_eq!(LedgerState::fold(&read("4-every-kind")).waivers.len(), 1);
}

#[test]
fn the_evidence_of_an_old_ledger_stays_by_its_digest_whatever_comes_after_it() {
    for name in ["1.0-demo", "1.7-demo"] {
        let (_temporary, folder) = copied(name);
        std::fs::create_dir(folder.join("blobs")).unwrap();
        for blob in std::fs::read_dir(fixtures().join(name).join("blobs")).unwrap() {
            let blob = blob.unwrap();
            std::fs::copy(blob.path(), folder.join("blobs").join(blob.file_name())).unwrap();
        }
        add(&folder);
        let mut seen = 0;
        for record in read(name) {
            let Event::CheckFinished(finished) = record.event else { continue };
            for EvidenceRef { digest, bytes, .. } in finished.evidence {
                let blob = ledger::read_blob(&folder, digest).unwrap();
                assert_eq!(blob.len() as u64, bytes, "{name} {digest}");
                seen += 1;
            }
        }
        assert!(seen > 10, "{name}");
    }
}

/// Opens a ledger to write, adds two records, and closes it.
fn add(folder: &Path) {
    let project = if lines(folder)[0].contains("\"tally\"") { "tally" } else { "sample" };
    let opened = Opened { project: project.into(), target: "v0.2.0".into() };
    let mut open = Ledger::open(folder, opened).unwrap();
    for _ in 0..2 {
        let event = Event::Repaired(Repaired { bytes: 1, digest: Digest::of(b"x") });
        open.append(event, Vec::new()).unwrap();
    }
    open.flush().unwrap();
}

#[test]
fn an_old_ledger_goes_on_in_this_format_and_keeps_every_byte() {
    for (name, sum) in KEPT {
        let (_temporary, folder) = copied(name);
        let before = std::fs::read(folder.join("ledger.jsonl")).unwrap();
        add(&folder);
        assert!(std::fs::read(folder.join("ledger.jsonl")).unwrap().starts_with(&before), "{name}");
        let records = ledger::read(&folder, OWNER).unwrap().unwrap();
        assert_eq!(Sum::of(&records[..sum.records]), *sum, "{name}");
        let is_old = records[0].format < FORMAT;
        let added: Vec<_> =
            records[sum.records..].iter().map(|record| (record.format, record.reader)).collect();
        assert_eq!(added, [(FORMAT, is_old.then_some(READER)), (FORMAT, None)], "{name}");
        add(&folder);
        assert_eq!(ledger::read(&folder, OWNER).unwrap().unwrap().len(), sum.records + 4, "{name}");
    }
}

#[test]
fn an_old_ledger_that_was_edited_is_broken_and_not_newer() {
    for (name, sum) in KEPT {
        let (_temporary, folder) = copied(name);
        let whole = lines(&folder);
        for line in (0..sum.records).step_by(5) {
            let mut lines = whole.clone();
            // A word that means something, or nothing that is known.
            lines[line] = lines[line].replacen("\"event\":{\"", "\"event\":{\"x", 1);
            std::fs::write(folder.join("ledger.jsonl"), lines.join("\n") + "\n").unwrap();
            let error = ledger::read(&folder, OWNER).unwrap_err();
            let at = line as u64 + 1;
            assert!(
                matches!(&error, LedgerError::Broken { source: Broken::Line { line, .. }, .. } if *line == at),
                "{name} {at}: {error:?}"
            );
        }
    }
}
