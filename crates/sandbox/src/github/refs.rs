//! References, read only: `GET /repos/O/R/git/ref/heads/main`.

use super::request::Reply;
use super::state::Repository;
use serde_json::json;

/// One reference by its name without `refs/`.
pub(super) fn get(repository: &Repository, name: &str) -> Reply {
    match repository.refs.get(name) {
        Some(id) => Reply::json(
            200,
            &json!({ "ref": format!("refs/{name}"), "object": { "type": "commit", "sha": id } }),
        ),
        None => Reply::not_found(),
    }
}
