//! `[channels.*]` of a plan: where users install from, and how delivery is proven there.
//!
//! Invariant: a window is a time above zero, a smoke command names a program, and a workflow's path leads to one.

use crate::problems::Problems;
use crate::workflow::WorkflowPath;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::ops::Range;
use std::time::Duration;

/// Where users install from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Channels {
    /// crates.io.
    pub crates_io: Option<Package>,
    /// npm.
    pub npm: Option<Package>,
    /// PyPI.
    pub pypi: Option<Package>,
    /// A Homebrew tap.
    pub homebrew: Option<Homebrew>,
    /// The Go module proxy.
    pub go: Option<GoModule>,
    /// The assets of the GitHub release.
    pub github_release: Option<GithubRelease>,
}

/// A channel, by the name that the plan has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelName {
    /// crates.io.
    CratesIo,
    /// npm.
    Npm,
    /// PyPI.
    Pypi,
}

impl Channels {
    /// Whether the plan has a channel.
    pub const fn declares(&self, name: ChannelName) -> bool {
        match name {
            ChannelName::CratesIo => self.crates_io.is_some(),
            ChannelName::Npm => self.npm.is_some(),
            ChannelName::Pypi => self.pypi.is_some(),
        }
    }

    /// What channels ask of the project's repository, it has to have a name for.
    pub(crate) fn of_the_repository(
        &self,
        has_repository: bool,
        named: &Range<usize>,
        problems: &mut Problems,
    ) {
        let built = [("npm", &self.npm), ("pypi", &self.pypi)].into_iter().find_map(|(name, own)| {
            own.as_ref()?.provenance.is_some().then(|| format!("`channels.{name}.provenance` is a workflow"))
        });
        let what = self.github_release.as_ref().map(|_| "`channels.github-release` is".to_owned()).or(built);
        if let Some(what) = what.filter(|_| !has_repository) {
            let message = format!("{what} of `project.repository`, which this plan does not name");
            problems.push(named.clone(), message, None);
        }
        if self.crates_io.as_ref().is_some_and(|own| own.provenance.is_some()) {
            let message =
                "`channels.crates-io` has no `provenance`: its registry serves no signed statements";
            problems.push(
                named.clone(),
                message,
                Some("a crate names its commit itself, and that is compared"),
            );
        }
    }
}

/// A formula in a Homebrew tap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Homebrew {
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

/// The GitHub release of the tag. It is named by the project's repository and the target's tag.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GithubRelease {
    /// How long the release may take to show, such as `10m`. By default what is usual for the channel.
    pub window: Option<Window>,
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

/// A package of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Package {
    /// Its name there.
    pub package: String,
    /// Packages that are released with it under the same version, such as npm's for each platform.
    #[serde(default)]
    pub also: Vec<String>,
    /// Names of files, without folder, that each published archive has to hold, such as `LICENSE`.
    #[serde(default)]
    pub holds: Vec<String>,
    /// How long the version may take to show, such as `30m`. By default what is usual for the channel.
    pub window: Option<Window>,
    /// A command of a clean install whose output has to hold the version, such as `["tally", "--version"]`. Without
    /// one, delivery is proven up to the bytes.
    #[serde(default)]
    pub smoke: Smoke,
    /// For npm: the dist-tag that has to lead to the version. By default `latest`, and none for a pre-release.
    pub dist_tag: Option<String>,
    /// The workflow of the project's repository that has to have built it, such as `.github/workflows/publish.yml`: a
    /// signed statement that the registry serves has to say so. crates.io has none.
    pub provenance: Option<WorkflowPath>,
}

/// How long something may take to show: a time above zero, such as `20m` or `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub struct Window(#[schemars(with = "String")] Duration);

impl Window {
    /// The time.
    pub const fn get(self) -> Duration {
        self.0
    }

    /// A window from its text.
    pub fn parse(text: &str) -> Option<Self> {
        let time = text.parse::<jiff::SignedDuration>().ok()?;
        (time > jiff::SignedDuration::ZERO).then(|| Self(time.unsigned_abs()))
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a window is a time above zero, such as `20m`"))
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}s", self.0.as_secs()))
    }
}

/// A command that is run in a clean install: program and arguments, never a shell line. Empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transparent)]
pub struct Smoke(Vec<String>);

impl Smoke {
    /// Program and arguments; empty where no command is named.
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Smoke {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        // A path would leave the clean install.
        if words.first().is_none_or(|program| program.is_empty() || program.contains('/')) {
            return Err(de::Error::custom(
                "a smoke command begins with the name of a program that is installed",
            ));
        }
        Ok(Self(words))
    }
}
