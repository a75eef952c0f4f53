//! Why a step stops: a closed set of codes, each with how grave it is.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How grave a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Work went wrong, or a rule forbids to go on.
    Failed,
    /// The world holds what somebody else put there.
    Conflict,
    /// It could not be told.
    Unknown,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $severity:ident;)*) => {
        /// Why a step stopped. Stable: ledgers and scripts hold these.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it is written.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// How grave it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    /// The checked-out commit is not the one that was polled.
    HeadMoved = "head-moved", Conflict;
    /// The checkout is not what its commit says.
    TreeChanged = "tree-changed", Failed;
    /// The remote branch does not hold the commit.
    BranchLacksCommit = "branch-lacks-commit", Conflict;
    /// A blocker stands.
    BlockerOpen = "blocker-open", Failed;
    /// The tracker could not be read.
    TrackerUnreadable = "tracker-unreadable", Unknown;
    /// CI of the commit is not green.
    CiNotGreen = "ci-not-green", Failed;
    /// CI of the commit has not ended, or what is said of it cannot be verified.
    CiUnknown = "ci-unknown", Unknown;
    /// The ledger was written by somebody else since the poll.
    LedgerMoved = "ledger-moved", Conflict;
    /// The tag is there, at another commit.
    TagElsewhere = "tag-elsewhere", Conflict;
    /// The tag is there, at this commit, and this release's ledger did not make it.
    TagNotOurs = "tag-not-ours", Conflict;
    /// The remote has what was pushed at something else, and only force would change that.
    PushRejected = "push-rejected", Failed;
    /// A rule or a hook of the remote refused the push.
    PushForbidden = "push-forbidden", Failed;
    /// What was recorded as done is not there any more.
    Vanished = "vanished", Conflict;
    /// What was recorded as done is there in another form.
    Changed = "changed", Conflict;
    /// An effect was carried out, as far as is known, and the world does not show it.
    Unconfirmed = "unconfirmed", Unknown;
    /// GitHub answered, and in all the time it was given it had no run of the workflow for the tag.
    WorkflowMissing = "workflow-missing", Failed;
    /// The workflow run ended in something else than success.
    WorkflowFailed = "workflow-failed", Failed;
    /// The workflow run did not end in time.
    WorkflowTimedOut = "workflow-timed-out", Unknown;
    /// A workflow run waits for somebody's approval.
    ApprovalPending = "approval-pending", Unknown;
    /// A workflow run cannot be verified, or two could be the one.
    WorkflowUntrusted = "workflow-untrusted", Conflict;
    /// GitHub refused to start the workflow.
    DispatchRefused = "dispatch-refused", Failed;
    /// An artifact of the build is not there, or has expired.
    ArtifactMissing = "artifact-missing", Failed;
    /// A file that the release has to consist of was not built.
    FileNotBuilt = "file-not-built", Failed;
    /// The plan names no files, and what the base release has was not built.
    BaseFileNotBuilt = "base-file-not-built", Failed;
    /// A file was built that the release does not consist of.
    FileNotExpected = "file-not-expected", Failed;
    /// The build's metadata is of another release, or cannot be read.
    MetadataWrong = "metadata-wrong", Conflict;
    /// The tap's formula is of a later version, or is not what it should be.
    FormulaConflict = "formula-conflict", Conflict;
    /// The formula cannot be brought up to date.
    FormulaUnusable = "formula-unusable", Failed;
    /// There is a release or a draft of this tag that this release's ledger did not make.
    ReleaseNotOurs = "release-not-ours", Conflict;
    /// There is more than one draft of this tag.
    ReleaseTwice = "release-twice", Conflict;
    /// An asset is not what was built.
    AssetDiffers = "asset-differs", Conflict;
    /// The release has an asset that was not built.
    AssetForeign = "asset-foreign", Conflict;
    /// The published release lacks an asset.
    AssetMissing = "asset-missing", Failed;
    /// The release was not published in time.
    ReleaseMissing = "release-missing", Unknown;
    /// The command ended in failure.
    CommandFailed = "command-failed", Failed;
    /// It could not be told whether the command was carried out.
    CommandUnknown = "command-unknown", Unknown;
    /// A channel serves something else than what was built.
    ChannelDiffers = "channel-differs", Conflict;
    /// A channel does not serve the version.
    ChannelLacks = "channel-lacks", Unknown;
    /// A channel could not be read.
    ChannelUnknown = "channel-unknown", Unknown;
    /// The steps are done, and not every channel is shown to serve what was built.
    Undelivered = "undelivered", Failed;
    /// A tool is missing.
    ToolMissing = "tool-missing", Unknown;
    /// gh has no login, or its token is refused; or a remote does not know who asks.
    Unauthorized = "unauthorized", Unknown;
    /// The login may not do this.
    Forbidden = "forbidden", Unknown;
    /// GitHub asks to wait.
    RateLimited = "rate-limited", Unknown;
    /// GitHub or the remote could not be reached, or failed.
    Unreachable = "unreachable", Unknown;
    /// GitHub understands what is asked, and does not accept it.
    RequestInvalid = "request-invalid", Failed;
    /// What GitHub is asked does not go with what it has.
    RequestConflict = "request-conflict", Conflict;
    /// git does not know whom it acts for.
    IdentityMissing = "identity-missing", Unknown;
    /// A signature was to be made, and was not.
    SigningFailed = "signing-failed", Unknown;
    /// A git hook on this machine refused, or changed what was to be made.
    HookRefused = "hook-refused", Failed;
    /// A lock file of git's is there.
    GitLocked = "git-locked", Unknown;
    /// git failed on this machine, in a way that has no code of its own.
    GitFailed = "git-failed", Unknown;
    /// The run was told to stop.
    Interrupted = "interrupted", Unknown;
    /// What came back could not be read.
    UnreadableAnswer = "unreadable-answer", Unknown;
    /// The plan's text holds a placeholder that has no value yet.
    PlaceholderEmpty = "placeholder-empty", Failed;
    /// A local file could not be read or written.
    LocalFile = "local-file", Unknown;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a step stops.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    /// What kind of cause.
    pub code: Code,
    /// What happened, in one line.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The workflow run that it is about.
    pub run: Option<u64>,
    /// Where a person can look.
    pub url: Option<String>,
    /// The command that failed.
    pub command: Option<String>,
    /// The last lines of its log, redacted.
    pub log: Option<String>,
}

impl Cause {
    /// A cause with its message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message, remedy: None, run: None, url: None, command: None, log: None }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// The same about a workflow run.
    #[must_use]
    pub fn of_run(self, run: &crate::ci::WorkflowRun) -> Self {
        Self { run: Some(run.id), url: Some(run.url.clone()), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_spelled_in_kebab_case_and_once() {
        let names: HashSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
        }
    }
}
