//! `fetch-artifacts`: what the build made, fetched whole and recorded as the release manifest.

mod expected;
mod metadata;

pub use expected::{judge_built, judge_by_base};
pub use metadata::{BuildMetadata, judge_metadata};

use super::StepKind;
use super::kind::{KindFacts, KindOfStep, NoEffect};
use super::planned::Undoable;
use super::reading::{FromPlan, Reading};
use super::watch_workflow::WatchWorkflow;
use crate::manifest::Manifest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Fetches what the workflow built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchArtifacts {
    /// The step that watched the build.
    pub from: String,
    /// The artifact that holds `metadata.json`.
    pub metadata: String,
    /// Which artifacts, as patterns.
    pub artifacts: Vec<String>,
}

/// What was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Built {
    /// The run that built it.
    pub run: u64,
    /// Every file.
    pub manifest: Manifest,
}

impl KindFacts for Built {
    fn line(&self) -> String {
        format!("{} files of run {}", self.manifest.files().len(), self.run)
    }

    fn workflow_run(&self) -> Option<u64> {
        Some(self.run)
    }
}

impl KindOfStep for FetchArtifacts {
    type Effect = NoEffect;
    type Facts = Built;

    const NAME: &'static str = "fetch-artifacts";
    const AT_GITHUB: bool = true;

    fn words(&self, _: &str) -> String {
        "fetch what was built, and record its digests".to_owned()
    }

    fn undo(&self, _: &str) -> Undoable {
        Undoable::Nothing
    }

    fn shown_by(&self, code: &dyn Fn(&str) -> String) -> String {
        format!(
            "through `gh`: what step `{}` built; its own {} has to name this tag, version and commit; the digest of every file is \
             recorded, and every channel is compared with these",
            self.from,
            code(&self.metadata)
        )
    }
}

/// The keys of a `fetch-artifacts` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// For `fetch-artifacts`: the `id` of the `watch-workflow` step whose run built them. By default the one before.
    #[schemars(with = "Option<String>")]
    from: Option<Spanned<String>>,
    /// For `fetch-artifacts`: the artifact that holds `metadata.json`. By default `release-metadata`.
    #[schemars(with = "Option<String>")]
    metadata: Option<Spanned<String>>,
    /// For `fetch-artifacts`: which of the run's artifacts (`*` stands for any text). By default all.
    #[schemars(with = "Option<Vec<String>>")]
    artifacts: Option<Spanned<Vec<Spanned<String>>>>,
}

impl FromPlan for FetchArtifacts {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        if reading.has_before(|kind| matches!(kind, StepKind::FetchArtifacts(_))) {
            let help = Some("one step can fetch several artifacts");
            reading.refuse("a release has one manifest: a second step cannot fetch another", help);
            return None;
        }
        let watched = reading.comes_after::<WatchWorkflow>()?;
        if let Some(from) = &table.from {
            let is_it = |step: &&super::Step| {
                matches!(step.kind, StepKind::WatchWorkflow(_)) && step.id == *from.get_ref()
            };
            if reading.before.iter().find(is_it).is_none() {
                reading.problems.at(from, "no `watch-workflow` step before this one has this `id`", None);
            }
        }
        Some(Self {
            from: table.from.map_or(watched, Spanned::into_inner),
            metadata: table.metadata.map_or_else(|| "release-metadata".to_owned(), Spanned::into_inner),
            artifacts: reading.patterns(table.artifacts),
        })
    }
}
