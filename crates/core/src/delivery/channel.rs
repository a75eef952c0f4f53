//! The six channels, the four levels of delivery, and how a channel spells a version.
//!
//! Invariant: versions are compared as versions of the channel's own ecosystem, whole, never as parts of a text.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// A place users install from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A cargo registry.
    CratesIo,
    /// An npm registry.
    Npm,
    /// A Python package index.
    Pypi,
    /// A Homebrew tap.
    Homebrew,
    /// A Go module proxy.
    Go,
    /// The assets of a GitHub release.
    GithubRelease,
}

impl Channel {
    /// Every channel, in the order they are shown.
    pub const ALL: [Self; 6] =
        [Self::CratesIo, Self::Npm, Self::Pypi, Self::Homebrew, Self::Go, Self::GithubRelease];

    /// Its name, as the plan has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CratesIo => "crates-io",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Homebrew => "homebrew",
            Self::Go => "go",
            Self::GithubRelease => "github-release",
        }
    }

    /// How long a published version usually takes to show everywhere, at the most: npm's lag has been twenty minutes,
    /// and a Go proxy remembers for half an hour that it had nothing.
    pub const fn usual_window(self) -> Duration {
        Duration::from_secs(
            60 * match self {
                Self::CratesIo => 10,
                Self::Npm => 30,
                Self::Pypi => 15,
                Self::Homebrew | Self::GithubRelease => 5,
                Self::Go => 40,
            },
        )
    }

    /// Whether what it publishes says which commit it was built from. Cargo writes that into each crate.
    pub const fn states_its_commit(self) -> bool {
        matches!(self, Self::CratesIo)
    }

    /// How this channel spells a version; `None` where it has no spelling for it. A Python version (PEP 440) has no
    /// place for a pre-release that is only a number: `1.0.0-1` would be read as a release after `1.0.0`.
    pub fn spell(self, version: &Version) -> Option<String> {
        match self {
            Self::Pypi => {
                let read = pep440_rs::Version::from_str(&version.to_string()).ok()?;
                (version.pre.is_empty() != read.any_prerelease() && !read.is_post()).then(|| read.to_string())
            }
            Self::Go => Some(format!("v{version}")),
            Self::CratesIo | Self::Npm | Self::Homebrew | Self::GithubRelease => Some(version.to_string()),
        }
    }

    /// The version that a spelling stands for, as other channels write it: `1.2.0rc1` is `1.2.0-rc.1`. `None` where no
    /// other channel could have it.
    pub fn read(self, served: &str) -> Option<Version> {
        match self {
            Self::Pypi => {
                let read = pep440_rs::Version::from_str(served).ok()?;
                let plain = read.epoch() == 0
                    && read.local().is_empty()
                    && !read.is_post()
                    && read.release().len() <= 3;
                let number = |at: usize| read.release().get(at).copied().unwrap_or(0);
                let pre = match (read.pre(), read.dev()) {
                    (None, None) => String::new(),
                    (Some(pre), None) => format!("-{}.{}", word(pre.kind), pre.number),
                    (None, Some(dev)) => format!("-dev.{dev}"),
                    (Some(_), Some(_)) => return None,
                };
                let text = format!("{}.{}.{}{pre}", number(0), number(1), number(2));
                plain.then(|| Version::parse(&text).ok()).flatten()
            }
            Self::Go => Version::parse(served.strip_prefix('v')?).ok(),
            Self::CratesIo | Self::Npm | Self::Homebrew | Self::GithubRelease => Version::parse(served).ok(),
        }
    }

    /// Whether a version, as this channel served it, is exactly this one.
    pub fn is_version(self, served: &str, version: &Version) -> bool {
        match self {
            // PEP 440 reads over blanks and a `v`; no index serves either.
            Self::Pypi => {
                let wanted =
                    self.spell(version).and_then(|wanted| pep440_rs::Version::from_str(&wanted).ok());
                let is_plain =
                    served.starts_with(|c: char| c.is_ascii_digit()) && served.trim_end() == served;
                wanted.is_some() && is_plain && wanted == pep440_rs::Version::from_str(served).ok()
            }
            Self::Go => served.strip_prefix('v').is_some_and(|served| is_semver(served, version)),
            Self::CratesIo | Self::Npm | Self::Homebrew | Self::GithubRelease => is_semver(served, version),
        }
    }
}

const fn word(kind: pep440_rs::PrereleaseKind) -> &'static str {
    match kind {
        pep440_rs::PrereleaseKind::Alpha => "alpha",
        pep440_rs::PrereleaseKind::Beta => "beta",
        pep440_rs::PrereleaseKind::Rc => "rc",
    }
}

fn is_semver(served: &str, version: &Version) -> bool {
    Version::parse(served).is_ok_and(|served| served == *version)
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far delivery is proven; each level holds those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The channel says that it has this version.
    Accepted,
    /// The client's own index leads to it, and nothing withdraws it.
    Resolvable,
    /// What it serves are the bytes that were built.
    Bytes,
    /// A clean install runs, and says this version.
    Installs,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Resolvable, Self::Bytes, Self::Installs];

    /// Its name, as `--level` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Resolvable => "resolvable",
            Self::Bytes => "bytes",
            Self::Installs => "installs",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn a_version_is_never_found_inside_another_one() {
        for channel in Channel::ALL {
            let spelled = |text: &str| channel.spell(&version(text)).unwrap();
            assert!(channel.is_version(&spelled("0.1.1"), &version("0.1.1")), "{channel}");
            for other in ["0.1.14", "10.1.1", "0.1.1-rc.1", "0.1.10", "0.1.2"] {
                assert!(!channel.is_version(&spelled(other), &version("0.1.1")), "{channel} {other}");
            }
            for other in ["", "0.1", "plasmite 0.1.1", "0.1.1 ", "V0.1.1", "latest"] {
                assert!(!channel.is_version(other, &version("0.1.1")), "{channel} {other:?}");
            }
        }
    }

    #[test]
    fn a_python_version_is_compared_as_pep_440_has_it() {
        let pypi = Channel::Pypi;
        assert_eq!(pypi.spell(&version("1.2.0-rc.1")).as_deref(), Some("1.2.0rc1"));
        for served in ["1.2.0rc1", "1.2rc1", "1.2.0.rc.1", "1.2.0c1"] {
            assert!(pypi.is_version(served, &version("1.2.0-rc.1")), "{served}");
        }
        assert!(pypi.is_version("1.2", &version("1.2.0")));
        assert!(!pypi.is_version("1.2.0+local", &version("1.2.0")));
        assert!(!pypi.is_version("1!1.2.0", &version("1.2.0")));
    }

    #[test]
    fn a_version_that_python_would_read_as_another_kind_has_no_spelling() {
        for text in ["1.0.0-1", "1.0.0-post.1", "1.0.0-x.7.z.92", "1.0.0-rc.1.2"] {
            assert_eq!(Channel::Pypi.spell(&version(text)), None, "{text}");
        }
    }

    #[test]
    fn a_go_version_has_its_v() {
        assert_eq!(Channel::Go.spell(&version("1.2.3")).as_deref(), Some("v1.2.3"));
        assert!(!Channel::Go.is_version("1.2.3", &version("1.2.3")));
    }

    #[test]
    fn names_are_spelled_the_same_in_json_and_on_screen() {
        for channel in Channel::ALL {
            assert_eq!(serde_json::to_value(channel).unwrap(), channel.to_string());
        }
        for level in Level::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.to_string());
        }
        assert!(Level::ALL.is_sorted());
    }
}
