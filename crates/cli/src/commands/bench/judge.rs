//! `gonogo bench judge FILE --margin 5%`: the verdict on pairs that were recorded elsewhere, by the same rules as gate 5.

use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::interval;
use crate::screen::Screen;
use gonogo_core::bench::recorded;
use gonogo_core::stats::{Better, Design, PairOrder, PairedJudgement, judge};
use gonogo_core::verdict::{Outcome, Reason, Verdict};
use gonogo_engine::failure::{Failure, chain};
use schemars::JsonSchema;
use serde::Serialize;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest recording that is read.
const MOST_BYTES: u64 = 64 << 20;

/// What `gonogo bench judge` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Pairs in the order in which they were measured: a JSON array of [base, current], or CSV
    file: PathBuf,
    /// How much worse is too much, such as 5%
    #[arg(long, value_parser = percent)]
    margin: f64,
    /// How often each of the two wrong answers may be given
    #[arg(long, value_parser = percent, default_value = "5%")]
    alpha: f64,
    /// Lower values are better, as of times: this is the default
    #[arg(long, conflicts_with = "higher_is_better")]
    lower_is_better: bool,
    /// Higher values are better, as of rates
    #[arg(long)]
    higher_is_better: bool,
    /// After how many pairs to look, such as 15,30,60; stops at the first answer. By default once, at all of them
    #[arg(long, value_delimiter = ',')]
    looks: Vec<usize>,
    /// Which of the two ran first was drawn at random for each pair, so runs of bad luck need no wider interval
    #[arg(long)]
    drawn_order: bool,
}

/// A share, written as a percentage.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    match number {
        Some(number) if number.is_finite() => Ok(number / 100.0),
        _ => Err("a percentage is wanted, such as 5%".to_owned()),
    }
}

/// What `--json` prints. Effects are shares: 0.05 is 5 % worse than the base, -0.05 is 5 % better.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gonogo.bench-judge/1")]
pub struct Document {
    /// `gonogo.bench-judge/1`.
    schema: &'static str,
    /// Passed: at most the margin worse. Failed: more than the margin worse. Incomplete: neither could be shown.
    verdict: Verdict,
    /// Why it is incomplete.
    reason: Option<Reason>,
    /// More about that.
    detail: Option<String>,
    /// How much worse is too much.
    margin: f64,
    /// How often each of the two wrong answers may be given, over all looks.
    alpha: f64,
    /// Whether lower or higher values are better.
    better: &'static str,
    /// How much worse than the base, by estimate.
    estimate: f64,
    /// The bound below; null where so few pairs have none.
    lower: Option<f64>,
    /// The bound above; null where so few pairs have none.
    upper: Option<f64>,
    /// Passed, and yet worse beyond doubt.
    slower_within_margin: bool,
    /// Pairs that the answer rests on.
    pairs_used: usize,
    /// Pairs in the file.
    pairs: usize,
    /// By how much serial dependence inflated the variance: 1 where it did not, or where the order was drawn.
    inflation: f64,
    /// What so many pairs rule out nine times in ten for builds that are alike; null where that is not known.
    detectable: Option<f64>,
    /// Pairs that would tell nine times in ten, if the estimate is the truth; null where that is not known.
    pairs_needed: Option<f64>,
}

/// Runs it.
pub fn run(arguments: &Arguments, screen: &Screen) -> Result<Exit, Failure> {
    let bytes = read(&arguments.file)?;
    let refused =
        |what: &dyn std::fmt::Display| Failure::usage(format!("{}: {what}", arguments.file.display()));
    let pairs = recorded::read(&bytes).map_err(|why| refused(&why))?;
    let looks = if arguments.looks.is_empty() { &[pairs.len()][..] } else { &arguments.looks };
    let design = Design::new(arguments.margin, arguments.alpha, looks)
        .map_err(|error| Failure::usage(chain(&error)))?;
    let better = if arguments.higher_is_better { Better::Higher } else { Better::Lower };
    let order = if arguments.drawn_order { PairOrder::Drawn } else { PairOrder::Unknown };
    let judgement = judge(&design, &pairs, better, order).ok_or_else(|| refused(&"it holds no pair"))?;
    let outcome = judgement.outcome();
    let detail = judgement.detail(design.margin());
    for line in interval::lines(screen, &judgement, design.margin()) {
        screen.line(line);
    }
    let document = Document {
        schema: "gonogo.bench-judge/1",
        verdict: outcome.verdict(),
        reason: outcome.reason(),
        detail,
        margin: design.margin(),
        alpha: design.alpha(),
        better: if arguments.higher_is_better { "higher" } else { "lower" },
        estimate: judgement.estimate,
        lower: bound(&judgement, judgement.lower),
        upper: bound(&judgement, judgement.upper),
        slower_within_margin: judgement.is_slower_within_margin(),
        pairs_used: judgement.pairs,
        pairs: pairs.len(),
        inflation: judgement.inflation,
        detectable: judgement.detectable.filter(|effect| effect.is_finite()),
        pairs_needed: judgement.needed.filter(|pairs| pairs.is_finite()),
    };
    screen.document(&to_json(&document)?)?;
    Ok(match outcome {
        Outcome::Passed => Exit::Go,
        Outcome::Failed => Exit::NoGo,
        Outcome::Incomplete(_) => Exit::Incomplete,
    })
}

fn bound(judgement: &PairedJudgement, bound: f64) -> Option<f64> {
    (judgement.upper.is_finite() && bound.is_finite()).then_some(bound)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        let what = format!("{}: larger than {} MiB", path.display(), MOST_BYTES >> 20);
        return Err(Failure::usage(what));
    }
    Ok(bytes)
}
