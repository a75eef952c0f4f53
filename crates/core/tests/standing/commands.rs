//! What each command does in the model, and what it says comes next.

use crate::model::{Cut, Fault, Model, Shape, TAG};
use gonogo_core::blocker::{BlockerOrigin, BlockerReport, Closing};
use gonogo_core::blocker::{Draft, Stopped, TaskState, checks_to_repeat, drafts, stand};
use gonogo_core::canonical;
use gonogo_core::clearance;
use gonogo_core::evidence::{Finding, Fingerprint};
use gonogo_core::gate::{Poll, builtin};
use gonogo_core::ledger::Mechanics;
use gonogo_core::ledger::{
    BlockerResolved, CheckFinished, CheckKey, CheckStarted, DeliveryRecorded, EffectApplied, EffectIntended,
    Event, Noted, PollFinished, PollStarted, ReviewAsked, ReviewRecorded, RunFinished, RunStarted, StepDone,
    StepStopped,
};
use gonogo_core::mechanics::{
    Cause, Code, CommandDone, CommandEffect, Facts, KindOfStep, Next, Observation, PushEffect, PushTag,
    StepCommand, Tag, TagEffect, TagMade, TagPushed, next,
};
use gonogo_core::plan::{self, Step, StepKind};
use gonogo_core::release::Mode;
use gonogo_core::review::{ChangedPath, ReviewScope};
use gonogo_core::reviewers::{Heard, InForce, weigh};
use gonogo_core::standing::{Blockers, Position, Readiness, Verb, WhatNext, after_look};
use gonogo_core::verdict::{Outcome, Reason, Verdict};
use std::collections::HashSet;

/// What a command came to.
pub struct Came {
    /// Whether the next one of a line is run.
    pub ok: bool,
    /// What it says comes next.
    pub next: WhatNext,
}

fn came(ok: bool, position: Position) -> Came {
    Came { ok, next: position.next }
}

fn heard(said: &Noted<ReviewRecorded>) -> Heard<'_, ReviewRecorded> {
    Heard { at: &said.at, word: &said.word, signer: Err("it is not signed".to_owned()) }
}

/// Whether an event is a part of the poll under way.
enum Ended {
    Cut,
    At(bool),
}

impl Model {
    pub fn carry_out(&mut self, verb: &Verb) -> Came {
        if self.has(Fault::Busy) && *verb != Verb::Status {
            panic!("{verb:?} is refused while another command is under way");
        }
        match verb {
            Verb::Status => came(true, self.status()),
            Verb::Prepare => self.prepare(),
            Verb::Poll => self.poll(),
            Verb::Run(mode) => self.run(*mode),
            Verb::Verify => {
                let ok = self.deliver(Mode::Live);
                came(ok, self.position(Blockers::NotAsked, Readiness::NotAsked))
            }
            Verb::Audit => Came { ok: true, next: after_look(Outcome::Passed, None, Verb::Audit) },
            Verb::ClosePassed | Verb::Close(_) => self.resolve(verb),
            Verb::ListBlockers | Verb::ShowReview { .. } => panic!("{verb:?} never is what comes next"),
        }
    }

    fn prepare(&mut self) -> Came {
        let is_taken = self.tag_here.is_some() || self.tag_there.is_some();
        let readiness = match (self.has(Fault::Gap), is_taken) {
            (true, _) => Readiness::Gaps,
            (false, true) => Readiness::Tagged,
            (false, false) => Readiness::Ready,
        };
        came(readiness == Readiness::Ready, self.position(Blockers::NotAsked, readiness))
    }

    fn poll(&mut self) -> Came {
        match self.poll_to_its_end() {
            Ended::Cut => came(false, self.position(Blockers::NotAsked, Readiness::NotAsked)),
            Ended::At(cleared) => {
                if cleared && self.strikes(Fault::Reported) {
                    let report = BlockerReport {
                        check: "t".to_owned(),
                        title: "stop".to_owned(),
                        ..BlockerReport::default()
                    };
                    let origin = BlockerOrigin { gate: 3, check: Some("t".to_owned()) };
                    self.file(&[report.draft(TAG, Some(&origin), "gonogo poll")]);
                }
                came(cleared, self.position(self.blockers(), Readiness::NotAsked))
            }
        }
    }

    fn poll_to_its_end(&mut self) -> Ended {
        let subject = self.subject();
        let about = canonical::digest(&subject).unwrap();
        let started = PollStarted {
            subject,
            base_tag: None,
            mode: Mode::DryRun,
            agent: self.agent(),
            fresh: false,
            required_gates: vec![3, 5],
            reviewers: None,
        };
        let poll = self.append(Event::PollStarted(Box::new(started))).seq;
        let mut unsettled: HashSet<CheckKey> = HashSet::new();
        if self.backlog().is_some() {
            self.record_unknown();
            let backlog = self.backlog().unwrap();
            unsettled = checks_to_repeat(&backlog, &self.folded().state, &self.plan);
        }
        self.append(Event::CheckStarted(CheckStarted { poll, gate: 3, check: "t".to_owned() }));
        if self.strikes(Fault::PollCut) {
            return Ended::Cut;
        }
        self.check_tests(poll, about, &unsettled);
        self.check_review(poll, about);
        let finished = self.folded().state.poll.unwrap().finished;
        let required = plan::required_gates(&self.plan, None);
        let result = Poll::evaluate(&self.plan, &required, about, &finished);
        let wanted: Vec<Draft> = drafts(&result, TAG, &self.head(), None, "gonogo poll")
            .into_iter()
            .map(|(draft, _)| draft)
            .collect();
        let standing = match self.file(&wanted) {
            None => Err("no answer".to_owned()),
            Some(_) => {
                self.record_unknown();
                Ok(self.standing().unwrap())
            }
        };
        let decision = clearance::decide(TAG, &result, standing.as_ref().map_err(String::as_str));
        let cleared = decision.is_ok();
        self.append(Event::PollFinished(PollFinished {
            poll,
            verdict: result.outcome().verdict(),
            cleared,
            standing_blockers: standing.ok().map(|standing| standing.count() as u64),
        }));
        Ended::At(cleared)
    }

    fn check_tests(&mut self, poll: u64, about: gonogo_core::digest::Digest, unsettled: &HashSet<CheckKey>) {
        let key = (3, "t".to_owned());
        // What fails later does so because something about it is another by then: no evidence of it can be taken over.
        let is_later = self.tag_there.is_some() && self.has(Fault::RedLater);
        if let Some((seq, earlier)) = self.folded().state.reusable(&key, about)
            && !unsettled.contains(&key)
            && !is_later
        {
            let again = CheckFinished { poll, reused: Some(seq), ..earlier.clone() };
            self.append(Event::CheckFinished(Box::new(again)));
            return;
        }
        let outcome = match () {
            () if self.has(Fault::NoTool) => Outcome::Incomplete(Reason::ToolMissing),
            () if self.has(Fault::Red) || is_later => Outcome::Failed,
            () => Outcome::Passed,
        };
        let findings = if outcome == Outcome::Failed { vec![finding()] } else { Vec::new() };
        self.finish(poll, about, 3, "t", outcome, findings);
    }

    /// What is to be reviewed at the commit that is checked out.
    fn scope(&self) -> ReviewScope {
        let head = self.head();
        let change = ChangedPath { path: "src".to_owned(), before: None, after: Some(head.to_string()) };
        ReviewScope::new((None, &head), &[], "speed", &[change], &[])
    }

    fn check_review(&mut self, poll: u64, about: gonogo_core::digest::Digest) {
        let state = self.folded().state;
        let scope = self.scope();
        if !self.has(Fault::Unreviewed) {
            self.finish(poll, about, 5, "r", Outcome::Passed, Vec::new());
            return;
        }
        let heard: Vec<Heard<'_, ReviewRecorded>> = state.reviews.iter().map(heard).collect();
        let nobody = InForce::Nobody { named_here: false };
        let weighed = weigh((5, "r"), &scope, &heard, &nobody, &self.agent());
        let outcome = builtin::judge_review(5, "r", "speed", &weighed).outcome;
        let review = Some(ReviewAsked { scope, wanted: weighed.wanted });
        self.finish_asking(poll, about, (5, "r"), outcome, Vec::new(), review);
    }

    fn finish(
        &mut self,
        poll: u64,
        subject: gonogo_core::digest::Digest,
        gate: u32,
        check: &str,
        outcome: Outcome,
        findings: Vec<Finding>,
    ) {
        self.finish_asking(poll, subject, (gate, check), outcome, findings, None);
    }

    fn finish_asking(
        &mut self,
        poll: u64,
        subject: gonogo_core::digest::Digest,
        (gate, check): (u32, &str),
        outcome: Outcome,
        findings: Vec<Finding>,
        review: Option<ReviewAsked>,
    ) {
        let finished =
            CheckFinished { findings, review, ..CheckFinished::new(poll, gate, check, subject, outcome) };
        self.append(Event::CheckFinished(Box::new(finished)));
    }

    fn resolve(&mut self, verb: &Verb) -> Came {
        let Some(backlog) = self.backlog() else {
            return came(false, self.position(Blockers::Unreadable, Readiness::NotAsked));
        };
        self.record_unknown();
        let state = self.folded().state;
        let mut refused = 0;
        let standing = stand(&backlog, &state, &self.plan, &HashSet::new());
        for one in standing.blockers().iter().filter(|one| one.state == TaskState::Open) {
            let named = matches!(verb, Verb::Close(ids) if ids.contains(&one.id));
            if !named && *verb != Verb::ClosePassed {
                continue;
            }
            let closes = match one.closing {
                Closing::Passed => true,
                Closing::ById | Closing::Gone => named,
                Closing::AfterMending | Closing::AfterPoll | Closing::ByHand => false,
            };
            if !closes {
                refused += 1;
                continue;
            }
            if !one.is_gone {
                self.tasks.iter_mut().find(|own| own.id == one.id).unwrap().state = TaskState::Done;
            }
            let (id, fingerprint, agent) = (one.id.clone(), one.fingerprint.clone(), self.agent());
            self.append(Event::BlockerResolved(BlockerResolved {
                id,
                fingerprint,
                agent,
                note: String::new(),
            }));
        }
        came(refused == 0, self.position(self.blockers(), Readiness::NotAsked))
    }

    fn run(&mut self, mode: Mode) -> Came {
        if self.has(Fault::Gap) {
            return came(false, self.position(Blockers::NotAsked, Readiness::Gaps));
        }
        assert!(!self.plan.steps.is_empty(), "there is nothing to run");
        assert!(mode == Mode::Live || self.releasing().can_rehearse, "it cannot be rehearsed");
        match self.poll_to_its_end() {
            Ended::Cut => return came(false, self.position(Blockers::NotAsked, Readiness::NotAsked)),
            Ended::At(false) => return came(false, self.position(self.blockers(), Readiness::NotAsked)),
            Ended::At(true) => {}
        }
        self.played.clear();
        let poll = self.folded().state.poll.unwrap();
        let started = RunStarted {
            mode,
            agent: self.agent(),
            poll: poll.seq,
            subject: canonical::digest(&poll.started.subject).unwrap(),
            commit: self.head(),
            steps: self.plan.steps.iter().map(|step| step.id.clone()).collect(),
        };
        let run = self.append(Event::RunStarted(Box::new(started))).seq;
        for step in self.plan.steps.clone() {
            match self.step(mode, run, &step) {
                Walked::On => {}
                Walked::Cut => return came(false, self.position(Blockers::NotAsked, Readiness::NotAsked)),
                Walked::Declined => {
                    self.append(Event::RunFinished(RunFinished { run, completed: false }));
                    return came(false, self.position(Blockers::NotAsked, Readiness::NotAsked));
                }
                Walked::Stopped(cause) => {
                    let blocker = self.file_stop(mode, &step.id, &cause);
                    let past_the_door = self.mechanics(mode).past_the_door;
                    let step = step.id.clone();
                    self.append(Event::StepStopped(Box::new(StepStopped {
                        run,
                        step,
                        cause,
                        past_the_door,
                        blocker,
                    })));
                    self.append(Event::RunFinished(RunFinished { run, completed: false }));
                    return came(false, self.position(self.blockers(), Readiness::NotAsked));
                }
            }
        }
        self.append(Event::RunFinished(RunFinished { run, completed: true }));
        let ok = self.deliver(mode);
        came(ok, self.position(Blockers::NotAsked, Readiness::NotAsked))
    }

    pub fn mechanics(&self, mode: Mode) -> Mechanics {
        Mechanics::fold(&self.records, mode)
    }

    fn file_stop(&mut self, mode: Mode, step: &str, cause: &Cause) -> Option<String> {
        if cause.code == Code::BlockerOpen {
            return None;
        }
        let commit = self.head();
        let stopped = Stopped {
            target: TAG,
            commit: &commit,
            mode,
            step,
            cause,
            past_the_door: false,
            channels: &[],
            recovery: &[],
            next: "gonogo run",
        };
        if mode == Mode::DryRun && self.shape == Shape::PrivateTracker {
            return Some("PRIVATE".to_owned());
        }
        self.file(&[stopped.draft()])?.pop()
    }

    fn step(&mut self, mode: Mode, run: u64, step: &Step) -> Walked {
        match &step.kind {
            StepKind::Tag(kind) => self.walk(mode, run, step, kind, Self::observe_tag),
            StepKind::PushTag(kind) => self.walk(mode, run, step, kind, Self::observe_push),
            StepKind::Command(kind) => self.walk(mode, run, step, kind, Self::observe_command),
            other => panic!("the model plays no {other:?}"),
        }
    }

    fn walk<K: KindOfStep>(
        &mut self,
        mode: Mode,
        run: u64,
        step: &Step,
        kind: &K,
        observe: fn(&Self, Mode, &Step) -> Observation<K>,
    ) -> Walked {
        let mut applied: Vec<K::Effect> = Vec::new();
        loop {
            let observation = observe(self, mode, step);
            let history = self.mechanics(mode).step(&step.id);
            let effect = match next(&history, &applied, observation) {
                Next::Finish(facts) => {
                    let facts: Facts = facts.into();
                    if history.done.as_ref() != Some(&facts) {
                        self.append(Event::StepDone(Box::new(StepDone {
                            run,
                            step: step.id.clone(),
                            facts,
                        })));
                    }
                    return Walked::On;
                }
                Next::Stop(cause) => return Walked::Stopped(cause),
                Next::Apply(effect) => effect,
            };
            let stop = self.faults.iter().find_map(|fault| match fault {
                Fault::Stop(of, at, code) if *of == mode && *at == step.id => Some(*code),
                _ => None,
            });
            if stop == Some(Code::BlockerOpen) {
                // Somebody files a task of their own while the run is under way, and the door sees it.
                self.end(|fault| matches!(fault, Fault::Stop(_, _, Code::BlockerOpen)));
                self.own_task("STOP");
            }
            if let Some(code) = stop {
                return Walked::Stopped(Cause::new(code, "it is wrong"));
            }
            let one_way = kind.is_one_way(&effect);
            let is_asked = one_way && mode == Mode::Live && !self.mechanics(mode).past_the_door;
            if is_asked && (self.strikes(Fault::Declined) || !self.said_yes) {
                return Walked::Declined;
            }
            let id = step.id.clone();
            let intended = EffectIntended {
                run,
                step: id.clone(),
                effect: effect.clone().into(),
                one_way,
                mark: None,
                detail: None,
                program: None,
            };
            self.append(Event::EffectIntended(Box::new(intended)));
            let cut = self
                .faults
                .iter()
                .copied()
                .find(|fault| matches!(fault, Fault::RunCut(of, at, _) if *of == mode && *at == step.id));
            if let Some(cut) = cut {
                self.strikes(cut);
                if matches!(cut, Fault::RunCut(.., Cut::AfterEffect)) {
                    self.apply(mode, step);
                }
                return Walked::Cut;
            }
            self.apply(mode, step);
            let done =
                EffectApplied { run, step: id, effect: effect.clone().into(), error: None, made: None };
            self.append(Event::EffectApplied(Box::new(done)));
            applied.push(effect);
        }
    }

    fn observe_tag(&self, mode: Mode, step: &Step) -> Observation<Tag> {
        let made = |object: &str| TagMade { object: object.to_owned(), commit: self.head() };
        let ours = |object: &String| {
            object.starts_with(&format!("ours-{}-", self.ledgers)) && object.ends_with(self.head().as_str())
        };
        if mode == Mode::DryRun {
            let is_done = self.is_done(mode, &step.id);
            return if is_done {
                Observation::Done(made("played"))
            } else {
                Observation::Absent(TagEffect::Create)
            };
        }
        match (&self.tag_here, &self.tag_there) {
            (Some(object), _) if ours(object) => Observation::Done(made(object)),
            (Some(_), _) => conflict(Code::TagElsewhere),
            (None, Some(_)) => conflict(Code::TagNotOurs),
            (None, None) => Observation::Absent(TagEffect::Create),
        }
    }

    fn observe_push(&self, mode: Mode, step: &Step) -> Observation<PushTag> {
        let pushed = |object: &str| {
            let (remote, object) = ("origin".parse().unwrap(), object.to_owned());
            Observation::Done(TagPushed { remote, object, commit: self.head() })
        };
        if mode == Mode::DryRun {
            return match self.is_done(mode, &step.id) {
                true => pushed("played"),
                false if self.has(Fault::ForeignTag) => conflict(Code::TagNotOurs),
                false => Observation::Absent(PushEffect::Push),
            };
        }
        match &self.tag_there {
            None => Observation::Absent(PushEffect::Push),
            Some(object) if self.tag_here.as_ref() == Some(object) => pushed(object),
            Some(_) => conflict(Code::TagNotOurs),
        }
    }

    fn observe_command(&self, mode: Mode, step: &Step) -> Observation<StepCommand> {
        if self.is_done(mode, &step.id) {
            return Observation::Done(CommandDone { shown_by: step.id.clone() });
        }
        Observation::Absent(CommandEffect::Run)
    }

    fn is_done(&self, mode: Mode, step: &str) -> bool {
        if mode == Mode::Live { self.done.contains(step) } else { self.played.contains(step) }
    }

    fn apply(&mut self, mode: Mode, step: &Step) {
        match (&step.kind, mode) {
            // Every tag object is another one: its message names the ledger's head.
            (StepKind::Tag(_), Mode::Live) => {
                self.tag_here = Some(format!("ours-{}-{}-{}", self.ledgers, self.records.len(), self.head()));
            }
            (StepKind::PushTag(_), Mode::Live) => self.tag_there = self.tag_here.clone(),
            (_, Mode::Live) => {
                self.done.insert(step.id.clone());
            }
            (_, Mode::DryRun) => {
                self.played.insert(step.id.clone());
            }
        }
    }

    /// Looks at the channels, files what is wrong, and records it.
    fn deliver(&mut self, mode: Mode) -> bool {
        if !self.releasing().has_channels {
            return true;
        }
        let passed = !self.has(Fault::Undelivered(mode));
        let cause = Cause::new(Code::Undelivered, "npm does not have it");
        let blocker = if passed { None } else { self.file_stop(mode, "delivery", &cause) };
        self.append(Event::Delivered(Box::new(DeliveryRecorded {
            mode,
            agent: self.agent(),
            commit: self.mechanics(mode).run.map(|run| run.started.commit),
            verdict: if passed { Verdict::Passed } else { Verdict::Failed },
            reason: None,
            channels: Vec::new(),
            blocker,
        })));
        passed
    }
}

fn conflict<K: KindOfStep>(code: Code) -> Observation<K> {
    Observation::Conflict(Cause::new(code, "somebody else's"))
}

/// How one step of a run went.
enum Walked {
    On,
    Stopped(Cause),
    Declined,
    Cut,
}

fn finding() -> Finding {
    Finding {
        fingerprint: Fingerprint::of(3, "t", "boom"),
        message: "boom".to_owned(),
        place: None,
        formerly: None,
    }
}
