//! Releases and their assets: seen, drafted, filled and published.
//!
//! Invariant: what adds something is sent once; an upload goes to the release's own address at GitHub's upload host.

use super::transfer::BYTES;
use super::{Downloaded, Gh, GhError, HOST, Method, encoded, typed};
use crate::process::Cancel;
use gonogo_core::digest::Digest;
use gonogo_core::door::DoorPass;
use gonogo_core::ids::{CommitId, TagName};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;

/// A release: "Get a release" of GitHub's REST interface, the fields that are read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Release {
    /// Its ID.
    pub id: u64,
    /// Its tag, which need not be there while it is a draft.
    pub tag_name: String,
    /// The branch or commit that GitHub would make the tag from, were it not there.
    pub target_commitish: String,
    /// It is not published yet.
    pub draft: bool,
    /// It is a prerelease.
    pub prerelease: bool,
    /// It may not be changed any more; older servers do not say.
    pub immutable: Option<bool>,
    /// Its title, which GitHub may leave out.
    #[serde(deserialize_with = "Option::deserialize")]
    pub name: Option<String>,
    /// Its notes, which GitHub may leave out.
    #[serde(deserialize_with = "Option::deserialize")]
    pub body: Option<String>,
    /// Where a person can look at it.
    pub html_url: String,
    /// Where assets are uploaded to: an address template (RFC 6570).
    pub upload_url: String,
    /// What is attached to it.
    pub assets: Vec<Asset>,
}

/// A file that is attached to a release.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Asset {
    /// Its ID.
    pub id: u64,
    /// Its name, as GitHub has it: it replaces some characters.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// `uploaded`; anything else is not whole.
    pub state: String,
    /// The digest of its bytes, where GitHub says one.
    pub digest: Option<Digest>,
}

/// A release that is to be drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRelease {
    /// Its tag.
    pub tag: TagName,
    /// The commit that the tag stands for.
    pub commit: CommitId,
    /// Its title.
    pub name: String,
    /// Its notes.
    pub body: String,
    /// It is a prerelease.
    pub prerelease: bool,
}

impl Gh {
    /// The published release of a tag; `None` where there is none. Drafts are not found by their tag.
    pub async fn published_release(&self, tag: &str, cancel: &Cancel) -> Result<Option<Release>, GhError> {
        let found = self.found(&self.path(&format!("releases/tags/{}", encoded(tag))), cancel).await?;
        let release: Option<Release> = found.map(release).transpose()?;
        match release {
            Some(release) if release.tag_name != tag || release.draft => {
                Err(GhError::nonsense(format!("release {} was given for the tag {tag}", release.id)))
            }
            release => Ok(release),
        }
    }

    /// Every release of a tag, drafts too. GitHub shows drafts only to those who may push: see
    /// [`RepositoryFacts::can_push`](super::RepositoryFacts::can_push) before taking their absence for a fact.
    pub async fn releases_of_tag(&self, tag: &str, cancel: &Cancel) -> Result<Vec<Release>, GhError> {
        let mut all = Vec::new();
        for page in self.get_pages(&self.path("releases?per_page=100"), cancel).await? {
            all.extend(typed::<Vec<Release>>(page, "a list of releases")?);
        }
        // One that is listed twice was pushed to the next page by a newer one: another may have been lost so.
        if all.iter().map(|release| release.id).collect::<HashSet<_>>().len() != all.len() {
            return Err(GhError::nonsense("a release is listed twice"));
        }
        Ok(all.into_iter().filter(|release| release.tag_name == tag).collect())
    }

    /// One release by its ID, draft or not; `None` where there is none.
    pub async fn release(&self, id: u64, cancel: &Cancel) -> Result<Option<Release>, GhError> {
        let found = self.found(&self.path(&format!("releases/{id}")), cancel).await?;
        found.map(|answer| of_id(answer, id)).transpose()
    }

    /// Makes a draft. Where the error [may have arrived](GhError::may_have_arrived), there may be one: look, before
    /// making another.
    pub async fn create_draft(
        &self,
        _pass: DoorPass<'_>,
        new: &NewRelease,
        cancel: &Cancel,
    ) -> Result<Release, GhError> {
        let order = json!({
            "tag_name": new.tag,
            "target_commitish": new.commit,
            "name": new.name,
            "body": new.body,
            "draft": true,
            "prerelease": new.prerelease,
        });
        let made = release(self.send(Method::Post, &self.path("releases"), &order, cancel).await?)?;
        if new.tag != made.tag_name || !made.draft {
            return Err(GhError::nonsense(format!("release {} is not the draft that was ordered", made.id)));
        }
        Ok(made)
    }

    /// Attaches a file to a release under a name. Where the error [may have arrived](GhError::may_have_arrived), there
    /// may be an asset, whole or not: look.
    pub async fn upload_asset(
        &self,
        _pass: DoorPass<'_>,
        release: &Release,
        name: &str,
        file: &Path,
        cancel: &Cancel,
    ) -> Result<Asset, GhError> {
        let address = self.upload_address(release)?;
        // gh would read `-` as its standard input, and a path from its own folder.
        let file = file.canonicalize().map_err(|source| GhError::File { path: file.to_owned(), source })?;
        let answer = self.upload(&format!("{address}?name={}", encoded(name)), &file, cancel).await?;
        typed(answer, "a release asset")
    }

    /// Where a release's assets are uploaded to. It comes from an answer, and the token goes there: it must be what it
    /// always is.
    fn upload_address(&self, release: &Release) -> Result<String, GhError> {
        let address = release.upload_url.split('{').next().unwrap_or_default();
        let expected =
            format!("https://uploads.{HOST}/{}", self.path(&format!("releases/{}/assets", release.id)));
        if !address.eq_ignore_ascii_case(&expected) {
            return Err(GhError::nonsense(format!(
                "`{address}` is not where release {} is filled",
                release.id
            )));
        }
        Ok(expected)
    }

    /// Takes an asset away. Sent once: a second "not found" would tell nothing of the first.
    pub async fn delete_asset(&self, _pass: DoorPass<'_>, id: u64, cancel: &Cancel) -> Result<(), GhError> {
        let path = self.path(&format!("releases/assets/{id}"));
        self.request(Method::Delete, &path, None, cancel).await.map(drop)
    }

    /// Publishes a draft, as the latest release or not. Repeating it changes nothing more.
    pub async fn publish_release(
        &self,
        _pass: DoorPass<'_>,
        id: u64,
        make_latest: bool,
        cancel: &Cancel,
    ) -> Result<Release, GhError> {
        // A text, as GitHub documents it.
        let order = json!({ "draft": false, "make_latest": if make_latest { "true" } else { "false" } });
        let path = self.path(&format!("releases/{id}"));
        let published = of_id(self.send(Method::Patch, &path, &order, cancel).await?, id)?;
        if published.draft {
            return Err(GhError::nonsense(format!("release {id} is still a draft")));
        }
        Ok(published)
    }

    /// Downloads what GitHub has under an asset's ID, whatever it states of it, of at most `limit` bytes. For those who
    /// judge its bytes themselves.
    pub async fn asset_bytes(
        &self,
        id: u64,
        to: &Path,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Downloaded, GhError> {
        self.download(&self.path(&format!("releases/assets/{id}")), BYTES, to, limit, cancel).await
    }

    /// Downloads an asset to a file that is not there yet; its size and digest, where GitHub says one, are compared.
    pub async fn download_asset(
        &self,
        asset: &Asset,
        to: &Path,
        cancel: &Cancel,
    ) -> Result<Downloaded, GhError> {
        let path = self.path(&format!("releases/assets/{}", asset.id));
        let downloaded = self.download(&path, BYTES, to, asset.size, cancel).await?;
        let wrong = if downloaded.size != asset.size {
            GhError::nonsense(format!("`{path}` has {} bytes of {}", downloaded.size, asset.size))
        } else if let Some(said) = asset.digest.filter(|said| *said != downloaded.digest) {
            GhError::OtherBytes { path, said, found: downloaded.digest }
        } else {
            return Ok(downloaded);
        };
        std::fs::remove_file(to).map_err(|source| GhError::File { path: to.to_owned(), source })?;
        Err(wrong)
    }
}

fn release(answer: Value) -> Result<Release, GhError> {
    typed(answer, "a release")
}

fn of_id(answer: Value, id: u64) -> Result<Release, GhError> {
    let release = release(answer)?;
    if release.id != id {
        return Err(GhError::nonsense(format!("release {} was given for release {id}", release.id)));
    }
    Ok(release)
}
