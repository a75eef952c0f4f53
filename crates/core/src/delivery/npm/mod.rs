//! `npm`: an npm registry.

use super::channel::{Channel, Channels};
use super::expected::{Expected, ExpectedFiles, Released};
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::undo::{How, Undo};
use crate::manifest::Manifest;
use semver::Version;
use std::time::Duration;

/// What is special about an npm registry.
pub(super) struct Npm;

impl Rules for Npm {
    fn name(&self) -> &'static str {
        "npm"
    }

    fn asked_by(&self) -> AskedBy {
        AskedBy { option: "npm", value: "NAME", help: "A package of npm's registry" }
    }

    /// The lag has been twenty minutes.
    fn usual_window(&self) -> Duration {
        minutes(30)
    }

    fn what_is_asked(&self) -> &'static str {
        "the registry's document has the version, not deprecated, under the dist-tag that users get; the tarball has the integrity that it \
         states"
    }

    fn undo(&self, package: &str, version: &str) -> Vec<Undo> {
        let exact = format!("{package}@{version}");
        vec![
            Undo::by(
                How::Deprecate,
                &["npm", "deprecate", &exact, "do not use this version"],
                "it is still installed by whoever asks for it",
            ),
            Undo::by(
                How::MoveDistTag,
                &["npm", "dist-tag", "add", &format!("{package}@PREVIOUS"), "latest"],
                "it is still there under its exact version",
            ),
            Undo::by(How::Unpublish, &["npm", "unpublish", &exact], "the version number is used up")
                .for_good()
                .within(72),
        ]
    }

    fn packages(&self, plan: &Channels, repository: Option<&str>) -> Vec<Package> {
        plan.npm.iter().flat_map(|own| own.packages(Channel::Npm, repository)).collect()
    }

    fn of_the_repository(&self, plan: &Channels) -> Option<&'static str> {
        plan.npm.as_ref()?.provenance.as_ref()?;
        Some("`channels.npm.provenance` is a workflow")
    }

    fn files(&self, package: &str, version: &Version, manifest: &Manifest) -> ExpectedFiles {
        ExpectedFiles::named(manifest, |name| name == npm_tarball(package, version))
    }

    /// A pre-release leads no dist-tag, where the plan does not say otherwise.
    fn complete(&self, expected: Expected, package: &Package, released: &Released<'_>) -> Expected {
        let usual = || released.version.pre.is_empty().then(|| "latest".to_owned());
        Expected { dist_tag: package.dist_tag.clone().or_else(usual), ..expected }
    }

    /// By a rule of its own.
    fn names_files_itself(&self) -> bool {
        true
    }

    fn is_askable_early(&self) -> bool {
        true
    }
}

/// The file name that `npm pack` gives a package: the scope's `@` is left out and its slash is a dash.
pub fn npm_tarball(package: &str, version: &Version) -> String {
    format!("{}-{version}.tgz", package.trim_start_matches('@').replace('/', "-"))
}
