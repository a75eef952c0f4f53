//! Workflows and their runs.

use super::page;
use super::request::{Reply, Request};
use super::state::Repository;
use serde_json::{Value, json};

/// One workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// Its ID.
    pub id: u64,
    /// Its name, which need not be the only one of its kind.
    pub name: String,
    /// Its file in the repository.
    pub path: String,
}

/// One workflow run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its ID.
    pub id: u64,
    /// The attempt, from 1.
    pub attempt: u64,
    /// The workflow's file.
    pub path: String,
    /// What set it off.
    pub event: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// How it ended.
    pub conclusion: Option<String>,
    /// Its commit.
    pub head_sha: String,
    /// Its branch or tag.
    pub head_branch: Option<String>,
    /// The repository that the commit came from; `None` where that one is gone.
    pub head_repository: Option<String>,
}

impl Run {
    /// A completed, successful run of a workflow, set off by a push to `main`.
    pub fn success(id: u64, repository: &str, path: &str, head_sha: &str) -> Self {
        Self {
            id,
            attempt: 1,
            path: path.to_owned(),
            event: "push".to_owned(),
            status: "completed".to_owned(),
            conclusion: Some("success".to_owned()),
            head_sha: head_sha.to_owned(),
            head_branch: Some("main".to_owned()),
            head_repository: Some(repository.to_owned()),
        }
    }

    fn json(&self, name: &str, repository: &Repository) -> Value {
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
            "created_at": "2026-01-01T00:00:00Z",
            "updated_at": "2026-01-01T00:00:00Z",
            "run_started_at": "2026-01-01T00:00:00Z",
            "repository": { "full_name": name },
            "head_repository": self.head_repository.as_ref().map(|head| json!({ "full_name": head })),
        })
    }
}

/// `GET /actions/runs`, newest first, with the `head_sha`, `event` and `status` filters.
pub(super) fn list(request: &Request, name: &str, repository: &Repository) -> Reply {
    let is_wanted = |key: &str, value: &str| request.query.get(key).is_none_or(|wanted| wanted == value);
    let mut runs: Vec<&Run> = repository
        .runs
        .iter()
        .filter(|run| is_wanted("head_sha", &run.head_sha) && is_wanted("event", &run.event))
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
pub(super) fn get(id: &str, name: &str, repository: &Repository) -> Reply {
    let run = id.parse().ok().and_then(|id: u64| {
        let same = repository.runs.iter().filter(|run| run.id == id);
        same.max_by_key(|run| run.attempt)
    });
    run.map_or_else(Reply::not_found, |run| Reply::json(200, &run.json(name, repository)))
}

/// `GET /actions/workflows`.
pub(super) fn workflows(request: &Request, repository: &Repository) -> Reply {
    let all: Vec<Value> = repository.workflows.iter().map(workflow_json).collect();
    let total = all.len();
    page::reply(request, all, |shown| json!({ "total_count": total, "workflows": shown }))
}

/// `GET /actions/workflows/ID`, by ID or by the file's name.
pub(super) fn workflow(id: &str, repository: &Repository) -> Reply {
    let is_it =
        |workflow: &&Workflow| workflow.id.to_string() == id || workflow.path.rsplit('/').next() == Some(id);
    let found = repository.workflows.iter().find(is_it);
    found.map_or_else(Reply::not_found, |workflow| Reply::json(200, &workflow_json(workflow)))
}

fn workflow_json(workflow: &Workflow) -> Value {
    json!({ "id": workflow.id, "name": workflow.name, "path": workflow.path, "state": "active" })
}
