//! `pypi`: a Python package index.

mod names;
mod version;

pub use names::{distribution, normalized};

use super::expected::ExpectedFiles;
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::undo::{How, Undo};
use super::{Channel, Channels};
use crate::manifest::Manifest;
use semver::Version;
use std::time::Duration;

/// What is special about a Python package index.
pub(super) struct Pypi;

impl Rules for Pypi {
    fn name(&self) -> &'static str {
        "pypi"
    }

    fn asked_by(&self) -> AskedBy {
        AskedBy { option: "pypi", value: "NAME", help: "A project of pip's index" }
    }

    fn usual_window(&self) -> Duration {
        minutes(15)
    }

    fn what_is_asked(&self) -> &'static str {
        "the index lists the version's files, none yanked, and each has the digest that it states"
    }

    fn undo(&self, _: &str, _: &str, _: &str) -> Vec<Undo> {
        vec![
            Undo::by(
                How::Yank,
                &[],
                "whoever pins this exact version still gets it; done on the project's release page",
            ),
            Undo::by(
                How::Unpublish,
                &[],
                "the names of its files are used up for good; done on the project's release page",
            )
            .for_good(),
        ]
    }

    fn packages(&self, plan: &Channels, repository: Option<&str>) -> Vec<Package> {
        plan.pypi.iter().flat_map(|own| own.packages(Channel::Pypi, repository)).collect()
    }

    fn of_the_repository(&self, plan: &Channels) -> Option<&'static str> {
        plan.pypi.as_ref()?.provenance.as_ref()?;
        Some("`channels.pypi.provenance` is a workflow")
    }

    fn ending(&self) -> Option<&'static str> {
        Some(".whl")
    }

    fn file_stem(&self, package: &str) -> Option<String> {
        Some(package.to_owned())
    }

    fn has_files_by_platform(&self) -> bool {
        true
    }

    fn files(&self, package: &str, version: &Version, manifest: &Manifest) -> ExpectedFiles {
        ExpectedFiles::named(manifest, |name| {
            distribution(name, package).is_some_and(|served| version::is_version(served, version))
        })
    }

    fn spell(&self, version: &Version) -> Option<String> {
        version::spell(version)
    }

    fn read(&self, served: &str) -> Option<Version> {
        version::read(served)
    }

    fn is_version(&self, served: &str, version: &Version) -> bool {
        version::is_version(served, version)
    }

    fn spells_loosely(&self) -> bool {
        true
    }

    fn is_package(&self, served: &str, package: &str) -> bool {
        normalized(served) == normalized(package)
    }

    fn is_askable_early(&self) -> bool {
        true
    }
}
