//! Release mechanics: what the world says of each step, and what is done about it.
//!
//! Invariant: an effect follows only from an observation that says it is missing. `conflict` and `unknown` stop, and
//! what has been recorded as done is never done again, whatever the world says then.

mod approval;
mod build;
mod cause;
mod command;
mod dispatch;
mod door;
mod formula;
mod history;
mod next;
mod planned;
mod release;
mod tag;
mod text;

pub use approval::{Approval, waits_for_approval, with_approvals};
pub use build::{BuildMetadata, BuildWanted, Watched, judge_build, judge_metadata};
pub use cause::{Cause, Code, Severity};
pub use command::judge_exit;
pub use dispatch::{DispatchSeen, judge_dispatch};
pub use door::{DoorSeen, check_door};
pub use formula::{FormulaSeen, judge_formula, updated_formula};
pub use history::{Mechanics, RunState, StepHistory};
pub use next::{Next, next};
pub use planned::{Planned, Undo, is_behind_a_door, is_one_way, planned, undo};
pub use release::{AssetSeen, ReleaseSeen, ReleaseWanted, chosen, judge_release, matches_pattern};
pub use tag::{TagSeen, judge_local_tag, judge_remote_tag, tag_message};
pub use text::{UnknownPlaceholder, Values};

use crate::manifest::Manifest;
use serde::{Deserialize, Serialize};

/// What the world says of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// This effect is missing, and nothing stands in its way.
    Absent(Effect),
    /// All of it is there, as it should be.
    Done(Facts),
    /// The world holds something else, or the work failed.
    Conflict(Cause),
    /// It could not be told.
    Unknown(Cause),
}

/// One thing that a step does to the world.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Makes the annotated tag in the checkout.
    CreateTag,
    /// Pushes the tag.
    PushTag,
    /// Commits the formula to the tap, and pushes it.
    PushFormula,
    /// Starts a workflow.
    Dispatch,
    /// Makes a draft of the GitHub release.
    CreateDraft,
    /// Uploads a file to the draft.
    UploadAsset(String),
    /// Removes an asset of the draft whose upload was cut short.
    RemoveAsset(String),
    /// Publishes the draft.
    PublishRelease,
    /// Runs the plan's command.
    RunCommand,
}

impl Effect {
    /// Whether asking for it twice might make two of it. Before such an effect is asked for again, the world is looked
    /// at for as long as it may take to show.
    pub const fn may_double(&self) -> bool {
        matches!(self, Self::Dispatch | Self::CreateDraft)
    }
}

impl std::fmt::Display for Effect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CreateTag => f.write_str("create the annotated tag"),
            Self::PushTag => f.write_str("push the tag"),
            Self::PushFormula => f.write_str("commit and push the formula"),
            Self::Dispatch => f.write_str("dispatch the workflow"),
            Self::CreateDraft => f.write_str("create the draft release"),
            Self::UploadAsset(name) => write!(f, "upload {name}"),
            Self::RemoveAsset(name) => write!(f, "remove the broken upload of {name}"),
            Self::PublishRelease => f.write_str("publish the release"),
            Self::RunCommand => f.write_str("run the command"),
        }
    }
}

/// What was seen of a step that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Facts {
    /// The tag in the checkout.
    Tag {
        /// The tag object's ID.
        object: String,
        /// The commit that it stands for.
        commit: String,
    },
    /// The tag on the remote.
    RemoteTag {
        /// The remote.
        remote: String,
        /// The tag object's ID.
        object: String,
        /// The commit that it stands for.
        commit: String,
    },
    /// A workflow run that ended in success.
    Workflow {
        /// The run's ID.
        run: u64,
        /// Which attempt.
        attempt: u64,
        /// Where a person can look at it.
        url: String,
    },
    /// What was built.
    Artifacts {
        /// The run that built it.
        run: u64,
        /// Every file.
        manifest: Manifest,
    },
    /// The formula in the tap.
    Formula {
        /// The tap's commit that holds it.
        commit: String,
        /// The formula's digest.
        digest: crate::digest::Digest,
    },
    /// The published release.
    Release {
        /// The release's ID.
        id: u64,
        /// Where a person can look at it.
        url: String,
        /// Its assets.
        assets: Manifest,
    },
    /// A command that was carried out.
    Command {
        /// How that is known, in one line.
        shown_by: String,
    },
}

impl Facts {
    /// Whether these facts, seen now, are what was recorded. A new attempt of the same run and a tap that has moved
    /// on are; anything else that differs was changed by somebody.
    pub fn agrees_with(&self, recorded: &Self) -> bool {
        match (self, recorded) {
            (Self::Workflow { run, .. }, Self::Workflow { run: before, .. }) => run == before,
            (Self::Formula { digest, .. }, Self::Formula { digest: before, .. }) => digest == before,
            (Self::Command { .. }, Self::Command { .. }) => true,
            _ => self == recorded,
        }
    }
}
