//! What a channel has to serve: the release manifest's files for it, or, without a manifest, what is consistent.

use super::channel::Channel;
use super::checksum::Checksum;
use super::provenance::Provenance;
use super::sighting::Doubt;
use crate::manifest::{BuiltFile, Manifest};
use semver::Version;
use std::str::FromStr;

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
    /// The commit of the release, where it is known.
    pub commit: Option<String>,
    /// The dist-tag that has to lead to this version, where one has to.
    pub dist_tag: Option<String>,
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
            commit: None,
            dist_tag: None,
            sum: None,
            holds: Vec::new(),
            provenance: None,
            immutable: false,
            doubts: Vec::new(),
        }
    }

    /// The same, with the files of a release manifest that are this package's on this channel.
    #[must_use]
    pub fn built(self, manifest: &Manifest) -> Self {
        let own = manifest.files().filter(|file| self.is_own(&file.name)).cloned();
        let files = match self.channel {
            Channel::CratesIo | Channel::Npm | Channel::Pypi => ExpectedFiles::Built(own.collect()),
            Channel::Homebrew | Channel::GithubRelease => {
                ExpectedFiles::Among(manifest.files().cloned().collect())
            }
            // Its files are the tagged tree's.
            Channel::Go => ExpectedFiles::NotRecorded,
        };
        Self { files, ..self }
    }

    /// The same, with exactly these files, where the plan says which.
    #[must_use]
    pub fn exactly(self, files: impl IntoIterator<Item = BuiltFile>) -> Self {
        Self { files: ExpectedFiles::Built(files.into_iter().collect()), ..self }
    }

    /// The same, built from a commit.
    #[must_use]
    pub fn from_commit(self, commit: impl Into<String>) -> Self {
        Self { commit: Some(commit.into()), ..self }
    }

    /// The same, with a dist-tag that has to lead to it.
    #[must_use]
    pub fn tagged(self, dist_tag: impl Into<String>) -> Self {
        Self { dist_tag: Some(dist_tag.into()), ..self }
    }

    /// Whether a name, as the channel has it, is this package's.
    pub(super) fn is_package(&self, served: &str) -> bool {
        match self.channel {
            Channel::Pypi => normalized(served) == normalized(&self.package),
            _ => served == self.package,
        }
    }

    /// Whether a built file is this package's on this channel, by the name that the ecosystem's packer gives it.
    fn is_own(&self, name: &str) -> bool {
        match self.channel {
            Channel::CratesIo => name == format!("{}-{}.crate", self.package, self.version),
            Channel::Npm => name == npm_tarball(&self.package, &self.version),
            Channel::Pypi => distribution(name, &self.package)
                .is_some_and(|version| Channel::Pypi.is_version(version, &self.version)),
            Channel::GithubRelease | Channel::Homebrew | Channel::Go => false,
        }
    }
}

/// The file name that `npm pack` gives a package: the scope's `@` is left out and its slash is a dash.
pub fn npm_tarball(package: &str, version: &Version) -> String {
    format!("{}-{version}.tgz", package.trim_start_matches('@').replace('/', "-"))
}

/// A project's name as Python's indexes compare it (PEP 503): lower case, runs of `-`, `_` and `.` as one dash.
pub fn normalized(project: &str) -> String {
    let mut name = String::with_capacity(project.len());
    for c in project.chars() {
        match c {
            '-' | '_' | '.' if name.ends_with('-') => {}
            '-' | '_' | '.' => name.push('-'),
            _ => name.push(c.to_ascii_lowercase()),
        }
    }
    name
}

/// The version in the file name of a wheel (PEP 427) or source distribution (PEP 625, and the older names with dashes
/// in the project's) of a project; `None` where the file is no distribution of it.
pub fn distribution<'a>(file: &'a str, project: &str) -> Option<&'a str> {
    let wanted = normalized(project);
    if let Some(stem) = file.strip_suffix(".whl") {
        let mut parts = stem.split('-');
        let (name, version) = (parts.next()?, parts.next()?);
        let rest = parts.count();
        return ((3..=4).contains(&rest) && normalized(name) == wanted).then_some(version);
    }
    let stem = file.strip_suffix(".tar.gz").or_else(|| file.strip_suffix(".zip"))?;
    let ends = stem.match_indices('-').map(|(at, _)| at);
    ends.filter(|at| normalized(&stem[..*at]) == wanted)
        .map(|at| &stem[at + 1..])
        .find(|version| pep440_rs::Version::from_str(version).is_ok())
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

    #[test]
    fn the_version_of_a_distribution_is_read_from_its_name() {
        for (file, project, version) in [
            ("git_cliff-2.4.0-py3-none-manylinux_2_17_x86_64.whl", "git-cliff", Some("2.4.0")),
            ("kit-1.0-1-py3-none-any.whl", "kit", Some("1.0")),
            ("ast-grep-cli-0.1.0.tar.gz", "ast_grep_cli", Some("0.1.0")),
            ("kit-1.0.zip", "kit", Some("1.0")),
            ("kit-core-1.0.tar.gz", "kit", None),
            ("kit-1.0.exe", "kit", None),
            ("kit-1.0.whl", "kit", None),
            ("other-1.0.tar.gz", "kit", None),
            ("1.0.tar.gz", "kit", None),
        ] {
            assert_eq!(distribution(file, project), version, "{file}");
        }
    }

    #[test]
    fn a_projects_name_is_compared_without_case_and_separators() {
        assert_eq!(normalized("A_b..c-_D"), "a-b-c-d");
    }
}
