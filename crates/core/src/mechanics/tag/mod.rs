//! `tag`: the annotated tag, made in the checkout.

mod judge;

use crate::ids::CommitId;
pub use judge::{TagSeen, check_local_tag, check_signed, judge_local_tag, tag_message};

use super::kind::{KindEffect, KindFacts, KindOfStep};
use super::planned::Undoable;
use super::reading::{FromPlan, Reading};
use super::record::effects;
use super::text::short;
use crate::text::shell_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Makes an annotated tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The tag, with placeholders.
    pub name: String,
    /// It has to be signed, whatever git's configuration says.
    pub signed: bool,
}

effects! {
    /// What a `tag` step does.
    pub enum TagEffect {
        /// Makes the annotated tag in the checkout.
        Create = "create-tag", "create the annotated tag";
    }
}

impl KindEffect for TagEffect {}

/// The tag in the checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagMade {
    /// The tag object's ID.
    pub object: String,
    /// The commit that it stands for.
    pub commit: CommitId,
}

impl KindFacts for TagMade {
    fn line(&self) -> String {
        format!("tag object {} at {}", short(&self.object), short(&self.commit))
    }
}

impl KindOfStep for Tag {
    type Effect = TagEffect;
    type Facts = TagMade;

    const NAME: &'static str = "tag";

    fn words(&self, tag: &str) -> String {
        format!("create the annotated tag {}", self.name.replace("{tag}", tag))
    }

    fn undo(&self, tag: &str) -> Undoable {
        let name = self.name.replace("{tag}", tag);
        Undoable::Possible(shell_line(["git", "tag", "--delete", &name]))
    }

    fn shown_by(&self, _: &dyn Fn(&str) -> String) -> String {
        "an annotated tag, `Release <tag>`, with what the gates came to and the digest of the ledger's head in its message; a tag of that \
         name that this ledger did not make is a conflict, and so is one without a signature where git's configuration or the plan asks for \
         one"
            .to_owned()
    }
}

/// The keys of a `tag` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// For `tag` and `push-tag`: the tag. By default the release's own, `{tag}`; a Go module in a folder has one of its own,
    /// such as `bindings/go/{tag}`.
    #[schemars(with = "Option<String>")]
    tag: Option<Spanned<String>>,
    /// For `tag`: it has to be signed, whatever git's configuration says. Where that says so (`tag.gpgSign`,
    /// `tag.forceSignAnnotated`), it has to be in any case. By default `false`.
    signed: Option<bool>,
}

impl FromPlan for Tag {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        Some(Self { name: reading.tag(table.tag), signed: table.signed.unwrap_or_default() })
    }
}
