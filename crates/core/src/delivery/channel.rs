//! The channels, one line each: this is where a new channel is listed. What is special about each is in its own room.
//!
//! Invariant: versions are compared as versions of the channel's own ecosystem, whole, never as parts of a text.

use super::crates_io::CratesIo;
use super::github_release::{GithubRelease, ReleaseAssets};
use super::go::{Go, GoModule};
use super::homebrew::{Homebrew, TapFormula};
use super::npm::Npm;
use super::package::{AskedBy, Package};
use super::pypi::Pypi;
use super::registry_package::RegistryPackage;
use super::rules::Rules;
use super::undo::Undo;
use crate::problems::Problems;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::time::Duration;

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
    pub(super) fn rules(self) -> &'static dyn Rules {
        match self {
            Self::CratesIo => &CratesIo,
            Self::Npm => &Npm,
            Self::Pypi => &Pypi,
            Self::Homebrew => &Homebrew,
            Self::Go => &Go,
            Self::GithubRelease => &GithubRelease,
        }
    }

    /// Its name, as the plan has it.
    pub fn name(self) -> &'static str {
        self.rules().name()
    }

    /// How a command line names a package there without a plan.
    pub fn asked_by(self) -> AskedBy {
        self.rules().asked_by()
    }

    /// How long a published version usually takes to show everywhere, at the most.
    pub fn usual_window(self) -> Duration {
        self.rules().usual_window()
    }

    /// What has to be so there for a version to be delivered, in words.
    pub fn what_is_asked(self) -> &'static str {
        self.rules().what_is_asked()
    }

    /// Whether it is a registry that may be asked at any time: it takes no version twice, and keeps no "not found".
    pub fn is_askable_early(self) -> bool {
        self.rules().is_askable_early()
    }

    /// Whether its index has every version that was ever published.
    pub fn keeps_every_version(self) -> bool {
        self.rules().keeps_every_version()
    }

    /// Whether what it publishes says which commit it was built from.
    pub fn states_its_commit(self) -> bool {
        self.rules().states_its_commit()
    }

    /// Whether what it serves is the tagged tree, and not something that was built of it.
    pub fn serves_the_tree(self) -> bool {
        self.rules().serves_the_tree()
    }

    /// How this channel spells a version; `None` where it has no spelling for it.
    pub fn spell(self, version: &Version) -> Option<String> {
        self.rules().spell(version)
    }

    /// The version that a spelling stands for, as other channels write it: PyPI's `1.2.0rc1` is `1.2.0-rc.1`. `None` where
    /// no other channel could have it.
    pub fn read(self, served: &str) -> Option<Version> {
        self.rules().read(served)
    }

    /// Whether a version, as this channel served it, is exactly this one.
    pub fn is_version(self, served: &str, version: &Version) -> bool {
        self.rules().is_version(served, version)
    }

    /// What can be undone of a version here, the mildest first.
    pub fn undo(self, package: &str, version: &str) -> Vec<Undo> {
        self.rules().undo(package, version)
    }
}

impl Channels {
    /// The packages that the plan names, channel by channel. `repository` is the project's on GitHub; a plan that asks for
    /// something of it names it.
    pub fn packages(&self, repository: Option<&str>) -> Vec<Package> {
        Channel::ALL.iter().flat_map(|channel| channel.rules().packages(self, repository)).collect()
    }

    /// Whether the plan has a channel.
    pub fn has(&self, channel: Channel) -> bool {
        !channel.rules().packages(self, Some("")).is_empty()
    }

    /// What channels ask of the project's repository, it has to have a name for; and none is asked what it cannot show.
    pub(crate) fn check(&self, has_repository: bool, named: &Range<usize>, problems: &mut Problems) {
        let rules = || Channel::ALL.iter().map(|channel| channel.rules());
        for what in rules().filter_map(|rules| rules.of_the_repository(self)).filter(|_| !has_repository) {
            let message = format!("{what} of `project.repository`, which this plan does not name");
            problems.push(named.clone(), message, None);
        }
        for (message, help) in rules().filter_map(|rules| rules.cannot_show(self)) {
            problems.push(named.clone(), message, Some(help));
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn a_version_is_never_found_inside_another_one() {
        for channel in Channel::ALL {
            let spelled = |text: &str| channel.spell(&version(text)).unwrap();
            assert!(channel.is_version(&spelled("0.1.1"), &version("0.1.1")), "{channel}");
            for other in ["0.1.14", "10.1.1", "0.1.1-rc.1", "0.1.10", "0.1.2"] {
                assert!(!channel.is_version(&spelled(other), &version("0.1.1")), "{channel} {other}");
            }
            for other in ["", "0.1", "plasmite 0.1.1", "0.1.1 ", "V0.1.1", "latest"] {
                assert!(!channel.is_version(other, &version("0.1.1")), "{channel} {other:?}");
            }
        }
    }

    #[test]
    fn names_are_spelled_the_same_in_json_and_on_screen() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.to_string());
        }
        for name in [ChannelName::CratesIo, ChannelName::Npm, ChannelName::Pypi] {
            assert_eq!(serde_json::to_value(name).unwrap(), Channel::from(name).name());
        }
    }
}
