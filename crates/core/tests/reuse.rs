//! Nothing stale is ever used again: random worlds, checks and edits, against a model that runs everything each time.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use gonogo_core::basis::{BASIS, Basis};
use gonogo_core::canonical;
use gonogo_core::digest::Digest;
use gonogo_core::ledger::{CheckFinished, CheckKey, Event, EvidenceRef, FORMAT, LedgerState, Record};
use gonogo_core::verdict::{Outcome, Reason};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Files, tools, variables and things that are brought along: of each so many.
const FILES: usize = 4;
const TOOLS: usize = 2;
const VARIABLES: usize = 2;
const BROUGHT: usize = 1;
/// Besides them: the base, the platform, and each check's part of the plan.
const OTHERS: usize = 2 + CHECKS;
const PARTS: usize = FILES + TOOLS + VARIABLES + BROUGHT + OTHERS;
const CHECKS: usize = 3;

/// What everything is, as small numbers: a world that was there before comes again.
type World = [u8; PARTS];
/// Which parts of the world each check may see.
type Sight = [[bool; PARTS]; CHECKS];

fn see(world: &World, sight: &[bool; PARTS], check: usize) -> Vec<Option<u8>> {
    let at = |part: usize| {
        // Base and platform are seen by all, its part of the plan by each check alone.
        let others = PARTS - OTHERS;
        let sees = if part < others { sight[part] } else { part < others + 2 || part == others + 2 + check };
        sees.then_some(world[part])
    };
    (0..PARTS).map(at).collect()
}

/// What a check comes to: a function of what it sees and of nothing else. Some fail, and some show nothing.
fn answer(seen: &[Option<u8>]) -> (Outcome, u64) {
    let digest = Digest::of(format!("{seen:?}").as_bytes()).to_string();
    let number = u64::from_str_radix(&digest[digest.len() - 8..], 16).unwrap();
    match number % 5 {
        0 => (Outcome::Failed, number),
        1 => (Outcome::Incomplete(Reason::TimedOut), number),
        _ => (Outcome::Passed, number),
    }
}

fn basis(seen: &[Option<u8>]) -> Basis {
    let mut at = 0;
    let mut next = |count: usize| {
        let part: Vec<(String, u8)> =
            (at..at + count).filter_map(|one| Some((format!("p{one}"), seen[one]?))).collect();
        at += count;
        part
    };
    let digest = |value: &u8| Digest::of(&[*value]);
    let files = next(FILES);
    let tools = next(TOOLS).into_iter().map(|(name, value)| (name, format!("1.{value}")));
    let tools = tools.collect();
    let variables = next(VARIABLES).iter().map(|(name, value)| (name.clone(), digest(value))).collect();
    let brought = next(BROUGHT).iter().map(|(name, value)| (name.clone(), digest(value))).collect();
    let others = next(OTHERS);
    Basis {
        content: Digest::of(format!("{files:?}").as_bytes()),
        check: Digest::of(format!("{:?}", others[2..].to_vec()).as_bytes()),
        base: (others[0].1 > 0).then(|| format!("{:040}", others[0].1).parse().unwrap()),
        platform: format!("platform {}", others[1].1),
        tools,
        variables,
        brought,
    }
}

/// A ledger of records that are only folded.
#[derive(Default)]
struct Ledger {
    state: LedgerState,
    seq: u64,
}

impl Ledger {
    fn append(&mut self, finished: CheckFinished) {
        self.seq += 1;
        let event = Event::CheckFinished(Box::new(finished));
        let (prev, at) = (Digest::of(b""), String::new());
        self.state.apply(&Record { format: FORMAT, reader: None, seq: self.seq, prev, at, event });
    }
}

fn finished(key: &CheckKey, subject: Digest, basis: Digest, seen: &[Option<u8>]) -> CheckFinished {
    let (outcome, number) = answer(seen);
    CheckFinished {
        evidence: vec![EvidenceRef { name: BASIS.to_owned(), digest: basis, bytes: 0 }],
        examined: Some(number),
        ..CheckFinished::new(0, key.0, &key.1, subject, outcome)
    }
}

fn any_sight() -> impl Strategy<Value = Sight> {
    prop::array::uniform3(prop::array::uniform::<_, PARTS>(any::<bool>()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn evidence_is_used_again_exactly_where_all_that_a_check_sees_is_the_same(
        sight in any_sight(),
        edits in prop::collection::vec((0..PARTS, 0..3_u8), 1..40),
    ) {
        let (mut world, mut ledger): (World, Ledger) = ([0; PARTS], Ledger::default());
        let mut passed: BTreeSet<(usize, Vec<Option<u8>>)> = BTreeSet::new();
        let mut latest: BTreeMap<usize, Basis> = BTreeMap::new();
        for (part, value) in edits {
            world[part] = value;
            // The subject is the whole world: evidence of a check is not about that.
            let subject = Digest::of(&world);
            for (check, sight) in sight.iter().enumerate() {
                let key = (3, format!("c{check}"));
                let seen = see(&world, sight, check);
                let now = basis(&seen);
                let about = Digest::of(canonical::to_string(&now).unwrap().as_bytes());
                let (outcome, number) = answer(&seen);
                let found = ledger.state.reusable(&key, about).map(|(seq, one)| (seq, one.clone()));
                // The model runs it again: what is used instead says the very same.
                prop_assert_eq!(found.is_some(), passed.contains(&(check, seen.clone())));
                if let Some((seq, earlier)) = found {
                    prop_assert_eq!((earlier.outcome(), earlier.examined), (Some(outcome), Some(number)));
                    ledger.append(CheckFinished { reused: Some(seq), subject, ..earlier });
                    continue;
                }
                // Whatever is another is said, and nothing else is.
                if let Some(earlier) = latest.get(&check) {
                    prop_assert_eq!(now.changes_since(earlier).is_empty(), now == *earlier);
                }
                ledger.append(finished(&key, subject, about, &seen));
                if outcome == Outcome::Passed {
                    passed.insert((check, seen));
                    latest.insert(check, now);
                }
            }
        }
    }
}
