//! `push-tag`: the tag, pushed to a remote.

mod judge;

use crate::ids::{CommitId, RemoteName};
pub use judge::judge_remote_tag;

use super::StepKind;
use super::kind::{KindEffect, KindFacts, KindOfStep};
use super::planned::Undoable;
use super::reading::{FromPlan, Reading};
use super::record::effects;
use super::text::short;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Pushes a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushTag {
    /// The tag, with placeholders.
    pub name: String,
    /// The remote; the one that the branch is pushed to where `None`.
    pub remote: Option<RemoteName>,
}

effects! {
    /// What a `push-tag` step does.
    pub enum PushEffect {
        /// Pushes the tag.
        Push = "push-tag", "push the tag";
    }
}

impl KindEffect for PushEffect {}

/// The tag on the remote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagPushed {
    /// The remote.
    pub remote: RemoteName,
    /// The tag object's ID.
    pub object: String,
    /// The commit that it stands for.
    pub commit: CommitId,
}

impl KindFacts for TagPushed {
    fn line(&self) -> String {
        format!("{} has tag object {}", self.remote, short(&self.object))
    }

    fn public_line(&self) -> Option<String> {
        Some(format!("tag on {}: pushed as {}", self.remote, self.object))
    }
}

impl KindOfStep for PushTag {
    type Effect = PushEffect;
    type Facts = TagPushed;

    const NAME: &'static str = "push-tag";

    fn words(&self, tag: &str) -> String {
        let to = self.remote.as_ref().map(|remote| format!(" to {remote}")).unwrap_or_default();
        format!("push {}{to}", self.name.replace("{tag}", tag))
    }

    fn undo(&self, _: &str) -> Undoable {
        Undoable::Never
    }

    fn shown_by(&self, _: &dyn Fn(&str) -> String) -> String {
        "pushed without force; the remote is asked before and after".to_owned()
    }
}

/// The keys of a `push-tag` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// For `tag` and `push-tag`: the tag. By default the release's own, `{tag}`; a Go module in a folder has one of its own,
    /// such as `bindings/go/{tag}`.
    #[schemars(with = "Option<String>")]
    tag: Option<Spanned<String>>,
    /// For `push-tag`: the remote. By default the one that the branch is pushed to.
    #[schemars(with = "Option<String>")]
    remote: Option<Spanned<String>>,
}

impl FromPlan for PushTag {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        let name = reading.tag(table.tag);
        let makes_it = |kind: &StepKind| matches!(kind, StepKind::Tag(tag) if tag.name == name);
        if !reading.has_before(makes_it) {
            reading.refuse("this step comes after a `tag` step of the same tag", None);
        }
        let remote = table.remote.and_then(|remote| reading.remote(&remote));
        Some(Self { name, remote })
    }
}
