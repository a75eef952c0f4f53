//! What the stand-in knows: one struct behind one lock, so that a test sees every request whole or not at all.

use super::TOKEN;
use super::approvals::Protection;
use super::dispatches::{Declared, Dispatch, NewRuns};
use super::issues::Issues;
use super::releases::Releases;
use super::routes;
use super::runs::{StoredRun, StoredWorkflow};
use crate::git::TagObject;
use crate::http::fault::{Fault, Stage};
use crate::http::request::{Logged, ReceivedRequest, Reply};
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that the stand-in knows.
#[derive(Clone, Debug)]
pub struct GithubState {
    /// The login of the token's owner.
    pub login: String,
    /// The token that is accepted; every other one is a 401.
    pub token: String,
    /// What the token may do, as `X-OAuth-Scopes` says it; fine-grained tokens have no such header.
    pub scopes: Option<Vec<String>>,
    /// The repositories, by `owner/name`.
    pub repositories: BTreeMap<String, Repository>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// What was asked.
    pub log: Vec<Logged>,
    /// What was made last, for IDs and times.
    tick: u64,
    /// The repositories before each write, for stale reads.
    past: Vec<BTreeMap<String, Repository>>,
}

impl GithubState {
    /// A GitHub with one user, `octo`, and one empty repository, `owner/name`.
    pub fn with_repository(name: &str) -> Self {
        let scopes = ["gist", "read:org", "repo", "workflow"];
        Self {
            login: "octo".to_owned(),
            token: TOKEN.to_owned(),
            scopes: Some(scopes.map(str::to_owned).to_vec()),
            repositories: BTreeMap::from([(name.to_owned(), Repository::default())]),
            faults: Vec::new(),
            log: Vec::new(),
            tick: 0,
            past: Vec::new(),
        }
    }

    /// A repository by name, made where there is none.
    pub fn repository(&mut self, name: &str) -> &mut Repository {
        self.repositories.entry(name.to_owned()).or_default()
    }

    /// A repository as requests find it: names are the same in capitals. Gives its real name too.
    pub(super) fn find(&mut self, name: &str) -> Option<(String, &mut Repository)> {
        let mut all = self.repositories.iter_mut();
        all.find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(known, repository)| (known.clone(), repository))
    }

    /// Remembers how everything is now, as before a write: for stale reads.
    pub(crate) fn remember(&mut self) {
        self.past.push(self.repositories.clone());
    }

    /// The next moment, as RFC 3339: time here is the count of what happened, so that runs repeat.
    pub(crate) fn now(&mut self) -> String {
        self.tick += 1;
        let (hours, minutes, seconds) = (self.tick / 3600 % 24, self.tick / 60 % 60, self.tick % 60);
        format!("2026-01-01T{hours:02}:{minutes:02}:{seconds:02}Z")
    }
}

impl Stage for GithubState {
    fn faults(&mut self) -> &mut Vec<Fault> {
        &mut self.faults
    }

    /// A write that is not refused is remembered.
    fn carry_out(&mut self, request: &ReceivedRequest) -> Reply {
        let before = (!request.is_read()).then(|| self.repositories.clone());
        let reply = routes::dispatch(self, request);
        self.past.extend(before.filter(|_| reply.status < 400));
        reply
    }

    fn carry_out_as_it_was(&mut self, request: &ReceivedRequest, writes: usize) -> Reply {
        let past = self.past.get(self.past.len().saturating_sub(writes)).cloned();
        let Some(past) = past.filter(|_| request.is_read()) else { return self.carry_out(request) };
        let present = std::mem::replace(&mut self.repositories, past);
        let reply = routes::dispatch(self, request);
        self.repositories = present;
        reply
    }
}

/// One repository.
#[derive(Clone, Debug, Default)]
pub struct Repository {
    /// Its workflows.
    pub workflows: Vec<StoredWorkflow>,
    /// What its workflows declare, by their files; of others, anything may be asked.
    pub declared: BTreeMap<String, Declared>,
    /// Its workflow runs, in any order; of a run that was rerun, the last attempt.
    pub runs: Vec<StoredRun>,
    /// The attempts before those.
    pub earlier_attempts: Vec<StoredRun>,
    /// The environments that runs of its workflows wait for, by the workflows' files.
    pub protections: BTreeMap<String, Vec<Protection>>,
    /// What becomes of runs that are dispatched and rerun.
    pub new_runs: NewRuns,
    /// The dispatches that were accepted, in order.
    pub dispatches: Vec<Dispatch>,
    /// Its issues and pull requests.
    pub issues: Issues,
    /// Its releases.
    pub releases: Releases,
    /// Its annotated tags' objects, by ID.
    pub tag_objects: BTreeMap<String, TagObject>,
    /// Its commits' messages by ID; commits that references lead to need not be here.
    pub commits: BTreeMap<String, String>,
    /// Its references, without `refs/`, to object IDs: `heads/main`, `tags/v1.0.0`.
    pub refs: BTreeMap<String, String>,
    /// Signed statements about files (Sigstore's bundles), by the files' digests: `sha256:…`.
    pub attestations: BTreeMap<String, Vec<Value>>,
}
