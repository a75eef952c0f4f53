//! Release mechanics: what the world says of each step, and what is done about it. Each kind of step has a folder of its
//! own, and is listed at the end of this file.
//!
//! Invariant: an effect follows only from an observation that says it is missing. `conflict` and `unknown` stop, and
//! what has been recorded as done is never done again, whatever the world says then; but for what can be undone, and
//! was, before anything that cannot.

mod approval;
mod cause;
mod command;
mod dispatch_workflow;
mod fetch_artifacts;
mod github_release;
mod history;
mod homebrew_formula;
mod kind;
mod kinds;
mod next;
mod planned;
mod push_tag;
mod reading;
mod record;
mod rehearse;
mod step;
mod tag;
mod text;
mod watch_workflow;
mod ways_out;

pub use approval::{Approval, waits_for_approval, with_approvals};
pub use cause::{Cause, Code, Severity};
pub use command::{CommandDone, CommandEffect, Observe, StepCommand, judge_exit, judge_published};
pub use dispatch_workflow::{DispatchEffect, DispatchSeen, DispatchWorkflow, judge_dispatch};
pub use fetch_artifacts::{BuildMetadata, Built, FetchArtifacts, judge_built, judge_by_base, judge_metadata};
pub use github_release::{
    AssetSeen, GithubRelease, ReleaseEffect, ReleasePublished, ReleaseSeen, ReleaseWanted, chosen,
    judge_release,
};
pub use history::{Intent, StepHistory};
pub use homebrew_formula::{
    FormulaEffect, FormulaInTap, FormulaSeen, HomebrewFormula, judge_formula, updated_formula,
};
pub use kind::{KindEffect, KindFacts, KindOfStep, NoEffect, Observation, Watched};
pub use next::{Next, next};
pub use planned::{Planned, Undoable, planned};
pub use push_tag::{PushEffect, PushTag, TagPushed, judge_remote_tag};
pub(crate) use reading::Reading;
pub use record::{Spelled, Stored};
pub use rehearse::{Played, Rehearse, Start, unplayable};
pub use step::Step;
pub(crate) use step::Table;
pub use tag::{
    Tag, TagEffect, TagMade, TagSeen, check_local_tag, check_signed, judge_local_tag, tag_message,
};
pub use text::{UnknownPlaceholder, Values};
pub use watch_workflow::{BuildWanted, WatchWorkflow, WorkflowSucceeded, judge_build};
pub use ways_out::WaysOut;

use kinds::{kinds, listed_effects, listed_facts};

kinds! {
    /// Makes the annotated tag.
    Tag(Tag);
    /// Pushes the tag.
    PushTag(PushTag);
    /// Waits for the workflow that the tag started.
    WatchWorkflow(WatchWorkflow);
    /// Fetches what the workflow built.
    FetchArtifacts(FetchArtifacts);
    /// Writes and pushes the Homebrew formula.
    HomebrewFormula(HomebrewFormula);
    /// Starts a workflow by hand, and waits for it.
    DispatchWorkflow(DispatchWorkflow);
    /// Makes sure of the GitHub release.
    GithubRelease(GithubRelease);
    /// Runs a program.
    Command(StepCommand);
}

listed_effects! {
    Tag(TagEffect);
    PushTag(PushEffect);
    HomebrewFormula(FormulaEffect);
    DispatchWorkflow(DispatchEffect);
    GithubRelease(ReleaseEffect);
    Command(CommandEffect);
}

listed_facts! {
    /// The tag in the checkout.
    Tag(TagMade) = "tag";
    /// The tag on the remote.
    RemoteTag(TagPushed) = "remote-tag";
    /// A workflow run that ended in success.
    Workflow(WorkflowSucceeded) = "workflow";
    /// What was built.
    Artifacts(Built) = "artifacts";
    /// The formula in the tap.
    Formula(FormulaInTap) = "formula";
    /// The published release.
    Release(ReleasePublished) = "release";
    /// A command that was carried out.
    Command(CommandDone) = "command";
}
