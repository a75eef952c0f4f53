//! Runs all checks of a poll side by side within their resources, and records each as it ends.
//!
//! Invariant: a check's evidence is in the ledger before its verdict counts, and evidence from a tree that changed
//! meanwhile is incomplete.

use super::command::{self, Attempt};
use super::drift::{self, Drift};
use super::reviews::{self, Reviews};
use super::{Options, PollEvent, PollWatch, benchmark, builtin};
use crate::context::Context;
use crate::failure::{Failure, chain};
use crate::launch::{Launcher, repeat_line};
use gonogo_core::digest::Digest;
use gonogo_core::gate::Judged;
use gonogo_core::ledger::{CheckFinished, CheckKey, CheckStarted, Event, ReviewAsked};
use gonogo_core::plan::{Benchmark, Check, CheckKind, Command, Gate};
use gonogo_core::release::ResolvedTool;
use gonogo_core::review::Word;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::ledger::{self, Blob, Ledger};
use gonogo_world::runner::{Needs, Schedule};
use gonogo_world::tools;
use gonogo_world::tree::TreeWatch;
use std::collections::HashSet;
use std::path::Path;
use tokio::task::JoinSet;

/// What every check of one poll shares.
pub struct Run<'a> {
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

/// The check that stands for tools which the plan declares and no check calls.
const TOOLS_CHECK: &str = "required-tools";

/// Runs every check of the plan, and those that stand for the plan itself.
pub async fn all(
    run: &Run<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    tree: &mut TreeWatch,
) -> Result<(), Failure> {
    let checks: Vec<(&Gate, &Check)> = run.context.candidate.plan.checks().collect();
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
    plan_checks(run, ledger, watch)?;
    commands(run, ledger, watch, tree, &checks).await?;
    for (gate, check) in &checks {
        if let CheckKind::Benchmark(asked) = &check.kind {
            measure(run, ledger, watch, tree, (gate, check, asked)).await?;
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
    run: &Run<'_>,
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

/// Checks that no plan has to ask for: that it asks for no less than the base tag's, and that its tools are there.
fn plan_checks(run: &Run<'_>, ledger: &mut Ledger, watch: &mut impl PollWatch) -> Result<(), Failure> {
    for (gate, weaker) in &run.drift.weakened {
        let done = reviews::weaker_plan(run, run.drift, *gate, drift::CHECK, weaker);
        run.record(ledger, watch, *gate, drift::CHECK, done)?;
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
    if let (Some(first), Some(gate)) = (lacking.first(), run.drift.required.keys().next()) {
        let all: Vec<&str> = lacking.iter().map(|lack| lack.message.as_str()).collect();
        let judged = Judged::incomplete(first.reason, all.join("; "));
        run.record(ledger, watch, *gate, TOOLS_CHECK, Done::of(judged))?;
    }
    Ok(())
}

async fn commands(
    run: &Run<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    tree: &mut TreeWatch,
    checks: &[(&Gate, &Check)],
) -> Result<(), Failure> {
    let mut ready: Vec<Job<'_>> = Vec::new();
    for (gate, check) in checks {
        let CheckKind::Command(command) = &check.kind else { continue };
        if take_over(run, ledger, watch, gate, check)? {
            continue;
        }
        match command::prepare(run, command) {
            Ok(prepared) => ready.push(Job { gate: gate.id, check, command, prepared: Some(prepared) }),
            Err(judged) => {
                let repeat = Some(repeat_line(&command.program));
                run.record(ledger, watch, gate.id, &check.id, Done { repeat, ..Done::of(judged) })?;
            }
        }
    }
    let mut running = JoinSet::new();
    let ended = side_by_side(run, ledger, watch, &mut ready, &mut running, tree).await;
    if ended.is_err() {
        // Whatever ended the poll, no child outlives it.
        run.context.session.cancel.cancel();
        while running.join_next().await.is_some() {}
    }
    ended
}

/// A benchmark runs when every command has ended, one after the other: nothing of the poll is beside it.
async fn measure(
    run: &Run<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    tree: &mut TreeWatch,
    (gate, check, asked): (&Gate, &Check, &Benchmark),
) -> Result<(), Failure> {
    if run.context.session.cancel.is_cancelled() || take_over(run, ledger, watch, gate, check)? {
        return Ok(());
    }
    let started = CheckStarted { poll: run.poll_seq, gate: gate.id, check: check.id.clone() };
    ledger.append(Event::CheckStarted(started), Vec::new())?;
    watch.poll(PollEvent::Started { gate: gate.id, check: &check.id });
    let before = ledger.state().attempts(&(gate.id, check.id.clone()), run.about);
    let mut done = benchmark::run(run, gate.id, check, asked).await;
    if before > 0 {
        // Measuring again until it passes is no proof; that it was done is shown.
        let note = format!("measured {} times on this subject: each time may err anew", before + 1);
        done.judged.notes.push(note);
    }
    if done.judged.outcome != Outcome::Incomplete(Reason::Interrupted) {
        done.judged = with_tree(run, tree, done.judged).await;
    }
    run.record(ledger, watch, gate.id, &check.id, done)
}

struct Job<'a> {
    gate: u32,
    check: &'a Check,
    command: &'a Command,
    prepared: Option<command::Prepared>,
}

async fn side_by_side(
    run: &Run<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    jobs: &mut [Job<'_>],
    running: &mut JoinSet<(usize, Attempt)>,
    tree: &mut TreeWatch,
) -> Result<(), Failure> {
    let needs = jobs.iter().map(|job| Needs {
        cpu: job.command.cpu,
        locks: job.command.program.locks.clone(),
        exclusive: job.command.exclusive,
    });
    let mut schedule = Schedule::new(run.options.jobs, needs.collect());
    loop {
        while !run.context.session.cancel.is_cancelled() {
            let Some(index) = schedule.start_next() else { break };
            let job = &mut jobs[index];
            let Some(prepared) = job.prepared.take() else { continue };
            let started = CheckStarted { poll: run.poll_seq, gate: job.gate, check: job.check.id.clone() };
            ledger.append(Event::CheckStarted(started), Vec::new())?;
            watch.poll(PollEvent::Started { gate: job.gate, check: &job.check.id });
            let cancel = run.context.session.cancel.clone();
            running.spawn(async move { (index, prepared.run(cancel).await) });
        }
        let Some(joined) = running.join_next().await else { return Ok(()) };
        let (index, attempt) = joined.map_err(|error| {
            Failure::new(crate::failure::FailureKind::Internal, format!("a check broke off: {error}"))
        })?;
        schedule.end(index);
        let job = &jobs[index];
        let mut done = command::judge(run, job.gate, job.check, job.command, attempt);
        done.repeat = Some(repeat_line(&job.command.program));
        if done.judged.outcome != Outcome::Incomplete(Reason::Interrupted) {
            done.judged = with_tree(run, tree, done.judged).await;
        }
        run.record(ledger, watch, job.gate, &job.check.id, done)?;
    }
}

/// Evidence is about a commit: where tracked files are no longer the commit's, or that cannot be told, it is not.
async fn with_tree(run: &Run<'_>, tree: &mut TreeWatch, judged: Judged) -> Judged {
    match tree.changes(&run.context.session.git).await {
        Ok(changed) if changed.is_empty() => judged,
        Ok(changed) => {
            let more =
                if changed.len() > 1 { format!(" and {} more", changed.len() - 1) } else { String::new() };
            let first = changed.first().map_or("", String::as_str);
            judged.but(Reason::TreeChanged, format!("tracked files changed while it ran: {first}{more}"))
        }
        Err(error) => {
            judged.but(Reason::TreeChanged, format!("the tree cannot be compared: {}", chain(&error)))
        }
    }
}

/// Takes over the evidence of an earlier pass on this very subject, if that is allowed and it is still whole.
fn take_over(
    run: &Run<'_>,
    ledger: &mut Ledger,
    watch: &mut impl PollWatch,
    gate: &Gate,
    check: &Check,
) -> Result<bool, Failure> {
    let key = (gate.id, check.id.clone());
    if run.options.fresh || run.unsettled.contains(&key) {
        return Ok(false);
    }
    let Some((seq, earlier)) = ledger.state().reusable(&key, run.about) else { return Ok(false) };
    // What is in the checkout is its commit's; what is outside may have changed since.
    let program = earlier.program.as_ref().filter(|program| Path::new(&program.path).is_absolute());
    let same = program
        .is_none_or(|program| tools::digest_file(Path::new(&program.path)).ok() == Some(program.digest));
    let whole =
        same && earlier.evidence.iter().all(|one| ledger::read_blob(ledger.folder(), one.digest).is_ok());
    if !whole {
        return Ok(false);
    }
    let finished = CheckFinished { poll: run.poll_seq, reused: Some(seq), ..earlier.clone() };
    ledger.append(Event::CheckFinished(Box::new(finished.clone())), Vec::new())?;
    watch.poll(PollEvent::Finished(&finished));
    Ok(true)
}

impl Run<'_> {
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
        let finished = CheckFinished {
            poll: self.poll_seq,
            gate,
            check: check.to_owned(),
            subject: self.about,
            verdict: judged.outcome.verdict(),
            reason: judged.outcome.reason(),
            detail: judged.detail,
            millis,
            evidence: blobs.iter().map(|blob| blob.reference().clone()).collect(),
            counts: judged.counts,
            examined: judged.examined,
            findings: judged.findings,
            notes: judged.notes,
            repeat,
            program,
            reused: None,
            review,
            words,
        };
        ledger.append(Event::CheckFinished(Box::new(finished.clone())), blobs)?;
        watch.poll(PollEvent::Finished(&finished));
        Ok(())
    }
}
