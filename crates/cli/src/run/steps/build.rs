//! The build: the workflow run that the tag started, watched until it ends.

use super::super::{Run, Watch, causes};
use super::wait;
use gonogo_core::ci::WorkflowRun;
use gonogo_core::mechanics::{self, BuildWanted, Cause, Code, Facts, Observation, Watched, judge_build};
use gonogo_core::plan::Step;
use gonogo_world::github::{Gh, GhError, RunFilter};
use std::cell::Cell;
use std::time::Duration;

/// How long a run may take to appear.
const APPEARS: Duration = Duration::from_secs(300);
/// How much of a failed job's log goes into the blocker, in lines.
const LOG_LINES: usize = 40;
/// Of how many failed jobs.
const LOGGED_JOBS: usize = 3;

pub async fn observe(
    run: &Run<'_>,
    step: &Step,
    workflow: &str,
    watch: &mut impl Watch,
) -> Result<Observation, Cause> {
    let gh = github(run)?;
    let context = run.context;
    let want = BuildWanted {
        workflow: workflow.to_owned(),
        tag: context.target.tag().to_owned(),
        commit: context.commit.clone(),
        repository: gh.repository().to_owned(),
    };
    let recorded = match run.mechanics.step(&step.id).done {
        Some(Facts::Workflow { run, .. }) => Some(run),
        _ => None,
    };
    // Listed by the tag and not by the commit: a run of the tag for another commit must be seen.
    let filter = RunFilter { branch: Some(want.tag.clone()), ..RunFilter::default() };
    let appears = wait::Waiting::until(step.timeout.min(APPEARS));
    let has_run = Cell::new(false);
    let look = async |run: &Run<'_>| {
        let mut runs = runs_of(run, gh, workflow, &filter).await?;
        // A list may lag behind: the recorded run is asked for by its number before it counts as gone.
        if let Some(id) = recorded.filter(|id| runs.iter().all(|run| run.id != *id)) {
            match gh.workflow_run(id, &run.context.cancel).await {
                Ok(found) => runs.push(found),
                Err(GhError::NotFound { .. }) => {}
                Err(error) => return Err(causes::of_gh(&error)),
            }
        }
        has_run.set(!runs.is_empty());
        if runs.is_empty() && appears.is_over() {
            return Err(missing(workflow, &want.tag));
        }
        Ok(with_approvals(run, gh, judge_build(&runs, &want, recorded)).await)
    };
    let late = |text: String| {
        if !has_run.get() {
            return missing(workflow, &want.tag);
        }
        let message = format!("{workflow} did not end in time: {text}");
        Cause::new(Code::WorkflowTimedOut, message).remedy("run again: it is watched from where it is")
    };
    let seen = wait::settled(run, step.timeout, watch, look, late).await?;
    Ok(with_log(run, gh, seen).await)
}

fn missing(workflow: &str, tag: &str) -> Cause {
    Cause::new(Code::WorkflowMissing, format!("no run of {workflow} appeared for {tag}"))
        .remedy("check that the workflow is at this very path in the commit, and starts on this tag")
}

/// The runs of a workflow. A workflow that GitHub does not know has none, where the repository itself is shown.
pub async fn runs_of(
    run: &Run<'_>,
    gh: &Gh,
    workflow: &str,
    filter: &RunFilter,
) -> Result<Vec<WorkflowRun>, Cause> {
    let cancel = &run.context.cancel;
    match gh.workflow_runs(file_of(workflow), filter, cancel).await {
        Ok(runs) => Ok(runs),
        Err(GhError::NotFound { .. }) => {
            gh.facts(cancel).await.map_err(|error| causes::of_gh(&error))?;
            Ok(Vec::new())
        }
        Err(error) => Err(causes::of_gh(&error)),
    }
}

/// GitHub, or why it cannot be used.
pub fn github<'a>(run: &Run<'a>) -> Result<&'a Gh, Cause> {
    run.hands.gh.as_ref().map_err(Clone::clone)
}

/// The name of a workflow's file, by which GitHub finds it.
pub fn file_of(workflow: &str) -> &str {
    workflow.rsplit('/').next().unwrap_or(workflow)
}

/// A run that waits for somebody with who that is. Where this cannot be had, it waits all the same.
pub async fn with_approvals(run: &Run<'_>, gh: &Gh, seen: Watched) -> Watched {
    let Watched::Held(cause) = seen else { return seen };
    let Some(id) = cause.run else { return Watched::Held(cause) };
    let cause = match gh.pending_approvals(id, &run.context.cancel).await {
        Ok(approvals) => mechanics::with_approvals(*cause, &approvals),
        Err(error) => {
            let why = causes::of_gh(&error).message;
            Cause { message: format!("{} (by whom could not be asked: {why})", cause.message), ..*cause }
        }
    };
    let message = run.redacted(&cause.message);
    Watched::Held(Box::new(Cause { message, ..cause }))
}

/// A failed run with what failed in it and the end of its log. Where these cannot be had, the failure stands without.
pub async fn with_log(run: &Run<'_>, gh: &Gh, seen: Observation) -> Observation {
    let Observation::Conflict(cause) = seen else { return seen };
    let Some(id) = cause.run.filter(|_| cause.code == Code::WorkflowFailed) else {
        return Observation::Conflict(cause);
    };
    Observation::Conflict(match logs(run, gh, id).await {
        Ok((command, log)) => Cause { command, log: Some(log), ..cause },
        Err(error) => {
            let why = format!("its log could not be had: {}", causes::of_gh(&error).message);
            Cause { log: Some(run.redacted(&why)), ..cause }
        }
    })
}

async fn logs(run: &Run<'_>, gh: &Gh, id: u64) -> Result<(Option<String>, String), GhError> {
    let cancel = &run.context.cancel;
    let attempt = gh.workflow_run(id, cancel).await?.attempt;
    let jobs = gh.jobs(id, attempt, cancel).await?;
    let is_fine = |conclusion: &str| matches!(conclusion, "success" | "skipped" | "neutral");
    let failed = jobs.iter().filter(|job| job.conclusion.as_deref().is_none_or(|said| !is_fine(said)));
    let (mut steps, mut text) = (Vec::new(), String::new());
    for job in failed.take(LOGGED_JOBS) {
        steps.extend(job.failed_steps().map(|step| format!("{}: {}", job.name, step.name)));
        text.push_str(&format!("job {} ({})\n", job.name, job.html_url));
        text.push_str(&gh.log_end(job.id, LOG_LINES, cancel).await?.join("\n"));
        text.push('\n');
    }
    let command = Some(steps.join("; ")).filter(|steps| !steps.is_empty());
    Ok((command.map(|command| run.redacted(&command)), run.redacted(&text)))
}
