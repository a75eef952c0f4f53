//! `homebrew`: a formula in a Homebrew tap.

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

/// A formula in a Homebrew tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Homebrew")]
pub struct TapFormula {
    /// `owner/name` of the tap's repository.
    pub tap: String,
    /// The formula's name.
    pub formula: String,
    /// How long the version may take to show, such as `10m`. By default what is usual for the channel.
    pub window: Option<Window>,
    /// A command of a clean install whose output has to hold the version, such as `["tally", "--version"]`.
    #[serde(default)]
    pub smoke: Smoke,
}

/// What is special about a Homebrew tap.
pub(super) struct Homebrew;

impl Rules for Homebrew {
    fn name(&self) -> &'static str {
        "homebrew"
    }

    fn asked_by(&self) -> AskedBy {
        AskedBy { option: "homebrew", value: "OWNER/TAP/FORMULA", help: "A formula of a Homebrew tap" }
    }

    fn usual_window(&self) -> Duration {
        minutes(5)
    }

    fn what_is_asked(&self) -> &'static str {
        "the formula in the tap is of this version, and its addresses serve files with the digests that it states"
    }

    fn undo(&self, _: &str, _: &str) -> Vec<Undo> {
        vec![Undo::by(
            How::RevertCommit,
            &["git", "revert", "HEAD"],
            "whoever upgraded keeps it; the next formula needs a higher version or a `revision`",
        )]
    }

    fn packages(&self, plan: &Channels, _: Option<&str>) -> Vec<Package> {
        let package = |own: &TapFormula| Package {
            window: own.window.map(Window::get),
            smoke: own.smoke.words().to_vec(),
            ..Package::named(Channel::Homebrew, &format!("{}/{}", own.tap, own.formula))
        };
        plan.homebrew.iter().map(package).collect()
    }

    /// A formula names some of the files that were built.
    fn files(&self, _: &str, _: &Version, manifest: &Manifest) -> ExpectedFiles {
        ExpectedFiles::Among(manifest.files().cloned().collect())
    }

    /// A tap has the latest only.
    fn keeps_every_version(&self) -> bool {
        false
    }
}
