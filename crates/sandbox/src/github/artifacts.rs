//! What workflow runs leave behind: list, get, download. They are there once the run is completed.

use super::page;
use super::runs::StoredRun;
use super::state::Repository;
use crate::http::archive::{self, File};
use crate::http::digest;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};

/// One artifact of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredArtifact {
    /// Its ID, the only one of its kind in the repository.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its files.
    pub files: Vec<File>,
    /// Its bytes are gone.
    pub is_expired: bool,
}

fn show(artifact: &StoredArtifact, run: &StoredRun, name: &str) -> Value {
    let bytes = archive::zip(&artifact.files).unwrap_or_default();
    let url = format!("https://api.github.com/repos/{name}/actions/artifacts/{}", artifact.id);
    json!({
        "id": artifact.id,
        "node_id": format!("AR_{}", artifact.id),
        "name": artifact.name,
        "size_in_bytes": bytes.len(),
        "url": url,
        "archive_download_url": format!("{url}/zip"),
        "expired": artifact.is_expired,
        "digest": digest::prefixed(&bytes),
        "created_at": run.started_at,
        "updated_at": run.started_at,
        "workflow_run": { "id": run.id, "head_branch": run.head_branch, "head_sha": run.head_sha },
    })
}

fn all(repository: &Repository) -> impl Iterator<Item = (&StoredRun, &StoredArtifact)> {
    let completed = repository.runs.iter().filter(|run| run.status == "completed");
    completed.flat_map(|run| run.artifacts.iter().map(move |artifact| (run, artifact)))
}

/// `GET /actions/artifacts`, and `GET /actions/runs/ID/artifacts`, with the `name` filter.
pub(super) fn list(
    request: &ReceivedRequest,
    run: Option<&str>,
    name: &str,
    repository: &Repository,
) -> Reply {
    if run.is_some_and(|id| repository.run(id).is_none()) {
        return Reply::not_found();
    }
    let shown: Vec<Value> = all(repository)
        .filter(|(of, _)| run.is_none_or(|id| of.id.to_string() == id))
        .filter(|(_, artifact)| request.query.get("name").is_none_or(|wanted| *wanted == artifact.name))
        .map(|(of, artifact)| show(artifact, of, name))
        .collect();
    let total = shown.len();
    page::reply(request, shown, |shown| json!({ "total_count": total, "artifacts": shown }))
}

fn find<'a>(id: &str, repository: &'a Repository) -> Option<(&'a StoredRun, &'a StoredArtifact)> {
    all(repository).find(|(_, artifact)| artifact.id.to_string() == id)
}

/// `GET /actions/artifacts/ID`.
pub(super) fn get(id: &str, name: &str, repository: &Repository) -> Reply {
    let found = find(id, repository);
    found.map_or_else(Reply::not_found, |(run, artifact)| Reply::json(200, &show(artifact, run, name)))
}

/// `GET /actions/artifacts/ID/zip`. GitHub leads to a store of its own here; this is the store's answer.
pub(super) fn download(id: &str, repository: &Repository) -> Reply {
    match find(id, repository) {
        Some((_, artifact)) if artifact.is_expired => Reply::message(410, "Artifact has expired"),
        Some((_, artifact)) => archive::zip(&artifact.files)
            .map_or_else(Reply::not_found, |bytes| Reply::bytes("application/zip", bytes)),
        None => Reply::not_found(),
    }
}
