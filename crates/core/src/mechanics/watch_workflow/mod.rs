//! `watch-workflow`: the workflow that the tag started, waited for until it ends.

mod judge;

pub use judge::{BuildWanted, judge_build};

use super::kind::{Kind, KindFacts, NoEffect};
use super::planned::Undoable;
use super::push_tag::PushTag;
use super::reading::{FromPlan, Reading};
use super::rehearse::{Played, Rehearse, Start};
use crate::text::one_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use toml::Spanned;

/// Waits for the workflow that the tag started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchWorkflow {
    /// The workflow's path.
    pub workflow: String,
    /// What the workflow does, on this machine.
    pub rehearse: Option<Rehearse>,
}

/// A workflow run that ended in success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowSucceeded {
    /// The run's ID.
    pub run: u64,
    /// Which attempt.
    pub attempt: u64,
    /// Where a person can look at it.
    pub url: String,
}

impl KindFacts for WorkflowSucceeded {
    /// A new attempt of the same run is the run that was recorded.
    fn agrees_with(&self, recorded: &Self) -> bool {
        self.run == recorded.run
    }

    fn line(&self) -> String {
        format!("run {}, attempt {}: {}", self.run, self.attempt, one_line(&self.url))
    }

    fn workflow_run(&self) -> Option<u64> {
        Some(self.run)
    }
}

impl Kind for WatchWorkflow {
    type Effect = NoEffect;
    type Facts = WorkflowSucceeded;

    const NAME: &'static str = "watch-workflow";
    const TIMEOUT: Duration = Duration::from_secs(3600);
    const AT_GITHUB: bool = true;

    fn words(&self, _: &str) -> String {
        format!("wait for {}", self.workflow)
    }

    fn undo(&self, _: &str) -> Undoable {
        Undoable::Nothing
    }

    fn shown_by(&self, code: &dyn Fn(&str) -> String) -> String {
        format!(
            "through `gh`: the run of {} for this tag and this commit, and no other; all of it has to succeed",
            code(&self.workflow)
        )
    }

    fn workflow(&self) -> Option<Played<'_>> {
        Some(Played { path: &self.workflow, start: Start::Tag, rehearse: self.rehearse.as_ref() })
    }
}

/// The keys of a `watch-workflow` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// For `watch-workflow` and `dispatch-workflow`: the workflow's path, such as `.github/workflows/release.yml`.
    #[schemars(with = "Option<String>")]
    workflow: Option<Spanned<String>>,
    /// What the workflow does, on this machine: a rehearsal runs this in its place.
    rehearse: Option<Rehearse>,
}

impl FromPlan for WatchWorkflow {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        reading.comes_after::<PushTag>();
        Some(Self { workflow: reading.workflow(table.workflow)?, rehearse: table.rehearse })
    }
}
