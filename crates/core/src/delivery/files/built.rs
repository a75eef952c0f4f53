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

    /// Whether a step makes it an asset of the GitHub release.
    fn is_asset(&self, name: &str) -> bool {
        self.assets.is_some_and(|patterns| patterns.iter().any(|one| matches_pattern(one, name)))
    }

    /// The built files that go to a package.
    fn own<'m>(&self, package: &Package, names: &ExpectedNames, manifest: &'m Manifest) -> Vec<&'m str> {
        let all = manifest.files().map(|file| file.name.as_str());
        match (package.channel, self.assets) {
            (Channel::GithubRelease, Some(_)) => all.filter(|name| self.is_asset(name)).collect(),
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

    /// Files that are no package's, and would go out with those that are: where the place that takes files of any name says which, all
    /// of them; else those of a kind that a channel of the plan takes. What no channel takes is not published.
    fn nobodys<'m>(&self, manifest: &'m Manifest) -> impl Iterator<Item = &'m str> {
        let of =
            |channel: Channel| self.packages.iter().filter(move |(package, _)| package.channel == channel);
        let is_stated = self.packages.iter().any(|(_, names)| names.is_stated());
        let names_assets = of(Channel::GithubRelease).any(|(_, names)| names.is_stated());
        let is_of_kind = |package: &Package, name: &str| {
            package.channel.rules().ending().is_some_and(|end| name.ends_with(end))
        };
        let is_taken = move |name: &str| {
            names_assets || self.packages.iter().any(|(package, _)| is_of_kind(package, name))
        };
        let is_somebodys = |name: &str| {
            self.is_asset(name)
                || self.packages.iter().any(|(package, names)| {
                    names.has(name)
                        || names.is_added(name)
                        || self.own(package, names, manifest).contains(&name)
                })
        };
        manifest
            .files()
            .map(|file| file.name.as_str())
            .filter(move |name| is_stated && is_taken(name) && !is_somebodys(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::{FilePattern, ReleaseFiles};
    use crate::digest::Digest;
    use crate::manifest::BuiltFile;
    use crate::plan::Plan;

    /// What is too much of files that were built, where only one channel names its own.
    fn extra(channel: &str, patterns: &[&str], built: &[&str]) -> BTreeSet<String> {
        extra_beside(None, channel, patterns, built)
    }

    /// The same, where a step makes some of them assets.
    fn extra_beside(
        assets: Option<&[String]>,
        channel: &str,
        patterns: &[&str],
        built: &[&str],
    ) -> BTreeSet<String> {
        let text = format!(
            "schema = 1\n[project]\nname = \"kit\"\n[policy]\nrequired-gates = [8]\n[tracker]\nkind = \"file\"\n\
             [[gates]]\nid = 8\nname = \"Packages\"\n[[gates.checks]]\nid = \"v\"\nkind = \"git-clean\"\n\
             [channels.{channel}]\npackage = \"kit\"\n"
        );
        let version = Version::new(1, 2, 3);
        let patterns = patterns.iter().map(|text| FilePattern::parse(text).unwrap()).collect();
        let names = ReleaseFiles { patterns, adds: Vec::new() };
        let packages: Vec<(Package, ExpectedNames)> = Plan::parse(&text)
            .unwrap()
            .packages()
            .into_iter()
            .map(|package| {
                let names = names.named(package.channel, &version);
                (package, names)
            })
            .collect();
        let files = built.iter().map(|name| BuiltFile {
            name: (*name).to_owned(),
            bytes: 1,
            digest: Digest::of(name.as_bytes()),
        });
        let manifest = Manifest::new(files).unwrap();
        ExpectedBuild { version: &version, packages: &packages, assets }.misfits(&manifest).extra
    }

    #[test]
    fn what_no_channel_of_the_plan_takes_is_built_for_something_else() {
        let archive = ["kit_1.2.3_linux_amd64.tar.gz", "sha256sums.txt"];
        let with = |own: &'static str| [&[own][..], &archive].concat();
        assert!(extra("crates-io", &["kit-{version}.crate"], &with("kit-1.2.3.crate")).is_empty());
        let wheel = "kit-1.2.3-py3-none-any.whl";
        assert!(extra("pypi", &["kit-{version}-py3-none-any.whl"], &with(wheel)).is_empty());
        // What would go out with the others is too much.
        let other = extra("crates-io", &["kit-{version}.crate"], &["kit-1.2.3.crate", "evil-1.2.3.crate"]);
        assert_eq!(other, BTreeSet::from(["evil-1.2.3.crate".to_owned()]));
        // An archive of that kind may be an asset.
        let built = ["kit-1.2.3.tgz", "kit-linux.tgz"];
        let npm = |assets: Option<&[String]>| extra_beside(assets, "npm", &["kit-{version}.tgz"], &built);
        assert!(npm(Some(&["kit-linux.*".to_owned()])).is_empty());
        assert_eq!(npm(None), BTreeSet::from(["kit-linux.tgz".to_owned()]));
        let other = "kit2-1.2.3-py3-none-any.whl";
        assert_eq!(
            extra("pypi", &["kit-{version}-py3-none-any.whl"], &[wheel, other]),
            BTreeSet::from([other.to_owned()])
        );
    }
}
