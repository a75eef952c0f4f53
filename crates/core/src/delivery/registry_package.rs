//! A package of a registry, as the plan has it: the same keys for each registry that serves files by package and version.

use super::Channel;
use super::files::{Added, FilePattern, ReleaseFiles};
use super::package::Package;
use super::provenance::Provenance;
use super::smoke::Smoke;
use super::window::Window;
use crate::workflow::WorkflowPath;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A package of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Package")]
pub struct RegistryPackage {
    /// Its name there.
    pub package: String,
    /// Packages that are released with it under the same version, such as npm's for each platform.
    #[serde(default)]
    pub also: Vec<String>,
    /// The files that a version consists of, those of `also` too, such as `["tally-{version}.tar.gz",
    /// "tally-{version}-*-manylinux*.whl"]`. Each has to be there, and no other may be. By default nothing is said of which
    /// there have to be.
    #[serde(default)]
    pub files: Vec<FilePattern>,
    /// Kinds of files that a workflow adds by itself, which may be there besides `files`.
    #[serde(default)]
    pub adds: Vec<Added>,
    /// Names of files, without folder, that each published archive has to hold, such as `LICENSE`.
    #[serde(default)]
    pub holds: Vec<String>,
    /// How long the version may take to show, such as `30m`. By default what is usual for the channel.
    pub window: Option<Window>,
    /// A command of a clean install whose output has to hold the version, such as `["tally", "--version"]`. Without
    /// one, delivery is proven up to the bytes.
    #[serde(default)]
    pub smoke: Smoke,
    /// For npm: the dist-tag that has to lead to the version. By default `latest`, and none for a pre-release.
    pub dist_tag: Option<String>,
    /// The workflow of the project's repository that has to have built it, such as `.github/workflows/publish.yml`: a
    /// signed statement that the registry serves has to say so. crates.io has none.
    pub provenance: Option<WorkflowPath>,
}

impl RegistryPackage {
    /// It, and what comes with it.
    pub(super) fn packages(&self, channel: Channel, repository: Option<&str>) -> Vec<Package> {
        let all = [&self.package].into_iter().chain(&self.also);
        all.map(|name| Package {
            files: self.files_of(channel, name),
            holds: self.holds.clone(),
            window: self.window.map(Window::get),
            // What comes with it, such as a platform's package, has no command of its own.
            smoke: if *name == self.package { self.smoke.words().to_vec() } else { Vec::new() },
            dist_tag: self.dist_tag.clone(),
            provenance: Provenance::by(repository, self.provenance.as_ref()),
            ..Package::named(channel, name)
        })
        .collect()
    }

    /// Which of the files are a package's: those whose names begin as its own do, and the first package's all others.
    fn files_of(&self, channel: Channel, package: &str) -> ReleaseFiles {
        let is_of = |pattern: &FilePattern, package: &str| {
            channel.rules().file_stem(package).is_some_and(|stem| pattern.begins_with(&stem))
        };
        let is_own = |pattern: &&FilePattern| match package == self.package {
            true => !self.also.iter().any(|other| other != package && is_of(pattern, other)),
            false => is_of(pattern, package),
        };
        let patterns: Vec<FilePattern> = self.files.iter().filter(is_own).cloned().collect();
        // A package of which nothing is said may have any file.
        let adds = if patterns.is_empty() && !self.files.is_empty() { Vec::new() } else { self.adds.clone() };
        ReleaseFiles { patterns, adds }
    }
}
