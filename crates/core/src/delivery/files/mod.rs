//! The expected set: which files a release consists of on a channel, said before anything is built.
//!
//! Invariant: one expectation for whoever asks: the fetch of what was built, the GitHub release, and what a channel serves.

mod added;
mod base;
mod built;
mod pattern;

pub use added::Added;
pub use built::{ExpectedBuild, Misfits};
pub use pattern::FilePattern;

use super::Channel;
use crate::pattern::matches_pattern;
use semver::Version;

/// What a plan says of the files of a package, for any version. Nothing is said where there is no pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseFiles {
    /// Each has to be matched by a file, and each file by one of them.
    pub patterns: Vec<FilePattern>,
    /// What a workflow adds by itself.
    pub adds: Vec<Added>,
}

/// The files that one version of a package consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedNames {
    wanted: Vec<WantedName>,
    adds: Vec<Added>,
    list: Option<String>,
    /// Others may be there too.
    is_open: bool,
}

/// A name with `*`, in each spelling that will do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WantedName(Vec<String>);

impl ReleaseFiles {
    /// Whether it names kinds that are added, and nothing that they would be added to.
    pub fn adds_to_nothing(&self) -> bool {
        self.patterns.is_empty() && !self.adds.is_empty()
    }

    /// The names that they have for a version on a channel.
    pub fn named(&self, channel: Channel, version: &Version) -> ExpectedNames {
        let spelled = channel.rules().spellings_in_names(version);
        let of = |one: &FilePattern| one.each().into_iter().map(|name| WantedName(fill(&name, &spelled)));
        let wanted = self.patterns.iter().flat_map(of).collect();
        ExpectedNames { wanted, adds: self.adds.clone(), list: None, is_open: false }
    }
}

fn fill(name: &str, spelled: &[String]) -> Vec<String> {
    let mut names: Vec<String> = spelled.iter().map(|version| name.replace("{version}", version)).collect();
    names.dedup();
    names
}

impl ExpectedNames {
    /// The same, with a list of checksums of this name beside them.
    #[must_use]
    pub fn with_list(self, list: Option<&str>) -> Self {
        Self { list: list.map(str::to_owned), ..self }
    }

    /// Whether it is said which files there have to be, and that there are no others.
    pub fn is_stated(&self) -> bool {
        !self.wanted.is_empty() && !self.is_open
    }

    /// What none of some files is, as the plan spells it for this version.
    pub fn missing(&self, names: &[&str]) -> Vec<&str> {
        let is_there = |wanted: &&WantedName| names.iter().any(|name| wanted.is(name));
        let missing = self.wanted.iter().filter(|wanted| !is_there(wanted));
        missing.filter_map(|wanted| wanted.0.first().map(String::as_str)).collect()
    }

    /// Whether a file may be there: it is one of those that have to be, or is added by itself. Where nothing is said, every
    /// file may.
    pub fn allows(&self, name: &str) -> bool {
        !self.is_stated() || self.has(name) || self.is_added(name)
    }

    /// Whether a file is one of those that have to be there.
    pub fn has(&self, name: &str) -> bool {
        self.wanted.iter().any(|wanted| wanted.is(name))
    }

    /// Whether a file is one that a workflow adds by itself.
    pub fn is_added(&self, name: &str) -> bool {
        self.list.as_deref() == Some(name) || self.adds.iter().any(|kind| kind.is(name))
    }
}

impl WantedName {
    fn is(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| matches_pattern(pattern, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(channel: Channel, version: &str, patterns: &[&str], adds: &[Added]) -> ExpectedNames {
        let patterns = patterns.iter().map(|text| FilePattern::parse(text).unwrap()).collect();
        ReleaseFiles { patterns, adds: adds.to_vec() }.named(channel, &Version::parse(version).unwrap())
    }

    #[test]
    fn every_brace_is_a_file_of_its_own_and_a_star_is_any_text() {
        let patterns = ["kit_{version}_{linux,darwin}_amd64.tar.gz", "kit-{version}-*.whl"];
        let expected = names(Channel::GithubRelease, "1.2.0", &patterns, &[]);
        let there = ["kit_1.2.0_linux_amd64.tar.gz", "kit-1.2.0-py3-none-any.whl"];
        assert_eq!(expected.missing(&there), ["kit_1.2.0_darwin_amd64.tar.gz"]);
        assert!(there.iter().all(|name| expected.allows(name)));
        for other in ["kit_1.2.1_linux_amd64.tar.gz", "kit_1.2.0_linux_arm64.tar.gz", "kit-1.2.0.whl"] {
            assert!(!expected.allows(other), "{other}");
        }
    }

    #[test]
    fn a_version_is_spelled_as_the_channel_spells_it() {
        let patterns = ["kit-{version}.tar.gz"];
        let is_whole = |channel: Channel, name: &str| {
            names(channel, "1.2.0-rc.1", &patterns, &[]).missing(&[name]).is_empty()
        };
        assert!(is_whole(Channel::Pypi, "kit-1.2.0rc1.tar.gz"));
        assert!(!is_whole(Channel::Pypi, "kit-1.2.0-rc.1.tar.gz"));
        assert!(is_whole(Channel::CratesIo, "kit-1.2.0-rc.1.tar.gz"));
        // Whatever a release is made of may be among its assets.
        for name in ["kit-1.2.0-rc.1.tar.gz", "kit-1.2.0rc1.tar.gz"] {
            assert!(is_whole(Channel::GithubRelease, name), "{name}");
        }
        assert!(!is_whole(Channel::GithubRelease, "kit-1.2.0.tar.gz"));
    }

    #[test]
    fn what_a_workflow_adds_is_allowed_by_its_kind_and_fills_no_gap() {
        let expected = names(Channel::GithubRelease, "1.2.0", &["kit.tar.gz*"], &[Added::Checksums]);
        assert!(expected.allows("SHA256SUMS") && !expected.allows("kit.zip.asc"));
        assert_eq!(expected.missing(&["SHA256SUMS"]), ["kit.tar.gz*"]);
        let listed = expected.with_list(Some("digests"));
        assert!(listed.allows("digests") && listed.is_added("digests"));
    }

    #[test]
    fn where_nothing_is_said_nothing_is_missing_and_nothing_is_extra() {
        let expected = ExpectedNames::default();
        assert!(expected.allows("anything") && expected.missing(&[]).is_empty());
    }
}
