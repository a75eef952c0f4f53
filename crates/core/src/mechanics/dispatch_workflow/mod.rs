//! `dispatch-workflow`: a workflow that is started by hand, once, and waited for.

mod judge;

pub use judge::{DispatchSeen, judge_dispatch};

use super::kind::{Kind, KindEffect};
use super::planned::Undoable;
use super::push_tag::PushTag;
use super::reading::{FromPlan, Reading};
use super::record::effects;
use super::rehearse::{Played, Rehearse, Start};
use super::watch_workflow::WorkflowSucceeded;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::Spanned;

/// Starts a workflow by hand, and waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchWorkflow {
    /// The workflow's path.
    pub workflow: String,
    /// The branch or tag; the default branch where `None`.
    pub git_ref: Option<String>,
    /// Its inputs, with placeholders.
    pub inputs: BTreeMap<String, String>,
    /// It publishes nothing with these inputs.
    pub rehearsal: bool,
    /// How long a run may take to show.
    pub settle: Duration,
    /// What the workflow does, on this machine.
    pub rehearse: Option<Rehearse>,
}

effects! {
    /// What a `dispatch-workflow` step does.
    pub enum DispatchEffect {
        /// Starts the workflow.
        Dispatch = "dispatch", "dispatch the workflow";
    }
}

impl KindEffect for DispatchEffect {
    fn may_double(&self) -> bool {
        true
    }
}

impl Kind for DispatchWorkflow {
    type Effect = DispatchEffect;
    type Facts = WorkflowSucceeded;

    const NAME: &'static str = "dispatch-workflow";
    const TIMEOUT: Duration = Duration::from_secs(3600);
    const AT_GITHUB: bool = true;

    fn words(&self, _: &str) -> String {
        let how = if self.rehearsal { " as its own rehearsal" } else { "" };
        format!("dispatch {}{how}, and wait for it", self.workflow)
    }

    fn undo(&self, _: &str) -> Undoable {
        if self.rehearsal { Undoable::Nothing } else { Undoable::Never }
    }

    fn shown_by(&self, code: &dyn Fn(&str) -> String) -> String {
        let inputs: Vec<String> =
            self.inputs.iter().map(|(name, text)| code(&format!("{name}={text}"))).collect();
        format!(
            "through `gh`: {} with {}; a run that was started already is found again, not started twice",
            code(&self.workflow),
            if inputs.is_empty() { "no inputs".to_owned() } else { inputs.join(", ") }
        )
    }

    fn workflow(&self) -> Option<Played<'_>> {
        let start = Start::Dispatch(&self.inputs);
        Some(Played { path: &self.workflow, start, rehearse: self.rehearse.as_ref() })
    }
}

/// The keys of a `dispatch-workflow` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Table {
    /// For `watch-workflow` and `dispatch-workflow`: the workflow's path, such as `.github/workflows/release.yml`.
    #[schemars(with = "Option<String>")]
    workflow: Option<Spanned<String>>,
    /// For `dispatch-workflow`: the workflow's inputs.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    inputs: BTreeMap<String, Spanned<String>>,
    /// For `dispatch-workflow`: the branch or tag that it runs on. By default the repository's default branch.
    #[schemars(with = "Option<String>")]
    git_ref: Option<Spanned<String>>,
    /// For `dispatch-workflow`: with these inputs it publishes nothing.
    rehearsal: Option<bool>,
    /// For `dispatch-workflow` and `github-release`: how long a thing that was asked for may take to show, before it
    /// counts as never begun. By default `30s`.
    #[schemars(with = "Option<String>")]
    settle: Option<Spanned<String>>,
    /// What the workflow does, on this machine: a rehearsal runs this in its place.
    rehearse: Option<Rehearse>,
}

impl FromPlan for DispatchWorkflow {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        reading.comes_after::<PushTag>();
        let inputs = table.inputs.into_iter();
        let inputs = inputs.map(|(name, text)| (name, reading.text(&text))).collect();
        let git_ref = table.git_ref.map(|text| reading.text(&text));
        Some(Self {
            workflow: reading.workflow(table.workflow)?,
            git_ref,
            inputs,
            rehearsal: table.rehearsal.unwrap_or(false),
            settle: reading.settle(table.settle.as_ref()),
            rehearse: table.rehearse,
        })
    }
}
