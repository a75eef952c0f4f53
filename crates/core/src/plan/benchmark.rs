//! A benchmark check as the plan has it: typed, and then as it is meant.

use super::{Program, raw};
use crate::bench::{Format, Mapping};
use crate::problems::Problems;
use crate::stats::{Better, Design};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

/// When no further pair is begun, where the plan does not say.
const DEFAULT_TIME: Duration = Duration::from_secs(30 * 60);

/// What two builds are measured with, and how they are judged.
#[derive(Clone, Debug)]
pub struct Benchmark {
    /// What is run, in a worktree of each side. What comes before it builds that side.
    pub program: Program,
    /// When no further pair is begun.
    pub time: Duration,
    /// How the output is read.
    pub format: Format,
    /// Which values are better.
    pub better: Better,
    /// Margin, errors, looks and budget.
    pub design: Design,
    /// Runs of each side in a pair, of which the best counts.
    pub samples: usize,
    /// Runs of each side before the first pair.
    pub warm_up: usize,
    /// The least number of scenarios.
    pub scenarios: usize,
    /// Scenarios that count, where not all do.
    pub only: Option<Regex>,
    /// Files that the build makes, relative to the worktree's root.
    pub built: Vec<String>,
}

/// How the output of a benchmark is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FormatName {
    Json,
    Criterion,
    CriterionEstimates,
    Hyperfine,
    PytestBenchmark,
    GoTest,
    Callgrind,
    WallTime,
}

/// Which values are better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BetterName {
    #[default]
    Lower,
    Higher,
}

/// What is measured, and how it is judged.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Raw {
    /// How the output is read.
    #[schemars(with = "FormatName")]
    pub(super) format: Spanned<FormatName>,
    /// For `json`: a JSON pointer to the array of results.
    #[schemars(with = "Option<String>")]
    pub(super) results: Option<Spanned<String>>,
    /// For `json`: the fields that tell one scenario from another.
    #[serde(default)]
    pub(super) key: Vec<String>,
    /// For `json`: the field with the measured value.
    pub(super) metric: Option<String>,
    /// For `json`: which values are better. By default `lower`.
    #[serde(default)]
    pub(super) better: BetterName,
    /// How much worse is too much, such as `10%`.
    #[schemars(with = "String")]
    pub(super) margin: Spanned<String>,
    /// How often each of the two wrong answers may be given. By default `5%`.
    #[schemars(with = "Option<String>")]
    pub(super) alpha: Option<Spanned<String>>,
    /// The most pairs, 12 or more. By default 240.
    #[schemars(with = "Option<usize>")]
    pub(super) pairs: Option<Spanned<usize>>,
    /// Runs of each side in a pair, of which the best counts (1 to 100). By default 1.
    #[schemars(with = "Option<usize>")]
    pub(super) samples: Option<Spanned<usize>>,
    /// Runs of each side before the first pair (0 to 100). By default 1.
    #[schemars(with = "Option<usize>")]
    pub(super) warm_up: Option<Spanned<usize>>,
    /// When no further pair is begun, such as `30m`: for each of the two comparisons. By default `30m`.
    #[schemars(with = "Option<String>")]
    pub(super) time: Option<Spanned<String>>,
    /// The least number of scenarios. By default 1.
    #[schemars(with = "Option<usize>")]
    pub(super) scenarios: Option<Spanned<usize>>,
    /// A regular expression: scenarios whose name matches count, others do not. By default all do.
    #[schemars(with = "Option<String>")]
    pub(super) only: Option<Spanned<String>>,
    /// Files that the build makes, relative to the repository's root. Where both sides' are the same byte for byte, there is
    /// nothing to measure.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) built: Vec<Spanned<String>>,
}

/// `None` where something is wrong with it.
pub(super) fn of(mut check: raw::Check, span: Range<usize>, problems: &mut Problems) -> Option<Benchmark> {
    let known = problems.count();
    let Some(raw) = check.benchmark.take() else {
        problems.push(span, "a benchmark says in `benchmark` how it is read and judged", None);
        return None;
    };
    let raw = raw.into_inner();
    let run = check.run.as_ref().map(|run| super::validate::argv(run, problems));
    if run.is_none() {
        problems.push(span, "a benchmark says in `run` what it runs", None);
    }
    let program = super::program::of_check(&check, run.clone().unwrap_or_default(), problems);
    let time = raw.time.as_ref().map_or(Some(DEFAULT_TIME), |text| problems.duration(text));
    let built = raw.built.iter().map(|path| problems.path(path)).collect();
    let only = raw.only.as_ref().map(|only| problems.regex(only));
    let better = raw.better;
    let format = format(&raw, problems);
    let margin = share(&raw.margin, problems);
    let alpha = raw.alpha.as_ref().map_or(Some(0.05), |alpha| share(alpha, problems));
    let mut bounded = |value: &Option<Spanned<usize>>, default, least, most, what: &str| {
        let Some(value) = value else { return default };
        if !(least..=most).contains(value.get_ref()) {
            problems.at(value, format!("{what} is {least} to {most}"), None);
        }
        *value.get_ref()
    };
    let pairs = bounded(&raw.pairs, 240, 12, 10_000, "a budget of pairs");
    let samples = bounded(&raw.samples, 1, 1, 100, "a number of samples");
    let warm_up = bounded(&raw.warm_up, 1, 0, 100, "a number of runs to warm up");
    let scenarios = bounded(&raw.scenarios, 1, 1, 100_000, "a number of scenarios");
    let design = match (margin, alpha) {
        (Some(margin), Some(alpha)) if problems.count() == known => Design::standard(margin, alpha, pairs)
            .map_err(|error| problems.at(&raw.margin, error.to_string(), None))
            .ok(),
        _ => None,
    };
    if problems.count() > known {
        return None;
    }
    Some(Benchmark {
        program: program.filter(|_| run.is_some())?,
        time: time?,
        format: format?,
        better: if better == BetterName::Higher { Better::Higher } else { Better::Lower },
        design: design?,
        samples,
        warm_up,
        scenarios,
        only: only.flatten(),
        built,
    })
}

fn format(raw: &Raw, problems: &mut Problems) -> Option<Format> {
    let json = *raw.format.get_ref() == FormatName::Json;
    if !json
        && (raw.results.is_some()
            || !raw.key.is_empty()
            || raw.metric.is_some()
            || raw.better != BetterName::Lower)
    {
        problems.at(&raw.format, "`results`, `key`, `metric` and `better` are for `json`", None);
    }
    Some(match raw.format.get_ref() {
        FormatName::Criterion => Format::Criterion,
        FormatName::CriterionEstimates => Format::CriterionEstimates,
        FormatName::Hyperfine => Format::Hyperfine,
        FormatName::PytestBenchmark => Format::PytestBenchmark,
        FormatName::GoTest => Format::GoTest,
        FormatName::Callgrind => Format::Callgrind,
        FormatName::WallTime => Format::WallTime,
        FormatName::Json => {
            let (Some(results), Some(metric), false) = (&raw.results, &raw.metric, raw.key.is_empty()) else {
                problems.at(&raw.format, "`json` needs `results`, `key` and `metric`", None);
                return None;
            };
            if !results.get_ref().is_empty() && !results.get_ref().starts_with('/') {
                problems.at(results, "a JSON pointer is empty or starts with `/`", None);
            }
            let results = results.get_ref().clone();
            Format::Json(Mapping { results, key: raw.key.clone(), metric: metric.clone() })
        }
    })
}

/// A share, written as a percentage.
fn share(text: &Spanned<String>, problems: &mut Problems) -> Option<f64> {
    let number = text.get_ref().strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok());
    if number.is_none() {
        problems.at(text, "a percentage is wanted, such as `5%`", None);
    }
    number.map(|number| number / 100.0)
}
