//! A workflow that is started by hand, once, and watched until it ends.

use super::super::{Run, Watch, causes};
use super::build::{file_of, github, runs_of, with_log};
use super::wait::{self, Waiting};
use gonogo_core::ci::WorkflowRun;
use gonogo_core::mechanics::{Cause, Code, DispatchSeen, Facts, Observation, judge_dispatch};
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
    let history = run.mechanics.step(&step.id);
    let git_ref = git_ref(run, gh, &dispatch).await?;
    let settled_failures = run.settled_failures(&step.id);
    let recorded = match history.done {
        Some(Facts::Workflow { run, .. }) => Some(run),
        _ => history.made.filter(|made| !settled_failures.contains(made)),
    };
    let settling = Waiting::until(dispatch.settle);
    let look = async |run: &Run<'_>| {
        let runs = if history.mark().is_none() { Vec::new() } else { runs(run, gh, &dispatch).await? };
        Ok(judge_dispatch(&DispatchSeen {
            runs: &runs,
            workflow: dispatch.workflow,
            repository: gh.repository(),
            git_ref: &git_ref,
            mark: history.mark(),
            recorded,
            settled_failures: &settled_failures,
            is_past_settling: settling.is_over(),
        }))
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
    let newest = runs(run, gh, &dispatch).await?.iter().map(|run| run.id).max();
    let inputs = inputs(run, &dispatch)?;
    let shown: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let detail =
        format!("{} on {}: {}", dispatch.workflow, git_ref(run, gh, &dispatch).await?, shown.join(" "));
    Ok((Some(newest.unwrap_or_default()), Some(run.redacted(&detail))))
}

pub async fn start(run: &Run<'_>, step: &Step) -> Result<Option<u64>, Cause> {
    let (gh, dispatch) = (github(run)?, of(step)?);
    let git_ref = git_ref(run, gh, &dispatch).await?;
    let inputs = inputs(run, &dispatch)?;
    let workflow = file_of(dispatch.workflow);
    let started = gh.dispatch(run.clearance, workflow, &git_ref, &inputs, &run.context.cancel).await;
    started.map(|started| started.run).map_err(|error| match error {
        GhError::Refused { .. } | GhError::NotFound { .. } => {
            Cause::new(Code::DispatchRefused, causes::of_gh(&error).message)
                .remedy("check the step's inputs and the workflow's `workflow_dispatch`")
        }
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
        None => {
            let facts = gh.facts(&run.context.cancel).await.map_err(|error| causes::of_gh(&error))?;
            Ok(facts.default_branch)
        }
    }
}

fn inputs(run: &Run<'_>, dispatch: &Dispatch<'_>) -> Result<BTreeMap<String, String>, Cause> {
    let filled = dispatch.inputs.iter().map(|(name, text)| Ok((name.clone(), run.values.fill(text)?)));
    filled.collect::<Result<_, _>>().map_err(|error| causes::of_placeholder(&error))
}
