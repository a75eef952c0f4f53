//! `crates-io`: a cargo registry.

use super::expected::{Expected, ExpectedFiles, KnownRelease};
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::undo::{How, Undo};
use super::{Channel, Channels};
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

    fn undo(&self, package: &str, version: &str, _: &str) -> Vec<Undo> {
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

    fn ending(&self) -> Option<&'static str> {
        Some(".crate")
    }

    fn file_stem(&self, package: &str) -> Option<String> {
        Some(package.to_owned())
    }

    fn files(&self, package: &str, version: &Version, manifest: &Manifest) -> ExpectedFiles {
        let start = format!("{package}-");
        ExpectedFiles::named(manifest, |name| {
            let stem = name.strip_prefix(&start).and_then(|rest| rest.strip_suffix(".crate"));
            stem.is_some_and(|served| self.is_version(served, version))
        })
    }

    /// No registry takes two versions that differ in their build metadata alone, and cargo asks for them without it.
    fn is_version(&self, served: &str, version: &Version) -> bool {
        Version::parse(served).is_ok_and(|served| served.cmp_precedence(version).is_eq())
    }

    /// Cargo finds a crate whatever the case of its name, and takes `_` for `-`.
    fn is_package(&self, served: &str, package: &str) -> bool {
        let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
        plain(served) == plain(package)
    }

    fn complete(&self, expected: Expected, _: &Package, released: &KnownRelease<'_>) -> Expected {
        Expected { commit: released.commit.cloned(), ..expected }
    }

    /// Cargo writes it into each crate.
    fn states_its_commit(&self) -> bool {
        true
    }

    fn is_askable_early(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_compared_as_cargo_finds_it() {
        let version = Version::parse("1.2.0").unwrap();
        for served in ["1.2.0", "1.2.0+spec-1.1.0"] {
            assert!(CratesIo.is_version(served, &version), "{served}");
        }
        for served in ["1.2.0-rc.1", "1.2.1+spec-1.1.0", "1.2"] {
            assert!(!CratesIo.is_version(served, &version), "{served}");
        }
        assert!(CratesIo.is_package("My_Kit", "my-kit") && !CratesIo.is_package("kits", "kit"));
    }
}
