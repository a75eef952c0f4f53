//! The JSON document of a run, `gonogo.run/1`.

use super::delivery_json;
use super::next::NextPart;
use super::words::words;
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::mechanics::{Code, Planned, Values, planned};
use gonogo_core::release::Mode;
use gonogo_engine::blockers::Filed;
use gonogo_engine::context::Context;
use gonogo_engine::preflight::Item;
use gonogo_engine::run::{Ending, RunReport};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

words! {
    /// How a run ended.
    RunState {
        /// Every step is done.
        Completed = "completed",
        /// Every step is done, and not every channel was shown to serve what was built.
        Undelivered = "undelivered",
        /// A step stopped it.
        Stopped = "stopped",
        /// The point of no return was not confirmed.
        Declined = "declined",
        /// A signal stopped it.
        Interrupted = "interrupted",
        /// There was no clearance.
        Refused = "refused",
        /// A precondition does not hold.
        NotReady = "not-ready",
    }
}

words! {
    /// What became of a step that was reached.
    StepState {
        /// The world shows it as done.
        Done = "done",
        /// It stopped the run.
        Stopped = "stopped",
    }
}

/// What a run came to.
#[derive(Serialize, JsonSchema)]
pub struct RunDocument {
    /// `gonogo.run/1`.
    pub schema: &'static str,
    /// The target's tag.
    pub target: TagName,
    /// The mode.
    pub mode: Mode,
    /// Who ran it.
    pub agent: String,
    /// The commit under release.
    pub commit: CommitId,
    /// How it ended.
    pub state: RunState,
    /// The exit code of the process.
    pub exit: u8,
    /// Every precondition.
    pub preflight: Vec<Item>,
    /// What was planned, in order.
    pub planned: Vec<Planned>,
    /// What became of each step that was reached.
    pub steps: Vec<RunStep>,
    /// Why it stopped.
    pub stopped: Option<RunStop>,
    /// What every channel serves, once every step is done; null where the plan names no channel.
    pub delivery: Option<delivery_json::DeliveryPart>,
    /// Whether anything that cannot be undone may have happened, now or in an earlier run.
    pub past_the_point_of_no_return: bool,
    /// In dry-run mode: what changed in the private world, in order.
    pub world: Option<Vec<String>>,
    /// What comes next.
    #[serde(flatten)]
    pub next: NextPart,
}

/// One step.
#[derive(Serialize, JsonSchema)]
pub struct RunStep {
    /// Its name.
    pub id: String,
    /// What became of it.
    pub state: StepState,
    /// What this run carried out for it, in order.
    pub effects: Vec<String>,
    /// What the world shows, where it is done.
    pub facts: Option<Value>,
}

/// Why a run stopped.
#[derive(Serialize, JsonSchema)]
pub struct RunStop {
    /// The step.
    pub step: String,
    /// The code of the cause.
    pub code: Code,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The workflow run that it is about.
    pub run_id: Option<u64>,
    /// Where a person can look.
    pub run_url: Option<String>,
    /// The command that failed.
    pub command: Option<String>,
    /// The end of its log.
    pub log: Option<String>,
    /// The blocker that was filed.
    pub blocker: Option<String>,
    /// Why no blocker could be filed.
    pub blocker_error: Option<String>,
    /// What the channels say.
    pub channels: Vec<String>,
    /// What to do about channels that serve the version already, where others do not: an incident.
    pub recovery: Vec<String>,
}

/// The document of a run that got as far as its steps.
pub fn document(context: &Context, report: &RunReport, exit: u8, next: NextPart) -> RunDocument {
    let steps = report.steps.iter().map(|step| RunStep {
        id: step.step.clone(),
        state: if step.facts.is_some() { StepState::Done } else { StepState::Stopped },
        effects: step.effects.iter().map(ToString::to_string).collect(),
        facts: step.facts.as_ref().and_then(|facts| serde_json::to_value(facts).ok()),
    });
    RunDocument {
        state: match &report.ending {
            Ending::Completed => RunState::Completed,
            Ending::Stopped { .. } => RunState::Stopped,
            Ending::Declined { .. } => RunState::Declined,
            Ending::Interrupted => RunState::Interrupted,
        },
        planned: report.planned.clone(),
        steps: steps.collect(),
        stopped: stop(report),
        past_the_point_of_no_return: report.past_the_door,
        ..before(context, RunState::Completed, exit, false, next)
    }
}

/// The document of a run that did not get as far as its steps. An earlier run may have.
pub fn before(
    context: &Context,
    state: RunState,
    exit: u8,
    past_the_door: bool,
    next: NextPart,
) -> RunDocument {
    RunDocument {
        schema: "gonogo.run/1",
        target: context.candidate.target.tag().to_owned(),
        mode: context.session.mode,
        agent: context.session.agent.to_string(),
        commit: context.candidate.commit.clone(),
        state,
        exit,
        preflight: Vec::new(),
        planned: planned(
            &context.candidate.plan.steps,
            &Values::of(&context.candidate.target, &context.candidate.commit),
        ),
        steps: Vec::new(),
        stopped: None,
        delivery: None,
        past_the_point_of_no_return: past_the_door,
        world: None,
        next,
    }
}

fn stop(report: &RunReport) -> Option<RunStop> {
    let Ending::Stopped { step, cause } = &report.ending else { return None };
    let (blocker, blocker_error) = match &report.filed {
        Some(Filed::As(id)) => (Some(id.clone()), None),
        Some(Filed::Not(why)) => (None, Some(why.clone())),
        Some(Filed::AlreadyThere) | None => (None, None),
    };
    Some(RunStop {
        step: step.clone(),
        code: cause.code,
        message: cause.message.clone(),
        remedy: cause.remedy.clone(),
        run_id: cause.run,
        run_url: cause.url.clone(),
        command: cause.command.clone(),
        log: cause.log.clone(),
        blocker,
        blocker_error,
        channels: report.channels.lines.clone(),
        recovery: report.channels.recovery.clone(),
    })
}
