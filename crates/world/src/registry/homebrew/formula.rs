//! The few lines of a formula (Ruby) that say what is installed: version, and address with digest for each platform.
//!
//! Invariant: a formula is read, never run. What is written in another way than formulae are is refused, not guessed.

use crate::http::Url;
use gonogo_core::delivery::{Algorithm, Checksum};
use regex::Regex;
use std::collections::BTreeSet;

/// What a formula says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    pub(super) version: String,
    pub(super) files: Vec<Source>,
}

/// An address with the digest of what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) address: Url,
    pub(super) stated: Checksum,
}

impl Formula {
    /// Reads the text of a formula.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let word = |pattern: &str| Regex::new(pattern).map_err(|error| error.to_string());
        let setting = word(r#"^(version|url|sha256)\s*\(?\s*["']([^"']*)["']"#)?;
        let opens = word(r"^(class|module|def|if|unless|case|begin|while|until)\b|\bdo(\s*\|[^|]*\|)?$")?;
        let mut versions = BTreeSet::new();
        let mut sources: Vec<(String, Option<String>)> = Vec::new();
        let mut blocks: Vec<bool> = Vec::new();
        for line in text.lines() {
            let line = line.trim();
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            if line == "end" || line.starts_with("end.") {
                blocks.pop().ok_or("a block ends that none began")?;
                continue;
            }
            // Dependencies, bottles, tests and the like have addresses and digests of their own.
            let is_apart = blocks.contains(&true);
            if let Some(found) = setting.captures(line).filter(|_| !is_apart) {
                let value = found[2].to_owned();
                match &found[1] {
                    "version" => {
                        versions.insert(value);
                    }
                    "url" => sources.push((value, None)),
                    _ => match sources.last_mut() {
                        Some((_, digest @ None)) => *digest = Some(value),
                        Some((address, Some(_))) => return Err(format!("{address} has two digests")),
                        None => return Err("a digest of nothing".to_owned()),
                    },
                }
            }
            if opens.is_match(line) && !line.ends_with(" end") {
                let begins =
                    ["resource ", "resource(", "bottle ", "test ", "def ", "patch ", "head ", "livecheck "];
                blocks.push(begins.iter().any(|begin| line.starts_with(begin)));
            }
        }
        if !blocks.is_empty() {
            return Err("it ends within a block".to_owned());
        }
        let version = match versions.len() {
            0 => in_addresses(&sources)?,
            1 => versions.pop_first().unwrap_or_default(),
            _ => return Err("it names more than one version".to_owned()),
        };
        let files = sources.into_iter().map(|(address, digest)| source(&address, digest, &version));
        let files = files.collect::<Result<Vec<_>, _>>()?;
        if files.is_empty() { Err("it names no address".to_owned()) } else { Ok(Self { version, files }) }
    }
}

fn source(address: &str, digest: Option<String>, version: &str) -> Result<Source, String> {
    let whole = address.replace("#{version}", version);
    if whole.contains("#{") {
        return Err(format!("{address} holds more than the version"));
    }
    let digest = digest.ok_or_else(|| format!("{address} has no digest"))?;
    let stated = Checksum::new(Algorithm::Sha256, &digest).map_err(|error| format!("{address}: {error}"))?;
    let address = Url::parse(&whole).map_err(|error| format!("{whole}: {error}"))?;
    Ok(Source { address, stated })
}

/// The version that every address names, where no line does: brew reads it from there too.
fn in_addresses(sources: &[(String, Option<String>)]) -> Result<String, String> {
    let pattern = Regex::new(r"[-_/]v?(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.?\d+)?)(?:[-_./]|$)")
        .map_err(|error| error.to_string())?;
    let named: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(address, _)| pattern.captures_iter(address).filter_map(|found| found.get(1)))
        .map(|found| found.as_str())
        .collect();
    match (named.first(), named.len()) {
        (Some(version), 1) => Ok((*version).to_owned()),
        _ => Err("its addresses do not name one version".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(version: &str, mac: &str, linux: &str) -> String {
        format!(
            r##"# typed: false
class Kit < Formula
  desc "A kit"
  homepage "https://example.test"
  {version}
  license "MIT"

  on_macos do
    if Hardware::CPU.arm?
      {mac}
    end
  end

  on_linux do
    {linux}
  end

  livecheck do
    url "https://example.test/releases"
  end

  resource "other" do
    url "https://example.test/other-9.9.9.tar.gz"
    sha256 "{other}"
  end

  def install
    bin.install "kit" if OS.mac?
  end

  test do
    system "#{{bin}}/kit", "--version"
  end
end
"##,
            other = "f".repeat(64)
        )
    }

    fn entry(name: &str, digit: &str) -> String {
        format!("url \"https://example.test/v#{{version}}/{name}\"\n      sha256 \"{}\"", digit.repeat(64))
    }

    #[test]
    fn addresses_and_digests_are_paired_and_resources_are_left_out() {
        let text =
            formula("version \"1.2.0\"", &entry("kit_mac.tar.gz", "a"), &entry("kit_linux.tar.gz", "b"));
        let formula = Formula::read(&text).unwrap();
        assert_eq!(formula.version, "1.2.0");
        let told: Vec<(&str, &str)> =
            formula.files.iter().map(|file| (file.address.as_str(), &file.stated.value()[..1])).collect();
        assert_eq!(
            told,
            [
                ("https://example.test/v1.2.0/kit_mac.tar.gz", "a"),
                ("https://example.test/v1.2.0/kit_linux.tar.gz", "b")
            ]
        );
    }

    #[test]
    fn a_version_is_read_from_the_addresses_where_they_agree() {
        let named = |version: &str, digit: &str| {
            entry("x", digit).replace("v#{version}/x", &format!("v{version}/kit-{version}.tar.gz"))
        };
        let text = formula("", &named("1.2.0", "a"), &named("1.2.0", "b"));
        assert_eq!(Formula::read(&text).unwrap().version, "1.2.0");
        assert!(Formula::read(&formula("", &named("1.2.0", "a"), &named("1.2.1", "b"))).is_err());
    }

    #[test]
    fn what_is_not_written_as_formulae_are_is_refused() {
        let good = formula("version \"1.2.0\"", &entry("m", "a"), &entry("l", "b"));
        assert!(Formula::read(&good).is_ok());
        let digest = format!("sha256 \"{}\"", "a".repeat(64));
        for (what, text) in [
            ("nothing", String::new()),
            ("cut off", good[..good.len() / 2].to_owned()),
            ("no digest", good.replacen(&digest, "", 1)),
            ("two digests", good.replacen(&digest, &format!("{digest}\n{digest}"), 1)),
            ("a bad digest", good.replacen(&"a".repeat(64), "abc", 1)),
            ("two versions", good.replace("license \"MIT\"", "version \"1.3.0\"")),
            ("another interpolation", good.replacen("#{version}", "#{arch}", 1)),
            ("no address", "class Kit < Formula\n  version \"1.0.0\"\nend\n".to_owned()),
        ] {
            assert!(Formula::read(&text).is_err(), "{what}");
        }
    }
}
