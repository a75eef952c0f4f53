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
    let (mut offset, mut start, mut hidden) = (0, None, Hidden::No);
    for line in text.split_inclusive('\n') {
        // A heading in a comment or in a fence is none.
        let open = hidden.take(line);
        match start {
            None if open && heads(line.trim_end()) => start = Some(offset + line.len()),
            Some(start) if open && (line.starts_with("## ") || line.starts_with("# ")) => {
                return text.get(start..offset);
            }
            _ => {}
        }
        offset += line.len();
    }
    start.and_then(|start| text.get(start..))
}

/// Whether a section of a changelog says anything: comments and headings do not, nor does a promise to write it.
pub fn says_something(section: &str) -> bool {
    let mut rest = section;
    let mut said = String::new();
    while let Some((before, after)) = rest.split_once("<!--") {
        said.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, behind)| behind);
    }
    said.push_str(rest);
    let promise =
        ["todo", "tbd", "fixme", "wip", "xxx", "tba", "coming soon", "to be written", "to do", "none yet"];
    said.lines().any(|line| {
        let line = line.trim();
        let is_heading = line.starts_with('#');
        let is_link = line.starts_with('[') && line.contains("]: ");
        let words = line.trim_matches(|one: char| !one.is_alphanumeric()).to_lowercase();
        !is_heading && !is_link && !words.is_empty() && !promise.contains(&words.as_str())
    })
}

/// What hides a line of Markdown from its reader, or shows it as it is typed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    No,
    Comment,
    Fence(char, usize),
}

impl Hidden {
    /// Takes the next line, and says whether it is plain text from its beginning.
    fn take(&mut self, line: &str) -> bool {
        let indented = line.len() - line.trim_start_matches(' ').len();
        let text = line.trim();
        let fence = |mark: char| text.chars().take_while(|one| *one == mark).count();
        match *self {
            Self::Comment => {
                if let Some((_, after)) = line.split_once("-->") {
                    *self = Self::after(after);
                }
                false
            }
            Self::Fence(mark, length) => {
                if indented < 4 && fence(mark) >= length && text.chars().all(|one| one == mark) {
                    *self = Self::No;
                }
                false
            }
            Self::No => {
                for mark in ['`', '~'] {
                    let length = fence(mark);
                    let info = text.get(length..).unwrap_or_default();
                    if indented < 4 && length >= 3 && (mark == '~' || !info.contains('`')) {
                        *self = Self::Fence(mark, length);
                        return false;
                    }
                }
                *self = Self::after(line);
                true
            }
        }
    }

    /// Whether a comment is open at the end of this text.
    fn after(text: &str) -> Self {
        let mut rest = text;
        while let Some((_, comment)) = rest.split_once("<!--") {
            let Some((_, behind)) = comment.split_once("-->") else { return Self::Comment };
            rest = behind;
        }
        Self::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn toml(key: &str) -> VersionAt {
        VersionAt::TomlKey(key.split('.').map(str::to_owned).collect())
    }

    #[test]
    fn a_heading_in_a_comment_or_a_fence_is_none() {
        let version = Version::new(1, 0, 0);
        let section = |text: &str| changelog_section(text, &version).map(str::to_owned);
        for text in [
            "# Changes\n<!--\n## 1.0.0\n- all\n-->\n",
            "```\n## 1.0.0\n- all\n```\n",
            "~~~~md\n```\n## 1.0.0\n~~~~\n",
            "text <!-- a --> <!-- b\n## 1.0.0\n-->\n",
        ] {
            assert_eq!(section(text), None, "{text}");
        }
        let text = "<!-- ## 1.0.0 -->\n## 1.0.0\n- a\n```\n## 0.9.0\n```\n- b\n<!--\n## 0.9.0\n-->\n- c\n## 0.9.0\n- old\n";
        assert_eq!(section(text).unwrap(), "- a\n```\n## 0.9.0\n```\n- b\n<!--\n## 0.9.0\n-->\n- c\n");
    }

    #[test]
    fn a_section_that_promises_its_text_says_nothing() {
        for text in [
            "",
            "\n",
            "TODO\n",
            "- TODO\n",
            "<!-- todo -->\n",
            "<!--\n- all new\n-->\n",
            "### Added\n\n- TBD.\n",
            "<!-- a",
            "[1.0.0]: x\n",
        ] {
            assert!(!says_something(text), "{text:?}");
        }
        for text in [
            "- Fixed it.\n",
            "<!-- a --> Fixed.\n",
            "### Added\n- `TODO` comments are found.\n",
            "TODO\n- one\n",
        ] {
            assert!(says_something(text), "{text:?}");
        }
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
