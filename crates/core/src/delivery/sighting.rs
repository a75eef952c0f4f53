//! What the world says of one version of one package on one channel.
//!
//! Invariant: `Absent` is only the channel's own "not found"; whatever could not be told is `Unknown`, and what says two
//! things at once is `Conflict`.

use super::checksum::{Algorithm, Checksum};
use super::provenance::Attestation;
use crate::digest::Digest;
use crate::release::ResolvedTool;
use crate::verdict::Reason;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "seen", rename_all = "kebab-case")]
#[schemars(rename = "Observation")]
pub enum Sighting {
    /// The channel answered, and says that it does not have this version.
    Absent {
        /// What said so.
        said: String,
    },
    /// The channel has it.
    Live(Box<Served>),
    /// The channel's answer is about something else, or contradicts itself.
    Conflict {
        /// What does not fit together.
        said: String,
    },
    /// It could not be told.
    Unknown {
        /// Why.
        reason: Reason,
        /// The error.
        said: String,
    },
}

/// What a channel serves for a version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "Facts")]
pub struct Served {
    /// The package's name, as the channel spells it.
    pub package: String,
    /// The version, as the channel spells it.
    pub version: String,
    /// Whether the client's own index leads to it.
    pub resolves: Told,
    /// Why users are kept from it: yanked, deprecated, a draft.
    pub withdrawn: Vec<Withdrawn>,
    /// Its files.
    pub files: Vec<ServedFile>,
    /// Names that lead to versions, such as npm's `latest`.
    pub dist_tags: BTreeMap<String, String>,
    /// What the published artifact, or the channel, says of where it was built from.
    pub origin: Option<BuildOrigin>,
    /// Whether nobody can change it any more, where the channel says so.
    pub immutable: Option<bool>,
    /// What came of a clean install, where one was tried.
    pub install: Option<CleanInstall>,
    /// What could not be told of it, beside the above.
    pub doubts: Vec<Doubt>,
    /// What this source leaves out that the channel itself has: a mirror's gaps. Known by kebab-case names.
    pub gaps: Vec<String>,
}

/// Something that was told, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "told", rename_all = "kebab-case")]
pub enum Told {
    /// It is so.
    Yes,
    /// It is not so.
    No {
        /// What said so.
        said: String,
    },
    /// Nobody asked.
    #[default]
    NotAsked,
}

/// Why users are kept from a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Withdrawn {
    /// No resolver takes it for a new user.
    Yanked {
        /// The reason that was given, where one was.
        said: Option<String>,
    },
    /// Users are warned of it.
    Deprecated {
        /// The warning.
        said: String,
    },
    /// A release that only its makers see.
    Draft,
}

/// A file that a channel serves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ServedFile {
    /// Its name, as it is downloaded.
    pub name: String,
    /// What the channel states of it, before any download.
    pub stated: Vec<Checksum>,
    /// Its size in bytes, where the channel states it.
    pub bytes: Option<u64>,
    /// What was downloaded.
    pub content: Option<Content>,
    /// Whether it is an archive that was looked into.
    pub looked_into: bool,
    /// The names of files inside it that were asked for and are there.
    pub holds: Vec<String>,
    /// Signed statements about these bytes, where they were asked for.
    pub attestations: Vec<Attestation>,
}

impl ServedFile {
    /// What is known of its bytes, by algorithm: what was downloaded goes before what is stated.
    pub fn checksums(&self) -> BTreeMap<Algorithm, Checksum> {
        let content = self.content.iter();
        let downloaded =
            content.flat_map(|content| content.computed.iter().cloned().chain([content.digest.into()]));
        let each = self.stated.iter().cloned().chain(downloaded);
        each.map(|checksum| (checksum.algorithm(), checksum)).collect()
    }
}

/// Downloaded bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// How many.
    pub bytes: u64,
    /// Their SHA-256.
    pub digest: Digest,
    /// Their checksums of every algorithm that the channel states.
    pub computed: Vec<Checksum>,
}

/// Where something was built from, as it says itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BuildOrigin {
    /// The commit.
    pub commit: String,
    /// Whether the checkout had changes that no commit holds.
    pub dirty: bool,
}

/// What came of a clean install.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "came", rename_all = "kebab-case")]
pub enum Install {
    /// It was installed, it ran, and it said this version of itself.
    Ran {
        /// The version that it said.
        version: String,
    },
    /// The client refused to install it.
    NotInstalled {
        /// What the client said.
        said: String,
    },
    /// It was installed and does not run.
    DoesNotRun {
        /// What it said.
        said: String,
    },
    /// This host could not try.
    NotTried {
        /// Why.
        reason: Reason,
        /// What is lacking.
        said: String,
    },
}

/// A clean install, and what was run of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CleanInstall {
    /// What came of it.
    #[serde(flatten)]
    pub came: Install,
    /// The program that the smoke command stood for: its real file, relative to the empty home where it was installed there, its
    /// digest, and the version that it said. Nothing where it did not come to that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ResolvedTool>,
}

/// Something that could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Doubt {
    /// Why.
    pub reason: Reason,
    /// What happened.
    pub said: String,
}

impl Doubt {
    /// A doubt.
    pub fn new(reason: Reason, said: impl Into<String>) -> Self {
        Self { reason, said: said.into() }
    }
}
