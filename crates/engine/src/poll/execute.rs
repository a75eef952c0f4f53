//! Runs all checks of a poll side by side within their resources, and records each as it ends.
//!
//! Invariant: a check's evidence is in the ledger before its verdict counts, and evidence from a room whose files
//! of the commit were written meanwhile is incomplete.

use super::command::{self, Attempt};
use super::drift::Drift;
use super::part::Part;
use super::reviews::{self, Reviews};
use super::rooms::{PollRooms, RoomKey, Watches, pointers};
use super::{Options, PollEvent, PollWatch, basis, benchmark, builtin, judge};
use crate::context::Context;
use crate::failure::{Failure, chain};
use crate::launch::{Launcher, repeat_line};
use gonogo_core::basis::{BASIS, Basis};
use gonogo_core::canonical;
use gonogo_core::digest::Digest;
use gonogo_core::gate::Judged;
use gonogo_core::ledger::{CheckFinished, CheckKey, CheckStarted, Event, ReviewAsked};
use gonogo_core::plan::{
    BASE_CHECK, Benchmark, Check, CheckKind, Command, Gate, JUDGE_CHECK, PLAN_CHECK, TOOLS_CHECK,
};
use gonogo_core::release::ResolvedTool;
use gonogo_core::review::Word;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::ledger::{self, Blob, Ledger};
use gonogo_world::runner::{Needs, Schedule};
use gonogo_world::tools;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use tokio::task::JoinSet;

/// What every check of one poll shares.
pub struct PollContext<'a> {
    pub context: &'a Context,
    pub options: Options,
    pub launcher: &'a Launcher,
    /// The digest of the subject.
    pub about: Digest,
    /// The sequence number of the poll's first record.
    pub poll_seq: u64,
    /// Checks whose earlier pass does not settle a blocker that was filed after it.
    pub unsettled: HashSet<CheckKey>,
    pub drift: &'a Drift,
    pub reviews: &'a Reviews,
    /// Where its programs run.
    pub rooms: &'a PollRooms,
    /// The part that was asked for; `None` where it is all.
    pub part: Option<&'a Part>,
}

/// A check that came to an end.
pub struct Done {
    pub judged: Judged,
    pub blobs: Vec<Blob>,
    pub millis: u64,
    pub repeat: Option<String>,
    /// What was run for it.
    pub program: Option<ResolvedTool>,
    /// The review that it asks for.
    pub review: Option<ReviewAsked>,
    /// Who reviewed it.
    pub words: Vec<Word>,
}

impl Done {
    /// A check that left nothing behind but its verdict.
    pub fn of(judged: Judged) -> Self {
        Self {
            judged,
            blobs: Vec::new(),
            millis: 0,
            repeat: None,
            program: None,
            review: None,
            words: Vec::new(),
        }
    }
}

/// Runs every check of the plan, or those that were asked for; and those that stand for the plan itself, where it is all of it.
pub async fn all(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    rooms: &mut Watches<'_>,
) -> Result<(), Failure> {
    let is_asked = |gate: &Gate, check: &Check| run.part.is_none_or(|part| part.has(gate.id, &check.id));
    let all = run.context.candidate.plan.checks();
    let checks: Vec<(&Gate, &Check)> = all.filter(|(gate, check)| is_asked(gate, check)).collect();
    let own: Vec<(&Gate, &Check)> = checks
        .iter()
        .copied()
        .filter(|(_, check)| {
            !matches!(check.kind, CheckKind::Command(_) | CheckKind::Benchmark(_) | CheckKind::Review { .. })
        })
        .collect();
    for (gate, check) in own {
        run_own(run, ledger, watch, gate, check).await?;
    }
    if run.part.is_none() {
        plan_checks(run, ledger, watch).await?;
    }
    commands(run, ledger, watch, rooms, &checks).await?;
    for (gate, check) in &checks {
        if let CheckKind::Benchmark(asked) = &check.kind {
            measure(run, ledger, watch, (gate, check, asked)).await?;
        }
    }
    // Reviews come last: they are about the evidence of the others.
    for (gate, check) in checks {
        if matches!(check.kind, CheckKind::Review { .. }) && !run.context.session.cancel.is_cancelled() {
            run_own(run, ledger, watch, gate, check).await?;
        }
    }
    Ok(())
}

async fn run_own(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    gate: &Gate,
    check: &Check,
) -> Result<(), Failure> {
    if let Some(done) = builtin::run(run, gate, check).await? {
        run.record(ledger, watch, gate.id, &check.id, done)?;
    }
    Ok(())
}

/// Checks that no plan has to ask for: that it asks for no less than the base tag's, that its tools are steered by what they were, and that
/// they are there.
async fn plan_checks(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
) -> Result<(), Failure> {
    for (gate, weaker) in &run.drift.weakened {
        let done = reviews::weaker_plan(run, *gate, weaker);
        run.record(ledger, watch, *gate, PLAN_CHECK, done)?;
    }
    let Some(gate) = run.drift.required.keys().next().copied() else { return Ok(()) };
    let to_review = &run.context.candidate.baseline.to_review;
    if !to_review.is_empty() {
        run.record(ledger, watch, gate, BASE_CHECK, reviews::base(run, gate, to_review))?;
    }
    if let Some(done) = judge::check(run, gate).await? {
        run.record(ledger, watch, gate, JUDGE_CHECK, done)?;
    }
    let called: HashSet<&str> =
        run.context.candidate.plan.checks().flat_map(|(_, check)| check.programs()).collect();
    let lacking: Vec<_> = run
        .launcher
        .toolbox
        .lacking
        .iter()
        .filter(|(name, _)| !called.contains(name.as_str()))
        .map(|(_, lack)| lack)
        .collect();
    if let Some(first) = lacking.first() {
        let all: Vec<&str> = lacking.iter().map(|lack| lack.message.as_str()).collect();
        let judged = Judged::incomplete(first.reason, all.join("; "));
        run.record(ledger, watch, gate, TOOLS_CHECK, Done::of(judged))?;
    }
    Ok(())
}

async fn commands(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    rooms: &mut Watches<'_>,
    checks: &[(&Gate, &Check)],
) -> Result<(), Failure> {
    let mut ready: Vec<Job<'_>> = Vec::new();
    for (gate, check) in checks {
        let CheckKind::Command(command) = &check.kind else { continue };
        let room = run.rooms.key(&command.program);
        let basis = run.rooms.room(&room).map(|room| basis::of(run, check, room));
        let basis = basis.map(|basis| Ok::<_, Failure>((canonical_bytes(&basis)?, basis))).transpose()?;
        let mut stale = None;
        if let Some((bytes, basis)) = &basis {
            if take_over(run, ledger, watch, (gate, check), Digest::of(bytes))? {
                continue;
            }
            let key = (gate.id, check.id.clone());
            let same = ledger.state().reusable(&key, Digest::of(bytes));
            let aged = same.and_then(|(_, earlier)| basis::aged(ledger, check, earlier));
            let aged = aged.map(|why| format!("its earlier evidence is stale: {why}"));
            stale = aged.or_else(|| basis::stale_for(ledger, &key, basis));
        }
        match command::prepare(run, command) {
            Ok(prepared) => {
                let basis = basis.map(|(bytes, _)| Blob::new(BASIS, bytes));
                let prepared = Some(prepared);
                ready.push(Job { gate: gate.id, check, command, room, basis, stale, prepared });
            }
            Err(judged) => {
                let repeat = Some(repeat_line(&command.program));
                run.record(ledger, watch, gate.id, &check.id, Done { repeat, ..Done::of(judged) })?;
            }
        }
    }
    let mut running = JoinSet::new();
    let ended = side_by_side(run, ledger, watch, &mut ready, &mut running, rooms).await;
    if ended.is_err() {
        // Whatever ended the poll, no child outlives it.
        run.context.session.cancel.cancel();
        while running.join_next().await.is_some() {}
    }
    ended
}

/// A benchmark runs when every command has ended, one after the other: nothing of the poll is beside it.
async fn measure(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    (gate, check, asked): (&Gate, &Check, &Benchmark),
) -> Result<(), Failure> {
    if run.context.session.cancel.is_cancelled() || take_over(run, ledger, watch, (gate, check), run.about)? {
        return Ok(());
    }
    let started = CheckStarted { poll: run.poll_seq, gate: gate.id, check: check.id.clone() };
    ledger.append(Event::CheckStarted(started), Vec::new())?;
    ledger.flush()?;
    watch.poll(PollEvent::Started { gate: gate.id, check: &check.id });
    let before = ledger.state().attempts(&(gate.id, check.id.clone()), run.about);
    let mut done = benchmark::run(run, gate.id, check, asked).await;
    if before > 0 {
        // Measuring again until it passes is no proof; that it was done is shown.
        let note = format!("measured {} times on this subject: each time may err anew", before + 1);
        done.judged.notes.push(note);
    }
    let done = run.against_earlier(ledger, (gate.id, &check.id), run.about, done);
    run.record(ledger, watch, gate.id, &check.id, done)
}

/// What an earlier failure of a check is held against: the subject; or what it reads, where it says that, over any number of commits.
fn same_as(run: &PollContext<'_>, check: &Check, basis: Digest) -> Digest {
    let says = check.program().is_some_and(|program| !program.inputs.is_empty());
    if says { basis } else { run.about }
}

struct Job<'a> {
    gate: u32,
    check: &'a Check,
    command: &'a Command,
    room: RoomKey,
    /// What its evidence will be about.
    basis: Option<Blob>,
    /// Why its earlier evidence does not count.
    stale: Option<String>,
    prepared: Option<command::Prepared>,
}

impl Job<'_> {
    fn needs(&self) -> Needs {
        // Whoever writes a report is the only one to write that file.
        let report = self.command.program.report.iter().map(|report| format!("report:{report}"));
        let locks = self.command.program.locks.iter().cloned().chain(report).collect();
        Needs { cpu: self.command.cpu, locks, exclusive: self.command.exclusive }
    }
}

fn canonical_bytes(basis: &Basis) -> Result<Vec<u8>, Failure> {
    canonical::to_string(basis)
        .map(String::into_bytes)
        .map_err(|error| Failure::new(crate::failure::FailureKind::Internal, chain(&error)))
}

async fn side_by_side(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    jobs: &mut [Job<'_>],
    running: &mut JoinSet<(usize, Attempt)>,
    rooms: &mut Watches<'_>,
) -> Result<(), Failure> {
    // Those that have ended, and whose rooms were not looked at since.
    let mut unlooked: HashMap<usize, Done> = HashMap::new();
    let mut schedule = Schedule::new(run.options.jobs, jobs.iter().map(Job::needs).collect());
    loop {
        if rooms.has_to_tidy() && running.is_empty() && !run.context.session.cancel.is_cancelled() {
            rooms.tidy().await?;
        }
        let mut starting = Vec::new();
        while !run.context.session.cancel.is_cancelled() && !rooms.has_to_tidy() {
            let Some(index) = schedule.start_next() else { break };
            let job = &mut jobs[index];
            let Some(prepared) = job.prepared.take() else { continue };
            let started = CheckStarted { poll: run.poll_seq, gate: job.gate, check: job.check.id.clone() };
            ledger.append(Event::CheckStarted(started), Vec::new())?;
            rooms.starts(&job.room, index);
            starting.push((index, prepared));
        }
        // On disk before anything runs: a kill right after this leaves the checks in flight, and not unknown. Where many short ones
        // follow each other, the ledger's own writer is not waited for at each.
        if !starting.is_empty() {
            ledger.flush_unless_lately()?;
        }
        for (index, prepared) in starting {
            watch.poll(PollEvent::Started { gate: jobs[index].gate, check: &jobs[index].check.id });
            let cancel = run.context.session.cancel.clone();
            running.spawn(async move { (index, prepared.run(cancel).await) });
        }
        let Some(joined) = running.join_next().await else { return Ok(()) };
        let (index, attempt) = joined.map_err(|error| {
            Failure::new(crate::failure::FailureKind::Internal, format!("a check broke off: {error}"))
        })?;
        schedule.end(index);
        let job = &mut jobs[index];
        let mut done = command::judge(run, job.gate, job.check, job.command, attempt);
        done.repeat = Some(repeat_line(&job.command.program));
        done.judged.notes.extend(job.stale.take());
        done.judged.notes.extend(run.rooms.room(&job.room).and_then(pointers));
        done.blobs.extend(job.basis.take());
        unlooked.insert(index, done);
        let mut looked = rooms.ends(&job.room, index, !running.is_empty()).await;
        if running.is_empty() {
            looked.extend(rooms.settle());
        }
        for (index, met) in looked {
            let Some(mut done) = unlooked.remove(&index) else { continue };
            if done.judged.outcome != Outcome::Incomplete(Reason::Interrupted) {
                done.judged = met.judged(done.judged, &jobs[index].command.rewrites);
            }
            let (gate, check) = (jobs[index].gate, jobs[index].check);
            let basis = done.blobs.iter().find(|blob| blob.reference().name == BASIS);
            let about = basis.map_or(run.about, |basis| same_as(run, check, basis.reference().digest));
            let done = run.against_earlier(ledger, (gate, &check.id), about, done);
            run.record(ledger, watch, gate, &check.id, done)?;
        }
    }
}

/// Takes over the evidence of an earlier pass about this very thing, if that is allowed and it is still whole.
fn take_over(
    run: &PollContext<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    (gate, check): (&Gate, &Check),
    about: Digest,
) -> Result<bool, Failure> {
    let key = (gate.id, check.id.clone());
    if run.options.fresh || run.unsettled.contains(&key) {
        return Ok(false);
    }
    // A pass that failures on the same subject speak against is judged anew each time.
    if ledger.state().contradiction(&key, same_as(run, check, about)).is_some() {
        return Ok(false);
    }
    let Some((seq, earlier)) = ledger.state().reusable(&key, about) else { return Ok(false) };
    if basis::aged(ledger, check, earlier).is_some() {
        return Ok(false);
    }
    // What is in the room is its commit's; what is outside may have changed since.
    let program = earlier.program.as_ref().filter(|program| Path::new(&program.path).is_absolute());
    let same = program
        .is_none_or(|program| tools::digest_file(Path::new(&program.path)).ok() == Some(program.digest));
    let whole =
        same && earlier.evidence.iter().all(|one| ledger::read_blob(ledger.folder(), one.digest).is_ok());
    if !whole {
        return Ok(false);
    }
    let finished =
        CheckFinished { poll: run.poll_seq, subject: run.about, reused: Some(seq), ..earlier.clone() };
    ledger.append(Event::CheckFinished(Box::new(finished.clone())), Vec::new())?;
    watch.poll(PollEvent::Finished(&finished));
    Ok(true)
}

impl PollContext<'_> {
    /// A check, held against what it has shown of this very subject before.
    fn against_earlier(
        &self,
        ledger: &Ledger,
        (gate, check): (u32, &str),
        about: Digest,
        done: Done,
    ) -> Done {
        match ledger.state().contradiction(&(gate, check.to_owned()), about) {
            Some(earlier) => reviews::contradiction(self, (gate, check), about, earlier, done),
            None => done,
        }
    }

    fn record(
        &self,
        ledger: &mut Ledger,
        watch: &mut impl PollWatch,
        gate: u32,
        check: &str,
        done: Done,
    ) -> Result<(), Failure> {
        let Done { judged, blobs, millis, repeat, program, review, mut words } = done;
        // A review is answered by a review.
        let judged = if review.is_some() {
            judged
        } else {
            let (judged, waivers) = self.reviews.waive(self, gate, check, judged);
            words.extend(waivers);
            judged
        };
        let redactor = &self.context.session.redactor;
        let (judged, repeat) = (judged.redacted(redactor), repeat.map(|line| redactor.text(&line)));
        let finished = CheckFinished {
            detail: judged.detail,
            millis,
            evidence: blobs.iter().map(|blob| blob.reference().clone()).collect(),
            counts: judged.counts,
            examined: judged.examined,
            findings: judged.findings,
            notes: judged.notes,
            repeat,
            program,
            review,
            words,
            ..CheckFinished::new(self.poll_seq, gate, check, self.about, judged.outcome)
        };
        ledger.append(Event::CheckFinished(Box::new(finished.clone())), blobs)?;
        watch.poll(PollEvent::Finished(&finished));
        Ok(())
    }
}
