//! Who can settle why a step stopped.

use super::Code;

/// Who can settle a cause, and what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaysOut {
    /// Whoever can settle it does, and the same command goes on.
    Settle,
    /// A maintainer decides: the cause is taken away, or another version is released.
    Decide,
    /// The commit cannot be released as it is: the plan is mended, which is another commit.
    Mend,
}

impl Code {
    /// The ways out of it.
    pub const fn ways_out(self) -> WaysOut {
        match self {
            Self::HeadMoved
            | Self::TreeChanged
            | Self::BranchLacksCommit
            | Self::BlockerOpen
            | Self::TrackerUnreadable
            | Self::CiNotGreen
            | Self::CiUnknown
            | Self::PushRejected
            | Self::PushForbidden
            | Self::Unconfirmed
            | Self::WorkflowMissing
            | Self::WorkflowFailed
            | Self::WorkflowTimedOut
            | Self::ApprovalPending
            | Self::DispatchRefused
            | Self::ArtifactMissing
            | Self::FileNotBuilt
            | Self::BaseFileNotBuilt
            | Self::FileNotExpected
            | Self::FormulaUnusable
            | Self::AssetMissing
            | Self::ReleaseMissing
            | Self::CommandFailed
            | Self::CommandUnknown
            | Self::ChannelLacks
            | Self::ChannelUnknown
            | Self::Undelivered
            | Self::ToolMissing
            | Self::Unauthorized
            | Self::Forbidden
            | Self::RateLimited
            | Self::Unreachable
            | Self::RequestInvalid
            | Self::IdentityMissing
            | Self::SigningFailed
            | Self::HookRefused
            | Self::GitLocked
            | Self::GitFailed
            | Self::Interrupted
            | Self::UnreadableAnswer
            | Self::LocalFile => WaysOut::Settle,
            Self::LedgerMoved
            | Self::TagElsewhere
            | Self::TagNotOurs
            | Self::Vanished
            | Self::Changed
            | Self::WorkflowUntrusted
            | Self::MetadataWrong
            | Self::FormulaConflict
            | Self::ReleaseNotOurs
            | Self::ReleaseTwice
            | Self::AssetDiffers
            | Self::AssetForeign
            | Self::ChannelDiffers
            | Self::RequestConflict => WaysOut::Decide,
            Self::PlaceholderEmpty => WaysOut::Mend,
        }
    }
}
