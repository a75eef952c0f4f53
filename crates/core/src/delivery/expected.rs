//! What a channel has to serve: the release manifest's files for it, or, without a manifest, what is consistent.

use super::Channel;
use super::checksum::Checksum;
use super::files::ExpectedNames;
use super::package::Package;
use super::provenance::Provenance;
use super::sighting::Doubt;
use crate::ids::CommitId;
use crate::manifest::{BuiltFile, Manifest};
use semver::Version;

/// What is expected of one package on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The channel.
    pub channel: Channel,
    /// The package's name.
    pub package: String,
    /// The version.
    pub version: Version,
    /// The files.
    pub files: ExpectedFiles,
    /// The names of the files that it consists of, where somebody says them.
    pub names: ExpectedNames,
    /// The commit of the release, where it is known.
    pub commit: Option<CommitId>,
    /// The dist-tag that has to lead to this version, where one has to.
    pub dist_tag: Option<String>,
    /// Whether that tag may lead to a higher version instead: a release of an older line leaves it where it is.
    pub may_be_behind: bool,
    /// A checksum of what was built that is not one of bytes: Go's `h1:` of the tagged tree.
    pub sum: Option<Checksum>,
    /// Files that each published archive has to hold, by name without folder.
    pub holds: Vec<String>,
    /// Who has to have built each file, where somebody has to.
    pub provenance: Option<Provenance>,
    /// Whether it has to be such that nobody can change it any more.
    pub immutable: bool,
    /// What could not be told of what is expected.
    pub doubts: Vec<Doubt>,
}

/// What is known of a release.
#[derive(Clone, Copy, Debug)]
pub struct KnownRelease<'a> {
    /// Its version.
    pub version: &'a Version,
    /// Its commit, where it is known.
    pub commit: Option<&'a CommitId>,
    /// What was built, where that is recorded.
    pub manifest: Option<&'a Manifest>,
    /// The assets of its GitHub release as they were published, where that is recorded.
    pub assets: Option<&'a Manifest>,
}

/// The files that a channel has to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedFiles {
    /// Exactly these were built. An empty set is a manifest without a file for this channel.
    Built(Vec<BuiltFile>),
    /// Whatever is served is one of these: a formula names some of the files that were built.
    Among(Vec<BuiltFile>),
    /// Nothing is recorded: what the channel states is compared with what it serves, and with other channels.
    NotRecorded,
}

impl Expected {
    /// A package of which nothing is recorded.
    pub fn unrecorded(channel: Channel, package: &str, version: &Version) -> Self {
        Self {
            channel,
            package: package.to_owned(),
            version: version.clone(),
            files: ExpectedFiles::NotRecorded,
            names: ExpectedNames::default(),
            commit: None,
            dist_tag: None,
            may_be_behind: false,
            sum: None,
            holds: Vec::new(),
            provenance: None,
            immutable: false,
            doubts: Vec::new(),
        }
    }

    /// What a release has to serve of a package: what the plan asks of it, and what was built.
    pub fn of(package: &Package, released: &KnownRelease<'_>) -> Self {
        let commit = || released.commit.cloned();
        let provenance = package.provenance.clone().map(|built| Provenance { commit: commit(), ..built });
        let expected = Self {
            names: package.files.named(package.channel, released.version),
            holds: package.holds.clone(),
            immutable: package.immutable,
            provenance,
            ..Self::unrecorded(package.channel, &package.name, released.version)
        };
        let expected = match released.manifest {
            Some(manifest) => expected.built(manifest),
            None => expected,
        };
        package.channel.rules().complete(expected, package, released)
    }

    /// The same, with the files of a release manifest that are this package's on this channel.
    #[must_use]
    pub fn built(self, manifest: &Manifest) -> Self {
        let files = self.channel.rules().files(&self.package, &self.version, manifest);
        Self { files, ..self }
    }

    /// The same, with exactly these files, where the plan says which.
    #[must_use]
    pub fn exactly(self, files: impl IntoIterator<Item = BuiltFile>) -> Self {
        Self { files: ExpectedFiles::Built(files.into_iter().collect()), ..self }
    }

    /// The same, built from a commit.
    #[must_use]
    pub fn from_commit(self, commit: CommitId) -> Self {
        Self { commit: Some(commit), ..self }
    }

    /// The same, with a dist-tag that has to lead to it.
    #[must_use]
    pub fn tagged(self, dist_tag: impl Into<String>) -> Self {
        Self { dist_tag: Some(dist_tag.into()), ..self }
    }
}

impl ExpectedFiles {
    /// Exactly the built files whose names are a package's.
    pub(super) fn named(manifest: &Manifest, is_own: impl Fn(&str) -> bool) -> Self {
        Self::Built(manifest.files().filter(|file| is_own(&file.name)).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn manifest(names: &[&str]) -> Manifest {
        Manifest::new(names.iter().map(|name| BuiltFile {
            name: (*name).to_owned(),
            bytes: 1,
            digest: Digest::of(name.as_bytes()),
        }))
        .unwrap()
    }

    fn own(channel: Channel, package: &str, version: &str, names: &[&str]) -> Vec<String> {
        let expected = Expected::unrecorded(channel, package, &Version::parse(version).unwrap());
        match expected.built(&manifest(names)).files {
            ExpectedFiles::Built(files) => files.into_iter().map(|file| file.name).collect(),
            ExpectedFiles::Among(_) | ExpectedFiles::NotRecorded => Vec::new(),
        }
    }

    #[test]
    fn each_channel_takes_the_files_that_its_packer_names_and_no_other_packages_files() {
        let built = [
            "kit-1.2.0.crate",
            "kit-core-1.2.0.crate",
            "acme-kit-1.2.0.tgz",
            "kit-1.2.0.tgz",
            "kit-1.2.0-py3-none-any.whl",
            "kit-1.2.0.tar.gz",
            "kit_core-1.2.0.tar.gz",
            "kit-1.2.0rc1.tar.gz",
            "kit_1.2.0_linux_amd64.tar.gz",
        ];
        assert_eq!(own(Channel::CratesIo, "kit", "1.2.0", &built), ["kit-1.2.0.crate"]);
        assert_eq!(own(Channel::Npm, "@acme/kit", "1.2.0", &built), ["acme-kit-1.2.0.tgz"]);
        assert_eq!(own(Channel::Npm, "kit", "1.2.0", &built), ["kit-1.2.0.tgz"]);
        assert_eq!(
            own(Channel::Pypi, "Kit", "1.2.0", &built),
            ["kit-1.2.0-py3-none-any.whl", "kit-1.2.0.tar.gz"]
        );
        assert_eq!(own(Channel::Pypi, "kit", "1.2.0-rc.1", &built), ["kit-1.2.0rc1.tar.gz"]);
        assert!(own(Channel::Go, "example.test/kit", "1.2.0", &built).is_empty());
    }
}
