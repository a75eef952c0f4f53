//! What a benchmark check leaves behind as evidence: everything that its verdict rests on, so that it can be judged again.

use super::comparison::Comparison;
use crate::digest::Digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of the record's format.
pub const SCHEMA: &str = "gonogo.bench/1";

/// The evidence of a benchmark check.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gonogo.bench/1")]
pub struct Record {
    /// `gonogo.bench/1`.
    pub schema: String,
    /// The base commit.
    pub base: String,
    /// The commit under release.
    pub current: String,
    /// The program and its arguments.
    pub run: Vec<String>,
    /// The margin, as a share.
    pub margin: f64,
    /// The error of each of the two wrong answers, as a share.
    pub alpha: f64,
    /// The most pairs.
    pub budget: usize,
    /// Runs of each side in a pair, of which the best counts.
    pub samples: usize,
    /// Whether higher values are better.
    pub higher_is_better: bool,
    /// What the order within pairs was drawn from.
    pub seed: u64,
    /// What was built, file by file.
    pub built: Vec<BuiltFile>,
    /// The host before and after.
    pub host: Vec<HostFacts>,
    /// The base against itself. `None` where it did not come to that.
    pub same: Option<Phase>,
    /// The base against the current commit. `None` where it did not come to that.
    pub compared: Option<Phase>,
}

/// A built file on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BuiltFile {
    /// Its path in the working tree.
    pub path: String,
    /// The base's.
    pub base: Digest,
    /// The current commit's.
    pub current: Digest,
}

/// What the host was like at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostFacts {
    /// Processors.
    pub processors: usize,
    /// The frequency governor, where the host says it.
    pub governor: Option<String>,
    /// The mean number of processes that want to run, over a minute.
    pub load: Option<f64>,
    /// The share of processor time that the hypervisor took, since the moment before or since the host started.
    pub steal: Option<f64>,
    /// The share of all processor time that others than gonogo's children took since the moment before.
    pub others: Option<f64>,
    /// The processes that took most of it: name and share of one processor.
    pub heavy: Vec<(String, f64)>,
}

/// One comparison.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// How long it took.
    pub seconds: f64,
    /// Every scenario.
    pub scenarios: Vec<SeenScenario>,
}

/// One scenario of a comparison.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenScenario {
    /// Its name.
    pub name: String,
    /// Pairs `[base, current]`, in the order in which they were measured.
    pub pairs: Vec<[f64; 2]>,
}

impl Phase {
    /// What a comparison measured.
    pub fn of(comparison: &Comparison, seconds: f64) -> Self {
        let seen = comparison.scenarios().into_iter().map(|scenario| SeenScenario {
            name: scenario.name,
            pairs: scenario.pairs.iter().map(|pair| [pair.base, pair.current]).collect(),
        });
        Self { seconds, scenarios: seen.collect() }
    }
}
