//! What the records add up to. State is this fold and nothing else: there is no other state file.

use super::event::{
    BlockerSeen, CheckFinished, Event, PollFinished, PollStarted, Record, ReviewRecorded, WaiverRecorded,
};
use crate::digest::Digest;
use crate::evidence::{Finding, Fingerprint};
use crate::review::{ReviewDecision, ReviewScope};
use crate::verdict::{Outcome, Verdict};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A check's name: its gate and its id.
pub type CheckKey = (u32, String);

/// What the latest poll has come to.
#[derive(Clone, Debug)]
pub struct PollState {
    /// The sequence number of its first record.
    pub seq: u64,
    /// How it began.
    pub started: PollStarted,
    /// Checks that began, with or without an end.
    pub begun: Vec<CheckKey>,
    /// Checks that ended.
    pub finished: BTreeMap<CheckKey, CheckFinished>,
    /// How it ended; `None` while it runs, or where it was cut short.
    pub ended: Option<PollFinished>,
}

/// Something that somebody said, with where and when it was recorded.
#[derive(Clone, Debug)]
pub struct Noted<W> {
    /// The sequence number of its record.
    pub seq: u64,
    /// When it was recorded.
    pub at: String,
    /// What was said.
    pub word: W,
}

/// A blocker as a ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBlocker {
    /// The tracker's ID, when it was last filed or seen.
    pub id: String,
    /// The problem's stable name.
    pub fingerprint: Fingerprint,
    /// The task's title; `None` where it was filed elsewhere, and only seen.
    pub title: Option<String>,
    /// The ledger shows that it is settled.
    pub is_settled: bool,
    /// The record that filed it last, or that saw it first.
    since: u64,
}

/// What speaks against a pass of a check: runs that failed on the very same subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contradiction {
    /// How many runs failed.
    pub failures: u64,
    /// The digests of what they left behind, sorted: what a reviewer looks at.
    pub evidence: BTreeSet<Digest>,
}

/// What a ledger says of its release.
#[derive(Clone, Debug, Default)]
pub struct LedgerState {
    /// The target that the ledger was opened for.
    pub target: Option<String>,
    /// The latest poll.
    pub poll: Option<PollState>,
    /// How many polls there were.
    pub polls: u64,
    /// Reviews, in order.
    pub reviews: Vec<Noted<ReviewRecorded>>,
    /// Waivers, in order.
    pub waivers: Vec<Noted<WaiverRecorded>>,
    passes: HashMap<(CheckKey, Digest), (u64, CheckFinished)>,
    last_pass: HashMap<CheckKey, u64>,
    last_basis: HashMap<CheckKey, Option<Digest>>,
    known_blockers: BTreeMap<Fingerprint, KnownBlocker>,
    /// The gate, and mostly the check, that a problem is of.
    origins: HashMap<Fingerprint, (u32, Option<String>)>,
    /// The checks that have ended.
    checks: HashSet<CheckKey>,
    /// The names of steps that a run was to go through.
    steps: BTreeSet<String>,
    open_blockers: BTreeSet<String>,
    failures: HashMap<(CheckKey, Digest), Contradiction>,
    attempts: HashMap<(CheckKey, Digest), u64>,
}

impl LedgerState {
    /// The state after all these records.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>) -> Self {
        let mut state = Self::default();
        for record in records {
            state.apply(record);
        }
        state
    }

    /// The state after one more record.
    pub fn apply(&mut self, record: &Record) {
        match &record.event {
            Event::Opened(opened) => self.target = Some(opened.target.clone()),
            Event::PollStarted(started) => {
                self.polls += 1;
                for gate in &started.required_gates {
                    self.origins.insert(Fingerprint::of_missing_gate(*gate), (*gate, None));
                }
                self.poll = Some(PollState {
                    seq: record.seq,
                    started: (**started).clone(),
                    begun: Vec::new(),
                    finished: BTreeMap::new(),
                    ended: None,
                });
            }
            Event::CheckStarted(check) => {
                if let Some(poll) = self.poll.as_mut().filter(|poll| poll.seq == check.poll) {
                    poll.begun.push((check.gate, check.check.clone()));
                }
            }
            Event::CheckFinished(check) => self.apply_finished(record.seq, check),
            Event::ReviewRecorded(review) => self.reviews.push(Noted::<ReviewRecorded>::of(record, review)),
            Event::WaiverRecorded(waiver) => self.waivers.push(Noted::<WaiverRecorded>::of(record, waiver)),
            Event::BlockerSeen(seen) => self.apply_seen(record.seq, seen),
            Event::BlockerFiled(filed) => {
                let known = KnownBlocker {
                    id: filed.id.clone(),
                    fingerprint: filed.fingerprint.clone(),
                    title: Some(filed.title.clone()),
                    is_settled: false,
                    since: record.seq,
                };
                self.known_blockers.insert(filed.fingerprint.clone(), known);
                self.open_blockers.insert(filed.id.clone());
            }
            Event::BlockerResolved(resolved) => {
                self.open_blockers.remove(&resolved.id);
                for known in self.known_blockers.values_mut() {
                    let is_it = match &resolved.fingerprint {
                        Some(fingerprint) => known.fingerprint == *fingerprint,
                        None => known.id == resolved.id,
                    };
                    known.is_settled |= is_it;
                }
            }
            Event::PollFinished(finished) => {
                // The tracker was read, and nothing stood: what was closed there by hand is closed.
                if finished.standing_blockers == Some(0) {
                    self.open_blockers.clear();
                    self.known_blockers.values_mut().for_each(|known| known.is_settled = true);
                }
                if let Some(poll) = self.poll.as_mut().filter(|poll| poll.seq == finished.poll) {
                    poll.ended = Some(finished.clone());
                }
            }
            // What the mechanics came to is a fold of its own, `mechanics::Mechanics`.
            Event::RunStarted(started) => self.steps.extend(started.steps.iter().cloned()),
            Event::EffectIntended(_)
            | Event::EffectApplied(_)
            | Event::StepDone(_)
            | Event::StepStopped(_)
            | Event::RunFinished(_)
            | Event::Delivered(_)
            | Event::Repaired(_) => {}
        }
    }

    fn apply_seen(&mut self, seq: u64, seen: &BlockerSeen) {
        let known = self.known_blockers.get(&seen.fingerprint);
        // One that was settled and stands again is a new matter.
        if known.is_some_and(|known| !known.is_settled) {
            return;
        }
        let known = KnownBlocker {
            id: seen.id.clone(),
            fingerprint: seen.fingerprint.clone(),
            title: known.and_then(|known| known.title.clone()),
            is_settled: false,
            since: seq,
        };
        self.known_blockers.insert(seen.fingerprint.clone(), known);
    }

    fn apply_finished(&mut self, seq: u64, check: &CheckFinished) {
        let key = (check.gate, check.check.clone());
        let of_check = || (check.gate, Some(check.check.clone()));
        // A ledger tells of each check many times.
        if self.checks.insert(key.clone()) {
            self.origins.insert(Fingerprint::of_incomplete(check.gate, &check.check), of_check());
            self.origins.insert(Fingerprint::of_more(check.gate, &check.check), of_check());
        }
        for finding in &check.findings {
            self.origins.insert(finding.fingerprint.clone(), of_check());
        }
        if check.reused.is_none() {
            // A reviewer's no is a decision, and not what a run has shown.
            let rejection = Fingerprint::of_rejection(check.gate, &check.check);
            let is_rejected = check.findings.iter().any(|finding| finding.fingerprint == rejection);
            if check.verdict == Verdict::Failed && !is_rejected {
                for about in [Some(check.subject), check.basis()].into_iter().flatten() {
                    let failed = self.failures.entry((key.clone(), about)).or_default();
                    failed.failures += 1;
                    failed.evidence.extend(check.evidence.iter().map(|one| one.digest));
                }
            }
            *self.attempts.entry((key.clone(), check.subject)).or_default() += 1;
            let passed = check.verdict == Verdict::Passed && check.reason.is_none();
            // What it is about by itself, where it tells; else the subject of its poll.
            let about = check.basis().unwrap_or(check.subject);
            if passed {
                self.last_pass.insert(key.clone(), seq);
                // A pass by waivers is judged anew each time: a waiver ends.
                if check.waived() == 0 {
                    self.last_basis.insert(key.clone(), check.basis());
                    self.passes.insert((key.clone(), about), (seq, check.clone()));
                }
            } else {
                // A pass before this is no longer the last word on the same.
                self.passes.remove(&(key.clone(), about));
            }
        }
        if let Some(poll) = self.poll.as_mut().filter(|poll| poll.seq == check.poll) {
            poll.finished.insert(key, check.clone());
        }
    }

    /// The digest of what a check's latest pass was about, where that pass tells.
    pub fn last_basis(&self, check: &CheckKey) -> Option<Digest> {
        self.last_basis.get(check).copied().flatten()
    }

    /// The latest evidence of a pass about this very thing (a check's own basis, or a poll's subject), with the record that holds it. Failures and incomplete
    /// checks are never taken over: they run again.
    pub fn reusable(&self, check: &CheckKey, subject: Digest) -> Option<(u64, &CheckFinished)> {
        self.passes.get(&(check.clone(), subject)).map(|(seq, finished)| (*seq, finished))
    }

    /// How often a check ran to an end on this subject.
    pub fn attempts(&self, check: &CheckKey, subject: Digest) -> u64 {
        self.attempts.get(&(check.clone(), subject)).copied().unwrap_or(0)
    }

    /// The blockers that were filed through this ledger and not shown as settled since, by the tracker's IDs.
    pub const fn open_blockers(&self) -> &BTreeSet<String> {
        &self.open_blockers
    }

    /// A blocker, where this ledger knows it.
    pub fn known_blocker(&self, fingerprint: &Fingerprint) -> Option<&KnownBlocker> {
        self.known_blockers.get(fingerprint)
    }

    /// The blockers that this ledger knows and does not show as settled.
    pub fn unsettled_blockers(&self) -> impl Iterator<Item = &KnownBlocker> {
        self.known_blockers.values().filter(|known| !known.is_settled)
    }

    /// The gate, and mostly the check, that a problem is of, where this ledger has seen it there.
    pub fn origin(&self, fingerprint: &Fingerprint) -> Option<(u32, Option<&str>)> {
        self.origins.get(fingerprint).map(|(gate, check)| (*gate, check.as_deref()))
    }

    /// The names of all steps that a run was to go through.
    pub const fn steps(&self) -> &BTreeSet<String> {
        &self.steps
    }

    /// The runs of a check that failed on this very subject, or about this very basis; `None` where none did.
    pub fn contradiction(&self, check: &CheckKey, subject: Digest) -> Option<&Contradiction> {
        self.failures.get(&(check.clone(), subject))
    }

    /// Whether every one of these checks ran and passed after the blocker was last filed (or first seen). With no
    /// check at all there is nothing that could have passed.
    pub fn passed_since_blocker(&self, fingerprint: &Fingerprint, checks: &[CheckKey]) -> bool {
        let Some(filed) = self.known_blockers.get(fingerprint).map(|known| known.since) else { return false };
        !checks.is_empty()
            && checks.iter().all(|check| self.last_pass.get(check).is_some_and(|pass| *pass > filed))
    }

    /// Whether every one of these checks passed in the latest poll. With no check at all, none did.
    pub fn passed_in_latest_poll(&self, checks: &[CheckKey]) -> bool {
        let Some(poll) = &self.poll else { return false };
        let passed =
            |check| poll.finished.get(check).is_some_and(|one| one.outcome() == Some(Outcome::Passed));
        !checks.is_empty() && checks.iter().all(passed)
    }

    /// How many different keys signed an acceptance of this very scope since a record; where none is asked for, one is enough.
    pub fn accepted_since(&self, check: &CheckKey, scope: &ReviewScope, seq: u64) -> u32 {
        let is_of = |said: &&Noted<ReviewRecorded>| {
            let review = &said.word;
            said.seq > seq
                && review.gate == check.0
                && review.check == check.1
                && review.scope.as_ref().is_some_and(|of| of.covers(scope))
        };
        let mut keys = BTreeSet::new();
        for said in self.reviews.iter().filter(is_of) {
            match said.word.decision {
                ReviewDecision::Accepted => keys.insert(said.word.key.as_deref()),
                ReviewDecision::Rejected => {
                    keys.clear();
                    false
                }
            };
        }
        u32::try_from(keys.len()).unwrap_or(u32::MAX)
    }

    /// Whether somebody rejected this very scope since a record.
    pub fn rejected_since(&self, check: &CheckKey, scope: &ReviewScope, seq: u64) -> bool {
        self.reviews.iter().any(|said| {
            let review = &said.word;
            said.seq > seq
                && (review.gate, &review.check) == (check.0, &check.1)
                && review.decision == ReviewDecision::Rejected
                && review.scope.as_ref().is_some_and(|of| of.covers(scope))
        })
    }

    /// Whether every finding of a check was waived since a record. What that counts for, a poll says.
    pub fn waived_since(&self, check: &CheckFinished, seq: u64) -> bool {
        let is_waived = |finding: &Finding| {
            self.waivers.iter().any(|said| {
                let waiver = &said.word;
                said.seq > seq
                    && (waiver.gate, &waiver.check) == (check.gate, &check.check)
                    && waiver.fingerprint == finding.fingerprint
            })
        };
        !check.findings.is_empty() && check.findings.iter().all(is_waived)
    }
}

impl<W: Clone> Noted<W> {
    fn of(record: &Record, word: &W) -> Self {
        Self { seq: record.seq, at: record.at.clone(), word: word.clone() }
    }
}
