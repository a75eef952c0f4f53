//! GraphQL, as far as gh asks for it. What is not served is an error, never a missing field.

use super::selection::{self, Field};
use super::state::{GithubState, Repository};
use super::{refs, releases};
use crate::git::DEFAULT_BRANCH;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Map, Value, json};

/// `POST /graphql`.
pub(super) fn answer(state: &mut GithubState, request: &ReceivedRequest) -> Reply {
    let body = request.json().unwrap_or(Value::Null);
    let query = body["query"].as_str().unwrap_or_default();
    let data = selection::read(query)
        .and_then(|fields| fields.iter().map(|field| root(state, field, &body["variables"])).collect());
    match data {
        Ok(data) => Reply::json(200, &whole(data)),
        Err(why) => Reply::json(200, &json!({ "errors": [{ "message": why }] })),
    }
}

/// One field of the query's root: its key and its value, which is `None` for a repository that is not there.
fn root(
    state: &mut GithubState,
    field: &Field,
    variables: &Value,
) -> Result<(String, Option<Value>), String> {
    let shown = |value: &Value| selection::select(&field.fields, value).map(Some);
    let value = match field.name.as_str() {
        "viewer" => shown(&json!({ "login": state.login }))?,
        "__type" => shown(&json!({ "fields": fields_of(&field.texts) }))?,
        "repository" => {
            let owner = variables["owner"].as_str().unwrap_or_default();
            let name = variables["name"].as_str().or(variables["repo"].as_str()).unwrap_or_default();
            match state.find(&format!("{owner}/{name}")) {
                Some((name, found)) => shown(&repository(&name, found, variables))?,
                None => None,
            }
        }
        other => return Err(format!("not served here: {other}")),
    };
    Ok((field.key.clone(), value))
}

fn whole(data: Vec<(String, Option<Value>)>) -> Value {
    let missing: Vec<Value> = data
        .iter()
        .filter(|(_, value)| value.is_none())
        .map(|(key, _)| {
            json!({ "type": "NOT_FOUND", "path": [key], "message": "Could not resolve to a Repository" })
        })
        .collect();
    let data: Map<String, Value> =
        data.into_iter().map(|(key, value)| (key, value.unwrap_or(Value::Null))).collect();
    if missing.is_empty() { json!({ "data": data }) } else { json!({ "data": data, "errors": missing }) }
}

/// The names of a type's fields, by which newer ghs tell what a server can do.
fn fields_of(types: &[String]) -> Vec<Value> {
    let names = if types.iter().any(|name| name == "Release") { releases::GRAPHQL_FIELDS } else { &[] };
    names.iter().map(|name| json!({ "name": name })).collect()
}

fn repository(name: &str, repository: &Repository, variables: &Value) -> Value {
    let (owner, short) = name.split_once('/').unwrap_or(("", name));
    let tag = variables["tagName"].as_str().unwrap_or_default();
    json!({
        "id": format!("R_{name}"),
        "databaseId": 1,
        "name": short,
        "owner": { "login": owner },
        "sshUrl": format!("git@example.test:{name}.git"),
        "description": "",
        "hasIssuesEnabled": true,
        "hasWikiEnabled": false,
        "viewerPermission": "ADMIN",
        "defaultBranchRef": { "name": DEFAULT_BRANCH },
        "parent": null,
        "mergeCommitAllowed": true,
        "rebaseMergeAllowed": true,
        "squashMergeAllowed": true,
        "pullRequests": { "nodes": [] },
        "ref": refs::graphql(repository, tag),
        "release": releases::graphql(repository, tag),
        "releases": releases::graphql_list(repository, variables),
    })
}
