//! `github-release`: the assets of a GitHub release.

use super::expected::{Expected, ExpectedFiles, KnownRelease};
use super::files::{Added, FilePattern, ReleaseFiles};
use super::package::{AskedBy, Package};
use super::provenance::Provenance;
use super::rules::{Rules, minutes};
use super::undo::{How, Undo};
use super::window::Window;
use super::{Channel, Channels};
use crate::manifest::Manifest;
use crate::workflow::WorkflowPath;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The GitHub release of the tag. It is named by the project's repository and the target's tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "GithubRelease")]
pub struct ReleaseAssets {
    /// How long the release may take to show, such as `10m`. By default what is usual for the channel.
    pub window: Option<Window>,
    /// The files that the release consists of. Each has to be there, and no other may be; `{version}` may be written as any
    /// channel spells it. By default nothing is said of which there have to be.
    #[serde(default)]
    pub files: Vec<FilePattern>,
    /// Kinds of files that a workflow adds by itself, which may be there besides `files`.
    #[serde(default)]
    pub adds: Vec<Added>,
    /// What each archive among the assets has to hold, such as `bin/tally` or `LICENSE`: a path below the archive's
    /// root (or the one folder in it), or a name without folder.
    #[serde(default)]
    pub holds: Vec<String>,
    /// The workflow of the project's repository that has to have built each asset, such as
    /// `.github/workflows/release.yml`: signed statements (GitHub's artifact attestations) have to say so.
    pub provenance: Option<WorkflowPath>,
    /// Whether the release has to be one that nobody can change any more, as GitHub keeps immutable releases.
    #[serde(default)]
    pub immutable: bool,
}

/// What is special about a GitHub release.
pub(super) struct GithubRelease;

impl Rules for GithubRelease {
    fn name(&self) -> &'static str {
        "github-release"
    }

    fn asked_by(&self) -> AskedBy {
        AskedBy {
            option: "github",
            value: "OWNER/NAME",
            help: "A repository whose GitHub release is looked at",
        }
    }

    fn usual_window(&self) -> Duration {
        minutes(5)
    }

    fn what_is_asked(&self) -> &'static str {
        "the release of the tag is published and no draft, and its assets have the digests that GitHub and the list of checksums state"
    }

    fn undo(&self, package: &str, _: &str, tag: &str) -> Vec<Undo> {
        vec![
            Undo::by(
                How::BackToDraft,
                &["gh", "release", "edit", tag, "--repo", package, "--draft"],
                "the tag stays; an immutable release cannot be changed",
            ),
            Undo::by(
                How::Unpublish,
                &["gh", "release", "delete", tag, "--repo", package],
                "the tag stays, and that of an immutable release is used up",
            )
            .for_good(),
        ]
    }

    fn packages(&self, plan: &Channels, repository: Option<&str>) -> Vec<Package> {
        let package = |(own, repository): (&ReleaseAssets, &str)| Package {
            window: own.window.map(Window::get),
            files: ReleaseFiles { patterns: own.files.clone(), adds: own.adds.clone() },
            holds: own.holds.clone(),
            provenance: Provenance::by(Some(repository), own.provenance.as_ref()),
            immutable: own.immutable,
            ..Package::named(Channel::GithubRelease, repository)
        };
        // A plan with this channel names the repository.
        plan.github_release.iter().zip(repository).map(package).collect()
    }

    fn of_the_repository(&self, plan: &Channels) -> Option<&'static str> {
        plan.github_release.as_ref().map(|_| "`channels.github-release` is")
    }

    /// Files of every channel may be among its assets, each with the version as its own tools spell it.
    fn spellings_in_names(&self, version: &Version) -> Vec<String> {
        let own = version.to_string();
        let of_pypi = Channel::Pypi.spell(version).filter(|spelled| *spelled != own);
        [own].into_iter().chain(of_pypi).collect()
    }

    fn has_files_by_platform(&self) -> bool {
        true
    }

    fn files(&self, _: &str, _: &Version, manifest: &Manifest) -> ExpectedFiles {
        ExpectedFiles::Among(manifest.files().cloned().collect())
    }

    /// Its assets were compared with what was built when it was published, and are all that it may have.
    fn complete(&self, expected: Expected, _: &Package, released: &KnownRelease<'_>) -> Expected {
        let expected = Expected { commit: released.commit.cloned(), ..expected };
        match released.assets {
            Some(assets) => expected.exactly(assets.files().cloned()),
            None => expected,
        }
    }
}
