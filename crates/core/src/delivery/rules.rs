//! What a channel's room says of it. What it does not say is as it is on most channels.

use super::Channels;
use super::expected::{Expected, ExpectedFiles, KnownRelease};
use super::package::{AskedBy, Package};
use super::undo::Undo;
use crate::manifest::Manifest;
use semver::Version;
use std::time::Duration;

/// What is special about a channel.
pub(super) trait Rules: Sync {
    /// Its name, as the plan has it.
    fn name(&self) -> &'static str;

    /// How a command line names a package there without a plan.
    fn asked_by(&self) -> AskedBy;

    /// How long a published version usually takes to show everywhere, at the most.
    fn usual_window(&self) -> Duration;

    /// What has to be so there for a version to be delivered, in words.
    fn what_is_asked(&self) -> &'static str;

    /// What can be undone of a version there, the mildest first. Each command works as it stands: where more has to be known
    /// than is, it is done by hand.
    fn undo(&self, package: &str, version: &str, tag: &str) -> Vec<Undo>;

    /// What a plan names there. `repository` is the project's on GitHub.
    fn packages(&self, plan: &Channels, repository: Option<&str>) -> Vec<Package>;

    /// What a plan asks of the project's repository there, as the beginning of a sentence.
    fn of_the_repository(&self, _: &Channels) -> Option<&'static str> {
        None
    }

    /// What a plan asks that the channel cannot show, and what shows it else.
    fn cannot_show(&self, _: &Channels) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Which files of a release manifest are a package's there.
    fn files(&self, package: &str, version: &Version, manifest: &Manifest) -> ExpectedFiles;

    /// What else a release has to show there.
    fn complete(&self, expected: Expected, _: &Package, _: &KnownRelease<'_>) -> Expected {
        expected
    }

    /// How it spells a version; `None` where it has no spelling for it.
    fn spell(&self, version: &Version) -> Option<String> {
        Some(version.to_string())
    }

    /// How a version is spelled in the names of its files; more than one where each will do.
    fn spellings_in_names(&self, version: &Version) -> Vec<String> {
        self.spell(version).into_iter().collect()
    }

    /// How the names of a package's files begin; `None` where they tell no package.
    fn file_stem(&self, _package: &str) -> Option<String> {
        None
    }

    /// How the names of files end that go to this channel and to no other; `None` where it takes files of any name.
    fn ending(&self) -> Option<&'static str> {
        None
    }

    /// The version that a spelling stands for, as other channels write it.
    fn read(&self, served: &str) -> Option<Version> {
        Version::parse(served).ok()
    }

    /// Whether a version, as it is served, is exactly this one.
    fn is_version(&self, served: &str, version: &Version) -> bool {
        Version::parse(served).is_ok_and(|served| served == *version)
    }

    /// Whether its spelling says less of how others write a version than theirs does.
    fn spells_loosely(&self) -> bool {
        false
    }

    /// Whether a name, as it is served, is a package's.
    fn is_package(&self, served: &str, package: &str) -> bool {
        served == package
    }

    /// Whether what it publishes says which commit it was built from.
    fn states_its_commit(&self) -> bool {
        false
    }

    /// Whether what it serves is the tagged tree, and not something that was built of it.
    fn serves_the_tree(&self) -> bool {
        false
    }

    /// Whether it has one file for each version, under a name of its own.
    fn names_files_itself(&self) -> bool {
        false
    }

    /// Whether a version there may have a file for each platform, so that one may be missing unseen.
    fn has_files_by_platform(&self) -> bool {
        false
    }

    /// The name under which other channels have a file of a package, so that the two can be compared; `None` where its
    /// name says nothing of that.
    fn shared_name(&self, _: &Expected, served: &str) -> Option<String> {
        Some(served.to_owned())
    }

    /// Whether it is a registry that may be asked at any time: it takes no version twice, and keeps no "not found".
    fn is_askable_early(&self) -> bool {
        false
    }

    /// Whether its index has every version that was ever published.
    fn keeps_every_version(&self) -> bool {
        true
    }
}

/// So many minutes.
pub(super) const fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}
