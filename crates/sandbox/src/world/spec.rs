//! What a private world is to hold.

use crate::git::{RemoteContent, RemoteSpec};
use crate::github;
use crate::registry::RemoteModule;
use crate::runner::{Trigger, Workflow};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What a private world is to hold.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Its git remotes, which are its GitHub repositories too.
    pub remotes: Vec<RemoteSpec>,
    /// Workflows that the stand-in lists and nobody carries out, by repository: such as that of the CI runs below.
    pub listed: Vec<(String, github::StoredWorkflow)>,
    /// Workflow runs that are there from the start, by repository.
    pub runs: Vec<(String, github::StoredRun)>,
    /// Workflows that are carried out.
    pub workflows: Vec<Workflow>,
    /// Go modules that the remotes hold.
    pub go_modules: Vec<RemoteModule>,
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
            if remote.refs.is_some() && matches!(remote.source, RemoteContent::Files(_)) {
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
