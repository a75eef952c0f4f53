//! `go`: a Go module on a module proxy.

mod modfile;

pub use modfile::{GoMod, Retraction};

use super::expected::{Expected, ExpectedFiles};
use super::package::{AskedBy, Package};
use super::rules::{Rules, minutes};
use super::smoke::Smoke;
use super::undo::{How, Undo};
use super::window::Window;
use super::{Channel, Channels};
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

    fn undo(&self, _: &str, version: &str, _: &str) -> Vec<Undo> {
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

    /// Every module's is called by its version alone.
    fn shared_name(&self, _: &Expected, _: &str) -> Option<String> {
        None
    }

    fn serves_the_tree(&self) -> bool {
        true
    }

    fn spell(&self, version: &Version) -> Option<String> {
        Some(format!("v{version}"))
    }

    fn read(&self, served: &str) -> Option<Version> {
        read(served)
    }

    fn is_version(&self, served: &str, version: &Version) -> bool {
        read(served).is_some_and(|served| Some(served) == read(&format!("v{version}")))
    }
}

/// What Go adds to a version of a module whose path does not tell its major version.
const INCOMPATIBLE: &str = "+incompatible";

/// A version as Go writes it, without what says nothing of its order.
fn read(served: &str) -> Option<Version> {
    let plain = served.strip_suffix(INCOMPATIBLE).unwrap_or(served);
    Version::parse(plain.strip_prefix('v')?).ok()
}

/// How a module proxy spells a version of a module: from 2 on, a path without the major version at its end is served as
/// `+incompatible`.
pub fn go_version(module: &str, version: &Version) -> String {
    let plain = format!("v{version}");
    let plain = plain.strip_suffix(INCOMPATIBLE).unwrap_or(&plain).to_owned();
    let major = |dot: char| module.ends_with(&format!("{dot}v{}", version.major));
    if version.major < 2 || major('/') || major('.') { plain } else { plain + INCOMPATIBLE }
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

    #[test]
    fn a_major_version_that_the_path_does_not_tell_is_incompatible() {
        let spelled = |module: &str, version: &str| go_version(module, &Version::parse(version).unwrap());
        assert_eq!(spelled("example.test/kit", "2.0.1"), "v2.0.1+incompatible");
        assert_eq!(spelled("example.test/kit", "2.0.1+incompatible"), "v2.0.1+incompatible");
        assert_eq!(spelled("example.test/kit/v2", "2.0.1"), "v2.0.1");
        assert_eq!(spelled("example.test/kit.v2", "2.0.1"), "v2.0.1");
        assert_eq!(spelled("example.test/kit", "1.9.0"), "v1.9.0");
        for asked in ["2.0.1", "2.0.1+incompatible"] {
            let asked = Version::parse(asked).unwrap();
            assert!(Go.is_version("v2.0.1+incompatible", &asked));
            assert!(!Go.is_version("v2.0.2+incompatible", &asked));
        }
    }
}
