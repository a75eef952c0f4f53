//! What a git remote is to hold.

use std::collections::BTreeMap;
use std::path::Path;

/// The branch that a repository has where none is named.
pub const DEFAULT_BRANCH: &str = "main";

/// A git remote.
#[derive(Clone, Debug)]
pub struct RemoteSpec {
    /// Its GitHub repository, `owner/name`.
    pub name: String,
    /// The addresses that lead to it in this world.
    pub addresses: Vec<String>,
    /// What it holds at first.
    pub source: RemoteContent,
    /// The references that it has, exactly, without `refs/`, with the object of each, which the source must hold;
    /// where `None`, the branches and tags of the source. None can be given for files.
    pub refs: Option<BTreeMap<String, String>>,
    /// Its default branch.
    pub default_branch: String,
}

/// What a remote holds at first.
#[derive(Clone, Debug)]
pub enum RemoteContent {
    /// What a checkout, a bare repository or another remote holds.
    Clone(String),
    /// One commit with these files, by their paths.
    Files(Vec<(String, Vec<u8>)>),
}

impl RemoteSpec {
    /// The clone of a checkout, under the addresses that GitHub gives a repository.
    pub fn of_checkout(name: &str, checkout: &Path) -> Self {
        Self {
            name: name.to_owned(),
            addresses: github_addresses(name),
            source: RemoteContent::Clone(checkout.to_string_lossy().into_owned()),
            refs: None,
            default_branch: DEFAULT_BRANCH.to_owned(),
        }
    }

    /// One commit with these files, under the addresses that GitHub gives a repository.
    pub fn of_files(name: &str, files: Vec<(String, Vec<u8>)>) -> Self {
        Self { source: RemoteContent::Files(files), ..Self::of_checkout(name, Path::new("")) }
    }
}

/// The addresses that GitHub gives a repository: for git over HTTPS and over SSH.
fn github_addresses(name: &str) -> Vec<String> {
    let begins = ["https://github.com/", "ssh://git@github.com/", "git@github.com:"];
    begins.iter().flat_map(|begin| [format!("{begin}{name}.git"), format!("{begin}{name}")]).collect()
}
