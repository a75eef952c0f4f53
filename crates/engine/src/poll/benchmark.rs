//! A benchmark check: builds the base commit and this one, measures them side by side, and lets core judge.
//!
//! Invariant: a pass needs both sides built and run to their end, the base shown not to differ from itself on this host, and every
//! scenario shown to be within the margin; or two builds that are the same byte for byte.

use super::command::not_prepared;
use super::execute::{Done, PollContext};
use super::rooms::{self, Met};
use crate::failure::chain;
use crate::launch::{Launch, Prevented, quoted};
use gonogo_core::bench::{BenchBuild, BenchOutput, BenchRecord, Comparison, Phase, SCHEMA, Sample};
use gonogo_core::evidence::{Finding, Fingerprint};
use gonogo_core::gate::{End, Judged};
use gonogo_core::ids::CommitId;
use gonogo_core::plan::{Benchmark, Check};
use gonogo_core::release::ResolvedTool;
use gonogo_core::stats::{Answer, Better};
use gonogo_core::text::one_line;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::bench::{BenchProgram, HostWatch, OrderDraws, RunError, Side};
use gonogo_world::clock;
use gonogo_world::ledger::Blob;
use gonogo_world::room::{Room, RoomError, RoomWatch};
use gonogo_world::tools;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

/// Where cargo builds: each side has a folder of its own.
const TARGET_FOLDER: &str = "CARGO_TARGET_DIR";
/// After so many pairs the host is looked at again.
const HOST_EVERY: usize = 10;

/// Runs it. What it needs of the host it has to itself: nothing else of the poll runs meanwhile.
pub async fn run(run: &PollContext<'_>, gate: u32, check: &Check, benchmark: &Benchmark) -> Done {
    let started = Instant::now();
    let repeat = Some(repeat_line(run, benchmark));
    let Some(base) = &run.context.candidate.base else {
        let judged = Judged::incomplete(Reason::BaselineMissing, "there is no base tag to compare with");
        return Done { repeat, ..Done::of(judged) };
    };
    let mut measured = Measured::new(run, benchmark, &base.commit);
    let judged = match sides(run, &base.commit).await {
        Err(judged) => *judged,
        Ok((sides, _alone)) => {
            let mut watches = [&sides.base, &sides.current].map(RoomWatch::begin);
            let judged = measured.in_rooms(run, gate, check, benchmark, &sides).await;
            let changed = watches.iter_mut().flat_map(RoomWatch::changed).map(|moved| moved.path).collect();
            Met { changed, ..Met::default() }.judged(judged.unwrap_or_else(|judged| *judged), &[])
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

/// The rooms of both commits.
struct Sides {
    base: Room,
    current: Room,
}

impl Sides {
    const fn of(&self, side: Side) -> &Room {
        match side {
            Side::Base => &self.base,
            Side::Current => &self.current,
        }
    }
}

/// Makes both rooms, and holds off every other measurement of this repository.
async fn sides(run: &PollContext<'_>, base: &CommitId) -> Ended<(Sides, File)> {
    let not_made = |error: RoomError| Box::new(Judged::incomplete(Reason::NotRun, chain(&error)));
    let alone = run.rooms.set().measure_alone().map_err(not_made)?;
    let Some(alone) = alone else {
        return incomplete(Reason::HostUnfit, "another benchmark of this repository is running");
    };
    let [base, current] = run.rooms.side_by_side(base).await.map_err(not_made)?;
    match rooms::lacking(&base).or_else(|| rooms::lacking(&current)) {
        Some(judged) => Err(Box::new(judged)),
        None => Ok((Sides { base, current }, alone)),
    }
}

/// What there is to show so far, whatever comes of it.
struct Measured {
    record: BenchRecord,
    host: HostWatch,
    order: OrderDraws,
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
    fn new(run: &PollContext<'_>, benchmark: &Benchmark, base: &CommitId) -> Self {
        // Nobody can know it beforehand, and it is recorded.
        let seed = clock::now().as_nanosecond() as u64 ^ u64::from(std::process::id()).rotate_left(32);
        let mut host = HostWatch::default();
        let record = BenchRecord {
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
        Self { record, host, order: OrderDraws::from_seed(seed), output: Vec::new(), program: None }
    }

    async fn in_rooms(
        &mut self,
        run: &PollContext<'_>,
        gate: u32,
        check: &Check,
        benchmark: &Benchmark,
        sides: &Sides,
    ) -> Ended<Judged> {
        let base = self.build(run, benchmark, sides.of(Side::Base).root(), Side::Base).await?;
        let current = self.build(run, benchmark, sides.of(Side::Current).root(), Side::Current).await?;
        self.record.built = digests(benchmark, sides)?;
        let same = |file: &BenchBuild| file.base == file.current;
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
        run: &PollContext<'_>,
        benchmark: &Benchmark,
        root: &Path,
        side: Side,
    ) -> Ended<BenchProgram> {
        let launch = launch(run, benchmark, root)?;
        let (argv, captured) = match launch.prepare(&run.context.session.cancel).await {
            Ok(ready) => {
                self.program = Some(ready.program);
                return Ok(BenchProgram { invocation: ready.invocation, report: launch.report() });
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
        run: &PollContext<'_>,
        benchmark: &Benchmark,
        base: &BenchProgram,
        current: &BenchProgram,
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
            findings.push(Finding { fingerprint, message: said, place: None, formerly: None });
        } else if judgement.is_slower_within_margin() {
            notes.push(said);
        }
    }
    Judged {
        outcome: whole.outcome,
        detail: detail.map(|detail| one_line(&detail)),
        notes,
        ..Judged::compared(scenarios.len() as u64, findings)
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

async fn sample(run: &PollContext<'_>, benchmark: &Benchmark, side: &BenchProgram) -> Ended<Sample> {
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
        .read(BenchOutput { text: &text, seconds })
        .or_else(|unread| incomplete(unread.reason, unread.detail))?;
    if let Some(only) = &benchmark.only {
        sample.retain(|name, _| only.is_match(name));
    }
    Ok(sample)
}

fn digests(benchmark: &Benchmark, sides: &Sides) -> Ended<Vec<BenchBuild>> {
    let digest = |side: Side, path: &str| {
        let root = sides.of(side).root();
        let file =
            root.join(path).canonicalize().ok().filter(|file| file.is_file() && file.starts_with(root));
        let digest = match &file {
            Some(file) => tools::digest_file(file).map_err(|error| error.to_string()),
            None => Err("there is no such file".to_owned()),
        };
        digest.or_else(|error| {
            incomplete(Reason::NotRun, format!("the {} build has no {path}: {error}", side.name()))
        })
    };
    benchmark
        .built
        .iter()
        .map(|path| {
            let (base, current) = (digest(Side::Base, path)?, digest(Side::Current, path)?);
            Ok(BenchBuild { path: path.clone(), base, current })
        })
        .collect()
}

/// A program in a side's room. Both sides have the same environment, but for their own folders.
fn launch(run: &PollContext<'_>, benchmark: &Benchmark, root: &Path) -> Ended<Launch> {
    let launch = run.launcher.launch(&benchmark.program, root).map_err(|lack| Box::new(lack.judged()))?;
    // What the plan sets goes before it.
    if benchmark.program.set_env.contains_key(TARGET_FOLDER) {
        return Ok(launch);
    }
    Ok(launch.with(TARGET_FOLDER, root.join("target")))
}

fn with_note(mut judged: Judged, note: String) -> Judged {
    judged.notes.push(one_line(&note));
    judged
}

/// The lines that build and run both sides by hand, from the repository's root.
fn repeat_line(run: &PollContext<'_>, benchmark: &Benchmark) -> String {
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
