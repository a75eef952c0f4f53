//! The jobs of workflow runs, and their logs. Jobs go with their run: none has ended before it is completed.

use super::page;
use super::runs::StoredRun;
use super::state::Repository;
use crate::http::archive;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};

/// One job of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredJob {
    /// Its name.
    pub name: String,
    /// How it ends.
    pub conclusion: String,
    /// Its steps, in order.
    pub steps: Vec<StoredStep>,
}

/// One step of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStep {
    /// Its name.
    pub name: String,
    /// How it ends.
    pub conclusion: String,
    /// What it prints.
    pub log: String,
}

impl StoredJob {
    /// A job with one step, `run`, that ends like this and prints this.
    pub fn of_one_step(name: &str, conclusion: &str, log: &str) -> Self {
        let conclusion = conclusion.to_owned();
        let step = StoredStep { name: "run".to_owned(), conclusion: conclusion.clone(), log: log.to_owned() };
        Self { name: name.to_owned(), conclusion, steps: vec![step] }
    }

    fn log(&self) -> String {
        self.steps.iter().map(|step| step.log.as_str()).collect()
    }
}

/// The most jobs that an attempt has here; the next attempt's IDs begin after that.
const MOST_JOBS: usize = 100;

/// Jobs have IDs by their place: every attempt has its own.
fn id_of(run: &StoredRun, place: usize) -> u64 {
    (run.id * 100 + run.attempt) * MOST_JOBS as u64 + place as u64
}

fn show(run: &StoredRun, place: usize, job: &StoredJob, name: &str) -> Value {
    let id = id_of(run, place);
    let is_completed = run.status == "completed";
    let conclusion = |conclusion: &str| is_completed.then(|| conclusion.to_owned());
    let ended = is_completed.then(|| run.started_at.clone());
    let steps: Vec<Value> = job
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            json!({
                "name": step.name,
                "number": at + 1,
                "status": run.status,
                "conclusion": conclusion(&step.conclusion),
                "started_at": run.started_at,
                "completed_at": ended,
            })
        })
        .collect();
    json!({
        "id": id,
        "run_id": run.id,
        "run_attempt": run.attempt,
        "head_sha": run.head_sha,
        "name": job.name,
        "status": run.status,
        "conclusion": conclusion(&job.conclusion),
        "started_at": run.started_at,
        "completed_at": ended,
        "steps": steps,
        "html_url": format!("https://github.com/{name}/actions/runs/{}/job/{id}", run.id),
        "check_run_url": format!("https://api.github.com/repos/{name}/check-runs/{id}"),
    })
}

/// `GET /actions/runs/ID/jobs`, or an attempt's.
pub(super) fn list(request: &ReceivedRequest, run: Option<&StoredRun>, name: &str) -> Reply {
    let Some(run) = run else { return Reply::not_found() };
    let all: Vec<Value> =
        run.jobs.iter().enumerate().map(|(place, job)| show(run, place, job, name)).collect();
    let total = all.len();
    page::reply(request, all, |shown| json!({ "total_count": total, "jobs": shown }))
}

fn find<'a>(id: &str, repository: &'a Repository) -> Option<(&'a StoredRun, usize, &'a StoredJob)> {
    let runs = repository.runs.iter().chain(&repository.earlier_attempts);
    let mut jobs =
        runs.flat_map(|run| run.jobs.iter().enumerate().map(move |(place, job)| (run, place, job)));
    jobs.find(|(run, place, _)| id_of(run, *place).to_string() == id)
}

/// `GET /actions/jobs/ID`.
pub(super) fn get(id: &str, name: &str, repository: &Repository) -> Reply {
    let found = find(id, repository);
    found.map_or_else(Reply::not_found, |(run, place, job)| Reply::json(200, &show(run, place, job, name)))
}

/// `GET /actions/jobs/ID/logs`, a plain text once the run is completed.
pub(super) fn log(id: &str, repository: &Repository) -> Reply {
    match find(id, repository) {
        Some((run, _, job)) if run.status == "completed" => {
            Reply::bytes("text/plain; charset=utf-8", job.log().into_bytes())
        }
        _ => Reply::not_found(),
    }
}

/// `GET /check-runs/ID/annotations`: there are none.
pub(super) fn annotations(id: &str, repository: &Repository) -> Reply {
    find(id, repository).map_or_else(Reply::not_found, |_| Reply::json(200, &json!([])))
}

/// `GET /actions/runs/ID/logs`, or an attempt's: a zip of one file for each job and one for each step. There is none
/// before the run is completed.
pub(super) fn logs(run: Option<&StoredRun>) -> Reply {
    let Some(run) = run.filter(|run| run.status == "completed") else { return Reply::not_found() };
    let mut files = Vec::new();
    for (place, job) in run.jobs.iter().enumerate() {
        files.push((format!("{place}_{}.txt", job.name), job.log().into_bytes()));
        for (at, step) in job.steps.iter().enumerate() {
            let path = format!("{}/{}_{}.txt", job.name, at + 1, step.name);
            files.push((path, step.log.clone().into_bytes()));
        }
    }
    archive::zip(&files).map_or_else(Reply::not_found, |bytes| Reply::bytes("application/zip", bytes))
}
