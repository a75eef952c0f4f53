//! Environments that a workflow's runs wait for: "Reviewing deployments" of GitHub's REST interface.
//!
//! A run of a workflow with such environments waits as a whole, until each was approved or one was rejected.

use super::runs::StoredRun;
use super::state::Repository;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};

/// An environment with rules that a run has to wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// Its ID.
    pub id: u64,
    /// Its name.
    pub environment: String,
    /// The logins of those who may approve.
    pub users: Vec<String>,
    /// The names of the teams that may approve.
    pub teams: Vec<String>,
    /// How long each run waits, in minutes.
    pub wait_minutes: u64,
}

impl Protection {
    fn json(&self, login: &str) -> Value {
        let users = self.users.iter().map(|login| json!({ "type": "User", "reviewer": { "login": login } }));
        let teams = self
            .teams
            .iter()
            .map(|name| json!({ "type": "Team", "reviewer": { "name": name, "slug": name.to_lowercase() } }));
        json!({
            "environment": { "id": self.id, "name": self.environment },
            "wait_timer": self.wait_minutes,
            "wait_timer_started_at": null,
            "current_user_can_approve": self.users.iter().any(|user| user == login),
            "reviewers": users.chain(teams).collect::<Vec<Value>>(),
        })
    }
}

impl Repository {
    /// A new run, which waits where its workflow's environments are protected.
    pub(crate) fn held_back(&self, run: StoredRun) -> StoredRun {
        match self.protections.get(&run.path) {
            Some(protections) if !protections.is_empty() => {
                StoredRun { status: "waiting".to_owned(), pending: protections.clone(), ..run }
            }
            _ => run,
        }
    }
}

/// `GET /actions/runs/ID/pending_deployments`.
pub(super) fn pending(id: &str, login: &str, repository: &Repository) -> Reply {
    let Some(run) = repository.run(id) else { return Reply::not_found() };
    let all: Vec<Value> = run.pending.iter().map(|one| one.json(login)).collect();
    Reply::json(200, &json!(all))
}

/// `POST /actions/runs/ID/pending_deployments` with `environment_ids`, `state` and `comment`.
pub(super) fn review(request: &ReceivedRequest, id: &str, login: &str, repository: &mut Repository) -> Reply {
    let Some(place) = repository.place_of_run(id) else { return Reply::not_found() };
    let body = request.json().unwrap_or(Value::Null);
    let asked: Vec<u64> =
        body["environment_ids"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
    let run = &mut repository.runs[place];
    let is_asked = |one: &Protection| asked.contains(&one.id) && one.users.iter().any(|user| user == login);
    if asked.is_empty() || asked.len() != run.pending.iter().filter(|one| is_asked(one)).count() {
        return Reply::invalid("There are no pending deployment requests to approve or reject");
    }
    match body["state"].as_str() {
        Some("approved") => {
            run.pending.retain(|one| !is_asked(one));
            if run.pending.is_empty() {
                run.status = "queued".to_owned();
                run.is_shown = false;
            }
        }
        Some("rejected") => {
            run.pending.clear();
            run.next.clear();
            (run.status, run.conclusion) = ("completed".to_owned(), Some("failure".to_owned()));
        }
        _ => return Reply::invalid("Validation Failed"),
    }
    Reply::json(200, &json!([]))
}
