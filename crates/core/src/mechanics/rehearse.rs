//! What a rehearsal plays in place of a workflow.

use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A workflow's stand-in on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rehearse {
    /// Programs that are run one after the other in a fresh clone of the tag. `{artifacts}` is a folder with what the
    /// build made; `{inputs.NAME}` an input.
    pub run: Vec<Vec<String>>,
    /// Files to keep as artifacts: the artifact's name, and paths in the clone (`*` stands for any text).
    #[serde(default)]
    pub artifacts: BTreeMap<String, Vec<String>>,
}

/// A workflow that a step's work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played<'a> {
    /// The workflow's path.
    pub path: &'a str,
    /// What starts it.
    pub start: Start<'a>,
    /// What it does, on this machine; `None` where the plan does not say.
    pub rehearse: Option<&'a Rehearse>,
}

/// What starts a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// The push of the tag. It builds the release.
    Tag,
    /// A dispatch with these inputs.
    Dispatch(&'a BTreeMap<String, String>),
}
