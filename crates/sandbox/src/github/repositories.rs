//! What the repository itself says: `GET /repos/o/r`.

use crate::git::DEFAULT_BRANCH;
use crate::http::request::Reply;
use serde_json::json;

/// A public repository that the token's owner may push to.
pub(super) fn get(name: &str) -> Reply {
    let (owner, short) = name.split_once('/').unwrap_or(("", name));
    Reply::json(
        200,
        &json!({
            "full_name": name,
            "name": short,
            "owner": { "login": owner },
            "private": false,
            "default_branch": DEFAULT_BRANCH,
            "permissions": { "admin": false, "push": true, "pull": true },
            "html_url": format!("https://github.com/{name}"),
        }),
    )
}
