//! Versions in files: reading one place, and comparing all of them with the target.

use crate::plan::{VersionAt, VersionPlace};
use semver::Version;

/// A place from which no version could be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoVersion {
    /// The file does not parse.
    #[error("the file is not valid {0}")]
    Malformed(&'static str),
    /// The file has no such place, or no text there.
    #[error("nothing there")]
    Nothing,
    /// The pattern matches more than once.
    #[error("the pattern matches {0} times")]
    Ambiguous(usize),
}

/// The version that a file's text holds at a place, as it is spelled there.
pub fn read(at: &VersionAt, text: &str) -> Result<String, NoVersion> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match at {
        VersionAt::TomlKey(key) => {
            let document: toml::Table = toml::from_str(text).map_err(|_| NoVersion::Malformed("TOML"))?;
            let (last, tables) = key.split_last().ok_or(NoVersion::Nothing)?;
            let mut table = &document;
            for name in tables {
                table = table.get(name).and_then(toml::Value::as_table).ok_or(NoVersion::Nothing)?;
            }
            table.get(last).and_then(toml::Value::as_str).map(str::to_owned).ok_or(NoVersion::Nothing)
        }
        VersionAt::JsonPointer(pointer) => {
            let document: serde_json::Value =
                serde_json::from_str(text).map_err(|_| NoVersion::Malformed("JSON"))?;
            document
                .pointer(pointer)
                .and_then(|value| value.as_str())
                .map(str::to_owned)
                .ok_or(NoVersion::Nothing)
        }
        VersionAt::Pattern(pattern) => {
            let mut found = pattern.captures_iter(text).filter_map(|groups| groups.get(1));
            let first = found.next().ok_or(NoVersion::Nothing)?;
            match found.count() {
                0 => Ok(first.as_str().to_owned()),
                more => Err(NoVersion::Ambiguous(more + 1)),
            }
        }
    }
}

/// Whether a spelling stands for the target: the same semantic version, or for a pre-release the same version in
/// Python's spelling (PEP 440: `1.2.3rc1` for `1.2.3-rc.1`).
pub fn equals(spelled: &str, target: &Version) -> bool {
    spelled == target.to_string() || (!target.pre.is_empty() && spelled == python_spelling(target))
}

fn python_spelling(version: &Version) -> String {
    let pre = version.pre.as_str();
    let (word, number) = pre.split_once('.').unwrap_or((pre, "0"));
    let word = match word {
        "alpha" | "a" => "a",
        "beta" | "b" => "b",
        "rc" => "rc",
        other => other,
    };
    format!("{}.{}.{}{word}{number}", version.major, version.minor, version.patch)
}

/// What is wrong with one place, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misaligned {
    /// The place, as `file at key`.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// Compares every place with the target. `text` gives a file's text, or says why there is none.
pub fn misaligned(
    places: &[VersionPlace],
    target: &Version,
    mut text: impl FnMut(&str) -> Result<String, String>,
) -> Vec<Misaligned> {
    let mut problems = Vec::new();
    for place in places {
        let name = format!("{} at {}", place.file, place.at);
        let message = match text(&place.file) {
            Err(why) => format!("{}: {why}", place.file),
            Ok(text) => match read(&place.at, &text) {
                Err(why) => format!("{name}: {why}"),
                Ok(spelled) if equals(&spelled, target) => continue,
                Ok(spelled) => format!("{name} says {spelled}, the target is {target}"),
            },
        };
        problems.push(Misaligned { place: name, message });
    }
    problems
}

/// The text of a changelog's section for a version: from its heading to the next heading of the same level. A
/// heading is `## [1.2.3] - date`, `## 1.2.3` or `## v1.2.3`, with anything after it (keepachangelog.com 1.1.0 and
/// its relatives).
pub fn changelog_section<'a>(text: &'a str, version: &Version) -> Option<&'a str> {
    let wanted = version.to_string();
    let heads = |line: &str| {
        let Some(title) = line.strip_prefix("## ") else { return false };
        let title = title.trim_start().trim_start_matches('[');
        let title = title.strip_prefix('v').unwrap_or(title);
        title
            .strip_prefix(&wanted)
            .is_some_and(|rest| rest.trim_end().is_empty() || rest.starts_with([']', ' ', '\t']))
    };
    let mut offset = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        match start {
            None if heads(line.trim_end()) => start = Some(offset + line.len()),
            Some(start) if line.starts_with("## ") || line.starts_with("# ") => {
                return text.get(start..offset);
            }
            _ => {}
        }
        offset += line.len();
    }
    start.and_then(|start| text.get(start..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn toml(key: &str) -> VersionAt {
        VersionAt::TomlKey(key.split('.').map(str::to_owned).collect())
    }

    #[test]
    fn a_version_is_read_from_toml_json_and_by_pattern() {
        assert_eq!(read(&toml("package.version"), "[package]\r\nversion = '1.2.3'\r\n"), Ok("1.2.3".into()));
        let json = VersionAt::JsonPointer("/packages//version".into());
        assert_eq!(read(&json, r#"{"packages": {"": {"version": "1.2.3"}}}"#), Ok("1.2.3".into()));
        let pattern = VersionAt::Pattern(Regex::new(r#"(?m)^VERSION = "(.*)"$"#).unwrap());
        assert_eq!(read(&pattern, "VERSION = \"1.2.3\"\n"), Ok("1.2.3".into()));
    }

    #[test]
    fn a_place_that_is_not_there_or_there_twice_gives_no_version() {
        assert_eq!(
            read(&toml("package.version"), "[package]\nversion.workspace = true"),
            Err(NoVersion::Nothing)
        );
        assert_eq!(read(&toml("a.b"), "= ="), Err(NoVersion::Malformed("TOML")));
        let pattern = VersionAt::Pattern(Regex::new("v=([0-9.]+)").unwrap());
        assert_eq!(read(&pattern, "v=1.0.0 v=1.0.0"), Err(NoVersion::Ambiguous(2)));
    }

    #[test]
    fn versions_are_compared_whole_and_a_pre_release_in_either_spelling() {
        let version = |text: &str| Version::parse(text).unwrap();
        assert!(equals("1.2.3", &version("1.2.3")));
        assert!(!equals("1.2.30", &version("1.2.3")));
        assert!(equals("1.2.3rc1", &version("1.2.3-rc.1")) && equals("1.2.3-rc.1", &version("1.2.3-rc.1")));
        assert!(!equals("1.2.3", &version("1.2.3-rc.1")));
    }

    #[test]
    fn a_section_ends_where_the_next_begins_and_another_version_is_not_its_heading() {
        let text = "# Log\n\n## [1.2.30] - 2026-01-01\n- x\n\n## [1.2.3] - 2025-01-01\n- y\n### Fixed\n- z\n## 1.2.2\n- w\n";
        let section = |version: &str| changelog_section(text, &Version::parse(version).unwrap());
        assert_eq!(section("1.2.3"), Some("- y\n### Fixed\n- z\n"));
        assert_eq!(section("1.2.2"), Some("- w\n"));
        assert_eq!(section("1.2.4"), None);
        assert_eq!(section("1.2.3-rc.1"), None);
    }
}
