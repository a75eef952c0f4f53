//! From a request to the one place that answers it. What is not served is a 404 that the log shows.

use super::request::{Reply, Request};
use super::state::State;
use super::{auth, issues, refs, runs};

/// Carries a request out.
pub(super) fn dispatch(state: &mut State, request: &Request) -> Reply {
    // gh says `api.` for REST and GraphQL, `uploads.` for assets; the bare host is for git and pages.
    if !request.host.starts_with("api.") {
        return Reply::not_found();
    }
    if let Some(refusal) = auth::refusal(state, request) {
        return refusal;
    }
    let parts = request.parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let reply = match (request.method.as_str(), parts.as_slice()) {
        ("GET", []) => auth::root(),
        ("POST", ["graphql"]) => auth::graphql(state, request),
        (method, ["repos", owner, name, rest @ ..]) => {
            of_repository(state, request, method, &format!("{owner}/{name}"), rest)
        }
        _ => Reply::not_found(),
    };
    auth::with_scopes(state, reply)
}

fn of_repository(state: &mut State, request: &Request, method: &str, name: &str, rest: &[&str]) -> Reply {
    let now = state.now();
    let Some((name, repository)) = state.find(name) else { return Reply::not_found() };
    match (method, rest) {
        ("GET", ["actions", "runs"]) => runs::list(request, &name, repository),
        ("GET", ["actions", "runs", id]) => runs::get(id, &name, repository),
        ("GET", ["actions", "workflows"]) => runs::workflows(request, repository),
        ("GET", ["actions", "workflows", id]) => runs::workflow(id, repository),
        ("GET", ["git", "ref", path @ ..]) => refs::get(repository, &path.join("/")),
        ("GET", ["issues"]) => issues::list(request, &name, repository),
        ("POST", ["issues"]) => issues::create(request, &name, repository, now),
        ("GET", ["issues", number]) => issues::get(number, &name, repository),
        ("PATCH", ["issues", number]) => issues::change(request, number, &name, repository, now),
        ("POST", ["issues", number, "comments"]) => issues::comment(request, number, repository),
        _ => Reply::not_found(),
    }
}
