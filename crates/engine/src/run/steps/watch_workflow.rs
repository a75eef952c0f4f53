//! The build: the workflow run that the tag started, watched until it ends.

use super::wait::{self, Waiting};
use super::workflow_runs::{github, runs_of, with_approvals, with_log};
use super::{Acting, Run, RunWatch};
use crate::causes;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    BuildWanted, Cause, Code, NoEffect, Observation, Step, WatchWorkflow, WorkflowSucceeded, judge_build,
};
use gonogo_world::github::{GhError, RunFilter};
use std::cell::Cell;
use std::time::Duration;

/// How long a run may take to appear.
const APPEARS: Duration = Duration::from_secs(300);

impl Acting for WatchWorkflow {
    async fn observe(
        &self,
        run: &Run<'_>,
        step: &Step,
        watch: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let (gh, workflow) = (github(run)?, &self.workflow);
        let context = run.context;
        let want = BuildWanted {
            workflow: workflow.clone(),
            tag: context.candidate.target.tag().to_owned(),
            commit: context.candidate.commit.clone(),
            repository: gh.repository().to_owned(),
        };
        let history = run.mechanics.step(&step.id);
        let recorded = history.done_as::<WorkflowSucceeded>().map(|recorded| recorded.run);
        // Listed by the tag and not by the commit: a run of the tag for another commit must be seen.
        let filter = RunFilter { branch: Some(want.tag.to_string()), ..RunFilter::default() };
        let appears = Waiting::until(step.timeout.min(APPEARS));
        let has_run = Cell::new(false);
        let look = async |run: &Run<'_>| {
            let mut runs = runs_of(run, gh, workflow, &filter).await?;
            // A list may lag behind: the recorded run is asked for by its number before it counts as gone.
            if let Some(id) = recorded.filter(|id| runs.iter().all(|run| run.id != *id)) {
                match gh.workflow_run(id, &run.context.session.cancel).await {
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

    async fn apply(
        &self,
        _: &Run<'_>,
        _: &Step,
        effect: &NoEffect,
        _: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        match *effect {}
    }
}

fn missing(workflow: &str, tag: &str) -> Cause {
    Cause::new(Code::WorkflowMissing, format!("no run of {workflow} appeared for {tag}"))
        .remedy("check that the workflow is at this very path in the commit, and starts on this tag")
}
