//! Release mechanics: what the world says of each step, and what is done about it. Each kind of step has a folder of its
//! own, and `kinds` lists them.
//!
//! Invariant: an effect follows only from an observation that says it is missing. `conflict` and `unknown` stop, and
//! what has been recorded as done is never done again, whatever the world says then.

mod approval;
mod cause;
mod command;
mod dispatch_workflow;
mod door;
mod fetch_artifacts;
mod github_release;
mod history;
mod homebrew_formula;
mod kind;
mod kinds;
mod next;
mod pattern;
mod planned;
mod push_tag;
mod reading;
mod record;
mod rehearse;
mod step;
mod tag;
mod text;
mod watch_workflow;

pub use approval::{Approval, waits_for_approval, with_approvals};
pub use cause::{Cause, Code, Severity};
pub use command::{CommandDone, CommandEffect, Observe, StepCommand, judge_exit, judge_published};
pub use dispatch_workflow::{DispatchEffect, DispatchSeen, DispatchWorkflow, judge_dispatch};
pub use door::{DoorSeen, check_door};
pub use fetch_artifacts::{BuildMetadata, Built, FetchArtifacts, judge_metadata};
pub use github_release::{
    AssetSeen, GithubRelease, ReleaseEffect, ReleasePublished, ReleaseSeen, ReleaseWanted, chosen,
    judge_release,
};
pub use history::{Mechanics, RunState, StepHistory};
pub use homebrew_formula::{
    FormulaEffect, FormulaInTap, FormulaSeen, HomebrewFormula, judge_formula, updated_formula,
};
pub use kind::{Kind, KindEffect, KindFacts, NoEffect, Observation, Watched};
pub use kinds::{Effect, Facts, StepKind};
pub use next::{Next, next};
pub use pattern::matches_pattern;
pub use planned::{Planned, Undoable, planned};
pub use push_tag::{PushEffect, PushTag, TagPushed, judge_remote_tag};
pub(crate) use reading::Reading;
pub use record::{Spelled, Stored};
pub use rehearse::{Played, Rehearse, Start};
pub use step::Step;
pub(crate) use step::Table;
pub use tag::{Tag, TagEffect, TagMade, TagSeen, check_local_tag, judge_local_tag, tag_message};
pub use text::{UnknownPlaceholder, Values};
pub use watch_workflow::{BuildWanted, WatchWorkflow, WorkflowSucceeded, judge_build};
