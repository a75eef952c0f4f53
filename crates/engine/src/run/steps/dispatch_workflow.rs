//! A workflow that is started by hand, once, and watched until it ends.

use super::wait::{self, Waiting};
use super::workflow_runs::{file_of, github, runs_of, with_approvals, with_log};
use super::{Acting, Known, Run, RunWatch};
use crate::causes;
use gonogo_core::ci::WorkflowRun;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    Cause, Code, DispatchEffect, DispatchSeen, DispatchWorkflow, Observation, Step, Watched,
    WorkflowSucceeded, judge_dispatch,
};
use gonogo_world::github::{Gh, GhError, RunFilter};
use std::collections::BTreeMap;

impl Acting for DispatchWorkflow {
    async fn observe(
        &self,
        run: &Run<'_>,
        step: &Step,
        watch: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        let gh = github(run)?;
        if run.mechanics.step(&step.id).mark().is_none() {
            return Ok(Observation::Absent(DispatchEffect::Dispatch));
        }
        let git_ref = git_ref(run, gh, self).await?;
        let settling = Waiting::until(self.settle);
        let look = async |run: &Run<'_>| {
            // Asked before the look: what was read while the time ran out may be from before its end.
            let is_past_settling = settling.is_over();
            let runs = runs(run, gh, self).await?;
            let seen = judge(run, step, gh, self, &git_ref, &runs, is_past_settling);
            Ok(with_approvals(run, gh, seen).await)
        };
        let late = |text: String| {
            let message = format!("{} did not end in time: {text}", self.workflow);
            Cause::new(Code::WorkflowTimedOut, message).remedy("run again: it is watched from where it is")
        };
        let seen = wait::settled(run, step.timeout, watch, look, late).await?;
        Ok(with_log(run, gh, seen).await)
    }

    /// The workflow's newest run, by which the one that is asked for is told apart, and what is asked for.
    async fn before(&self, run: &Run<'_>, step: &Step, _: &DispatchEffect) -> Result<Known, Cause> {
        let gh = github(run)?;
        let git_ref = git_ref(run, gh, self).await?;
        let runs = runs(run, gh, self).await?;
        // A run that an earlier dispatch started, and that shows only now, would be older than the new mark and never be
        // seen as ours.
        match judge(run, step, gh, self, &git_ref, &runs, true) {
            Watched::Settled(Observation::Absent(_)) => {}
            _ => {
                let message = format!("a run of {} that was asked for before shows only now", self.workflow);
                return Err(Cause::new(Code::Unconfirmed, message)
                    .remedy("run again: it is watched from where it is"));
            }
        }
        let newest = runs.iter().map(|run| run.id).max();
        let inputs = inputs(run, self)?;
        let shown: Vec<String> = inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let detail = format!("{} on {git_ref}: {}", self.workflow, shown.join(" "));
        Ok(Known { mark: Some(newest.unwrap_or_default()), detail: Some(run.redacted(&detail)) })
    }

    async fn apply(
        &self,
        run: &Run<'_>,
        _: &Step,
        effect: &DispatchEffect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let DispatchEffect::Dispatch = effect;
        let gh = github(run)?;
        let git_ref = git_ref(run, gh, self).await?;
        let inputs = inputs(run, self)?;
        let workflow = file_of(&self.workflow);
        let started = gh.dispatch(pass, workflow, &git_ref, &inputs, &run.context.session.cancel).await;
        started.map(|started| started.run).map_err(|error| match error {
            GhError::Invalid { .. }
            | GhError::Conflict { .. }
            | GhError::Refused { .. }
            | GhError::NotFound { .. } => Cause::new(Code::DispatchRefused, causes::of_gh(&error).message)
                .remedy("check the step's inputs and the workflow's `workflow_dispatch`"),
            error => causes::of_gh(&error),
        })
    }
}

fn judge(
    run: &Run<'_>,
    step: &Step,
    gh: &Gh,
    dispatch: &DispatchWorkflow,
    git_ref: &str,
    runs: &[WorkflowRun],
    is_past_settling: bool,
) -> Watched<DispatchWorkflow> {
    let history = run.mechanics.step(&step.id);
    let settled_failures = run.settled_failures(&step.id);
    let recorded = match history.done_as::<WorkflowSucceeded>() {
        Some(recorded) => Some(recorded.run),
        None => history.made.filter(|made| !settled_failures.contains(made)),
    };
    judge_dispatch(&DispatchSeen {
        runs,
        workflow: &dispatch.workflow,
        repository: gh.repository(),
        git_ref,
        mark: history.mark(),
        recorded,
        settled_failures: &settled_failures,
        is_past_settling,
    })
}

async fn runs(run: &Run<'_>, gh: &Gh, dispatch: &DispatchWorkflow) -> Result<Vec<WorkflowRun>, Cause> {
    let filter = RunFilter { event: Some("workflow_dispatch".to_owned()), ..RunFilter::default() };
    runs_of(run, gh, &dispatch.workflow, &filter).await
}

async fn git_ref(run: &Run<'_>, gh: &Gh, dispatch: &DispatchWorkflow) -> Result<String, Cause> {
    match &dispatch.git_ref {
        Some(text) => run.values.fill(text).map_err(|error| causes::of_placeholder(&error)),
        // Asked once: what is started is what the intent says.
        None => {
            let asked = run.default_branch.get_or_try_init(async || {
                let facts =
                    gh.facts(&run.context.session.cancel).await.map_err(|error| causes::of_gh(&error))?;
                Ok(facts.default_branch)
            });
            asked.await.cloned()
        }
    }
}

fn inputs(run: &Run<'_>, dispatch: &DispatchWorkflow) -> Result<BTreeMap<String, String>, Cause> {
    let filled = dispatch.inputs.iter().map(|(name, text)| Ok((name.clone(), run.values.fill(text)?)));
    filled.collect::<Result<_, _>>().map_err(|error| causes::of_placeholder(&error))
}
