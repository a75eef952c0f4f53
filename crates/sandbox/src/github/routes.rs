//! From a request to the one place that answers it. What is not served is a 404 that the log shows.

use super::state::{GithubState, Repository};
use super::{
    approvals, artifacts, assets, auth, dispatches, graphql, issues, jobs, refs, releases, repositories, runs,
};
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};

/// Carries a request out.
pub(super) fn dispatch(state: &mut GithubState, request: &ReceivedRequest) -> Reply {
    // gh says `api.` for REST and GraphQL, `uploads.` for assets; the bare host is for git and pages.
    let is_upload = request.host.starts_with("uploads.");
    if !is_upload && !request.host.starts_with("api.") {
        return Reply::not_found();
    }
    if let Some(refusal) = auth::refusal(state, request) {
        return refusal;
    }
    let parts = request.parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let reply = match (request.verb(), parts.as_slice()) {
        ("POST", ["repos", owner, name, "releases", id, "assets"]) if is_upload => {
            upload(state, request, &format!("{owner}/{name}"), id)
        }
        _ if is_upload => Reply::not_found(),
        ("GET", []) => auth::root(),
        ("POST", ["graphql"]) => graphql::answer(state, request),
        (method, ["repos", owner, name, rest @ ..]) => {
            of_repository(state, request, method, &format!("{owner}/{name}"), rest)
        }
        _ => Reply::not_found(),
    };
    auth::with_scopes(state, reply)
}

fn upload(state: &mut GithubState, request: &ReceivedRequest, name: &str, release: &str) -> Reply {
    let now = state.now();
    let Some((name, repository)) = state.find(name) else { return Reply::not_found() };
    assets::upload(request, release, &name, repository, now)
}

fn of_repository(
    state: &mut GithubState,
    request: &ReceivedRequest,
    method: &str,
    name: &str,
    rest: &[&str],
) -> Reply {
    let (now, login) = (state.now(), state.login.clone());
    let Some((name, repository)) = state.find(name) else { return Reply::not_found() };
    match (method, rest) {
        ("GET", []) => repositories::get(&name),
        ("GET", ["actions", "runs", id, "pending_deployments"]) => approvals::pending(id, &login, repository),
        ("POST", ["actions", "runs", id, "pending_deployments"]) => {
            approvals::review(request, id, &login, repository)
        }
        (_, ["actions", rest @ ..]) => of_actions(request, method, &name, repository, rest, now),
        ("GET", ["attestations", digest]) => attestations(repository, digest),
        ("GET", ["branches", branch @ ..]) => refs::branch(repository, &branch.join("/"), &name),
        ("GET", ["check-runs", id, "annotations"]) => jobs::annotations(id, repository),
        ("GET", ["commits", commit @ ..]) => refs::commit(repository, &commit.join("/"), &name),
        ("GET", ["git", "ref", path @ ..]) => refs::get(repository, &path.join("/")),
        ("DELETE", ["git", "refs", path @ ..]) => refs::delete(repository, &path.join("/")),
        ("GET", ["git", "tags", id]) => refs::tag(repository, id),
        ("GET", ["issues"]) => issues::list(request, &name, repository),
        ("POST", ["issues"]) => issues::create(request, &name, repository, now),
        ("GET", ["issues", number]) => issues::get(number, &name, repository),
        ("PATCH", ["issues", number]) => issues::change(request, number, &name, repository, now),
        ("POST", ["issues", number, "comments"]) => issues::comment(request, number, repository),
        (_, ["releases", rest @ ..]) => of_releases(request, method, &name, repository, rest, now),
        _ => Reply::not_found(),
    }
}

/// `GET /attestations/DIGEST`: the signed statements about a file; none is a 404, as GitHub has it.
fn attestations(repository: &Repository, digest: &str) -> Reply {
    let Some(bundles) = repository.attestations.get(digest) else { return Reply::not_found() };
    let each = bundles.iter().map(|bundle| json!({ "repository_id": 1, "bundle": bundle }));
    Reply::json(200, &json!({ "attestations": each.collect::<Vec<Value>>() }))
}

fn of_actions(
    request: &ReceivedRequest,
    method: &str,
    name: &str,
    repository: &mut Repository,
    rest: &[&str],
    now: String,
) -> Reply {
    match (method, rest) {
        ("GET", ["artifacts"]) => artifacts::list(request, None, name, repository),
        ("GET", ["artifacts", id]) => artifacts::get(id, name, repository),
        ("GET", ["artifacts", id, "zip"]) => artifacts::download(id, repository),
        ("GET", ["jobs", id]) => jobs::get(id, name, repository),
        ("GET", ["jobs", id, "logs"]) => jobs::log(id, repository),
        ("GET", ["runs"]) => runs::list(request, name, repository),
        ("GET", ["runs", id]) => runs::get(id, name, repository),
        ("GET", ["runs", id, "artifacts"]) => artifacts::list(request, Some(id), name, repository),
        ("GET", ["runs", id, "attempts", attempt]) => runs::attempt(id, attempt, name, repository),
        ("GET", ["runs", id, "attempts", attempt, "jobs"]) => {
            jobs::list(request, repository.attempt(id, attempt), name)
        }
        ("GET", ["runs", id, "attempts", attempt, "logs"]) => jobs::logs(repository.attempt(id, attempt)),
        ("GET", ["runs", id, "jobs"]) => jobs::list(request, repository.run(id), name),
        ("GET", ["runs", id, "logs"]) => jobs::logs(repository.run(id)),
        ("POST", ["runs", id, "rerun" | "rerun-failed-jobs"]) => dispatches::rerun(id, repository, now),
        ("GET", ["workflows"]) => runs::workflows(request, repository),
        ("GET", ["workflows", id]) => runs::workflow(id, repository),
        ("POST", ["workflows", id, "dispatches"]) => dispatches::create(request, id, name, repository, now),
        ("GET", ["workflows", id, "runs"]) => runs::list_of_workflow(request, id, name, repository),
        _ => Reply::not_found(),
    }
}

fn of_releases(
    request: &ReceivedRequest,
    method: &str,
    name: &str,
    repository: &mut Repository,
    rest: &[&str],
    now: String,
) -> Reply {
    match (method, rest) {
        ("GET", []) => releases::list(request, name, repository),
        ("POST", []) => releases::create(request, name, repository, now),
        ("GET", ["latest"]) => releases::latest(name, repository),
        ("GET", ["tags", tag @ ..]) => releases::by_tag(&tag.join("/"), name, repository),
        ("GET", ["assets", id]) => assets::get(request, id, name, repository),
        ("DELETE", ["assets", id]) => assets::delete(id, repository),
        ("GET", [id]) => releases::get(id, name, repository),
        ("PATCH", [id]) => releases::change(request, id, name, repository, now),
        ("DELETE", [id]) => releases::delete(id, repository),
        ("GET", [id, "assets"]) => assets::list(request, id, name, repository),
        _ => Reply::not_found(),
    }
}
