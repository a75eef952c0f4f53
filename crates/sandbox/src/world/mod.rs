//! The private world: git remotes, GitHub, registries and a runner for workflows, all on loopback and in one folder.
//!
//! Invariant: it depends on no process but its own, so that a release can stop and go on in another one; when it is
//! dropped, every thread and every process of it has ended.

mod spec;
mod variables;

pub use crate::git::{RemoteContent, RemoteSpec};
pub use spec::Spec;

use crate::git::{self, Git, Remote, Remotes, SandboxGitError};
use crate::github::{GithubStandIn, GithubState, Mirror};
use crate::http::fault::Fault;
use crate::journal::{Journal, JournalEntry, Service};
use crate::registry::{PrivateRegistries, RegistryServer};
use crate::runner::{Runner, Surroundings, set_off};
use gonogo_world::process::{Cancel, Environment};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

/// Why a private world cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file, a socket or a thread.
    #[error("cannot make the private world in {}", folder.display())]
    Io {
        /// Its folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A remote that cannot be primed.
    #[error("cannot prime the git remote {name}")]
    Remote {
        /// The remote.
        name: String,
        /// Why.
        source: SandboxGitError,
    },
    /// The specification says something that cannot be.
    #[error("{0}")]
    Spec(String),
}

/// A running private world.
#[derive(Debug)]
pub struct PrivateWorld {
    // In the order in which they end: who asks before who answers.
    _runner: Runner,
    github: GithubStandIn,
    registries: RegistryServer,
    remotes: Arc<Remotes>,
    journal: Journal,
    variables: Vec<(OsString, OsString)>,
    folder: PathBuf,
}

impl PrivateWorld {
    /// Makes one below a folder, which is made where it is not there and is left to its owner. It answers before this
    /// returns.
    pub async fn start(folder: &Path, spec: Spec) -> Result<Self, WorldError> {
        spec.check().map_err(WorldError::Spec)?;
        let wrong = |source: io::Error| WorldError::Io { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder.join("home")).map_err(wrong)?;
        let folder = folder.canonicalize().map_err(wrong)?;
        let wrong = |source: io::Error| WorldError::Io { folder: folder.clone(), source };

        let journal = Journal::default();
        let remotes = Arc::new(prime(&folder, &spec, journal.clone()).await?);
        let state = Arc::new(Mutex::new(first_state(&spec)));
        let workflows = spec.workflows.clone();
        let mirror = Mirror::new(Arc::clone(&remotes), move |state, push| set_off(state, &workflows, push));
        let read = mirror.turn().await.read_into(&state).await;
        read.map_err(|source| WorldError::Remote { name: "all".to_owned(), source })?;

        let shop = folder.join("registries");
        let registries =
            RegistryServer::start(&shop, spec.go_modules.clone(), Arc::clone(&remotes), journal.clone())
                .map_err(wrong)?;
        let github = GithubStandIn::start_in(Arc::clone(&state), journal.clone(), Some(mirror.clone()))
            .map_err(wrong)?;
        let variables =
            variables::all(&folder, &spec, &github, registries.base(), &remotes).map_err(wrong)?;

        let environment = Environment::allowing([]).with_all(variables.clone());
        let runner = Runner::start(Surroundings {
            workflows: spec.workflows,
            state,
            remotes: Arc::clone(&remotes),
            mirror,
            environment,
            folder: folder.join("runs"),
            tag_prefix: spec.tag_prefix,
        });
        let runner = runner.map_err(wrong)?;
        Ok(Self { _runner: runner, github, registries, remotes, journal, variables, folder })
    }

    /// The variables with which any child lives in this world: the clients' configuration, credentials that only this
    /// world accepts, homes and caches below the folder. To be set over whatever else the child sees.
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        self.variables.clone()
    }

    /// Everything that happened so far, in one order.
    pub fn log(&self) -> Vec<JournalEntry> {
        self.remotes.notice();
        self.journal.entries()
    }

    /// Makes the next requests to a service that match go wrong; paths are those below the service. Git remotes are
    /// files, and have no faults.
    pub fn fault(&self, service: Service, fault: Fault) {
        match service {
            Service::Github => self.github.inject(fault),
            _ => self.registries.with_faults(service, |faults| faults.push(fault)).unwrap_or_default(),
        }
    }

    /// Ends all faults of a service.
    pub fn calm(&self, service: Service) {
        match service {
            Service::Github => self.github.state().faults.clear(),
            _ => self.registries.with_faults(service, Vec::clear).unwrap_or_default(),
        }
    }

    /// The GitHub stand-in.
    pub fn github(&self) -> &GithubStandIn {
        &self.github
    }

    /// What the registries know, to read or to change; requests wait while this is held.
    pub fn registries(&self) -> MutexGuard<'_, PrivateRegistries> {
        self.registries.state()
    }

    /// The address of a registry on loopback, without a slash at the end; of cargo's sparse index, add `/index/`.
    pub fn address(&self, service: Service) -> Option<String> {
        let mount = match service {
            Service::Cargo => "cargo",
            Service::Npm => "npm",
            Service::Pypi => "pypi",
            Service::Go => "go",
            Service::Github | Service::Git => return None,
        };
        Some(format!("{}/{mount}", self.registries.base()))
    }

    /// The bare repository of a remote.
    pub fn remote(&self, name: &str) -> Option<&Path> {
        self.remotes.get(name).map(|remote| remote.path.as_path())
    }

    /// The folder that all of it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

async fn prime(folder: &Path, spec: &Spec, journal: Journal) -> Result<Remotes, WorldError> {
    let wrong = |name: &str, source| WorldError::Remote { name: name.to_owned(), source };
    let git = Git::find(&folder.join("home"), Cancel::default()).map_err(|error| wrong("all", error))?;
    let mut all = Vec::new();
    for remote in &spec.remotes {
        let path = folder.join("remotes").join(format!("{}.git", remote.name));
        git::prime(&git, remote, &path).await.map_err(|error| wrong(&remote.name, error))?;
        let addresses = remote.addresses.clone();
        all.push(Remote { name: remote.name.clone(), path, addresses });
    }
    Ok(Remotes::new(all, git, journal))
}

fn first_state(spec: &Spec) -> GithubState {
    let first = spec.remotes.first().map_or("o/r", |remote| remote.name.as_str());
    let mut state = GithubState::with_repository(first);
    for remote in &spec.remotes {
        state.repository(&remote.name);
    }
    for (name, workflow) in &spec.listed {
        state.repository(name).workflows.push(workflow.clone());
    }
    for workflow in &spec.workflows {
        let repository = state.repository(&workflow.repository);
        let known = repository.workflows.iter().map(|listed| listed.id).max().unwrap_or(0);
        if !repository.workflows.iter().any(|listed| listed.path == workflow.path) {
            repository.workflows.push(workflow.listed(known + 1));
        }
        repository.declared.insert(workflow.path.clone(), workflow.declared());
    }
    let mut runs: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for (name, run) in &spec.runs {
        runs.entry(name).or_default().push(run.clone());
    }
    for (name, runs) in runs {
        state.repository(name).runs = runs;
    }
    state
}
