//! `go`: a Go module on a module proxy.

use super::channel::{Channel, Channels};
use super::expected::ExpectedFiles;
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::smoke::Smoke;
use super::undo::{How, Undo};
use super::window::Window;
use crate::manifest::Manifest;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A Go module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GoModule {
    /// Its path.
    pub module: String,
    /// How long the version may take to show, such as `40m`. By default what is usual for the channel.
    pub window: Option<Window>,
    /// A command of a clean `go install` whose output has to hold the version, such as `["tally", "--version"]`. One
    /// that begins with `go` runs beside a small program, `consumer`, that was built with the module as a library:
    /// `["go", "version", "-m", "consumer"]`.
    #[serde(default)]
    pub smoke: Smoke,
    /// Names of files, without folder, that the module's zip has to hold, such as `LICENSE`.
    #[serde(default)]
    pub holds: Vec<String>,
}

/// What is special about a Go module proxy.
pub(super) struct Go;

impl Rules for Go {
    fn name(&self) -> &'static str {
        "go"
    }

    fn asked_by(&self) -> AskedBy {
        AskedBy { option: "go", value: "MODULE", help: "A Go module" }
    }

    /// A proxy remembers for half an hour that it had nothing.
    fn usual_window(&self) -> Duration {
        minutes(40)
    }

    fn what_is_asked(&self) -> &'static str {
        "the module proxy has the tag's version, from the tagged commit, and its zip holds what its digest says"
    }

    fn undo(&self, _: &str, version: &str) -> Vec<Undo> {
        vec![Undo::by(
            How::Retract,
            &["go", "mod", "edit", &format!("-retract=v{version}")],
            "proxies and the checksum database keep it for good: the tag must never be moved",
        )]
    }

    fn packages(&self, plan: &Channels, _: Option<&str>) -> Vec<Package> {
        let package = |own: &GoModule| Package {
            window: own.window.map(Window::get),
            smoke: own.smoke.words().to_vec(),
            holds: own.holds.clone(),
            ..Package::named(Channel::Go, &own.module)
        };
        plan.go.iter().map(package).collect()
    }

    /// Its files are the tagged tree's.
    fn files(&self, _: &str, _: &Version, _: &Manifest) -> ExpectedFiles {
        ExpectedFiles::NotRecorded
    }

    fn serves_the_tree(&self) -> bool {
        true
    }

    fn spell(&self, version: &Version) -> Option<String> {
        Some(format!("v{version}"))
    }

    fn read(&self, served: &str) -> Option<Version> {
        Version::parse(served.strip_prefix('v')?).ok()
    }

    fn is_version(&self, served: &str, version: &Version) -> bool {
        self.read(served).is_some_and(|served| served == *version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_version_has_its_v() {
        let version = Version::parse("1.2.3").unwrap();
        assert_eq!(Go.spell(&version).as_deref(), Some("v1.2.3"));
        assert!(!Go.is_version("1.2.3", &version));
    }
}
