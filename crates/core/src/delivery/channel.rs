//! What can be asked of a channel: each answers by its own room.
//!
//! Invariant: versions are compared as versions of the channel's own ecosystem, whole, never as parts of a text.

use super::package::{AskedBy, Package};
use super::undo::Undo;
use super::{Channel, Channels};
use crate::problems::Problems;
use semver::Version;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::time::Duration;

impl Channel {
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

    /// Whether a version there may have a file for each platform, so that one may be missing unseen.
    pub fn has_files_by_platform(self) -> bool {
        self.rules().has_files_by_platform()
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

    /// Whether a name, as this channel served it, is a package's.
    pub fn is_package(self, served: &str, package: &str) -> bool {
        self.rules().is_package(served, package)
    }

    /// What can be undone of a version here, the mildest first.
    pub fn undo(self, package: &str, version: &str, tag: &str) -> Vec<Undo> {
        self.rules().undo(package, version, tag)
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
        let silent = self.packages(Some("")).into_iter().filter(|package| package.files.adds_to_nothing());
        let silent: BTreeSet<Channel> = silent.map(|package| package.channel).collect();
        for channel in silent {
            let message = format!("`channels.{channel}` has `adds`, and no `files` that they come besides");
            problems.push(named.clone(), message, Some("without `files`, any file may be there"));
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
    use crate::delivery::ChannelName;

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
