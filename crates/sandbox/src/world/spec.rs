//! What a private world is to hold.

use crate::github;
use crate::registry::GoModule;
use crate::runner::{Trigger, Workflow};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What a private world is to hold.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its git remotes, which are its GitHub repositories too.
    pub remotes: Vec<RemoteSpec>,
    /// Workflows that the stand-in lists and nobody carries out, by repository: such as that of the CI runs below.
    pub listed: Vec<(String, github::Workflow)>,
    /// Workflow runs that are there from the start, by repository.
    pub runs: Vec<(String, github::Run)>,
    /// Workflows that are carried out.
    pub workflows: Vec<Workflow>,
    /// Go modules that the remotes hold.
    pub go_modules: Vec<GoModule>,
    /// What a release's tag begins with, before its version.
    pub tag_prefix: String,
    /// Go's build cache, which holds compiled packages by their content; one of the world's own where `None`.
    pub go_build_cache: Option<PathBuf>,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            remotes: Vec::new(),
            listed: Vec::new(),
            runs: Vec::new(),
            workflows: Vec::new(),
            go_modules: Vec::new(),
            tag_prefix: "v".to_owned(),
            go_build_cache: None,
        }
    }
}

/// A git remote.
#[derive(Clone, Debug)]
pub struct RemoteSpec {
    /// Its GitHub repository, `owner/name`.
    pub name: String,
    /// The addresses that lead to it in this world.
    pub addresses: Vec<String>,
    /// What it holds at first.
    pub source: Source,
    /// The references that it has, exactly, without `refs/`, with the object of each, which the source must hold;
    /// where `None`, the branches and tags of the source. None can be given for files.
    pub refs: Option<BTreeMap<String, String>>,
    /// Its default branch.
    pub default_branch: String,
}

/// What a remote holds at first.
#[derive(Clone, Debug)]
pub enum Source {
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
            source: Source::Clone(checkout.to_string_lossy().into_owned()),
            refs: None,
            default_branch: github::state::DEFAULT_BRANCH.to_owned(),
        }
    }

    /// One commit with these files, under the addresses that GitHub gives a repository.
    pub fn of_files(name: &str, files: Vec<(String, Vec<u8>)>) -> Self {
        Self { source: Source::Files(files), ..Self::of_checkout(name, Path::new("")) }
    }
}

/// The addresses that GitHub gives a repository: for git over HTTPS and over SSH.
pub fn github_addresses(name: &str) -> Vec<String> {
    let begins = ["https://github.com/", "ssh://git@github.com/", "git@github.com:"];
    begins.iter().flat_map(|begin| [format!("{begin}{name}.git"), format!("{begin}{name}")]).collect()
}

impl Spec {
    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        let mut names = BTreeSet::new();
        for remote in &self.remotes {
            let parts: Vec<&str> = remote.name.split('/').collect();
            let is_plain = |part: &&str| !part.is_empty() && !part.starts_with('.');
            if parts.len() != 2 || !parts.iter().all(is_plain) {
                return Err(format!("`{}` is no owner/name", remote.name));
            }
            if remote.refs.is_some() && matches!(remote.source, Source::Files(_)) {
                return Err(format!(
                    "{}: nobody knows the objects of a commit that is yet to be made",
                    remote.name
                ));
            }
            if !names.insert(remote.name.as_str()) {
                return Err(format!("the remote {} is there twice", remote.name));
            }
        }
        let named = self.listed.iter().map(|(name, _)| name);
        let named = named.chain(self.runs.iter().map(|(name, _)| name));
        let named = named.chain(self.workflows.iter().map(|workflow| &workflow.repository));
        let mut named = named.chain(self.go_modules.iter().map(|module| &module.repository));
        if let Some(unknown) = named.find(|name| !names.contains(name.as_str())) {
            return Err(format!("there is no remote {unknown}"));
        }
        for trigger in self.workflows.iter().flat_map(|workflow| &workflow.triggers) {
            if let Trigger::Tag(pattern) | Trigger::Branch(pattern) = trigger {
                glob::Pattern::new(pattern).map_err(|error| format!("pattern `{pattern}`: {error}"))?;
            }
        }
        Ok(())
    }
}
