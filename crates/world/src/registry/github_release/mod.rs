//! The assets of a GitHub release, through `gh`.
//!
//! Invariant: a release is absent only where its repository is there to be seen and has no published one for the tag.

use super::index::{Answer, Index};
use super::install::{Clean, not_tried};
use super::{
    FileLocation, FileSource, IndexEntry, Listed, Listing, ListingError, Registries, Wanted, archive,
};
use crate::github::{Asset, Gh, GhError, GhPatience};
use crate::process::Cancel;
use crate::tools;
use gonogo_core::delivery::{Channel, Doubt, Install, Served, ServedFile, Told, Withdrawn};
use gonogo_core::digest::Digest;
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use serde_json::Value;

/// Variables by which gh is configured.
const VARIABLES: [&str; 6] = ["GH_CONFIG_DIR", "GH_TOKEN", "GITHUB_TOKEN", "XDG_CONFIG_HOME", "HOME", "PATH"];
/// The field that names a release's tag.
const NAME: &str = "tag_name";

/// How the releases of a repository are asked for.
pub(super) struct GithubRelease;

impl Index for GithubRelease {
    fn list<'a>(
        &'a self,
        registries: &'a Registries,
        package: &'a str,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        Box::pin(list(registries, package, cancel))
    }

    fn install<'a>(
        &'a self,
        _: &'a Clean<'a>,
        _: &'a Wanted,
        _: &'a [String],
    ) -> Answer<'a, Result<Install, Install>> {
        let said = "no client installs the assets of a release";
        Box::pin(std::future::ready(Err(not_tried(Reason::UnsupportedHere, said))))
    }

    fn one<'a>(
        &'a self,
        registries: &'a Registries,
        wanted: &'a Wanted,
        cancel: &'a Cancel,
    ) -> Answer<'a, Result<Listing, ListingError>> {
        Box::pin(one(registries, wanted, cancel))
    }

    fn commit<'a>(
        &'a self,
        registries: &'a Registries,
        wanted: &'a Wanted,
        cancel: &'a Cancel,
    ) -> Answer<'a, Option<Result<String, Doubt>>> {
        Box::pin(async { Some(commit(registries, wanted, cancel).await) })
    }

    /// Its files are any files: they are looked into where something is to be found there.
    fn archive(&self, name: &str, wanted: &Wanted) -> archive::Kind {
        if wanted.holds.is_empty() { archive::Kind::Other } else { archive::Kind::of(name) }
    }
}

/// The release of one tag.
async fn one(registries: &Registries, wanted: &Wanted, cancel: &Cancel) -> Result<Listing, ListingError> {
    let gh = registries.gh(&wanted.package)?;
    let repository = gh.repository();
    let tag = encoded(&wanted.tag);
    let value = match gh.get(&format!("repos/{repository}/releases/tags/{tag}"), cancel).await {
        Ok(value) => value,
        Err(error @ GhError::NotFound { .. }) => {
            let any = gh.get(&format!("repos/{repository}/releases?per_page=1"), cancel).await;
            any.map_err(|error| unknown(&error))?;
            return Err(ListingError::NotFound(format!("no published release of {}: {error}", wanted.tag)));
        }
        Err(error) => return Err(unknown(&error)),
    };
    if value[NAME].as_str() != Some(&wanted.tag) {
        let told = value[NAME].as_str().unwrap_or("no tag");
        return Err(ListingError::Conflict(format!("asked for {}, and told of {told}", wanted.tag)));
    }
    let version = wanted.version.to_string();
    let entry = entry(&value, &wanted.package, &version).map_err(ListingError::Conflict)?;
    Ok(Listing { versions: vec![Listed { version, entry: Ok(entry) }] })
}

/// The commit that the release's tag leads to there now.
async fn commit(registries: &Registries, wanted: &Wanted, cancel: &Cancel) -> Result<String, Doubt> {
    let doubt = |reason, said: &str| {
        Doubt::new(reason, format!("where the tag {} leads to is not known: {}", wanted.tag, one_line(said)))
    };
    let gh = registries.gh(&wanted.package).map_err(|_| doubt(Reason::ToolMissing, "gh cannot be used"))?;
    // By the tag's whole name: a branch may have the short one.
    let path = format!("repos/{}/commits/tags/{}", gh.repository(), encoded(&wanted.tag));
    let value = gh.get(&path, cancel).await.map_err(|error| doubt(reason_of(&error), &error.to_string()))?;
    let commit = value["sha"].as_str().filter(|id| id.len() >= 40);
    commit.map(str::to_owned).ok_or_else(|| doubt(Reason::UnreadableOutput, "no commit is named"))
}

/// The published releases whose tags are `v` and a version.
async fn list(registries: &Registries, package: &str, cancel: &Cancel) -> Result<Listing, ListingError> {
    let gh = registries.gh(package)?;
    let path = format!("repos/{}/releases?per_page=100", gh.repository());
    let pages = gh.get_pages(&path, cancel).await.map_err(|error| unknown(&error))?;
    let mut versions = Vec::new();
    for page in &pages {
        let page = page.as_array().ok_or_else(|| nonsense("a page of releases is no list"))?;
        for release in page {
            let tag = release[NAME].as_str().ok_or_else(|| nonsense("a release has no tag"))?;
            let version = tag.strip_prefix('v').unwrap_or(tag);
            if Channel::GithubRelease.read(version).is_some() {
                versions
                    .push(Listed { version: version.to_owned(), entry: entry(release, package, version) });
            }
        }
    }
    Ok(Listing { versions })
}

fn entry(release: &Value, package: &str, version: &str) -> Result<IndexEntry, String> {
    let draft = release["draft"].as_bool().ok_or("a release does not say whether it is a draft")?;
    let assets = release["assets"].as_array().ok_or("a release has no list of assets")?;
    let facts = Served {
        package: package.to_owned(),
        version: version.to_owned(),
        resolves: Told::Yes,
        withdrawn: if draft { vec![Withdrawn::Draft] } else { Vec::new() },
        immutable: release["immutable"].as_bool(),
        ..Served::default()
    };
    let mut entry = IndexEntry { facts, sources: Vec::new() };
    for asset in assets {
        let name = asset["name"].as_str().ok_or("an asset has no name")?;
        let state = asset["state"].as_str().ok_or("an asset has no state")?;
        let size = asset["size"].as_u64().ok_or("an asset has no size")?;
        if state != "uploaded" {
            let said = format!("the upload of {name} has not ended");
            entry.facts.doubts.push(Doubt::new(Reason::UnreadableOutput, said));
        }
        let digest = match &asset["digest"] {
            Value::Null => None,
            digest => {
                let digest = digest.as_str().and_then(|digest| digest.parse::<Digest>().ok());
                Some(digest.ok_or_else(|| format!("the digest of {name} cannot be read"))?)
            }
        };
        let asset = Asset {
            id: asset["id"].as_u64().ok_or("an asset has no ID")?,
            name: name.to_owned(),
            size,
            state: state.to_owned(),
            digest,
        };
        entry.sources.push(FileSource { at: FileLocation::Asset(asset), attestations: None });
        entry.facts.files.push(ServedFile {
            name: name.to_owned(),
            stated: digest.into_iter().map(Into::into).collect(),
            bytes: Some(size),
            ..ServedFile::default()
        });
    }
    Ok(entry)
}

impl Registries {
    /// gh for a repository, as patient as the other clients here, and with their caps.
    pub(super) fn gh(&self, repository: &str) -> Result<Gh, ListingError> {
        let environment = self.configuration.environment();
        let program = tools::find("gh", environment.get("PATH").unwrap_or_default(), None)
            .map_err(|error| ListingError::Unknown(Reason::ToolMissing, error.to_string()))?;
        let gh = Gh::open(program, self.configuration.directory().to_owned(), repository.to_owned());
        let gh = gh.map_err(|error| ListingError::Conflict(error.to_string()))?;
        let own = VARIABLES.iter().filter_map(|name| Some((*name, environment.get(name)?)));
        let (patience, limits) = (self.http.patience(), self.http.limits());
        let again = GhPatience {
            retries: patience.retries,
            delay: patience.delay,
            longest_wait: patience.longest_wait,
        };
        Ok(gh
            .with_variables(own)
            .with_patience(again)
            .with_timeout(patience.attempt)
            .with_transfer_timeout(patience.transfer)
            .with_limit(usize::try_from(limits.document).unwrap_or(usize::MAX)))
    }
}

fn unknown(error: &GhError) -> ListingError {
    ListingError::Unknown(reason_of(error), error.to_string())
}

/// Why something could not be told, where gh could not tell it.
pub(super) fn reason_of(error: &GhError) -> Reason {
    match error {
        GhError::MissingTool { .. } => Reason::ToolMissing,
        GhError::TimedOut { .. } => Reason::TimedOut,
        GhError::Cancelled => Reason::Interrupted,
        GhError::Nonsense { .. } => Reason::UnreadableOutput,
        GhError::TooLarge { .. } => Reason::OutputTooLarge,
        GhError::File { .. } | GhError::Process { .. } => Reason::HostUnfit,
        GhError::BadRepository { .. } | GhError::OtherBytes { .. } | GhError::Archive { .. } => {
            Reason::UnreadableOutput
        }
        GhError::Unauthorized { .. }
        | GhError::Forbidden { .. }
        | GhError::NotFound { .. }
        | GhError::RateLimited { .. }
        | GhError::Invalid { .. }
        | GhError::Conflict { .. }
        | GhError::Refused { .. }
        | GhError::Server { .. }
        | GhError::Network { .. } => Reason::Unreachable,
    }
}

fn nonsense(said: &str) -> ListingError {
    ListingError::Unknown(Reason::UnreadableOutput, said.to_owned())
}

/// A tag within a path: what is not plain is percent-encoded (RFC 3986).
fn encoded(tag: &str) -> String {
    tag.bytes().fold(String::new(), |path, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            path + &char::from(byte).to_string()
        } else {
            format!("{path}%{byte:02X}")
        }
    })
}
