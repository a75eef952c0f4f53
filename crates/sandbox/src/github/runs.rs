//! Workflows and their runs, which move on by being read and never by time: runs repeat.

use super::approvals::Protection;
use super::artifacts::StoredArtifact;
use super::jobs::StoredJob;
use super::page;
use super::state::Repository;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// One workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredWorkflow {
    /// Its ID.
    pub id: u64,
    /// Its name, which need not be the only one of its kind.
    pub name: String,
    /// Its file in the repository.
    pub path: String,
}

/// One workflow run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// Its ID.
    pub id: u64,
    /// The attempt, from 1.
    pub attempt: u64,
    /// The workflow's file.
    pub path: String,
    /// What set it off.
    pub event: String,
    /// `waiting`, `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// The environments that it waits for. Where there is one, it does not move on.
    pub pending: Vec<Protection>,
    /// Its commit.
    pub head_sha: String,
    /// Its branch or tag.
    pub head_branch: Option<String>,
    /// The repository that the commit came from; `None` where that one is gone.
    pub head_repository: Option<String>,
    /// What it goes through: it is shown as it is once, and each further read shows it one stage later.
    pub next: VecDeque<Stage>,
    /// Its jobs, with how they end.
    pub jobs: Vec<StoredJob>,
    /// What it leaves behind.
    pub artifacts: Vec<StoredArtifact>,
    /// When it was set off.
    pub started_at: String,
    /// It was read as it is now.
    pub is_shown: bool,
}

/// What a run is at some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
}

impl Stage {
    /// From `queued` through `in_progress` to an end.
    pub fn to(conclusion: &str) -> VecDeque<Self> {
        let running = Self { status: "in_progress".to_owned(), conclusion: None };
        let ended = Self { status: "completed".to_owned(), conclusion: Some(conclusion.to_owned()) };
        VecDeque::from([running, ended])
    }
}

impl StoredRun {
    /// A completed, successful run of a workflow, set off by a push to `main`.
    pub fn success(id: u64, repository: &str, path: &str, head_sha: &str) -> Self {
        Self {
            id,
            attempt: 1,
            path: path.to_owned(),
            event: "push".to_owned(),
            status: "completed".to_owned(),
            conclusion: Some("success".to_owned()),
            pending: Vec::new(),
            head_sha: head_sha.to_owned(),
            head_branch: Some("main".to_owned()),
            head_repository: Some(repository.to_owned()),
            next: VecDeque::new(),
            jobs: Vec::new(),
            artifacts: Vec::new(),
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            is_shown: false,
        }
    }

    /// The same, queued, and on its way to this end.
    #[must_use]
    pub fn on_its_way_to(self, conclusion: &str) -> Self {
        Self { status: "queued".to_owned(), conclusion: None, next: Stage::to(conclusion), ..self }
    }

    fn read(&mut self) {
        if !self.is_shown {
            self.is_shown = true;
        } else if !self.pending.is_empty() {
            // It waits for somebody.
        } else if let Some(stage) = self.next.pop_front() {
            (self.status, self.conclusion) = (stage.status, stage.conclusion);
        }
    }

    fn json(&self, name: &str, repository: &Repository) -> Value {
        let api = format!("https://api.github.com/repos/{name}/actions/runs/{}", self.id);
        let workflow = repository.workflows.iter().find(|workflow| workflow.path == self.path);
        json!({
            "id": self.id,
            "name": workflow.map_or(self.path.as_str(), |workflow| workflow.name.as_str()),
            "display_title": "A change",
            "path": self.path,
            "run_number": self.id,
            "run_attempt": self.attempt,
            "event": self.event,
            "status": self.status,
            "conclusion": self.conclusion,
            "workflow_id": workflow.map_or(0, |workflow| workflow.id),
            "head_sha": self.head_sha,
            "head_branch": self.head_branch,
            "html_url": format!("https://github.com/{name}/actions/runs/{}", self.id),
            "url": api,
            "jobs_url": format!("{api}/jobs"),
            "logs_url": format!("{api}/logs"),
            "artifacts_url": format!("{api}/artifacts"),
            "rerun_url": format!("{api}/rerun"),
            "created_at": self.started_at,
            "updated_at": self.started_at,
            "run_started_at": self.started_at,
            "head_commit": { "id": self.head_sha, "message": "A change" },
            "repository": { "full_name": name },
            "head_repository": self.head_repository.as_deref().map(repository_json),
        })
    }
}

fn repository_json(full_name: &str) -> Value {
    let (owner, name) = full_name.split_once('/').unwrap_or(("", full_name));
    json!({ "full_name": full_name, "name": name, "owner": { "login": owner } })
}

impl Repository {
    /// Where the latest attempt of a run stands.
    pub(super) fn place_of_run(&self, id: &str) -> Option<usize> {
        let same = self.runs.iter().enumerate().filter(|(_, run)| run.id.to_string() == id);
        same.max_by_key(|(_, run)| run.attempt).map(|(place, _)| place)
    }

    /// The latest attempt of a run.
    pub(super) fn run(&self, id: &str) -> Option<&StoredRun> {
        self.place_of_run(id).map(|place| &self.runs[place])
    }

    /// Some attempt of a run.
    pub(super) fn attempt(&self, id: &str, attempt: &str) -> Option<&StoredRun> {
        let mut all = self.runs.iter().chain(&self.earlier_attempts);
        all.find(|run| run.id.to_string() == id && run.attempt.to_string() == attempt)
    }

    /// A workflow by its ID or its file's name.
    pub(super) fn workflow(&self, id: &str) -> Option<&StoredWorkflow> {
        let is_it = |workflow: &&StoredWorkflow| {
            workflow.id.to_string() == id || workflow.path.rsplit('/').next() == Some(id)
        };
        self.workflows.iter().find(is_it)
    }
}

/// `GET /actions/runs`, newest first, with the `head_sha`, `branch`, `event` and `status` filters. It reads every run
/// that it is about, whatever that one's status.
pub(super) fn list(request: &ReceivedRequest, name: &str, repository: &mut Repository) -> Reply {
    list_where(request, name, repository, |_| true)
}

/// `GET /actions/workflows/ID/runs`.
pub(super) fn list_of_workflow(
    request: &ReceivedRequest,
    id: &str,
    name: &str,
    repository: &mut Repository,
) -> Reply {
    let Some(path) = repository.workflow(id).map(|workflow| workflow.path.clone()) else {
        return Reply::not_found();
    };
    list_where(request, name, repository, |run| run.path == path)
}

fn list_where(
    request: &ReceivedRequest,
    name: &str,
    repository: &mut Repository,
    is_of_it: impl Fn(&StoredRun) -> bool,
) -> Reply {
    let is_wanted = |key: &str, value: &str| request.query.get(key).is_none_or(|wanted| wanted == value);
    let is_asked_for = |run: &StoredRun| {
        is_wanted("head_sha", &run.head_sha)
            && is_wanted("event", &run.event)
            && is_wanted("branch", run.head_branch.as_deref().unwrap_or(""))
            && is_of_it(run)
    };
    repository.runs.iter_mut().filter(|run| is_asked_for(run)).for_each(StoredRun::read);
    let mut runs: Vec<&StoredRun> = repository
        .runs
        .iter()
        .filter(|run| is_asked_for(run))
        .filter(|run| {
            is_wanted("status", &run.status) || is_wanted("status", run.conclusion.as_deref().unwrap_or(""))
        })
        .collect();
    runs.sort_by_key(|run| std::cmp::Reverse((run.id, run.attempt)));
    let total = runs.len();
    let runs = runs.into_iter().map(|run| run.json(name, repository)).collect();
    page::reply(request, runs, |shown| json!({ "total_count": total, "workflow_runs": shown }))
}

/// `GET /actions/runs/ID`.
pub(super) fn get(id: &str, name: &str, repository: &mut Repository) -> Reply {
    let Some(place) = repository.place_of_run(id) else { return Reply::not_found() };
    repository.runs[place].read();
    Reply::json(200, &repository.runs[place].json(name, repository))
}

/// `GET /actions/runs/ID/attempts/N`, as it was last shown.
pub(super) fn attempt(id: &str, attempt: &str, name: &str, repository: &Repository) -> Reply {
    let run = repository.attempt(id, attempt);
    run.map_or_else(Reply::not_found, |run| Reply::json(200, &run.json(name, repository)))
}

/// `GET /actions/workflows`.
pub(super) fn workflows(request: &ReceivedRequest, repository: &Repository) -> Reply {
    let all: Vec<Value> = repository.workflows.iter().map(workflow_json).collect();
    let total = all.len();
    page::reply(request, all, |shown| json!({ "total_count": total, "workflows": shown }))
}

/// `GET /actions/workflows/ID`, by ID or by the file's name.
pub(super) fn workflow(id: &str, repository: &Repository) -> Reply {
    let found = repository.workflow(id);
    found.map_or_else(Reply::not_found, |workflow| Reply::json(200, &workflow_json(workflow)))
}

fn workflow_json(workflow: &StoredWorkflow) -> Value {
    json!({ "id": workflow.id, "name": workflow.name, "path": workflow.path, "state": "active" })
}
