//! `npm`: an npm registry.

use super::expected::{Expected, ExpectedFiles, KnownRelease};
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::undo::{How, Undo};
use super::{Channel, Channels};
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

    fn undo(&self, package: &str, version: &str, _: &str) -> Vec<Undo> {
        let exact = format!("{package}@{version}");
        vec![
            Undo::by(
                How::Deprecate,
                &["npm", "deprecate", &exact, "do not use this version"],
                "it is still installed by whoever asks for it",
            ),
            Undo::by(
                How::MoveDistTag,
                &[],
                "it is still there under its exact version; done with `npm dist-tag add` and the version that users are to get",
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

    fn ending(&self) -> Option<&'static str> {
        Some(".tgz")
    }

    fn file_stem(&self, package: &str) -> Option<String> {
        Some(unscoped(package))
    }

    fn files(&self, package: &str, version: &Version, manifest: &Manifest) -> ExpectedFiles {
        ExpectedFiles::named(manifest, |name| name == npm_tarball(package, version))
    }

    /// A pre-release leads no dist-tag, where the plan does not say otherwise.
    fn complete(&self, expected: Expected, package: &Package, released: &KnownRelease<'_>) -> Expected {
        let usual = || released.version.pre.is_empty().then(|| "latest".to_owned());
        let may_be_behind = package.dist_tag.is_none();
        Expected { dist_tag: package.dist_tag.clone().or_else(usual), may_be_behind, ..expected }
    }

    /// As `npm pack` names it: the registry leaves the scope out.
    fn shared_name(&self, expected: &Expected, _: &str) -> Option<String> {
        Some(npm_tarball(&expected.package, &expected.version))
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
    format!("{}-{version}.tgz", unscoped(package))
}

fn unscoped(package: &str) -> String {
    package.trim_start_matches('@').replace('/', "-")
}
