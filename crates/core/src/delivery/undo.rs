//! What can still be undone on a channel, and what stays burned.
//!
//! Source: the registries' own policies (cargo-yank and crates.io policies, npm unpublish policy, PEP 592 and the PyPI
//! file name rule, the Go modules reference on retraction, GitHub's immutable releases).

use super::channel::Channel;
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

impl Channel {
    /// What can be undone of a version here, the mildest first.
    pub fn undo(self, package: &str, version: &str) -> Vec<Undo> {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let one = |how, command: Vec<String>, window_hours, is_reversible, leaves: &str| Undo {
            how,
            command,
            window_hours,
            is_reversible,
            leaves: leaves.to_owned(),
        };
        let exact = format!("{package}@{version}");
        match self {
            Self::CratesIo => vec![one(
                How::Yank,
                own(&["cargo", "yank", "--version", version, package]),
                None,
                true,
                "the version number is used up, and lock files that name it still get it",
            )],
            Self::Npm => vec![
                one(
                    How::Deprecate,
                    own(&["npm", "deprecate", &exact, "do not use this version"]),
                    None,
                    true,
                    "it is still installed by whoever asks for it",
                ),
                one(
                    How::MoveDistTag,
                    own(&["npm", "dist-tag", "add", &format!("{package}@PREVIOUS"), "latest"]),
                    None,
                    true,
                    "it is still there under its exact version",
                ),
                one(
                    How::Unpublish,
                    own(&["npm", "unpublish", &exact]),
                    Some(72),
                    false,
                    "the version number is used up",
                ),
            ],
            Self::Pypi => vec![
                one(
                    How::Yank,
                    Vec::new(),
                    None,
                    true,
                    "whoever pins this exact version still gets it; done on the project's release page",
                ),
                one(
                    How::Unpublish,
                    Vec::new(),
                    None,
                    false,
                    "the names of its files are used up for good; done on the project's release page",
                ),
            ],
            Self::Homebrew => vec![one(
                How::RevertCommit,
                own(&["git", "revert", "HEAD"]),
                None,
                true,
                "whoever upgraded keeps it; the next formula needs a higher version or a `revision`",
            )],
            Self::Go => vec![one(
                How::Retract,
                own(&["go", "mod", "edit", &format!("-retract=v{version}")]),
                None,
                true,
                "proxies and the checksum database keep it for good: the tag must never be moved",
            )],
            Self::GithubRelease => vec![
                one(
                    How::BackToDraft,
                    own(&["gh", "release", "edit", "TAG", "--repo", package, "--draft"]),
                    None,
                    true,
                    "the tag stays; an immutable release cannot be changed",
                ),
                one(
                    How::Unpublish,
                    own(&["gh", "release", "delete", "TAG", "--repo", package]),
                    None,
                    false,
                    "the tag stays, and that of an immutable release is used up",
                ),
            ],
        }
    }
}
