//! Releases: list, get, create, change, delete. Drafts are found by their ID, and by their tag in GraphQL only.

use super::assets::{self, StoredAsset};
use super::page;
use super::state::Repository;
use crate::git::DEFAULT_BRANCH;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The fields of a GraphQL release that are served.
pub(super) const GRAPHQL_FIELDS: &[&str] = &[
    "databaseId",
    "name",
    "tagName",
    "isDraft",
    "isLatest",
    "isPrerelease",
    "immutable",
    "createdAt",
    "publishedAt",
];

/// One release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRelease {
    /// Its ID.
    pub id: u64,
    /// Its tag, which need not be there while this is a draft.
    pub tag: String,
    /// What the tag is made from where it is not there yet: a branch or a commit.
    pub target: String,
    /// Its title.
    pub name: String,
    /// Its notes.
    pub body: String,
    /// It is not published yet.
    pub is_draft: bool,
    /// It is a prerelease.
    pub is_prerelease: bool,
    /// It may not be changed any more.
    pub is_immutable: bool,
    /// When it was made.
    pub created_at: String,
    /// When it was published.
    pub published_at: Option<String>,
    /// Its assets, by their IDs.
    pub assets: BTreeMap<u64, StoredAsset>,
}

/// The releases of a repository.
#[derive(Clone, Debug, Default)]
pub struct Releases {
    /// All of them, by ID.
    pub all: BTreeMap<u64, StoredRelease>,
    /// The one that was made the latest; the last published one that is no prerelease where `None`.
    pub latest: Option<u64>,
    /// The ID that the next release gets: deleted ones' IDs do not come back.
    pub(super) made: u64,
    /// The same for assets.
    pub(super) assets_made: u64,
}

impl Releases {
    /// The published release of a tag.
    pub fn published(&self, tag: &str) -> Option<&StoredRelease> {
        self.all.values().find(|release| !release.is_draft && release.tag == tag)
    }

    /// A release as the page of the tag shows it: the published one, else a draft.
    pub fn of_tag(&self, tag: &str) -> Option<&StoredRelease> {
        self.published(tag).or_else(|| self.all.values().find(|release| release.tag == tag))
    }

    fn latest(&self) -> Option<&StoredRelease> {
        let can_be = |release: &&StoredRelease| !release.is_draft && !release.is_prerelease;
        let chosen = self.latest.and_then(|id| self.all.get(&id)).filter(can_be);
        chosen.or_else(|| {
            let published = self.all.values().filter(can_be);
            published.max_by_key(|release| (release.published_at.as_deref(), release.id))
        })
    }

    pub(super) fn get(&self, id: &str) -> Option<&StoredRelease> {
        id.parse().ok().and_then(|id: u64| self.all.get(&id))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut StoredRelease> {
        id.parse().ok().and_then(|id: u64| self.all.get_mut(&id))
    }
}

fn show(release: &StoredRelease, name: &str) -> Value {
    let api = format!("https://api.github.com/repos/{name}/releases/{}", release.id);
    // A draft's page has no tag in its address.
    let page = if release.is_draft { format!("untagged-{}", release.id) } else { release.tag.clone() };
    json!({
        "id": release.id,
        "node_id": format!("RE_{}", release.id),
        "url": api,
        "html_url": format!("https://github.com/{name}/releases/tag/{page}"),
        "assets_url": format!("{api}/assets"),
        "upload_url": format!(
            "https://uploads.github.com/repos/{name}/releases/{}/assets{{?name,label}}",
            release.id
        ),
        "tarball_url": format!("https://api.github.com/repos/{name}/tarball/{}", release.tag),
        "zipball_url": format!("https://api.github.com/repos/{name}/zipball/{}", release.tag),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.is_draft,
        "prerelease": release.is_prerelease,
        "immutable": release.is_immutable,
        "created_at": release.created_at,
        "published_at": release.published_at,
        "author": { "login": "octo", "node_id": "U_octo" },
        "assets": release.assets.values().map(|asset| assets::show(asset, name, release)).collect::<Vec<_>>(),
    })
}

fn shown(release: Option<&StoredRelease>, name: &str) -> Reply {
    release.map_or_else(Reply::not_found, |release| Reply::json(200, &show(release, name)))
}

/// `GET /releases`, newest first, drafts included, as for those who may write.
pub(super) fn list(request: &ReceivedRequest, name: &str, repository: &Repository) -> Reply {
    let all = repository.releases.all.values().rev().map(|release| show(release, name)).collect();
    page::reply(request, all, Value::Array)
}

/// `GET /releases/ID`.
pub(super) fn get(id: &str, name: &str, repository: &Repository) -> Reply {
    shown(repository.releases.get(id), name)
}

/// `GET /releases/latest`.
pub(super) fn latest(name: &str, repository: &Repository) -> Reply {
    shown(repository.releases.latest(), name)
}

/// `GET /releases/tags/TAG`: published ones only.
pub(super) fn by_tag(tag: &str, name: &str, repository: &Repository) -> Reply {
    shown(repository.releases.published(tag), name)
}

/// `POST /releases`.
pub(super) fn create(
    request: &ReceivedRequest,
    name: &str,
    repository: &mut Repository,
    now: String,
) -> Reply {
    let Some(Value::Object(given)) = request.json() else {
        return Reply::message(400, "Problems parsing JSON");
    };
    let id = repository.releases.made + 1;
    let mut release = StoredRelease {
        id,
        tag: String::new(),
        target: DEFAULT_BRANCH.to_owned(),
        name: String::new(),
        body: String::new(),
        is_draft: false,
        is_prerelease: false,
        is_immutable: false,
        created_at: now.clone(),
        published_at: None,
        assets: BTreeMap::new(),
    };
    set(&mut release, &given);
    if release.tag.is_empty() {
        return Reply::invalid("Validation Failed: tag_name is missing");
    }
    if let Some(refusal) = refuse_or_publish(&mut release, &given, repository, now) {
        return refusal;
    }
    let reply = Reply::json(201, &show(&release, name));
    repository.releases.made = id;
    repository.releases.all.insert(id, release);
    reply
}

/// `PATCH /releases/ID`.
pub(super) fn change(
    request: &ReceivedRequest,
    id: &str,
    name: &str,
    repository: &mut Repository,
    now: String,
) -> Reply {
    let Some(Value::Object(given)) = request.json() else {
        return Reply::message(400, "Problems parsing JSON");
    };
    let Some(mut release) = repository.releases.get(id).cloned() else { return Reply::not_found() };
    let was_tag = release.tag.clone();
    set(&mut release, &given);
    if release.is_immutable && release.tag != was_tag {
        return Reply::invalid("Validation Failed: tag_name cannot be changed on an immutable release");
    }
    if let Some(refusal) = refuse_or_publish(&mut release, &given, repository, now) {
        return refusal;
    }
    let reply = Reply::json(200, &show(&release, name));
    repository.releases.all.insert(release.id, release);
    reply
}

/// `DELETE /releases/ID`; its tag stays.
pub(super) fn delete(id: &str, repository: &mut Repository) -> Reply {
    match id.parse().ok().and_then(|id: u64| repository.releases.all.remove(&id)) {
        Some(_) => Reply::empty(204),
        None => Reply::not_found(),
    }
}

fn set(release: &mut StoredRelease, given: &Map<String, Value>) {
    let text = |name: &str, field: &mut String| {
        // Notes can be taken away; what a release must have is left as it is.
        let text = given.get(name).and_then(Value::as_str);
        if let Some(text) = text.filter(|text| name == "body" || !text.is_empty()) {
            text.clone_into(field);
        }
    };
    text("tag_name", &mut release.tag);
    text("target_commitish", &mut release.target);
    text("name", &mut release.name);
    text("body", &mut release.body);
    let flag = |name: &str, field: &mut bool| {
        if let Some(flag) = given.get(name).and_then(Value::as_bool) {
            *field = flag;
        }
    };
    flag("draft", &mut release.is_draft);
    flag("prerelease", &mut release.is_prerelease);
}

/// One published release to a tag, and the tag made where there is none, as GitHub does it; drafts need neither.
fn refuse_or_publish(
    release: &mut StoredRelease,
    given: &Map<String, Value>,
    repository: &mut Repository,
    now: String,
) -> Option<Reply> {
    if release.is_draft {
        return None;
    }
    if repository.releases.published(&release.tag).is_some_and(|other| other.id != release.id) {
        return Some(already_exists("Release", "tag_name"));
    }
    let reference = format!("tags/{}", release.tag);
    if !repository.refs.contains_key(&reference) {
        let Some(commit) = repository.commit_of(&release.target) else {
            return Some(Reply::invalid("Validation Failed: target_commitish is invalid"));
        };
        repository.refs.insert(reference, commit);
    }
    release.published_at.get_or_insert(now);
    if given.get("make_latest").and_then(Value::as_str) == Some("true") {
        repository.releases.latest = Some(release.id);
    }
    None
}

/// GitHub's way to say that there is one of that name.
pub(super) fn already_exists(resource: &str, field: &str) -> Reply {
    Reply::json(
        422,
        &json!({
            "message": "Validation Failed",
            "errors": [{ "resource": resource, "code": "already_exists", "field": field }],
            "status": "422",
        }),
    )
}

/// GraphQL's `release(tagName)`.
pub(super) fn graphql(repository: &Repository, tag: &str) -> Value {
    let releases = &repository.releases;
    releases.of_tag(tag).map_or(Value::Null, |release| graphql_json(release, releases))
}

/// GraphQL's `releases(first, after, orderBy)`, by the variables that gh gives; a cursor is the place of the last one.
pub(super) fn graphql_list(repository: &Repository, variables: &Value) -> Value {
    let releases = &repository.releases;
    let mut all: Vec<Value> = releases.all.values().map(|release| graphql_json(release, releases)).collect();
    if variables["direction"] != "ASC" {
        all.reverse();
    }
    let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
    let first = number(&variables["perPage"]).unwrap_or(all.len());
    let after = variables["endCursor"].as_str().and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let end = all.len().min(after + first);
    json!({
        "nodes": all.get(after..end).unwrap_or_default(),
        "pageInfo": { "hasNextPage": end < all.len(), "endCursor": end.to_string() },
    })
}

fn graphql_json(release: &StoredRelease, releases: &Releases) -> Value {
    json!({
        "databaseId": release.id,
        "name": release.name,
        "tagName": release.tag,
        "isDraft": release.is_draft,
        "isLatest": releases.latest().is_some_and(|latest| latest.id == release.id),
        "isPrerelease": release.is_prerelease,
        "immutable": release.is_immutable,
        "createdAt": release.created_at,
        "publishedAt": release.published_at,
    })
}
