//! Release assets: list, get, download, upload, rename, delete.

use super::page;
use super::releases::{StoredRelease, already_exists};
use super::state::Repository;
use crate::http::digest;
use crate::http::request::{ReceivedRequest, Reply};
use serde_json::{Value, json};

/// One asset of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAsset {
    /// Its ID.
    pub id: u64,
    /// Its file name.
    pub name: String,
    /// What the page calls it.
    pub label: String,
    /// `uploaded`, or `starter` for an upload that did not end.
    pub state: String,
    /// Its media type, as the upload said it.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// `sha256:…` of the bytes; servers before 2025 say none.
    pub digest: Option<String>,
    /// When it was uploaded.
    pub created_at: String,
}

/// An asset as its release shows it.
pub(super) fn show(asset: &StoredAsset, name: &str, release: &StoredRelease) -> Value {
    json!({
        "id": asset.id,
        "node_id": format!("RA_{}", asset.id),
        "url": format!("https://api.github.com/repos/{name}/releases/assets/{}", asset.id),
        "browser_download_url":
            format!("https://github.com/{name}/releases/download/{}/{}", release.tag, asset.name),
        "name": asset.name,
        "label": asset.label,
        "state": asset.state,
        "content_type": asset.content_type,
        "size": asset.bytes.len(),
        "digest": asset.digest,
        "download_count": 0,
        "created_at": asset.created_at,
        "updated_at": asset.created_at,
    })
}

/// `GET /releases/ID/assets`.
pub(super) fn list(request: &ReceivedRequest, id: &str, name: &str, repository: &Repository) -> Reply {
    let Some(release) = repository.releases.get(id) else { return Reply::not_found() };
    let all = release.assets.values().map(|asset| show(asset, name, release)).collect();
    page::reply(request, all, Value::Array)
}

/// `GET /releases/assets/ID`: what it is, or with `Accept: application/octet-stream` its bytes.
pub(super) fn get(request: &ReceivedRequest, id: &str, name: &str, repository: &Repository) -> Reply {
    let id = id.parse().unwrap_or(0);
    let found =
        repository.releases.all.values().find_map(|release| Some((release, release.assets.get(&id)?)));
    let Some((release, asset)) = found else { return Reply::not_found() };
    let wants_bytes = request.accept.as_deref().is_some_and(|accept| accept.contains("octet-stream"));
    if wants_bytes {
        return Reply::bytes("application/octet-stream", asset.bytes.clone());
    }
    Reply::json(200, &show(asset, name, release))
}

/// `POST uploads…/releases/ID/assets?name=NAME&label=LABEL`.
pub(super) fn upload(
    request: &ReceivedRequest,
    id: &str,
    name: &str,
    repository: &mut Repository,
    now: String,
) -> Reply {
    let releases = &mut repository.releases;
    let next = releases.assets_made + 1;
    let Some(release) = releases.get_mut(id) else { return Reply::not_found() };
    let Some(file) = request.query.get("name").filter(|file| !file.is_empty()) else {
        return Reply::invalid("Validation Failed: name is missing");
    };
    if release.is_immutable {
        return Reply::invalid("Cannot upload assets to an immutable release.");
    }
    if release.assets.values().any(|asset| asset.name == *file) {
        return already_exists("ReleaseAsset", "name");
    }
    let asset = StoredAsset {
        id: next,
        name: file.clone(),
        label: request.query.get("label").cloned().unwrap_or_default(),
        state: "uploaded".to_owned(),
        content_type: request.content_type.clone().unwrap_or_default(),
        bytes: request.body.clone(),
        digest: Some(digest::prefixed(&request.body)),
        created_at: now,
    };
    let reply = Reply::json(201, &show(&asset, name, release));
    release.assets.insert(next, asset);
    releases.assets_made = next;
    reply
}

/// `DELETE /releases/assets/ID`.
pub(super) fn delete(id: &str, repository: &mut Repository) -> Reply {
    let id = id.parse().unwrap_or(0);
    let found = repository.releases.all.values_mut().find(|release| release.assets.contains_key(&id));
    let Some(release) = found else { return Reply::not_found() };
    if release.is_immutable {
        return Reply::invalid("Cannot delete asset from an immutable release");
    }
    release.assets.remove(&id);
    Reply::empty(204)
}
