//! What a benchmark check leaves behind as evidence: everything that its verdict rests on, so that it can be judged again.

use super::comparison::Comparison;
use crate::digest::Digest;
use crate::ids::CommitId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of the record's format; see `docs/formats.md`.
///
/// - 1: the first one.
pub const SCHEMA: &str = "gonogo.bench/1";

/// The evidence of a benchmark check.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "gonogo.bench/1")]
pub struct BenchRecord {
    /// `gonogo.bench/1`.
    pub schema: String,
    /// The base commit.
    pub base: CommitId,
    /// The commit under release.
    pub current: CommitId,
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
    pub built: Vec<BenchBuild>,
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
pub struct BenchBuild {
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

/// Evidence that is no record of a benchmark.
#[derive(Debug, thiserror::Error)]
pub enum NotARecord {
    /// It is of another format.
    #[error("it is {0}, and this program reads {SCHEMA}")]
    Schema(String),
    /// It is not what its format says.
    #[error("it is not as it was written")]
    Json(#[from] serde_json::Error),
}

impl BenchRecord {
    /// Reads a record. Its format comes first: the rest of another one may look like anything.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotARecord> {
        #[derive(Deserialize)]
        struct Format {
            schema: String,
        }
        match serde_json::from_slice(bytes)? {
            Format { schema } if schema != SCHEMA => Err(NotARecord::Schema(schema)),
            Format { .. } => Ok(serde_json::from_slice(bytes)?),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A record as the first program that measured wrote it.
    const FIRST: &str = r#"{"schema":"gonogo.bench/1","base":"1111111111111111111111111111111111111111",
        "current":"2222222222222222222222222222222222222222","run":["bench"],"margin":0.05,
        "alpha":0.01,"budget":60,"samples":1,"higher_is_better":false,"seed":7,
        "built":[{"path":"a","base":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "current":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}],
        "host":[{"processors":2,"governor":null,"load":0.5,"steal":0.0,"others":null,"heavy":[["cc",0.5]]}],
        "same":{"seconds":1.5,"scenarios":[{"name":"write","pairs":[[1.0,2.0]]}]},"compared":null}"#;

    #[test]
    fn the_first_format_is_read_and_another_is_called_another_whatever_it_holds() {
        let record = BenchRecord::parse(FIRST.as_bytes()).unwrap();
        assert_eq!(record.same.unwrap().scenarios[0].pairs, [[1.0, 2.0]]);
        let newer = r#"{"schema":"gonogo.bench/2","what":"ever"}"#;
        assert!(
            matches!(BenchRecord::parse(newer.as_bytes()), Err(NotARecord::Schema(name)) if name == "gonogo.bench/2")
        );
        let more = FIRST.replacen('{', "{\"mood\":1,", 1);
        for text in [&*more, &FIRST[..FIRST.len() - 1], "{}"] {
            assert!(matches!(BenchRecord::parse(text.as_bytes()), Err(NotARecord::Json(_))), "{text}");
        }
    }
}
