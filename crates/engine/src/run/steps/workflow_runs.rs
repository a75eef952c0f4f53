//! Workflow runs, for the steps that wait for one: found, and told of where they failed.

use super::Run;
use crate::causes;
use gonogo_core::ci::WorkflowRun;
use gonogo_core::mechanics::{self, Cause, Code, Kind, Observation, Watched};
use gonogo_world::github::{Gh, GhError, RunFilter};

/// How much of a failed job's log goes into the blocker, in lines.
const LOG_LINES: usize = 40;
/// Of how many failed jobs.
const LOGGED_JOBS: usize = 3;

/// The runs of a workflow. A workflow that GitHub does not know has none, where the repository itself is shown.
pub(super) async fn runs_of(
    run: &Run<'_>,
    gh: &Gh,
    workflow: &str,
    filter: &RunFilter,
) -> Result<Vec<WorkflowRun>, Cause> {
    let cancel = &run.context.session.cancel;
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
pub(super) fn github<'a>(run: &Run<'a>) -> Result<&'a Gh, Cause> {
    run.world.gh.as_ref().map_err(Clone::clone)
}

/// The name of a workflow's file, by which GitHub finds it.
pub fn file_of(workflow: &str) -> &str {
    workflow.rsplit('/').next().unwrap_or(workflow)
}

/// A run that waits for somebody with who that is. Where this cannot be had, it waits all the same.
pub(super) async fn with_approvals<K: Kind>(run: &Run<'_>, gh: &Gh, seen: Watched<K>) -> Watched<K> {
    let Watched::Held(cause) = seen else { return seen };
    let Some(id) = cause.run else { return Watched::Held(cause) };
    let cause = match gh.pending_approvals(id, &run.context.session.cancel).await {
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
pub(super) async fn with_log<K: Kind>(run: &Run<'_>, gh: &Gh, seen: Observation<K>) -> Observation<K> {
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
    let cancel = &run.context.session.cancel;
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
