//! What a plan's steps will do, and which of it cannot be undone.

use super::Step;
use schemars::JsonSchema;
use serde::Serialize;

/// Whether what a step does can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Undo")]
pub enum Undoable {
    /// It changes nothing.
    Nothing,
    /// It can be undone, like this.
    Possible(String),
    /// A one-way door.
    Never,
}

/// One step as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Planned {
    /// The step.
    pub step: String,
    /// Its kind.
    pub kind: String,
    /// What it does, in words.
    pub effect: String,
    /// Whether that can be undone.
    pub undo: Undoable,
}

/// What the steps will do, in order.
pub fn planned(steps: &[Step], tag: &str) -> Vec<Planned> {
    let one = |step: &Step| Planned {
        step: step.id.clone(),
        kind: step.kind.name().to_owned(),
        effect: step.kind.words(tag),
        undo: step.kind.undo(tag),
    };
    steps.iter().map(one).collect()
}
