//! A workflow that is started by hand, once, and watched until it ends.

use super::super::{Run, Watch, causes};
use super::build::{file_of, github, runs_of, with_approvals, with_log};
use super::wait::{self, Waiting};
use gonogo_core::ci::WorkflowRun;
use gonogo_core::mechanics::{
    Cause, Code, DispatchSeen, Effect, Facts, Observation, Watched, judge_dispatch,
};
use gonogo_core::plan::{Step, StepKind};
use gonogo_world::github::{Gh, GhError, RunFilter};
use std::collections::BTreeMap;
use std::time::Duration;

/// A step of this kind, taken apart.
struct Dispatch<'a> {
    workflow: &'a str,
    git_ref: Option<&'a str>,
    inputs: &'a BTreeMap<String, String>,
    settle: Duration,
}

fn of(step: &Step) -> Result<Dispatch<'_>, Cause> {
    match &step.kind {
        StepKind::DispatchWorkflow { workflow, git_ref, inputs, settle, .. } => {
            Ok(Dispatch { workflow, git_ref: git_ref.as_deref(), inputs, settle: *settle })
        }
        other => Err(Cause::new(Code::UnreadableAnswer, format!("{} is no dispatch", other.name()))),
    }
}

pub async fn observe(run: &Run<'_>, step: &Step, watch: &mut impl Watch) -> Result<Observation, Cause> {
    let (gh, dispatch) = (github(run)?, of(step)?);
    if run.mechanics.step(&step.id).mark().is_none() {
        return Ok(Observation::Absent(Effect::Dispatch));
    }
    let git_ref = git_ref(run, gh, &dispatch).await?;
    let settling = Waiting::until(dispatch.settle);
    let look = async |run: &Run<'_>| {
        // Asked before the look: what was read while the time ran out may be from before its end.
        let is_past_settling = settling.is_over();
        let runs = runs(run, gh, &dispatch).await?;
        let seen = judge(run, step, gh, &dispatch, &git_ref, &runs, is_past_settling);
        Ok(with_approvals(run, gh, seen).await)
    };
    let late = |text: String| {
        let message = format!("{} did not end in time: {text}", dispatch.workflow);
        Cause::new(Code::WorkflowTimedOut, message).remedy("run again: it is watched from where it is")
    };
    let seen = wait::settled(run, step.timeout, watch, look, late).await?;
    Ok(with_log(run, gh, seen).await)
}

/// The workflow's newest run, by which the one that is asked for is told apart, and what is asked for.
pub async fn before(run: &Run<'_>, step: &Step) -> Result<(Option<u64>, Option<String>), Cause> {
    let (gh, dispatch) = (github(run)?, of(step)?);
    let git_ref = git_ref(run, gh, &dispatch).await?;
    let runs = runs(run, gh, &dispatch).await?;
    // A run that an earlier dispatch started, and that shows only now, would be older than the new mark and never be
    // seen as ours.
    match judge(run, step, gh, &dispatch, &git_ref, &runs, true) {
        Watched::Settled(Observation::Absent(_)) => {}
        _ => {
            let message = format!("a run of {} that was asked for before shows only now", dispatch.workflow);
            return Err(
                Cause::new(Code::Unconfirmed, message).remedy("run again: it is watched from where it is")
            );
        }
    }
    let newest = runs.iter().map(|run| run.id).max();
    let inputs = inputs(run, &dispatch)?;
    let shown: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let detail = format!("{} on {git_ref}: {}", dispatch.workflow, shown.join(" "));
    Ok((Some(newest.unwrap_or_default()), Some(run.redacted(&detail))))
}

fn judge(
    run: &Run<'_>,
    step: &Step,
    gh: &Gh,
    dispatch: &Dispatch<'_>,
    git_ref: &str,
    runs: &[WorkflowRun],
    is_past_settling: bool,
) -> Watched {
    let history = run.mechanics.step(&step.id);
    let settled_failures = run.settled_failures(&step.id);
    let recorded = match history.done {
        Some(Facts::Workflow { run, .. }) => Some(run),
        _ => history.made.filter(|made| !settled_failures.contains(made)),
    };
    judge_dispatch(&DispatchSeen {
        runs,
        workflow: dispatch.workflow,
        repository: gh.repository(),
        git_ref,
        mark: history.mark(),
        recorded,
        settled_failures: &settled_failures,
        is_past_settling,
    })
}

pub async fn start(run: &Run<'_>, step: &Step) -> Result<Option<u64>, Cause> {
    let (gh, dispatch) = (github(run)?, of(step)?);
    let git_ref = git_ref(run, gh, &dispatch).await?;
    let inputs = inputs(run, &dispatch)?;
    let workflow = file_of(dispatch.workflow);
    let started = gh.dispatch(run.clearance, workflow, &git_ref, &inputs, &run.context.cancel).await;
    started.map(|started| started.run).map_err(|error| match error {
        GhError::Invalid { .. }
        | GhError::Conflict { .. }
        | GhError::Refused { .. }
        | GhError::NotFound { .. } => Cause::new(Code::DispatchRefused, causes::of_gh(&error).message)
            .remedy("check the step's inputs and the workflow's `workflow_dispatch`"),
        error => causes::of_gh(&error),
    })
}

async fn runs(run: &Run<'_>, gh: &Gh, dispatch: &Dispatch<'_>) -> Result<Vec<WorkflowRun>, Cause> {
    let filter = RunFilter { event: Some("workflow_dispatch".to_owned()), ..RunFilter::default() };
    runs_of(run, gh, dispatch.workflow, &filter).await
}

async fn git_ref(run: &Run<'_>, gh: &Gh, dispatch: &Dispatch<'_>) -> Result<String, Cause> {
    match dispatch.git_ref {
        Some(text) => run.values.fill(text).map_err(|error| causes::of_placeholder(&error)),
        // Asked once: what is started is what the intent says.
        None => {
            let asked = run.default_branch.get_or_try_init(async || {
                let facts = gh.facts(&run.context.cancel).await.map_err(|error| causes::of_gh(&error))?;
                Ok(facts.default_branch)
            });
            asked.await.cloned()
        }
    }
}

fn inputs(run: &Run<'_>, dispatch: &Dispatch<'_>) -> Result<BTreeMap<String, String>, Cause> {
    let filled = dispatch.inputs.iter().map(|(name, text)| Ok((name.clone(), run.values.fill(text)?)));
    filled.collect::<Result<_, _>>().map_err(|error| causes::of_placeholder(&error))
}
