//! `gonogo bench show TARGET`: what the benchmark checks of the latest poll measured, judged again from their evidence.

use crate::commands::flags::PlanFlags;
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::{bench_svg, interval};
use crate::screen::Screen;
use gonogo_core::bench::{BenchRecord, Phase};
use gonogo_core::ledger::{LedgerState, Owner};
use gonogo_core::standing::{Given, Verb};
use gonogo_core::stats::{Better, Design, Pair, PairOrder, PairedJudgement, judge};
use gonogo_core::text::visible;
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_engine::context::{load_plan, open_checkout, target};
use gonogo_engine::failure::{Failure, chain};
use gonogo_world::ledger;
use gonogo_world::process::Cancel;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::PathBuf;

/// What `gonogo bench show` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The target: a version or its tag
    target: String,
    #[command(flatten)]
    plan: PlanFlags,
    /// Show the base compared with itself, and not with the commit under release
    #[arg(long)]
    same: bool,
    /// Write a picture of each scenario into this folder, as SVG
    #[arg(long)]
    svg: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gonogo.bench-show/1")]
pub struct Document {
    /// `gonogo.bench-show/1`.
    schema: &'static str,
    /// The tag.
    target: String,
    /// The benchmark checks of the latest poll.
    checks: Vec<Shown>,
}

/// One benchmark check.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The gate's number.
    gate: u32,
    /// The check's name.
    check: String,
    /// How often it ran on this subject: each time errs as often as the plan allows.
    attempts: u64,
    /// Every scenario of the comparison.
    scenarios: Vec<Scenario>,
    /// The evidence, whole.
    record: BenchRecord,
}

/// One scenario. Effects are shares: 0.05 is 5 % worse than the base.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    name: String,
    /// What its pairs say alone.
    verdict: Verdict,
    /// Why it is incomplete.
    reason: Option<Reason>,
    /// How much worse, by estimate.
    estimate: f64,
    /// The bound below; null where so few pairs have none.
    lower: Option<f64>,
    /// The bound above; null where so few pairs have none.
    upper: Option<f64>,
    /// Pairs that the answer rests on.
    pairs_used: usize,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let git = open_checkout(cancel).await?;
    let plan = load_plan(arguments.plan.plan.as_deref(), git.root())?.plan;
    let target = target(&arguments.target, &plan)?;
    let folder = ledger::folder(git.common_dir(), target.tag());
    let owner = Owner { project: Some(&plan.project.name), target: target.tag() };
    let records = ledger::records(git.common_dir(), owner)?;
    let state = LedgerState::fold(&records);
    let mut checks = Vec::new();
    for finished in state.poll.iter().flat_map(|poll| poll.finished.values()) {
        let Some(evidence) = finished.evidence.iter().find(|one| one.name == "benchmark") else { continue };
        let bytes = ledger::read_blob(&folder, evidence.digest)?;
        let record = BenchRecord::parse(&bytes).map_err(|error| unread(&chain(&error)))?;
        let key = (finished.gate, finished.check.clone());
        let attempts = state.attempts(&key, finished.subject);
        screen.line(format!(
            "gate {} {}: {} against base {}, run {attempts} times on this subject",
            finished.gate, finished.check, record.current, record.base
        ));
        let phase = if arguments.same { &record.same } else { &record.compared };
        let scenarios = match phase {
            Some(phase) => show(arguments, screen, &record, phase)?,
            None => {
                screen.line("  it did not come to that comparison");
                Vec::new()
            }
        };
        checks.push(Shown { gate: key.0, check: key.1, attempts, scenarios, record });
    }
    if checks.is_empty() {
        let message = format!("the latest poll of {} measured nothing", target.tag());
        let given = Given { plan: arguments.plan.plan.clone(), ..Given::target(target.tag().as_str()) };
        return Err(Failure::incomplete(Reason::NotRun, message).remedy(given.line(&[Verb::Poll])));
    }
    let document = Document { schema: "gonogo.bench-show/1", target: target.tag().to_string(), checks };
    screen.document(&to_json(&document)?)?;
    Ok(Exit::Go)
}

fn unread(why: &str) -> Failure {
    Failure::incomplete(Reason::UnreadableOutput, format!("the benchmark's evidence cannot be read: {why}"))
}

fn show(
    arguments: &Arguments,
    screen: &Screen,
    record: &BenchRecord,
    phase: &Phase,
) -> Result<Vec<Scenario>, Failure> {
    let design = Design::standard(record.margin, record.alpha, record.budget)
        .map_err(|error| unread(&chain(&error)))?;
    let better = if record.higher_is_better { Better::Higher } else { Better::Lower };
    if let Some(folder) = &arguments.svg {
        std::fs::create_dir_all(folder).map_err(|error| not_written(folder, &error))?;
    }
    let mut shown = Vec::new();
    for (number, scenario) in phase.scenarios.iter().enumerate() {
        let pairs: Vec<Pair> = scenario
            .pairs
            .iter()
            .map(|[base, current]| Pair::new(*base, *current))
            .collect::<Result<_, _>>()
            .map_err(|what| unread(&what))?;
        let name = visible(&scenario.name);
        screen.line(format!("\n{name}"));
        let Some(judgement) = judge(&design, &pairs, better, PairOrder::Drawn) else {
            screen.line("  on one side only");
            continue;
        };
        for line in interval::lines(screen, &judgement, record.margin) {
            screen.line(line);
        }
        if let Some(folder) = &arguments.svg {
            let picture =
                bench_svg::svg(&scenario.name, &pairs, record.higher_is_better, &judgement, record.margin);
            let path = folder.join(format!("scenario-{:03}.svg", number + 1));
            std::fs::write(&path, picture).map_err(|error| not_written(&path, &error))?;
        }
        shown.push(of(scenario.name.clone(), &judgement));
    }
    Ok(shown)
}

fn of(name: String, judgement: &PairedJudgement) -> Scenario {
    let bounded = judgement.upper.is_finite();
    Scenario {
        name,
        verdict: judgement.outcome().verdict(),
        reason: judgement.outcome().reason(),
        estimate: judgement.estimate,
        lower: bounded.then_some(judgement.lower),
        upper: bounded.then_some(judgement.upper),
        pairs_used: judgement.pairs,
    }
}

fn not_written(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::usage(format!("{} cannot be written: {error}", path.display()))
}
