//! What can still be undone on a channel, and what stays burned. Each channel's room says what that is there.
//!
//! Source: the registries' own policies (cargo-yank and crates.io policies, npm unpublish policy, PEP 592 and the PyPI
//! file name rule, the Go modules reference on retraction, GitHub's immutable releases).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A way to take something back, or away from new users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undo {
    /// What it does.
    pub how: How,
    /// The command that a maintainer runs, program and arguments; empty where it is done by hand.
    pub command: Vec<String>,
    /// Hours after publishing in which it is possible; without limit where none.
    pub window_hours: Option<u32>,
    /// Whether it can be taken back itself.
    pub is_reversible: bool,
    /// What it leaves behind.
    pub leaves: String,
}

/// What an undo does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// Keeps resolvers from it; those who have it pinned still get it.
    Yank,
    /// Warns users of it.
    Deprecate,
    /// Moves a dist-tag away from it.
    MoveDistTag,
    /// Takes it away.
    Unpublish,
    /// Says in a later version that this one is not to be used.
    Retract,
    /// Puts the file back as it was.
    RevertCommit,
    /// Hides it from users.
    BackToDraft,
}

impl Undo {
    /// Something that is done by a command, or by hand where the command is empty. It can be taken back itself.
    pub(super) fn by(how: How, command: &[&str], leaves: &str) -> Self {
        let command = command.iter().map(|word| (*word).to_owned()).collect();
        Self { how, command, window_hours: None, is_reversible: true, leaves: leaves.to_owned() }
    }

    /// The same, for good.
    #[must_use]
    pub(super) fn for_good(self) -> Self {
        Self { is_reversible: false, ..self }
    }

    /// The same, within so many hours after publishing.
    #[must_use]
    pub(super) fn within(self, hours: u32) -> Self {
        Self { window_hours: Some(hours), ..self }
    }
}
