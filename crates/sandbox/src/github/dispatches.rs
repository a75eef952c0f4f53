//! What sets workflow runs off by order: dispatches and reruns.

use super::artifacts::StoredArtifact;
use super::jobs::StoredJob;
use super::runs::{Stage, StoredRun};
use super::state::Repository;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;

/// An order that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// The workflow's file.
    pub workflow: String,
    /// The branch or tag, as it was given.
    pub reference: String,
    /// The inputs, as they were given.
    pub inputs: Map<String, Value>,
    /// The run that it set off.
    pub run: u64,
}

/// What a workflow's file declares, where the stand-in knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The inputs that it may be dispatched with; `None` where it cannot be dispatched.
    pub inputs: Option<Vec<String>>,
    /// Its runs are carried out by a runner, which moves them on; they stay queued until it does.
    pub is_carried_out: bool,
}

impl Declared {
    /// The refusal of a dispatch with these inputs, as GitHub words it.
    fn refusal(&self, inputs: &Map<String, Value>) -> Option<String> {
        let Some(declared) = &self.inputs else {
            return Some("Workflow does not have 'workflow_dispatch' trigger".to_owned());
        };
        let unexpected: Vec<&String> = inputs.keys().filter(|name| !declared.contains(name)).collect();
        (!unexpected.is_empty()).then(|| format!("Unexpected inputs provided: {unexpected:?}"))
    }
}

/// What becomes of the runs that are set off.
#[derive(Clone, Debug)]
pub struct NewRuns {
    /// What they go through after `queued`.
    pub next: VecDeque<Stage>,
    /// Their jobs.
    pub jobs: Vec<StoredJob>,
    /// Their artifacts.
    pub artifacts: Vec<StoredArtifact>,
}

impl Default for NewRuns {
    /// They run, and succeed.
    fn default() -> Self {
        Self { next: Stage::to("success"), jobs: Vec::new(), artifacts: Vec::new() }
    }
}

impl NewRuns {
    /// What becomes of a new run of this workflow: one that is carried out stays queued.
    fn of(repository: &Repository, path: &str) -> Self {
        match repository.declared.get(path) {
            Some(declared) if declared.is_carried_out => {
                Self { next: VecDeque::new(), jobs: Vec::new(), artifacts: Vec::new() }
            }
            _ => repository.new_runs.clone(),
        }
    }

    pub(crate) fn apply(&self, run: StoredRun, now: String) -> StoredRun {
        StoredRun {
            status: "queued".to_owned(),
            conclusion: None,
            next: self.next.clone(),
            jobs: self.jobs.clone(),
            artifacts: self.artifacts.clone(),
            started_at: now,
            is_shown: false,
            ..run
        }
    }
}

/// `POST /actions/workflows/ID/dispatches` with `ref`, `inputs` and, from newer ghs, `return_run_details`.
pub(super) fn create(
    request: &ReceivedRequest,
    id: &str,
    name: &str,
    repository: &mut Repository,
    now: String,
) -> Reply {
    let Some(workflow) = repository.workflow(id) else { return Reply::not_found() };
    let path = workflow.path.clone();
    let body = request.json().unwrap_or(Value::Null);
    let reference = body["ref"].as_str().unwrap_or_default().to_owned();
    let short = reference.strip_prefix("refs/").unwrap_or(&reference);
    let names = [short.to_owned(), format!("heads/{reference}"), format!("tags/{reference}")];
    let Some(found) = names.iter().find(|name| repository.refs.contains_key(*name)) else {
        return Reply::invalid(&format!("No ref found for: {reference}"));
    };
    let Some(commit) = repository.commit_of(&format!("refs/{found}")) else {
        return Reply::invalid(&format!("No ref found for: {reference}"));
    };
    let inputs = body["inputs"].as_object().cloned().unwrap_or_default();
    if let Some(refusal) = repository.declared.get(&path).and_then(|declared| declared.refusal(&inputs)) {
        return Reply::invalid(&refusal);
    }
    let run_id = repository.runs.iter().map(|run| run.id).max().unwrap_or(0) + 1;
    let run = StoredRun {
        event: "workflow_dispatch".to_owned(),
        head_branch: found.split_once('/').map(|(_, short)| short.to_owned()),
        ..StoredRun::success(run_id, name, &path, &commit)
    };
    let run = repository.held_back(NewRuns::of(repository, &path).apply(run, now));
    repository.runs.push(run);
    repository.dispatches.push(Dispatch { workflow: path, reference, inputs, run: run_id });
    if body["return_run_details"] != true {
        return Reply::empty(204);
    }
    Reply::json(
        200,
        &json!({
            "workflow_run_id": run_id,
            "run_url": format!("https://api.github.com/repos/{name}/actions/runs/{run_id}"),
            "html_url": format!("https://github.com/{name}/actions/runs/{run_id}"),
        }),
    )
}

/// `POST /actions/runs/ID/rerun` and `…/rerun-failed-jobs`: the run gets one attempt more.
pub(super) fn rerun(id: &str, repository: &mut Repository, now: String) -> Reply {
    let Some(place) = repository.place_of_run(id) else { return Reply::not_found() };
    let run = repository.runs[place].clone();
    if run.status != "completed" {
        return Reply::message(403, "This workflow is already running");
    }
    let next =
        NewRuns::of(repository, &run.path).apply(StoredRun { attempt: run.attempt + 1, ..run.clone() }, now);
    let next = repository.held_back(next);
    repository.runs[place] = next;
    repository.earlier_attempts.push(run);
    Reply::json(201, &json!({}))
}
