//! Who asks: the token, its owner and its scopes.

use super::state::GithubState;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::json;

/// The refusal, where the token is not the accepted one.
pub(super) fn refusal(state: &GithubState, request: &ReceivedRequest) -> Option<Reply> {
    let given = request.authorization.as_deref().and_then(|text| text.split_once(' '));
    match given {
        Some(("token" | "Bearer", token)) if token == state.token => None,
        Some(_) => Some(Reply::message(401, "Bad credentials")),
        None => Some(Reply::message(401, "Requires authentication")),
    }
}

/// Adds what every authorized reply says of the token.
pub(super) fn with_scopes(state: &GithubState, reply: Reply) -> Reply {
    match &state.scopes {
        Some(scopes) => reply.header("X-OAuth-Scopes", scopes.join(", ")),
        None => reply,
    }
}

/// `GET /`: gh reads its headers only.
pub(super) fn root() -> Reply {
    Reply::json(200, &json!({ "current_user_url": "https://example.test/user" }))
}
