//! `github-release`: the GitHub release, made by us or by a workflow, and compared with what was built.

mod judge;

pub use judge::{AssetSeen, ReleaseSeen, ReleaseWanted, chosen, judge_release};

use super::fetch_artifacts::FetchArtifacts;
use super::kind::{Kind, KindEffect, KindFacts};
use super::planned::Undoable;
use super::reading::{FromPlan, Reading};
use super::record::effects;
use crate::manifest::Manifest;
use crate::text::one_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use toml::Spanned;

/// Makes sure of the GitHub release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubRelease {
    /// gonogo creates it.
    pub create: bool,
    /// Which built files are its assets, as patterns.
    pub artifacts: Vec<String>,
    /// The asset that lists the others' digests.
    pub checksums: Option<String>,
    /// How long a draft may take to show.
    pub settle: Duration,
}

effects! {
    /// What a `github-release` step does.
    pub enum ReleaseEffect {
        /// Makes a draft of the release.
        CreateDraft = "create-draft", "create the draft release";
        /// Uploads a file to the draft.
        Upload(name) = "upload-asset", "upload {name}";
        /// Removes an asset of the draft whose upload was cut short.
        Remove(name) = "remove-asset", "remove the broken upload of {name}";
        /// Publishes the draft.
        Publish = "publish-release", "publish the release";
    }
}

impl KindEffect for ReleaseEffect {
    fn may_double(&self) -> bool {
        *self == Self::CreateDraft
    }

    /// What a draft is filled with is seen by nobody before it is published.
    fn is_behind_a_door(&self) -> bool {
        !matches!(self, Self::Upload(_) | Self::Remove(_))
    }
}

/// The published release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasePublished {
    /// The release's ID.
    pub id: u64,
    /// Where a person can look at it.
    pub url: String,
    /// Its assets.
    pub assets: Manifest,
}

impl KindFacts for ReleasePublished {
    fn line(&self) -> String {
        format!("{} assets: {}", self.assets.files().len(), one_line(&self.url))
    }

    fn public_line(&self) -> Option<String> {
        Some(format!("GitHub release: published, {}", self.url))
    }
}

impl Kind for GithubRelease {
    type Effect = ReleaseEffect;
    type Facts = ReleasePublished;

    const NAME: &'static str = "github-release";
    const TIMEOUT: Duration = Duration::from_secs(3600);
    const AT_GITHUB: bool = true;

    fn words(&self, _: &str) -> String {
        let words = if self.create {
            "draft the GitHub release, upload its assets, publish it"
        } else {
            "wait for the GitHub release, and compare its assets"
        };
        words.to_owned()
    }

    fn undo(&self, _: &str) -> Undoable {
        if self.create { Undoable::Never } else { Undoable::Nothing }
    }

    fn shown_by(&self, _: &dyn Fn(&str) -> String) -> String {
        let words = if self.create {
            "through `gh`: a draft, filled with the fetched files, compared, and published last"
        } else {
            "through `gh`: the release that the workflow makes is waited for, and its assets are compared with the fetched files"
        };
        words.to_owned()
    }

    /// A draft can be undone: nobody has seen it.
    fn is_one_way(&self, effect: &ReleaseEffect) -> bool {
        *effect == ReleaseEffect::Publish && self.create
    }
}

/// The keys of a `github-release` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    /// For `github-release`: which of the built files are its assets. By default all.
    #[schemars(with = "Option<Vec<String>>")]
    artifacts: Option<Spanned<Vec<Spanned<String>>>>,
    /// For `github-release`: gonogo creates it, as a draft that is published last. By default a workflow does, and it
    /// is only waited for and compared.
    create: Option<bool>,
    /// For `github-release`: the asset that lists the digests of the others, as `sha256sum` writes it.
    #[schemars(with = "Option<String>")]
    checksums: Option<Spanned<String>>,
    /// For `dispatch-workflow` and `github-release`: how long a thing that was asked for may take to show, before it
    /// counts as never begun. By default `30s`.
    #[schemars(with = "Option<String>")]
    settle: Option<Spanned<String>>,
}

impl FromPlan for GithubRelease {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        reading.comes_after::<FetchArtifacts>();
        Some(Self {
            create: table.create.unwrap_or(false),
            artifacts: reading.patterns(table.artifacts),
            checksums: table.checksums.map(Spanned::into_inner),
            settle: reading.settle(table.settle.as_ref()),
        })
    }
}
