//! What a plan's steps will do, and which of it cannot be undone.

use super::Effect;
use crate::plan::{Step, StepKind};
use schemars::JsonSchema;
use serde::Serialize;

/// Whether what a step does can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undo {
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
    pub undo: Undo,
}

/// What the steps will do, in order.
pub fn planned(steps: &[Step], tag: &str) -> Vec<Planned> {
    let one = |step: &Step| Planned {
        step: step.id.clone(),
        kind: step.kind.name().to_owned(),
        effect: words(&step.kind, tag),
        undo: undo(&step.kind, tag),
    };
    steps.iter().map(one).collect()
}

/// Whether what a step does can be undone.
pub fn undo(kind: &StepKind, tag: &str) -> Undo {
    match kind {
        StepKind::Tag { name } => {
            let name = name.replace("{tag}", tag);
            Undo::Possible(format!("git tag --delete {name}, as long as it was not pushed"))
        }
        StepKind::PushTag { .. } => Undo::Never,
        StepKind::WatchWorkflow { .. } | StepKind::FetchArtifacts { .. } => Undo::Nothing,
        StepKind::HomebrewFormula { .. } => Undo::Possible("revert the commit in the tap".to_owned()),
        StepKind::DispatchWorkflow { rehearsal: true, .. } => Undo::Nothing,
        StepKind::DispatchWorkflow { .. } => Undo::Never,
        StepKind::GithubRelease { create: false, .. } => Undo::Nothing,
        StepKind::GithubRelease { .. } => Undo::Never,
        StepKind::Command(command) => match &command.undo {
            Some(how) => Undo::Possible(how.clone()),
            None => Undo::Never,
        },
    }
}

/// Whether this effect cannot be undone. A draft can: nobody has seen it.
pub fn is_one_way(kind: &StepKind, effect: &Effect) -> bool {
    match effect {
        Effect::CreateDraft | Effect::UploadAsset(_) | Effect::RemoveAsset(_) => false,
        _ => undo(kind, "") == Undo::Never,
    }
}

/// Whether the subject is checked again right before this effect. What a draft is filled with is seen by nobody before it
/// is published, and the tag in the checkout by nobody before it is pushed: they need no door of their own.
pub const fn is_behind_a_door(effect: &Effect) -> bool {
    match effect {
        Effect::PushTag
        | Effect::PushFormula
        | Effect::Dispatch
        | Effect::PublishRelease
        | Effect::CreateTag
        | Effect::CreateDraft
        | Effect::RunCommand => true,
        Effect::UploadAsset(_) | Effect::RemoveAsset(_) => false,
    }
}

fn words(kind: &StepKind, tag: &str) -> String {
    match kind {
        StepKind::Tag { name } => format!("create the annotated tag {}", name.replace("{tag}", tag)),
        StepKind::PushTag { name, remote } => {
            let to = remote.as_ref().map(|remote| format!(" to {remote}")).unwrap_or_default();
            format!("push {}{to}", name.replace("{tag}", tag))
        }
        StepKind::WatchWorkflow { workflow } => format!("wait for {workflow}"),
        StepKind::FetchArtifacts { .. } => "fetch what was built, and record its digests".to_owned(),
        StepKind::HomebrewFormula { .. } => "commit the formula to the tap, and push it".to_owned(),
        StepKind::DispatchWorkflow { workflow, rehearsal, .. } => {
            let how = if *rehearsal { " as its own rehearsal" } else { "" };
            format!("dispatch {workflow}{how}, and wait for it")
        }
        StepKind::GithubRelease { create: true, .. } => {
            "draft the GitHub release, upload its assets, publish it".to_owned()
        }
        StepKind::GithubRelease { .. } => "wait for the GitHub release, and compare its assets".to_owned(),
        StepKind::Command(command) => format!("run {}", command.run.join(" ")),
    }
}
