//! Who asks: the token, its owner and its scopes.

use super::request::{Reply, Request};
use super::state::State;
use serde_json::{Value, json};

/// The refusal, where the token is not the accepted one.
pub(super) fn refusal(state: &State, request: &Request) -> Option<Reply> {
    let given = request.authorization.as_deref().and_then(|text| text.split_once(' '));
    match given {
        Some(("token" | "Bearer", token)) if token == state.token => None,
        Some(_) => Some(Reply::message(401, "Bad credentials")),
        None => Some(Reply::message(401, "Requires authentication")),
    }
}

/// Adds what every authorized reply says of the token.
pub(super) fn with_scopes(state: &State, reply: Reply) -> Reply {
    match &state.scopes {
        Some(scopes) => reply.header("X-OAuth-Scopes", scopes.join(", ")),
        None => reply,
    }
}

/// `GET /`: gh reads its headers only.
pub(super) fn root() -> Reply {
    Reply::json(200, &json!({ "current_user_url": "https://example.test/user" }))
}

/// GraphQL, as far as it is served: gh refuses a reply that holds other fields than it selected, so every query has
/// its own answer, and an unknown one is an error.
pub(super) fn graphql(state: &State, request: &Request) -> Reply {
    let body = request.json().unwrap_or(Value::Null);
    let query: String = body["query"].as_str().unwrap_or_default().split_whitespace().collect();
    match query.as_str() {
        "queryUserCurrent{viewer{login}}" => {
            Reply::json(200, &json!({ "data": { "viewer": { "login": state.login } } }))
        }
        _ => Reply::json(200, &json!({ "errors": [{ "message": format!("not served here: {query}") }] })),
    }
}
