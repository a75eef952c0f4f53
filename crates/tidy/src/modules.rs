//! The modules of a crate, by the files that hold them.

use crate::TextFile;
use std::collections::{BTreeMap, BTreeSet};

/// One crate's files below `src`.
pub(crate) struct Modules<'a> {
    /// Each file by its module's path; the root's is empty.
    pub files: BTreeMap<Vec<String>, &'a TextFile>,
    /// The modules that only tests see.
    tests: BTreeSet<Vec<String>>,
}

impl<'a> Modules<'a> {
    /// Every crate with its modules.
    pub fn of_each(files: &'a [TextFile]) -> BTreeMap<&'a str, Self> {
        let mut crates: BTreeMap<&str, BTreeMap<Vec<String>, &TextFile>> = BTreeMap::new();
        for file in files.iter().filter(|file| file.is_rust()) {
            if let Some((name, path)) = file.place()
                && let Some(path) = path.strip_prefix("src/")
            {
                crates.entry(name).or_default().insert(module(path), file);
            }
        }
        crates.into_iter().map(|(name, files)| (name, Self { tests: tests(&files), files })).collect()
    }

    /// Whether only tests see a module.
    pub fn is_test(&self, module: &[String]) -> bool {
        (1..=module.len()).any(|length| self.tests.contains(&module[..length]))
    }
}

/// The module that a file below `src` holds.
fn module(path: &str) -> Vec<String> {
    let path = path.strip_suffix(".rs").unwrap_or(path);
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    let last = parts.last().map(String::as_str);
    if last == Some("mod") || (parts.len() == 1 && matches!(last, Some("lib" | "main"))) {
        parts.pop();
    }
    parts
}

fn tests(files: &BTreeMap<Vec<String>, &TextFile>) -> BTreeSet<Vec<String>> {
    let mut tests = BTreeSet::new();
    for (module, file) in files {
        for (name, in_test) in file.rust().into_iter().flat_map(|source| source.declared()) {
            if in_test {
                tests.insert(module.iter().cloned().chain([name.to_owned()]).collect());
            }
        }
    }
    tests
}
