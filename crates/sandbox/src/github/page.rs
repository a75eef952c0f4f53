//! Pages, as GitHub's REST interface cuts lists: `per_page`, `page` and a `Link` header (RFC 8288).

use crate::http::request::{ReceivedRequest, Reply};
use serde_json::Value;

/// GitHub gives 30 elements where none are asked for, and never more than 100.
const DEFAULT: usize = 30;
const LARGEST: usize = 100;

/// The asked-for page of a list, made into a reply by `body`, with links to its neighbours.
pub(super) fn reply(
    request: &ReceivedRequest,
    all: Vec<Value>,
    body: impl FnOnce(Vec<Value>) -> Value,
) -> Reply {
    let size = request.number("per_page", DEFAULT).clamp(1, LARGEST);
    let page = request.number("page", 1).max(1);
    let last = all.len().div_ceil(size).max(1);
    let shown = all.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    let mut links = Vec::new();
    if page > 1 {
        links.push(link(request, page - 1, "prev"));
        links.push(link(request, 1, "first"));
    }
    if page < last {
        links.push(link(request, page + 1, "next"));
        links.push(link(request, last, "last"));
    }
    let reply = Reply::json(200, &body(shown));
    if links.is_empty() { reply } else { reply.header("Link", links.join(", ")) }
}

fn link(request: &ReceivedRequest, page: usize, relation: &str) -> String {
    let mut query: Vec<String> = request
        .query
        .iter()
        .filter(|(name, _)| *name != "page")
        .map(|(name, value)| format!("{name}={}", value.replace(',', "%2C").replace(' ', "%20")))
        .collect();
    query.push(format!("page={page}"));
    format!("<https://{}{}?{}>; rel=\"{relation}\"", request.host, request.path, query.join("&"))
}
