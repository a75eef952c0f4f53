//! What is released, from where, by whom: target, base tag, mode, agent, subject.

use crate::digest::Digest;
use crate::ids::{CommitId, TagName, TreeId};
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// How a version becomes a tag: a text with `{version}` in it once, `v{version}` by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPattern {
    before: String,
    after: String,
}

/// A tag pattern that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BadTagPattern {
    /// `{version}` is missing or there twice.
    #[error("a tag pattern holds `{{version}}` exactly once")]
    Placeholder,
    /// The tags would not be valid reference names (git-check-ref-format).
    #[error("the tags of this pattern are not valid git references")]
    Reference,
}

impl FromStr for TagPattern {
    type Err = BadTagPattern;

    fn from_str(text: &str) -> Result<Self, BadTagPattern> {
        let (before, after) = text.split_once("{version}").ok_or(BadTagPattern::Placeholder)?;
        if after.contains("{version}") {
            return Err(BadTagPattern::Placeholder);
        }
        let pattern = Self { before: before.to_owned(), after: after.to_owned() };
        let sample = pattern.tag(&Version::new(1, 2, 3));
        if is_reference_name(&sample) { Ok(pattern) } else { Err(BadTagPattern::Reference) }
    }
}

impl TagPattern {
    /// The tag of a version.
    pub fn tag(&self, version: &Version) -> TagName {
        TagName::of_pattern(format!("{}{version}{}", self.before, self.after))
    }

    /// The version that a tag stands for. `None` where the tag is not of this pattern.
    pub fn version(&self, tag: &str) -> Option<Version> {
        let version = tag.strip_prefix(&self.before)?.strip_suffix(&self.after)?;
        Version::parse(version).ok().filter(|version| version.build.is_empty())
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{version}}{}", self.before, self.after)
    }
}

/// The rules of git-check-ref-format that a tag of ours can break. Stricter where a path is made of the tag.
fn is_reference_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./+@".contains(c);
    !name.is_empty()
        && name.chars().all(plain)
        && !name.contains("..")
        && !name.contains("@{")
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with(['.', '-'])
                && !part.ends_with('.')
                && !part.ends_with(".lock")
        })
}

/// The version that is released, and its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    version: Version,
    tag: TagName,
}

/// A text that names no target.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not a release target")]
pub struct BadTarget {
    text: String,
    /// The plan's tag pattern, for the hint.
    pub pattern: String,
}

impl Target {
    /// Reads `1.2.3`, `v1.2.3` or a whole tag of the pattern, each with a pre-release or without. Semantic versions
    /// as semver.org 2.0.0 has them, without build metadata, which no registry keeps apart.
    pub fn parse(text: &str, pattern: &TagPattern) -> Result<Self, BadTarget> {
        let plain = |text: &str| Version::parse(text).ok().filter(|version| version.build.is_empty());
        let version = pattern
            .version(text)
            .or_else(|| plain(text.strip_prefix('v').unwrap_or(text)))
            .ok_or_else(|| BadTarget { text: text.to_owned(), pattern: pattern.to_string() })?;
        let tag = pattern.tag(&version);
        Ok(Self { version, tag })
    }

    /// The version.
    pub const fn version(&self) -> &Version {
        &self.version
    }

    /// The tag, as the plan's pattern makes it.
    pub const fn tag(&self) -> &TagName {
        &self.tag
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.tag)
    }
}

/// Whether effects reach the real world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The live code path against a private world.
    #[default]
    DryRun,
    /// The real world.
    Live,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DryRun => "dry-run",
            Self::Live => "live",
        })
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "dry-run" => Ok(Self::DryRun),
            "live" => Ok(Self::Live),
            _ => Err("a mode is `dry-run` or `live`".to_owned()),
        }
    }
}

/// Who runs the release: `model@host`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Agent(String);

impl Agent {
    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Agent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |part: &str| {
            !part.is_empty()
                && part.len() <= 128
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/+".contains(c))
        };
        match text.split_once('@') {
            Some((model, host)) if plain(model) && plain(host) => Ok(Self(text.to_owned())),
            _ => Err("an agent is `model@host`, of letters, digits and -_.:/+".to_owned()),
        }
    }
}

impl TryFrom<String> for Agent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Agent> for String {
    fn from(agent: Agent) -> Self {
        agent.0
    }
}

/// A tool as it was resolved for a poll: once, to an absolute path outside the checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolvedTool {
    /// The absolute path.
    pub path: String,
    /// The digest of the file.
    pub digest: Digest,
    /// The first line of what it says of its version, where the plan asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// What evidence is about. Evidence of another subject is stale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// The commit under release, 40 (or 64) hexadecimal digits.
    pub commit: CommitId,
    /// That commit's tree.
    pub tree: TreeId,
    /// The digest of the plan's text.
    pub plan: Digest,
    /// The commit that the base tag stands for (peeled); `None` for a first release.
    pub base_commit: Option<CommitId>,
    /// The tools, by the names that the plan calls them by.
    pub toolchain: BTreeMap<String, ResolvedTool>,
    /// The digest of the environment that checks run in: a variable can choose another toolchain.
    // `None` only in ledgers of format 1.0, which did not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required)]
    pub environment: Option<Digest>,
    /// The machine: name, operating system and architecture.
    pub host: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern() -> TagPattern {
        "v{version}".parse().unwrap()
    }

    #[test]
    fn a_target_is_a_version_or_its_tag_with_a_pre_release_or_without() {
        for text in ["1.2.3", "v1.2.3"] {
            assert_eq!(Target::parse(text, &pattern()).unwrap().tag(), "v1.2.3");
        }
        assert_eq!(Target::parse("1.2.3-rc.1", &pattern()).unwrap().tag(), "v1.2.3-rc.1");
        let own: TagPattern = "core/v{version}".parse().unwrap();
        assert_eq!(Target::parse("core/v1.2.3", &own).unwrap().tag(), "core/v1.2.3");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "v",
            "1.2",
            "1",
            "01.2.3",
            "v1.2.3.4",
            "1.2.3+build",
            "vv1.2.3",
            "latest",
            " 1.2.3",
            "1.2.3\n",
            "-1.2.3",
        ] {
            assert!(Target::parse(text, &pattern()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_pattern_that_makes_no_valid_reference_is_refused() {
        assert_eq!("v1".parse::<TagPattern>(), Err(BadTagPattern::Placeholder));
        assert_eq!("{version}{version}".parse::<TagPattern>(), Err(BadTagPattern::Placeholder));
        for text in
            ["../{version}", "a b{version}", "-{version}", "v{version}.lock", "/{version}", "v{version}/"]
        {
            assert_eq!(text.parse::<TagPattern>(), Err(BadTagPattern::Reference), "{text}");
        }
    }

    #[test]
    fn an_agent_is_model_at_host() {
        assert!("codex@build-1".parse::<Agent>().is_ok());
        for text in ["", "codex", "@host", "codex@", "a b@c", "a@b@c", "a@b\nc"] {
            assert!(text.parse::<Agent>().is_err(), "{text:?}");
        }
    }
}
