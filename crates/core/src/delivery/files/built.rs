//! What was built, held against the expected set of every channel at once, before anything is published.

use super::super::expected::ExpectedFiles;
use super::super::package::Package;
use super::super::{Channel, ExpectedNames};
use crate::manifest::Manifest;
use crate::pattern::matches_pattern;
use semver::Version;
use std::collections::BTreeSet;

/// What is expected of the files of a release that was built.
#[derive(Clone, Debug)]
pub struct ExpectedBuild<'a> {
    /// The version.
    pub version: &'a Version,
    /// Every package of the plan with the names of its files.
    pub packages: &'a [(Package, ExpectedNames)],
    /// Which of the files become assets of the GitHub release, as patterns; `None` where no step says so.
    pub assets: Option<&'a [String]>,
}

/// How what was built is not what was expected. Nothing is wrong where both are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Misfits {
    /// What is lacking, in words: a name, or whose files there are none of.
    pub missing: BTreeSet<String>,
    /// The names of files that nobody asked for.
    pub extra: BTreeSet<String>,
}

impl ExpectedBuild<'_> {
    /// The packages of which nothing is said, and that a file for each platform may be built of.
    pub fn unsaid<'s>(&'s self, manifest: &'s Manifest) -> impl Iterator<Item = &'s Package> {
        let is_unsaid = |(package, names): &&(Package, ExpectedNames)| {
            package.channel.has_files_by_platform()
                && !names.is_stated()
                && !self.own(package, names, manifest).is_empty()
        };
        self.packages.iter().filter(is_unsaid).map(|(package, _)| package)
    }

    /// What is missing and what is too much.
    pub fn misfits(&self, manifest: &Manifest) -> Misfits {
        let mut misfits = Misfits::default();
        let all: Vec<&str> = manifest.files().map(|file| file.name.as_str()).collect();
        for (package, names) in self.packages {
            let own = self.own(package, names, manifest);
            let missing = names.missing(&all);
            misfits.missing.extend(missing.into_iter().map(str::to_owned));
            misfits
                .extra
                .extend(own.iter().filter(|name| !names.allows(name)).map(|name| (*name).to_owned()));
            if !names.is_stated() && own.is_empty() && self.has_companion(package, manifest) {
                misfits.missing.insert(format!("a file of {} for {}", package.name, package.channel));
            }
        }
        misfits.extra.extend(self.nobodys(manifest).map(str::to_owned));
        misfits
    }

    /// The built files that go to a package.
    fn own<'m>(&self, package: &Package, names: &ExpectedNames, manifest: &'m Manifest) -> Vec<&'m str> {
        let all = manifest.files().map(|file| file.name.as_str());
        let is_like = |name: &str, patterns: &[String]| patterns.iter().any(|one| matches_pattern(one, name));
        match (package.channel, self.assets) {
            (Channel::GithubRelease, Some(patterns)) => all.filter(|name| is_like(name, patterns)).collect(),
            (Channel::GithubRelease, None) => all.filter(|name| names.has(name)).collect(),
            _ => match package.channel.rules().files(&package.name, self.version, manifest) {
                ExpectedFiles::Built(files) => {
                    all.filter(|name| files.iter().any(|file| file.name == *name)).collect()
                }
                ExpectedFiles::Among(_) | ExpectedFiles::NotRecorded => Vec::new(),
            },
        }
    }

    /// Whether another package of its channel was built: then it has to be too, since the two are released together.
    fn has_companion(&self, package: &Package, manifest: &Manifest) -> bool {
        let is_other = |other: &Package| other.channel == package.channel && other.name != package.name;
        let others = self.packages.iter().filter(|(other, _)| is_other(other));
        others.into_iter().any(|(other, names)| !self.own(other, names, manifest).is_empty())
    }

    /// Files that are no package's, where every place that takes files of any name says which.
    fn nobodys<'m>(&self, manifest: &'m Manifest) -> impl Iterator<Item = &'m str> {
        let of =
            |channel: Channel| self.packages.iter().filter(move |(package, _)| package.channel == channel);
        let is_stated = self.packages.iter().any(|(_, names)| names.is_stated());
        let names_assets = of(Channel::GithubRelease).any(|(_, names)| names.is_stated());
        let takes_any =
            self.assets.is_some() || of(Channel::GithubRelease).chain(of(Channel::Homebrew)).count() > 0;
        let is_told = is_stated && (names_assets || !takes_any);
        let is_somebodys = |name: &str| {
            self.packages.iter().any(|(package, names)| {
                names.has(name) || names.is_added(name) || self.own(package, names, manifest).contains(&name)
            })
        };
        manifest.files().map(|file| file.name.as_str()).filter(move |name| is_told && !is_somebodys(name))
    }
}
