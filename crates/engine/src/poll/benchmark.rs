//! A benchmark check: builds the base commit and this one, measures them side by side, and lets core judge.
//!
//! Invariant: a pass needs both sides built and run to their end, the base shown not to differ from itself on this host, and every
//! scenario shown to be within the margin; or two builds that are the same byte for byte.

use super::command::not_prepared;
use super::execute::{Done, Run};
use crate::failure::chain;
use crate::launch::{Launch, Prevented, quoted};
use gonogo_core::bench::{BuiltFile, Comparison, Phase, Record, SCHEMA, Sample, Source};
use gonogo_core::digest::Digest;
use gonogo_core::evidence::{Finding, Fingerprint};
use gonogo_core::gate::{End, Judged};
use gonogo_core::plan::{Benchmark, Check};
use gonogo_core::release::ResolvedTool;
use gonogo_core::stats::{Answer, Better};
use gonogo_core::text::one_line;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::bench::{HostWatch, Order, Run as BenchRun, RunError, Side, WorktreeError, Worktrees};
use gonogo_world::clock;
use gonogo_world::ledger::Blob;
use gonogo_world::tools;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where cargo builds: each side has a folder of its own.
const TARGET_FOLDER: &str = "CARGO_TARGET_DIR";
/// After so many pairs the host is looked at again.
const HOST_EVERY: usize = 10;

/// Runs it. What it needs of the host it has to itself: nothing else of the poll runs meanwhile.
pub async fn run(run: &Run<'_>, gate: u32, check: &Check, benchmark: &Benchmark) -> Done {
    let started = Instant::now();
    let repeat = Some(repeat_line(run, benchmark));
    let Some(base) = &run.context.candidate.base else {
        let judged = Judged::incomplete(Reason::BaselineMissing, "there is no base tag to compare with");
        return Done { repeat, ..Done::of(judged) };
    };
    let mut measured = Measured::new(run, benchmark, &base.commit);
    let judged = match Worktrees::create(
        &run.context.session.git,
        folder(run),
        &base.commit,
        &run.context.candidate.commit,
    )
    .await
    {
        Err(error) => not_checked_out(&error),
        Ok(worktrees) => {
            let judged = measured.in_worktrees(run, gate, check, benchmark, &worktrees).await;
            let judged = judged.unwrap_or_else(|judged| *judged);
            match worktrees.remove(&run.context.session.git).await {
                Ok(()) => judged,
                Err(error) => with_note(judged, format!("the worktrees are still there: {}", chain(&error))),
            }
        }
    };
    let mut blobs = measured.output;
    match serde_json::to_vec(&measured.record) {
        Ok(bytes) => blobs.push(Blob::new("benchmark", run.context.session.redactor.bytes(bytes))),
        Err(error) => return Done::of(Judged::incomplete(Reason::UnreadableOutput, chain(&error))),
    }
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Done { blobs, millis, repeat, program: measured.program, ..Done::of(judged) }
}

/// Where the worktrees are: in the user's cache, outside the checkout, so that no build finds the checkout's own settings in a
/// folder above it.
fn folder(run: &Run<'_>) -> PathBuf {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let root = run.context.session.git.common_dir().as_os_str().as_encoded_bytes();
    cache.unwrap_or_else(std::env::temp_dir).join("gonogo").join("bench").join(&Digest::of(root).hex()[..16])
}

/// What there is to show so far, whatever comes of it.
struct Measured {
    record: Record,
    host: HostWatch,
    order: Order,
    output: Vec<Blob>,
    /// What is measured, of the side that was built last.
    program: Option<ResolvedTool>,
}

/// A verdict that ends the measurement.
type Ended<T> = Result<T, Box<Judged>>;

fn incomplete<T>(reason: Reason, detail: impl AsRef<str>) -> Ended<T> {
    Err(Box::new(Judged::incomplete(reason, detail)))
}

impl Measured {
    fn new(run: &Run<'_>, benchmark: &Benchmark, base: &str) -> Self {
        // Nobody can know it beforehand, and it is recorded.
        let seed = clock::now().as_nanosecond() as u64 ^ u64::from(std::process::id()).rotate_left(32);
        let mut host = HostWatch::default();
        let record = Record {
            schema: SCHEMA.to_owned(),
            base: base.to_owned(),
            current: run.context.candidate.commit.clone(),
            run: benchmark.program.run.clone(),
            margin: benchmark.design.margin(),
            alpha: benchmark.design.alpha(),
            budget: benchmark.design.budget(),
            samples: benchmark.samples,
            higher_is_better: benchmark.better == Better::Higher,
            seed,
            built: Vec::new(),
            host: vec![host.look()],
            same: None,
            compared: None,
        };
        Self { record, host, order: Order::from_seed(seed), output: Vec::new(), program: None }
    }

    async fn in_worktrees(
        &mut self,
        run: &Run<'_>,
        gate: u32,
        check: &Check,
        benchmark: &Benchmark,
        worktrees: &Worktrees,
    ) -> Ended<Judged> {
        let base = self.build(run, benchmark, &worktrees.path(Side::Base), Side::Base).await?;
        let current = self.build(run, benchmark, &worktrees.path(Side::Current), Side::Current).await?;
        self.record.built = digests(benchmark, worktrees)?;
        let same = |file: &BuiltFile| file.base == file.current;
        if !self.record.built.is_empty() && self.record.built.iter().all(same) {
            let judged = Judged::compared(self.record.built.len() as u64, Vec::new());
            let names: Vec<&str> = self.record.built.iter().map(|file| file.path.as_str()).collect();
            return Ok(with_note(
                judged,
                format!("both builds are the same, byte for byte: {}", names.join(", ")),
            ));
        }
        for _ in 0..benchmark.warm_up {
            for side in [&base, &current] {
                sample(run, benchmark, side).await?;
            }
        }
        let (unfit, phase) = self.compare(run, benchmark, &base, &base).await?;
        let whole = unfit.whole(benchmark.scenarios);
        self.record.same = Some(phase);
        if whole.outcome != Outcome::Passed {
            let why = whole.detail.unwrap_or_else(|| "it was found slower than itself".to_owned());
            let why = format!("{why}{}", time_up(benchmark, &unfit));
            let reason = match whole.outcome {
                Outcome::Incomplete(reason) if reason != Reason::TooNoisy => reason,
                _ => Reason::HostUnfit,
            };
            return incomplete(reason, format!("the base compared with itself: {why}"));
        }
        let (comparison, phase) = self.compare(run, benchmark, &base, &current).await?;
        self.record.compared = Some(phase);
        Ok(judged(gate, check, benchmark, &comparison))
    }

    /// Builds one side, and finds what is measured there.
    async fn build(
        &mut self,
        run: &Run<'_>,
        benchmark: &Benchmark,
        root: &Path,
        side: Side,
    ) -> Ended<BenchRun> {
        let launch = launch(run, benchmark, root)?;
        let (argv, captured) = match launch.prepare(&run.context.session.cancel).await {
            Ok(ready) => {
                self.program = Some(ready.program);
                return Ok(BenchRun { invocation: ready.invocation, report: launch.report() });
            }
            Err(Prevented::Lack(lack)) => return Err(Box::new(lack.judged())),
            Err(Prevented::Process(error)) => return incomplete(Reason::ToolMissing, chain(&error)),
            Err(Prevented::Before { argv, captured }) => (argv, captured),
        };
        let redactor = &run.context.session.redactor;
        let stderr = redactor.bytes(captured.stderr.bytes);
        let judged = not_prepared(&argv, captured.end, &stderr);
        let detail = format!("{} commit: {}", side.name(), judged.detail.as_deref().unwrap_or_default());
        self.output.push(Blob::new("stdout", redactor.bytes(captured.stdout.bytes)));
        self.output.push(Blob::new("stderr", stderr));
        incomplete(judged.outcome.reason().unwrap_or(Reason::NotRun), detail)
    }

    /// Measures pairs until every scenario has an answer, or the budget of pairs or of time is spent.
    async fn compare(
        &mut self,
        run: &Run<'_>,
        benchmark: &Benchmark,
        base: &BenchRun,
        current: &BenchRun,
    ) -> Ended<(Comparison, Phase)> {
        let started = Instant::now();
        let mut comparison = Comparison::new(benchmark.design.clone(), benchmark.better);
        while comparison.wants_more() && started.elapsed() < benchmark.time {
            let (mut of_base, mut of_current) = (Vec::new(), Vec::new());
            for _ in 0..benchmark.samples {
                if self.order.first_goes_first() {
                    of_base.push(sample(run, benchmark, base).await?);
                    of_current.push(sample(run, benchmark, current).await?);
                } else {
                    of_current.push(sample(run, benchmark, current).await?);
                    of_base.push(sample(run, benchmark, base).await?);
                }
            }
            let (of_base, of_current) = (comparison.best_of(&of_base), comparison.best_of(&of_current));
            comparison
                .add(&of_base, &of_current)
                .or_else(|what| incomplete(Reason::UnreadableOutput, what))?;
            if comparison.count().is_multiple_of(HOST_EVERY) {
                self.record.host.push(self.host.look());
            }
        }
        comparison.look();
        self.record.host.push(self.host.look());
        let phase = Phase::of(&comparison, started.elapsed().as_secs_f64());
        Ok((comparison, phase))
    }
}

/// What the comparison says, as a check's verdict: a finding for each scenario that is too slow.
fn judged(gate: u32, check: &Check, benchmark: &Benchmark, comparison: &Comparison) -> Judged {
    let whole = comparison.whole(benchmark.scenarios);
    let detail = whole.detail.map(|detail| format!("{detail}{}", time_up(benchmark, comparison)));
    let margin = benchmark.design.margin();
    let scenarios = comparison.scenarios();
    let mut findings = Vec::new();
    let mut notes = vec![format!("{} scenarios, {} pairs", scenarios.len(), comparison.count())];
    for scenario in &scenarios {
        let Some(judgement) = &scenario.judgement else { continue };
        let said = one_line(&format!("{}: {}", scenario.name, judgement.sentence(margin)));
        if judgement.answer == Answer::Failed {
            let fingerprint = Fingerprint::of(gate, &check.id, &scenario.name);
            findings.push(Finding { fingerprint, message: said, place: None });
        } else if judgement.is_slower_within_margin() {
            notes.push(said);
        }
    }
    Judged {
        outcome: whole.outcome,
        detail: detail.map(|detail| one_line(&detail)),
        counts: None,
        examined: Some(scenarios.len() as u64),
        findings,
        notes,
    }
}

/// That it was the time, and not the number of pairs, that ended a comparison.
fn time_up(benchmark: &Benchmark, comparison: &Comparison) -> String {
    if !comparison.wants_more() {
        return String::new();
    }
    let budget = benchmark.design.budget();
    format!("; stopped after {} s with {} of {budget} pairs", benchmark.time.as_secs(), comparison.count())
}

async fn sample(run: &Run<'_>, benchmark: &Benchmark, side: &BenchRun) -> Ended<Sample> {
    let (text, seconds) = side.once(&run.context.session.cancel).await.or_else(|error| {
        let reason = match &error {
            RunError::Process(_) => Reason::ToolMissing,
            RunError::Ended { end: End::TimedOut, .. } => Reason::TimedOut,
            RunError::Ended { end: End::Cancelled, .. } => Reason::Interrupted,
            RunError::TooLarge(_) => Reason::OutputTooLarge,
            RunError::Ended { .. } | RunError::HeldOpen | RunError::Report { .. } => Reason::UnreadableOutput,
        };
        let said = run.context.session.redactor.bytes(chain(&error).into_bytes());
        incomplete(reason, String::from_utf8_lossy(&said))
    })?;
    let mut sample = benchmark
        .format
        .read(Source { text: &text, seconds })
        .or_else(|unread| incomplete(unread.reason, unread.detail))?;
    if let Some(only) = &benchmark.only {
        sample.retain(|name, _| only.is_match(name));
    }
    Ok(sample)
}

fn digests(benchmark: &Benchmark, worktrees: &Worktrees) -> Ended<Vec<BuiltFile>> {
    let digest = |side: Side, path: &str| {
        let file = worktrees.path(side).join(path);
        tools::digest_file(&file).or_else(|error| {
            incomplete(Reason::NotRun, format!("the {} build has no {path}: {error}", side.name()))
        })
    };
    benchmark
        .built
        .iter()
        .map(|path| {
            let (base, current) = (digest(Side::Base, path)?, digest(Side::Current, path)?);
            Ok(BuiltFile { path: path.clone(), base, current })
        })
        .collect()
}

/// A program in a side's worktree. Both sides have the same environment, but for their own folders.
fn launch(run: &Run<'_>, benchmark: &Benchmark, root: &Path) -> Ended<Launch> {
    let launch = run.launcher.launch(&benchmark.program, root).map_err(|lack| Box::new(lack.judged()))?;
    // What the plan sets goes before it.
    if benchmark.program.set_env.contains_key(TARGET_FOLDER) {
        return Ok(launch);
    }
    Ok(launch.with(TARGET_FOLDER, root.join("target")))
}

fn not_checked_out(error: &WorktreeError) -> Judged {
    let reason = match error {
        WorktreeError::Busy => Reason::HostUnfit,
        WorktreeError::Git(_) | WorktreeError::Io { .. } => Reason::NotRun,
    };
    Judged::incomplete(reason, chain(error))
}

fn with_note(mut judged: Judged, note: String) -> Judged {
    judged.notes.push(one_line(&note));
    judged
}

/// The lines that build and run both sides by hand, from the repository's root.
fn repeat_line(run: &Run<'_>, benchmark: &Benchmark) -> String {
    let Some(base) = &run.context.candidate.base else { return String::new() };
    let words = |argv: &Vec<String>| argv.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> =
        benchmark.program.before.iter().chain([&benchmark.program.run]).map(words).collect();
    let folder = benchmark.program.cwd.as_ref().map(|cwd| format!("/{}", quoted(cwd))).unwrap_or_default();
    format!(
        "folder=$(mktemp -d) && git worktree add --detach \"$folder/base\" {} && git worktree add --detach \"$folder/current\" {} \
         && for side in base current; do (cd \"$folder/$side\"{folder} && export CARGO_TARGET_DIR=\"$folder/$side/target\" && {}); done",
        base.commit,
        run.context.candidate.commit,
        lines.join(" && ")
    )
}
