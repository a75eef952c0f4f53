//! Registries, asked as their users' own clients ask them: by the clients' configuration, without credentials.
//!
//! Invariant: this returns what was seen and judges nothing. Only a registry's own "not found" is an absence; an answer
//! that is late, broken, large, or of another kind is `unknown`; one that contradicts itself is a `conflict`.

mod archive;
mod asset;
mod attestation;
mod configuration;
mod crates_io;
mod files;
mod github_release;
mod go;
mod homebrew;
mod index;
mod install;
mod npm;
mod pypi;

pub use configuration::{Configuration, NotConfigured, client_environment};

use crate::git::Git;
use crate::github::Asset;
use crate::http::{Http, HttpError, Url};
use crate::process::Cancel;
use asset::Releases;
use files::Looked;
use futures_util::{StreamExt, stream};
use gonogo_core::delivery::{BuildOrigin, Channel, Checksum, CleanInstall, Expected, Served, Sighting};
use gonogo_core::ids::CommitId;
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use index::Index;
use semver::Version;
use std::collections::BTreeMap;
use tokio::sync::OnceCell;

/// How many files of one version are downloaded at once.
const FILES_AT_ONCE: usize = 4;

/// How much of a version is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What the client's index says.
    Index,
    /// And every file that it names, downloaded and looked into.
    Bytes,
}

/// One version of one package, to be looked at.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The channel.
    pub channel: Channel,
    /// The package's name.
    pub package: String,
    /// The version.
    pub version: Version,
    /// Its tag, by which GitHub names a release.
    pub tag: String,
    /// Names of files, without folder, that are looked for inside each published archive.
    pub holds: Vec<String>,
    /// Whether signed statements about each file are looked for.
    pub attested: bool,
}

impl Wanted {
    /// What is expected of a package, to be looked at under a release's tag.
    pub fn of(expected: &Expected, tag: &str) -> Self {
        Self {
            channel: expected.channel,
            package: expected.package.clone(),
            version: expected.version.clone(),
            tag: tag.to_owned(),
            holds: expected.holds.clone(),
            attested: expected.provenance.is_some(),
        }
    }
}

/// The registries of one configuration.
#[derive(Debug)]
pub struct Registries {
    http: Http,
    configuration: Configuration,
    /// Where the default cargo registry's files are, once it has said so.
    templates: OnceCell<String>,
}

/// What a channel's index says of a package, version by version.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Each version as it is spelled there, in the order of the index.
    pub versions: Vec<Listed>,
}

/// One version in an index.
#[derive(Clone, Debug)]
pub struct Listed {
    /// As it is spelled there.
    pub version: String,
    /// What is said of it, or why that makes no sense.
    pub entry: Result<IndexEntry, String>,
}

/// What an index says of one version.
#[derive(Clone, Debug, Default)]
pub struct IndexEntry {
    /// The facts, without any download.
    pub facts: Served,
    /// Where each of the facts' files is, in their order.
    pub sources: Vec<FileSource>,
}

/// Where a file is, and what is said of it.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// Where its bytes are.
    pub at: FileLocation,
    /// Where the signed statements about it are, where the index says so.
    pub attestations: Option<Url>,
}

impl FileSource {
    /// A file at an address, of which the index says nothing more.
    pub const fn address(address: Url) -> Self {
        Self { at: FileLocation::Address(address), attestations: None }
    }
}

/// Where a file's bytes are.
#[derive(Clone, Debug)]
pub enum FileLocation {
    /// At an address.
    Address(Url),
    /// An asset of a GitHub release, which gh downloads: whether or not the repository is public.
    Asset(Asset),
}

/// Why there is no listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListingError {
    /// The registry says that it has no such package.
    NotFound(String),
    /// What it says is about something else, or contradicts itself.
    Conflict(String),
    /// It could not be told.
    Unknown(Reason, String),
}

impl From<HttpError> for ListingError {
    /// "Not found" is an error here like any other: whether it is an absence, the asker must know.
    fn from(error: HttpError) -> Self {
        Self::Unknown(error.reason(), error.to_string())
    }
}

impl From<NotConfigured> for ListingError {
    fn from(error: NotConfigured) -> Self {
        Self::Unknown(error.reason, error.message)
    }
}

impl From<ListingError> for Sighting {
    fn from(trouble: ListingError) -> Self {
        match trouble {
            ListingError::NotFound(said) => Self::Absent { said: one_line(&said) },
            ListingError::Conflict(said) => Self::Conflict { said: one_line(&said) },
            ListingError::Unknown(reason, said) => Self::Unknown { reason, said: one_line(&said) },
        }
    }
}

impl Registries {
    /// The registries that the clients of a configuration ask.
    pub const fn new(http: Http, configuration: Configuration) -> Self {
        Self { http, configuration, templates: OnceCell::const_new() }
    }

    /// Looks at one version.
    pub async fn observe(&self, wanted: &Wanted, depth: Depth, cancel: &Cancel) -> Sighting {
        self.observe_while(wanted, |_| depth == Depth::Bytes, cancel).await
    }

    /// Looks at what the index says of one version, once; and at its files, where what was seen so far is worth it.
    pub async fn observe_while(
        &self,
        wanted: &Wanted,
        is_worth: impl FnOnce(&Sighting) -> bool,
        cancel: &Cancel,
    ) -> Sighting {
        let listed = index(wanted.channel).one(self, wanted, cancel).await;
        let listing = match listed {
            Ok(listing) => listing,
            Err(trouble) => {
                // What has no meaning may have been spoilt on its way: the next look is at the whole.
                if matches!(
                    trouble,
                    ListingError::Conflict(_) | ListingError::Unknown(Reason::UnreadableOutput, _)
                ) {
                    self.http.forget();
                }
                return trouble.into();
            }
        };
        let seen = self.observe_listed(&listing, wanted, Depth::Index, cancel).await;
        if is_worth(&seen) { self.observe_listed(&listing, wanted, Depth::Bytes, cancel).await } else { seen }
    }

    /// Looks at one version of a listing that is here already.
    pub async fn observe_listed(
        &self,
        listing: &Listing,
        wanted: &Wanted,
        depth: Depth,
        cancel: &Cancel,
    ) -> Sighting {
        let mut entry = match listing.find(wanted) {
            Ok(entry) => entry.clone(),
            Err(trouble) => return trouble.into(),
        };
        if depth == Depth::Bytes {
            self.fetch(&mut entry, wanted, cancel).await;
        }
        Sighting::Live(Box::new(entry.facts))
    }

    /// Tries a clean install of a version with its ecosystem's own client, and runs a command of it.
    pub async fn install(&self, wanted: &Wanted, smoke: &[String], cancel: &Cancel) -> CleanInstall {
        install::install(&self.configuration, wanted, smoke, cancel).await
    }

    /// Every version that the client's index has of a package.
    pub async fn list(
        &self,
        channel: Channel,
        package: &str,
        cancel: &Cancel,
    ) -> Result<Listing, ListingError> {
        index(channel).list(self, package, cancel).await
    }

    /// Downloads every file of an entry and looks into it. What cannot be had is a doubt, and no absence.
    async fn fetch(&self, entry: &mut IndexEntry, wanted: &Wanted, cancel: &Cancel) {
        let IndexEntry { facts, sources } = entry;
        let files = std::mem::take(&mut facts.files);
        let each = files.into_iter().zip(sources.iter());
        let releases = Releases::default();
        let look = |(file, source)| files::look(self, file, source, wanted, &releases, cancel);
        let looked = stream::iter(each.map(look)).buffered(FILES_AT_ONCE).collect::<Vec<Looked>>();
        let commit = index(wanted.channel).commit(self, wanted, cancel);
        let (looked, commit) = tokio::join!(looked, commit);
        let mut origin = None;
        for looked in looked {
            facts.files.push(looked.file);
            facts.doubts.extend(looked.doubts);
            origin = origin.or(looked.origin);
        }
        match commit {
            Some(Ok(commit)) => facts.origin = Some(BuildOrigin { commit, dirty: false }),
            Some(Err(doubt)) => facts.doubts.push(doubt),
            None if wanted.channel.states_its_commit() => facts.origin = origin,
            None => {}
        }
    }
}

/// The checksum of a version by the repository's tree at a commit of the release, for a channel that serves the tree.
/// `None` where the tree has no such package.
pub async fn sum_of_tree(
    channel: Channel,
    git: &Git,
    package: &str,
    version: &Version,
    commit: &CommitId,
) -> Result<Option<Checksum>, String> {
    index(channel).sum_of_tree(git, package, version, commit).await
}

impl Listing {
    /// The one entry of a version.
    pub fn find(&self, wanted: &Wanted) -> Result<&IndexEntry, ListingError> {
        let is_wanted = |listed: &&Listed| wanted.channel.is_version(&listed.version, &wanted.version);
        let mut found = self.versions.iter().filter(is_wanted);
        let Some(listed) = found.next() else {
            let others = self.versions.len();
            return Err(ListingError::NotFound(format!("not among the {others} versions of the index")));
        };
        if found.next().is_some() {
            return Err(ListingError::Conflict(format!("the index has {} twice", listed.version)));
        }
        listed.entry.as_ref().map_err(|said| ListingError::Conflict(format!("{}: {said}", listed.version)))
    }
}

/// How a channel is asked.
fn index(channel: Channel) -> &'static dyn Index {
    match channel {
        Channel::CratesIo => &crates_io::CratesIo,
        Channel::Npm => &npm::Npm,
        Channel::Pypi => &pypi::Pypi,
        Channel::Homebrew => &homebrew::Homebrew,
        Channel::Go => &go::Go,
        Channel::GithubRelease => &github_release::GithubRelease,
    }
}

/// Groups files by version, in the order in which versions first come.
fn in_order<T>(files: Vec<(String, T)>) -> Vec<(String, Vec<T>)> {
    let mut places = BTreeMap::new();
    let mut groups: Vec<(String, Vec<T>)> = Vec::new();
    for (version, file) in files {
        let place = *places.entry(version.clone()).or_insert_with(|| {
            groups.push((version, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(file);
    }
    groups
}
