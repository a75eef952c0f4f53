//! What of a file steers a tool.

use super::manifest::Lints;
use super::{go, manifest};

/// What of it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// All of it, by hiding what a tool finds.
    Ignores,
    /// All of it, where this word is in it.
    Holding(&'static str),
    /// The lines with one of these words in them, whatever their case; the words are in lower case.
    Lines(&'static [&'static str]),
    /// Targets that are not tested as usual, lints, and what a workspace leaves out.
    CargoToml,
    /// The settings of tools that judge.
    PyProject,
    /// The sections of tools that judge.
    SetupCfg,
    /// Scripts, and the settings of tools that judge.
    PackageJson,
    /// The function that runs the tests of its package.
    TestMain,
    /// The toolchain, and what is left out.
    GoMod,
    /// Lines that make git show another content, or leave files out.
    GitAttributes,
}

impl Part {
    /// That part of a file's content; `None` where nothing in it steers.
    pub(super) fn of(self, bytes: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines = match self {
            Self::Whole | Self::Ignores => return Some(text),
            Self::Holding(word) => return Some(text).filter(|text| text.contains(word)),
            Self::Lines(words) => lines_with(&text, words),
            Self::CargoToml => manifest::cargo(&text),
            Self::PyProject => manifest::pyproject(&text),
            Self::SetupCfg => manifest::setup_cfg(&text),
            Self::PackageJson => manifest::package_json(&text),
            Self::TestMain => go::test_main(&text),
            Self::GoMod => go::module(&text),
            Self::GitAttributes => git_attributes(&text),
        };
        Some(lines.join("\n")).filter(|part| !part.is_empty())
    }

    /// What a file of the base asked for and this one does not ask for any more, where that is no setting of its own.
    pub(super) fn given_up(self, before: &[u8], after: &[u8]) -> Option<String> {
        let lints = |bytes| manifest::lints(&String::from_utf8_lossy(bytes));
        let gives_up =
            self == Self::CargoToml && lints(before) == Lints::Inherited && lints(after) == Lints::None;
        gives_up.then(|| "lints: none, and the workspace's before".to_owned())
    }

    /// What of a part is shown in a line: of a list of settings their names.
    pub(super) fn shown(self, part: &str) -> Option<String> {
        let is_list = matches!(self, Self::CargoToml | Self::PyProject | Self::SetupCfg | Self::PackageJson);
        let names: Vec<&str> = part.lines().map(|line| line.split(": ").next().unwrap_or(line)).collect();
        is_list.then(|| names.join(", "))
    }
}

fn lines_with(text: &str, words: &[&str]) -> Vec<String> {
    let steers = |line: &&str| words.iter().any(|word| line.to_ascii_lowercase().contains(word));
    text.lines().map(str::trim).filter(steers).map(str::to_owned).collect()
}

fn git_attributes(text: &str) -> Vec<String> {
    // What a macro means, its name does not say.
    if text.contains("[attr]") {
        return vec![text.to_owned()];
    }
    const WORDS: [&str; 4] = ["filter", "export-ignore", "export-subst", "working-tree-encoding"];
    let steers = |line: &&str| WORDS.iter().any(|word| line.contains(word)) && !line.starts_with('#');
    text.lines().map(str::trim).filter(steers).map(str::to_owned).collect()
}
