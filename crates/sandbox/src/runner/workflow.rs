//! What a workflow is: what sets it off, and what it does.

use crate::git::Push;
use crate::github::{Declared, GithubState, NewRuns, StoredRun, StoredWorkflow};
use std::collections::VecDeque;
use std::time::Duration;

/// A workflow of a repository of the private world.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// The repository, `owner/name`.
    pub repository: String,
    /// Its file, such as `.github/workflows/release.yml`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// What sets it off.
    pub triggers: Vec<Trigger>,
    /// What a run does.
    pub work: Work,
}

/// What sets a workflow off.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// A push of a tag whose name fits this pattern (`*` stands for any text without a slash).
    Tag(String),
    /// A push of a branch whose name fits this pattern.
    Branch(String),
    /// A dispatch with some of these inputs; any other input is refused.
    Dispatch(Vec<String>),
}

/// What a run does.
#[derive(Clone, Debug)]
pub enum Work {
    /// It ends like this (`success`, `failure`, …), and does nothing.
    Scripted(String),
    /// It runs commands in a fresh clone of the remote at its commit, and ends with the first that fails.
    Commands {
        /// Program and arguments, each command in turn; never a shell line. In their words `{version}`, `{tag}`,
        /// `{inputs.NAME}` and `{artifacts}` (the folder with the unpacked artifacts of the newest successful
        /// run for the same tag, one folder for each artifact) stand for what they name; of an input that was not
        /// given, the empty text.
        commands: Vec<Vec<String>>,
        /// More variables, beside those of the private world.
        environment: Vec<(String, String)>,
        /// What is kept of a run that succeeds.
        artifacts: Vec<Artifacts>,
        /// Keep an artifact `release-metadata` too, that holds `metadata.json` with `tag`, `version`, `source_sha`,
        /// `source_ref`, `source_run_id` and `source_workflow`.
        has_metadata: bool,
        /// The input that names the tag, where a run that is not of a tag can have one.
        tag_input: Option<String>,
        /// The longest that one command may take.
        timeout: Duration,
    },
}

/// One artifact: files of a run's folder, under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifacts {
    /// Its name.
    pub name: String,
    /// Which files, as patterns below the run's folder (`dist/*`). Each is kept under its path below the longest
    /// folder that all of them share.
    pub files: Vec<String>,
}

impl Workflow {
    /// How the GitHub stand-in lists it.
    pub(crate) fn listed(&self, id: u64) -> StoredWorkflow {
        StoredWorkflow { id, name: self.name.clone(), path: self.path.clone() }
    }

    /// What its file declares.
    pub(crate) fn declared(&self) -> Declared {
        let inputs = self.triggers.iter().find_map(|trigger| match trigger {
            Trigger::Dispatch(inputs) => Some(inputs.clone()),
            Trigger::Tag(_) | Trigger::Branch(_) => None,
        });
        Declared { inputs, is_carried_out: true }
    }

    fn is_set_off_by(&self, push: &Push) -> bool {
        let fits = |pattern: &str, kind: &str| {
            let options = glob::MatchOptions { require_literal_separator: true, ..Default::default() };
            push.reference.strip_prefix(kind).is_some_and(|name| {
                glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_with(name, options))
            })
        };
        push.remote == self.repository
            && !push.is_deletion
            && self.triggers.iter().any(|trigger| match trigger {
                Trigger::Tag(pattern) => fits(pattern, "tags/"),
                Trigger::Branch(pattern) => fits(pattern, "heads/"),
                Trigger::Dispatch(_) => false,
            })
    }
}

/// Queues the runs that a push sets off.
pub(crate) fn set_off(state: &mut GithubState, workflows: &[Workflow], push: &Push) {
    for workflow in workflows.iter().filter(|workflow| workflow.is_set_off_by(push)) {
        let now = state.now();
        let repository = state.repository(&push.remote);
        // Pushed and deleted again: there is nothing to run.
        let Some(commit) = repository.commit_of(&format!("refs/{}", push.reference)) else { continue };
        let id = repository.runs.iter().map(|run| run.id).max().unwrap_or(0) + 1;
        let queued = NewRuns { next: VecDeque::new(), jobs: Vec::new(), artifacts: Vec::new() };
        let run = StoredRun {
            head_branch: push.reference.split_once('/').map(|(_, name)| name.to_owned()),
            ..StoredRun::success(id, &push.remote, &workflow.path, &commit)
        };
        let run = repository.held_back(queued.apply(run, now));
        repository.runs.push(run);
    }
}
