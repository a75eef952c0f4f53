//! From evidence to clearance: every way of missing something ends in a refusal.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use gonogo_core::blocker::{Backlog, Draft, Standing, Task, TaskState, drafts, stand, task_title};
use gonogo_core::clearance::{Obstacle, decide};
use gonogo_core::digest::Digest;
use gonogo_core::evidence::Fingerprint;
use gonogo_core::gate::Poll;
use gonogo_core::ledger::{
    BlockerFiled, BlockerSeen, Chain, CheckFinished, CheckKey, Event, LedgerState, Record,
};
use gonogo_core::plan::{self, Plan};
use gonogo_core::verdict::{Outcome, Reason, Verdict};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};

const PLAN: &str = r#"
schema = 1
[project]
name = "sample"
[policy]
required-gates = [3, 5]
[tracker]
kind = "file"

[[gates]]
id = 3
name = "Concurrency"
[[gates.checks]]
id = "a"
run = ["tool"]
reader = "libtest"
minimum = { tests = 4 }
[[gates.checks]]
id = "b"
kind = "git-clean"

[[gates]]
id = 5
name = "Speed"
[[gates.checks]]
id = "c"
kind = "review"
focus = "speed"

[[gates]]
id = 7
name = "Not required"
[[gates.checks]]
id = "d"
kind = "git-clean"
"#;

fn sample() -> Plan {
    Plan::parse(PLAN).unwrap()
}

fn subject() -> Digest {
    Digest::of(b"subject")
}

fn finished(gate: u32, check: &str, outcome: Outcome) -> CheckFinished {
    CheckFinished::new(1, gate, check, subject(), outcome)
}

type Results = BTreeMap<CheckKey, CheckFinished>;

fn all_passed() -> Results {
    [(3, "a"), (3, "b"), (5, "c"), (7, "d")]
        .into_iter()
        .map(|(gate, check)| ((gate, check.to_owned()), finished(gate, check, Outcome::Passed)))
        .collect()
}

fn poll(results: &Results) -> Poll {
    let plan = sample();
    Poll::evaluate(&plan, &plan::required_gates(&plan, None), subject(), results)
}

fn nothing_stands() -> Standing {
    stand(&Backlog::empty(), &LedgerState::default(), &sample(), &HashSet::new())
}

fn refused(results: &Results) -> Vec<Obstacle> {
    match decide("v1.0.0", &poll(results), Ok(&nothing_stands())) {
        Ok(cleared) => panic!("cleared: {cleared:?}"),
        Err(refused) => refused.0,
    }
}

#[test]
fn a_complete_poll_and_an_empty_tracker_that_was_read_are_cleared() {
    let cleared = decide("v1.0.0", &poll(&all_passed()), Ok(&nothing_stands())).unwrap();
    assert_eq!((cleared.target(), cleared.subject()), ("v1.0.0", subject()));
}

#[test]
fn a_tracker_that_was_not_read_refuses() {
    let Err(refused) = decide("v1.0.0", &poll(&all_passed()), Err("no answer")) else { panic!() };
    assert_eq!(refused.0, [Obstacle::TrackerUnreadable("no answer".into())]);
}

#[test]
fn a_required_check_that_never_ran_refuses() {
    for key in [(3, "a"), (3, "b"), (5, "c")] {
        let mut results = all_passed();
        results.remove(&(key.0, key.1.to_owned()));
        assert_eq!(refused(&results), [Obstacle::GateIncomplete(key.0, Reason::NotRun)], "{key:?}");
    }
}

#[test]
fn evidence_of_another_subject_refuses() {
    let mut results = all_passed();
    results.get_mut(&(5, "c".to_owned())).unwrap().subject = Digest::of(b"another");
    assert_eq!(refused(&results), [Obstacle::GateIncomplete(5, Reason::StaleEvidence)]);
}

#[test]
fn a_record_whose_verdict_and_reason_contradict_each_other_refuses() {
    let mut results = all_passed();
    results.get_mut(&(3, "a".to_owned())).unwrap().reason = Some(Reason::NotRun);
    assert_eq!(refused(&results), [Obstacle::GateIncomplete(3, Reason::UnreadableOutput)]);
}

#[test]
fn a_gate_that_is_not_required_does_not_refuse() {
    let mut results = all_passed();
    results.insert((7, "d".to_owned()), finished(7, "d", Outcome::Failed));
    assert!(decide("v1.0.0", &poll(&results), Ok(&nothing_stands())).is_ok());
}

#[test]
fn a_gate_that_only_the_base_plan_requires_refuses() {
    let now = Plan::parse(&PLAN.replace("[3, 5]", "[3]")).unwrap();
    let required = plan::required_gates(&now, Some(&sample()));
    let mut results = all_passed();
    results.remove(&(5, "c".to_owned()));
    let poll = Poll::evaluate(&now, &required, subject(), &results);
    assert!(decide("v1.0.0", &poll, Ok(&nothing_stands())).is_err());
}

#[test]
fn what_a_plan_asks_less_of_is_seen_and_what_it_asks_more_of_is_not() {
    let weaker = |from: &str, to: &str| {
        assert!(PLAN.contains(from), "{from}");
        let weaker = plan::weakened(&Plan::parse(&PLAN.replace(from, to)).unwrap(), &sample());
        weaker.into_values().flatten().collect::<Vec<_>>()
    };
    assert_eq!(weaker("tests = 4", "tests = 4"), [""; 0]);
    assert_eq!(weaker("tests = 4", "tests = 5"), [""; 0]);
    for (from, to) in [
        ("[3, 5]", "[3]"),
        ("tests = 4", "tests = 3"),
        ("tests = 4", "examined = 9"),
        ("run = [\"tool\"]", "run = [\"true\"]"),
        ("run = [\"tool\"]", "run = [\"tool\"]\nbefore = [[\"other\"]]"),
        ("reader = \"libtest\"", "reader = \"pytest\""),
        ("id = \"b\"\n", "id = \"other\"\n"),
        ("kind = \"review\"\nfocus = \"speed\"", "kind = \"git-clean\""),
        ("focus = \"speed\"", "focus = \"nothing\""),
    ] {
        assert_eq!(weaker(from, to).len(), 1, "{from} -> {to}");
    }
}

fn task(key: &str, state: TaskState) -> Task {
    let fingerprint = Fingerprint::of(3, "a", key);
    let draft = Draft {
        fingerprint,
        formerly: None,
        title: task_title("v1.0.0", key),
        sections: "## Goal\n\ngonogo-check: 3/a".into(),
    };
    Task { id: key.to_owned(), title: draft.title.clone(), body: draft.body(), state }
}

fn state(events: Vec<Event>) -> LedgerState {
    let mut chain = Chain::default();
    let records: Vec<Record> =
        events.into_iter().map(|event| chain.add(event, "2026-01-01T00:00:00Z".into()).unwrap().0).collect();
    LedgerState::fold(&records)
}

fn pass(check: &str, reused: Option<u64>) -> Event {
    Event::CheckFinished(Box::new(CheckFinished { reused, ..finished(3, check, Outcome::Passed) }))
}

fn filed(key: &str) -> Event {
    Event::BlockerFiled(BlockerFiled {
        id: key.into(),
        fingerprint: Fingerprint::of(3, "a", key),
        title: key.into(),
    })
}

fn seen(key: &str) -> Event {
    Event::BlockerSeen(BlockerSeen { id: key.into(), fingerprint: Fingerprint::of(3, "a", key) })
}

fn stands(task: Task, events: Vec<Event>) -> bool {
    let backlog = Backlog { epic: Some("E".into()), tasks: vec![task] };
    stand(&backlog, &state(events), &sample(), &HashSet::new()).count() == 1
}

#[test]
fn an_open_task_stands_whatever_has_passed() {
    assert!(stands(task("x", TaskState::Open), vec![filed("x"), pass("a", None)]));
}

#[test]
fn a_closed_task_stands_until_its_own_check_ran_and_passed_after_it_was_filed() {
    let closed = || task("x", TaskState::Done);
    assert!(!stands(closed(), vec![filed("x"), pass("a", None)]));
    assert!(!stands(task("x", TaskState::Canceled), vec![seen("x"), pass("a", None)]));
    for (why, events) in [
        ("never passed", vec![filed("x")]),
        ("passed before", vec![pass("a", None), filed("x")]),
        ("only taken over", vec![pass("a", None), filed("x"), pass("a", Some(0))]),
        ("another check passed", vec![filed("x"), pass("b", None)]),
        ("filed again since", vec![filed("x"), pass("a", None), filed("x")]),
        ("not known to the ledger", vec![pass("a", None)]),
    ] {
        assert!(stands(closed(), events), "{why}");
    }
}

#[test]
fn a_task_of_somebodys_own_stands_only_while_it_is_open() {
    let own = |state| Task { body: "Look at the docs.".into(), ..task("x", state) };
    assert!(stands(own(TaskState::Open), vec![]));
    assert!(!stands(own(TaskState::Done), vec![]));
}

#[test]
fn every_problem_has_one_draft_and_what_passed_has_none() {
    let mut results = all_passed();
    results.insert((3, "a".to_owned()), finished(3, "a", Outcome::Failed));
    results.insert((5, "c".to_owned()), finished(5, "c", Outcome::Incomplete(Reason::ReviewMissing)));
    results.insert((7, "d".to_owned()), finished(7, "d", Outcome::Failed));
    let drafts = drafts(
        &poll(&results),
        "v1.0.0",
        &"c0ffee00".repeat(5).parse().unwrap(),
        Some("v0.9.0"),
        "gonogo poll v1.0.0",
    );
    let incomplete: Vec<bool> = drafts.iter().map(|(_, incomplete)| *incomplete).collect();
    assert_eq!(incomplete, [false, true]);
    for section in [
        "## Goal",
        "## Background / Rationale",
        "## Acceptance Criteria",
        "## Automated Validation Gates",
        "## Consult Me",
    ] {
        assert!(drafts.iter().all(|(draft, _)| draft.sections.contains(section)), "{section}");
    }
    let fingerprints: HashSet<_> = drafts.iter().map(|(draft, _)| &draft.fingerprint).collect();
    assert_eq!(fingerprints.len(), 2);
}

fn any_outcome() -> impl Strategy<Value = Option<Outcome>> {
    prop_oneof![
        6 => Just(Some(Outcome::Passed)),
        1 => Just(Some(Outcome::Failed)),
        1 => proptest::sample::select(Reason::ALL).prop_map(|reason| Some(Outcome::Incomplete(reason))),
        1 => Just(None),
    ]
}

proptest! {
    #[test]
    fn clearance_is_given_exactly_when_every_required_check_passed_and_nothing_stands(
        outcomes in proptest::collection::vec(any_outcome(), 4), read in any::<bool>(), open in any::<bool>()
    ) {
        let mut results = Results::new();
        for ((gate, check), outcome) in [(3, "a"), (3, "b"), (5, "c"), (7, "d")].into_iter().zip(&outcomes) {
            if let Some(outcome) = outcome {
                results.insert((gate, check.to_owned()), finished(gate, check, *outcome));
            }
        }
        let tasks = if open { vec![task("x", TaskState::Open)] } else { Vec::new() };
        let standing = stand(&Backlog { epic: Some("E".into()), tasks }, &LedgerState::default(), &sample(), &HashSet::new());
        let tracker = if read { Ok(&standing) } else { Err("not read") };
        let required = outcomes[..3].iter().all(|outcome| outcome.map(Outcome::verdict) == Some(Verdict::Passed));
        let cleared = decide("v1.0.0", &poll(&results), tracker).is_ok();
        prop_assert_eq!(cleared, required && read && !open);
    }
}
