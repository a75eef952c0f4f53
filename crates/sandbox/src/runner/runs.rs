//! Runs in the stand-in's state, as the runner moves them on.

use super::workflow::{Work, Workflow};
use crate::github::{GithubState, Stage, StoredArtifact, StoredJob, StoredRun, StoredStep};
use crate::http::archive::File;
use serde_json::{Map, Value};

/// A run that is to be carried out.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) workflow: Workflow,
    pub(super) run: StoredRun,
    pub(super) inputs: Map<String, Value>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub(super) conclusion: String,
    pub(super) steps: Vec<StoredStep>,
    pub(super) artifacts: Vec<(String, Vec<File>)>,
}

/// Takes the queued runs of these workflows: those that do something are in progress from now on, the others end by
/// being read.
pub(super) fn take_queued(state: &mut GithubState, workflows: &[Workflow]) -> Vec<Order> {
    let mut orders = Vec::new();
    for workflow in workflows {
        let repository = state.repository(&workflow.repository);
        let dispatches = repository.dispatches.clone();
        let queued =
            |run: &&mut StoredRun| run.path == workflow.path && run.status == "queued" && run.next.is_empty();
        for run in repository.runs.iter_mut().filter(queued) {
            match &workflow.work {
                Work::Scripted(conclusion) => {
                    run.next = Stage::to(conclusion);
                    run.jobs = vec![StoredJob::of_one_step("run", conclusion, "scripted\n")];
                }
                Work::Commands { .. } => {
                    run.status = "in_progress".to_owned();
                    let dispatch = dispatches.iter().find(|dispatch| dispatch.run == run.id);
                    let inputs = dispatch.map(|dispatch| dispatch.inputs.clone()).unwrap_or_default();
                    orders.push(Order { workflow: workflow.clone(), run: run.clone(), inputs });
                }
            }
        }
    }
    orders
}

/// Ends a run.
pub(super) fn end(state: &mut GithubState, order: &Order, ended: Ended) {
    let now = state.now();
    let repository = state.repository(&order.workflow.repository);
    let used = repository.runs.iter().chain(&repository.earlier_attempts);
    let ids = used.flat_map(|run| run.artifacts.iter().map(|artifact| artifact.id));
    let first = ids.max().unwrap_or(0) + 1;
    let is_it = |run: &&mut StoredRun| run.id == order.run.id && run.attempt == order.run.attempt;
    let Some(run) = repository.runs.iter_mut().find(is_it) else { return };
    let artifacts = (first..).zip(ended.artifacts);
    run.artifacts =
        artifacts.map(|(id, (name, files))| StoredArtifact { id, name, files, is_expired: false }).collect();
    run.jobs =
        vec![StoredJob { name: "run".to_owned(), conclusion: ended.conclusion.clone(), steps: ended.steps }];
    run.status = "completed".to_owned();
    run.conclusion = Some(ended.conclusion);
    run.started_at = now;
}

/// The artifacts of the newest successful run for a tag, of a workflow that a push of it set off.
pub(super) fn artifacts_of(
    state: &mut GithubState,
    repository: &str,
    tag: &str,
) -> Option<Vec<StoredArtifact>> {
    let runs = state.repository(repository).runs.iter();
    let of_tag = runs.filter(|run| {
        run.event == "push"
            && run.head_branch.as_deref() == Some(tag)
            && run.conclusion.as_deref() == Some("success")
            && !run.artifacts.is_empty()
    });
    of_tag.max_by_key(|run| run.id).map(|run| run.artifacts.clone())
}
