//! `crates-io`: a cargo registry.

use super::channel::{Channel, Channels};
use super::expected::{Expected, ExpectedFiles, Released};
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::undo::{How, Undo};
use crate::manifest::Manifest;
use semver::Version;
use std::time::Duration;

/// What is special about a cargo registry.
pub(super) struct CratesIo;

impl Rules for CratesIo {
    fn name(&self) -> &'static str {
        "crates-io"
    }

    fn asked_by(&self) -> AskedBy {
        AskedBy {
            option: "crate",
            value: "NAME",
            help: "A crate of cargo's registry; with any of these, no plan is read",
        }
    }

    fn usual_window(&self) -> Duration {
        minutes(10)
    }

    fn what_is_asked(&self) -> &'static str {
        "cargo's own index has the version, not yanked; the crate has the checksum that the index states, and names the commit that it was \
         built from"
    }

    fn undo(&self, package: &str, version: &str) -> Vec<Undo> {
        vec![Undo::by(
            How::Yank,
            &["cargo", "yank", "--version", version, package],
            "the version number is used up, and lock files that name it still get it",
        )]
    }

    fn packages(&self, plan: &Channels, repository: Option<&str>) -> Vec<Package> {
        let own = plan.crates_io.iter();
        own.flat_map(|own| own.packages(Channel::CratesIo, repository)).collect()
    }

    fn cannot_show(&self, plan: &Channels) -> Option<(&'static str, &'static str)> {
        plan.crates_io.as_ref()?.provenance.as_ref()?;
        Some((
            "`channels.crates-io` has no `provenance`: its registry serves no signed statements",
            "a crate names its commit itself, and that is compared",
        ))
    }

    fn files(&self, package: &str, version: &Version, manifest: &Manifest) -> ExpectedFiles {
        ExpectedFiles::named(manifest, |name| name == format!("{package}-{version}.crate"))
    }

    fn complete(&self, expected: Expected, _: &Package, released: &Released<'_>) -> Expected {
        Expected { commit: released.commit.map(str::to_owned), ..expected }
    }

    /// Cargo writes it into each crate.
    fn states_its_commit(&self) -> bool {
        true
    }

    fn is_askable_early(&self) -> bool {
        true
    }
}
