//! A clearance and a pass for tests of effects: from a poll that passed, a tracker that is empty and a look that saw nothing
//! amiss, as any other.

use gonogo_core::blocker::{Backlog, stand};
use gonogo_core::clearance::{Clearance, decide};
use gonogo_core::digest::Digest;
use gonogo_core::door::{Asking, DoorPass, DoorSeen, DoorWanted, TagWanted, check_door};
use gonogo_core::gate::Poll;
use gonogo_core::ledger::{CheckFinished, LedgerState};
use gonogo_core::plan::{Plan, required_gates};
use gonogo_core::verdict::Outcome;
use std::collections::{BTreeMap, HashSet};

const PLAN: &str = r#"
schema = 1
[project]
name = "sample"
[policy]
required-gates = [1]
[tracker]
kind = "file"
[[gates]]
id = 1
name = "Everything"
[[gates.checks]]
id = "a"
kind = "git-clean"
"#;

/// The "go" for a target.
pub(crate) fn cleared(target: &str) -> Clearance {
    let (plan, subject) = (Plan::parse(PLAN).unwrap(), Digest::of(b"subject"));
    let passed = CheckFinished::new(1, 1, "a", subject, Outcome::Passed);
    let results = BTreeMap::from([((1, "a".to_owned()), passed)]);
    let poll = Poll::evaluate(&plan, &required_gates(&plan, None), subject, &results);
    let standing = stand(&Backlog::empty(), &LedgerState::default(), &plan, &HashSet::new());
    decide(target, &poll, Ok(&standing)).unwrap()
}

/// The pass of a look through the door.
pub(crate) fn pass(go: &Clearance) -> DoorPass<'_> {
    let head = Digest::of(b"head");
    let seen = DoorSeen {
        head: "c".repeat(40).parse().unwrap(),
        tree: "d".repeat(40).parse().unwrap(),
        dirty: Vec::new(),
        branch_holds_commit: Ok(true),
        branch: "origin/main".to_owned(),
        tag: Ok(None),
        blockers: Ok(Vec::new()),
        ci: None,
        ledger_head: head,
        is_ledger_locked: true,
    };
    let wanted = DoorWanted {
        commit: "c".repeat(40).parse().unwrap(),
        tree: "d".repeat(40).parse().unwrap(),
        ledger_head: head,
        tag: TagWanted::Absent,
    };
    let Asking::Nobody(confirmed) = Asking::about(go, false, false) else {
        panic!("somebody is asked about what can be undone")
    };
    check_door(confirmed, &seen, &wanted).unwrap()
}
