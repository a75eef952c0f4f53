//! Assets of GitHub releases, downloaded by gh: an address in a browser's form leads only to public ones.
//!
//! Invariant: what gh cannot be asked for is asked at the address itself; what it says is not there, is not there.

use super::Registries;
use super::github_release::reason_of;
use crate::github::{Asset, Gh, GhError};
use crate::http::{Sums, Url};
use crate::process::Cancel;
use gonogo_core::delivery::Content;
use gonogo_core::verdict::Reason;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek};
use tokio::sync::Mutex;

/// What was downloaded, or why nothing was.
pub(super) type Downloaded = Result<(Content, File), (Reason, String)>;

/// Where GitHub has an asset.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    repository: String,
    tag: String,
    name: String,
}

/// The asset that an address of the form `…/OWNER/NAME/releases/download/TAG/FILE` on GitHub names.
pub(super) fn place(address: &Url) -> Option<Place> {
    if address.scheme() != "https" || address.host_str() != Some("github.com") || address.port().is_some() {
        return None;
    }
    let parts: Vec<String> = address.path_segments()?.map(decoded).collect::<Option<_>>()?;
    let [owner, name, releases, download, tag @ .., file] = &parts[..] else { return None };
    if releases != "releases" || download != "download" || tag.is_empty() || file.is_empty() {
        return None;
    }
    Some(Place { repository: format!("{owner}/{name}"), tag: tag.join("/"), name: file.clone() })
}

/// The releases that the files of one version are assets of: each is looked up once.
#[derive(Default)]
pub(super) struct Releases(Mutex<BTreeMap<(String, String), Found>>);

/// The assets of a release, where there is one; or why it could not be told. `None` where gh is not here or has no login.
type Found = Option<Result<Option<Vec<Asset>>, (Reason, String)>>;

impl Releases {
    async fn find(&self, gh: &Gh, place: &Place, cancel: &Cancel) -> Found {
        // Held until the answer is here, so that nobody asks for it a second time.
        let mut releases = self.0.lock().await;
        let key = (place.repository.clone(), place.tag.clone());
        if let Some(found) = releases.get(&key) {
            return found.clone();
        }
        let found = match gh.published_release(&place.tag, cancel).await {
            Ok(release) => Some(Ok(release.map(|release| release.assets))),
            Err(GhError::Unauthorized { .. } | GhError::MissingTool { .. }) => None,
            Err(error) => Some(Err((reason_of(&error), error.to_string()))),
        };
        releases.insert(key, found.clone());
        found
    }
}

/// The asset at a place. `None` where gh is not here or has no login: the address may do without.
pub(super) async fn at(
    registries: &Registries,
    place: &Place,
    releases: &Releases,
    cancel: &Cancel,
) -> Option<Downloaded> {
    let gh = registries.gh(&place.repository).ok()?;
    let assets = match releases.find(&gh, place, cancel).await? {
        Ok(assets) => assets,
        Err(error) => return Some(Err(error)),
    };
    let asset = assets.and_then(|assets| assets.into_iter().find(|asset| asset.name == place.name));
    let Some(asset) = asset else {
        let said = format!("{} has no release {} with it", place.repository, place.tag);
        return Some(Err((Reason::Unreachable, said)));
    };
    Some(fetched(&gh, &asset, registries.http.limits().file, cancel).await)
}

/// An asset that was listed.
pub(super) async fn download(
    registries: &Registries,
    repository: &str,
    asset: &Asset,
    cancel: &Cancel,
) -> Downloaded {
    let gh = registries.gh(repository).map_err(|_| (Reason::ToolMissing, "gh cannot be used".to_owned()))?;
    fetched(&gh, asset, registries.http.limits().file, cancel).await
}

async fn fetched(gh: &Gh, asset: &Asset, limit: u64, cancel: &Cancel) -> Downloaded {
    let disk = |error: std::io::Error| (Reason::HostUnfit, error.to_string());
    let folder = tempfile::tempdir().map_err(disk)?;
    let path = folder.path().join("asset");
    let downloaded = gh.asset_bytes(asset.id, &path, limit, cancel).await;
    downloaded.map_err(|error| (reason_of(&error), error.to_string()))?;
    let mut file = File::open(&path).map_err(disk)?;
    let mut sums = Sums::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut buffer).map_err(disk)?;
        if read == 0 {
            break;
        }
        sums.update(&buffer[..read]);
    }
    file.rewind().map_err(disk)?;
    Ok((sums.finish(), file))
}

/// A part of a path without its percent-encoding (RFC 3986); `None` where that is no text.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, after @ ..] = rest {
        match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                bytes.push(u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?);
                rest = after;
            }
            (b'%', _) => return None,
            (byte, after) => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> Option<(String, String, String)> {
        let place = place(&Url::parse(address).unwrap())?;
        Some((place.repository, place.tag, place.name))
    }

    #[test]
    fn an_address_of_a_release_names_its_asset_and_no_other_address_does() {
        let own = |tag: &str| Some(("o/r".to_owned(), tag.to_owned(), "kit.tgz".to_owned()));
        assert_eq!(of("https://github.com/o/r/releases/download/v1.0/kit.tgz"), own("v1.0"));
        assert_eq!(of("https://github.com/o/r/releases/download/kit%2Fv1.0/kit.tgz"), own("kit/v1.0"));
        assert_eq!(of("https://github.com/o/r/releases/download/kit/v1.0/kit.tgz"), own("kit/v1.0"));
        for other in [
            "https://github.com/o/r/archive/v1.0.tar.gz",
            "https://github.com/o/r/releases/download/v1.0/",
            "https://github.com/o/r/releases/download/kit.tgz",
            "http://github.com/o/r/releases/download/v1.0/kit.tgz",
            "https://example.test/o/r/releases/download/v1.0/kit.tgz",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
