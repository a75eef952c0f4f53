//! Delivery: proof that a channel serves the exact artifacts that were built.
//!
//! Four levels, each holding those before it: accepted, resolvable, equal bytes, a clean install that runs. The world
//! brings observations; this judges them, and touches nothing. Each channel has a folder of its own, and is listed at
//! the end of this file.

mod across;
mod channel;
mod checksum;
mod crates_io;
mod expected;
mod files;
mod github_release;
mod go;
mod homebrew;
mod judge;
mod level;
mod matrix;
mod npm;
mod package;
mod partial;
mod problem;
mod provenance;
mod pypi;
mod registry_package;
mod rules;
mod sighting;
mod since;
mod smoke;
mod undo;
mod window;
mod words;

pub use across::across;
pub use checksum::{Algorithm, Checksum, NotAChecksum};
pub use expected::{Expected, ExpectedFiles, KnownRelease};
pub use files::{Added, ExpectedBuild, ExpectedNames, FilePattern, Misfits, ReleaseFiles};
pub use github_release::ReleaseAssets;
pub use go::{GoMod, GoModule, Retraction, go_version};
pub use homebrew::TapFormula;
pub use judge::{Judgement, judge};
pub use level::Level;
pub use matrix::{Cell, Column, Matrix, Row, matrix};
pub use npm::npm_tarball;
pub use package::{AskedBy, Package};
pub use partial::{Act, PackageStanding, Partial, Presence, RecoveryAction, partial, presence};
pub use problem::{Problem, ProblemCode};
pub use provenance::{Attestation, ISSUER, Provenance};
pub use pypi::{distribution, normalized};
pub use registry_package::RegistryPackage;
pub use sighting::{
    BuildOrigin, CleanInstall, Content, Doubt, Install, Served, ServedFile, Sighting, Told, Withdrawn,
};
pub use since::{Change, since};
pub use smoke::{Smoke, ran};
pub use undo::{How, Undo};
pub use window::Window;

use rules::Rules;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place users install from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A cargo registry.
    CratesIo,
    /// An npm registry.
    Npm,
    /// A Python package index.
    Pypi,
    /// A Homebrew tap.
    Homebrew,
    /// A Go module proxy.
    Go,
    /// The assets of a GitHub release.
    GithubRelease,
}

/// Where users install from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Channels {
    /// crates.io.
    pub crates_io: Option<RegistryPackage>,
    /// npm.
    pub npm: Option<RegistryPackage>,
    /// PyPI.
    pub pypi: Option<RegistryPackage>,
    /// A Homebrew tap.
    pub homebrew: Option<TapFormula>,
    /// The Go module proxy.
    pub go: Option<GoModule>,
    /// The assets of the GitHub release.
    pub github_release: Option<ReleaseAssets>,
}

/// A channel that a command can publish to, by the name that the plan has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(description = "A channel, by the name that the plan has for it.")]
pub enum ChannelName {
    /// crates.io.
    CratesIo,
    /// npm.
    Npm,
    /// PyPI.
    Pypi,
}

impl From<ChannelName> for Channel {
    fn from(name: ChannelName) -> Self {
        match name {
            ChannelName::CratesIo => Self::CratesIo,
            ChannelName::Npm => Self::Npm,
            ChannelName::Pypi => Self::Pypi,
        }
    }
}

impl Channel {
    /// Every channel, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::CratesIo, Self::Npm, Self::Pypi, Self::Homebrew, Self::Go, Self::GithubRelease];

    /// What is special about it.
    fn rules(self) -> &'static dyn Rules {
        match self {
            Self::CratesIo => &crates_io::CratesIo,
            Self::Npm => &npm::Npm,
            Self::Pypi => &pypi::Pypi,
            Self::Homebrew => &homebrew::Homebrew,
            Self::Go => &go::Go,
            Self::GithubRelease => &github_release::GithubRelease,
        }
    }
}
