//! What the ledger says of a release's mechanics. A fold: there is no other record of them.

use super::{DeliveryRecorded, Event, Record, RunFinished, RunStarted, StepStopped};
use crate::manifest::Manifest;
use crate::mechanics::{Built, Code, StepHistory, TagEffect, TagPushed};
use crate::release::Mode;
use std::collections::{BTreeMap, BTreeSet};

/// The mechanics of one release in one mode, for one commit.
#[derive(Clone, Debug)]
pub struct Mechanics {
    mode: Mode,
    runs: BTreeSet<u64>,
    /// The latest run.
    pub run: Option<RunState>,
    /// An effect of a step that cannot be undone was intended: from then on it may have happened.
    pub past_the_door: bool,
    /// What stopped the latest run.
    pub stopped: Option<StepStopped>,
    /// What the channels served when they were last looked at, for this commit.
    pub delivered: Option<DeliveryRecorded>,
    steps: BTreeMap<String, StepHistory>,
    /// Steps that were done and gone, and of which somebody has said since that this is settled.
    settled: BTreeSet<String>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct RunState {
    /// The sequence number of its first record.
    pub seq: u64,
    /// How it began.
    pub started: RunStarted,
    /// How it ended; `None` while it runs, or where it was cut short.
    pub ended: Option<RunFinished>,
}

impl Mechanics {
    /// Before anything happened.
    pub const fn new(mode: Mode) -> Self {
        Self {
            mode,
            runs: BTreeSet::new(),
            run: None,
            past_the_door: false,
            stopped: None,
            delivered: None,
            steps: BTreeMap::new(),
            settled: BTreeSet::new(),
        }
    }

    /// The mechanics of a mode after these records. A rehearsal is always its latest run: each has a world of its own.
    /// Live runs of one commit add up; those of an earlier commit count no more, as nothing of theirs may be taken over.
    pub fn fold<'a>(records: impl IntoIterator<Item = &'a Record>, mode: Mode) -> Self {
        let mut mechanics = Self::new(mode);
        for record in records {
            mechanics.apply(record);
        }
        mechanics
    }

    /// The mechanics after one more record.
    pub fn apply(&mut self, record: &Record) {
        let runs = &self.runs;
        match &record.event {
            Event::RunStarted(started) if started.mode == self.mode => {
                let same = self.run.as_ref().is_some_and(|run| run.started.commit == started.commit);
                if !same || self.mode == Mode::DryRun {
                    *self = Self::new(self.mode);
                }
                self.stopped = None;
                self.delivered = None;
                self.runs.insert(record.seq);
                self.run = Some(RunState { seq: record.seq, started: (**started).clone(), ended: None });
            }
            Event::EffectIntended(intended) if runs.contains(&intended.run) => {
                self.past_the_door |= intended.one_way;
                let step = self.step_mut(&intended.step);
                step.intents.push(intended.intent());
                step.in_flight.insert(intended.effect.clone());
                // What is begun anew is not done before the world shows it again.
                step.done = None;
                step.accepted.remove(&intended.effect);
                if intended.effect.may_double() {
                    step.made = None;
                }
            }
            Event::EffectApplied(applied) if runs.contains(&applied.run) => {
                let step = self.step_mut(&applied.step);
                step.in_flight.remove(&applied.effect);
                step.made = applied.made.or(step.made);
                if applied.error.is_none() {
                    step.accepted.insert(applied.effect.clone());
                }
            }
            Event::StepDone(done) if runs.contains(&done.run) => {
                let step = self.step_mut(&done.step);
                step.done = Some(done.facts.clone());
                step.in_flight.clear();
            }
            Event::StepStopped(stopped) if runs.contains(&stopped.run) => {
                self.stopped = Some((**stopped).clone());
                self.settled.remove(&stopped.step);
                // A stop that nobody has been told of is not settled by the next clearance.
                if let StepStopped { step, cause, blocker: Some(_), .. } = &**stopped {
                    self.step_mut(step).stops.push(cause.clone());
                }
            }
            Event::BlockerResolved(resolved) => {
                let settled = self.stopped.as_ref().filter(|stopped| {
                    let is_its_own = stopped.blocker.as_ref() == Some(&resolved.id);
                    is_its_own && stopped.cause.code == Code::Vanished
                });
                if let Some(step) = settled.map(|stopped| stopped.step.clone()) {
                    self.settled.insert(step);
                }
            }
            Event::Delivered(delivered) if delivered.mode == self.mode => {
                let commit = delivered.commit.as_ref();
                let is_of_it = self.run.as_ref().is_some_and(|run| Some(&run.started.commit) == commit);
                if is_of_it {
                    self.delivered = Some((**delivered).clone());
                }
            }
            Event::RunFinished(finished) => {
                if let Some(run) = self.run.as_mut().filter(|run| run.seq == finished.run) {
                    run.ended = Some(finished.clone());
                }
            }
            _ => {}
        }
    }

    fn step_mut(&mut self, step: &str) -> &mut StepHistory {
        self.steps.entry(step.to_owned()).or_default()
    }

    /// How many runs there were for this commit.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// What happened to a step.
    pub fn step(&self, step: &str) -> StepHistory {
        let history = self.steps.get(step).cloned().unwrap_or_default();
        // A tag that was seen on a remote is not made anew here: it would be another object.
        let is_pushed = self.steps.values().any(|one| one.done_as::<TagPushed>().is_some());
        let is_out = is_pushed && history.has_intended(TagEffect::Create);
        let is_settled = self.settled.contains(step) && !is_out;
        let may_be_redone = history.is_reversible() && (!self.past_the_door || is_settled);
        StepHistory { may_be_redone, ..history }
    }

    /// The release manifest, once what was built has been fetched.
    pub fn manifest(&self) -> Option<(u64, &Manifest)> {
        self.steps.values().find_map(|step| step.done_as::<Built>()).map(|built| (built.run, &built.manifest))
    }

    /// Whether anything was intended that may have reached the world.
    pub fn has_intents(&self) -> bool {
        self.steps.values().any(|step| !step.intents.is_empty())
    }
}
