//! The registries of a private world: crates, npm packages, Python packages and Go modules, on one port of loopback.
//!
//! Invariant: what a registry refuses, it refuses as the real one does, and nothing that was published changes.

mod account;
pub mod cargo;
pub mod go;
mod hosted;
mod multipart;
pub mod npm;
pub mod pypi;
mod service;
mod store;

pub use cargo::Cargo;
pub use go::RemoteModule;
pub use hosted::HostedRegistry;
pub use npm::Npm;
pub use pypi::Pypi;

use crate::git::Remotes;
use crate::http::fault::Fault;
use crate::http::server::Server;
use crate::journal::{Journal, Service};
use service::Hall;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;

/// The token that every registry accepts at first.
pub const TOKEN: &str = "private-world-token";

/// Everything that the registries know.
#[derive(Debug)]
pub struct PrivateRegistries {
    /// Crates.
    pub cargo: HostedRegistry<Cargo>,
    /// npm packages.
    pub npm: HostedRegistry<Npm>,
    /// Python packages.
    pub pypi: HostedRegistry<Pypi>,
    /// What goes wrong with requests for Go modules, which the git remotes hold.
    pub go_faults: Vec<Fault>,
}

/// The running registries; dropping them ends them.
#[derive(Debug)]
pub(crate) struct RegistryServer {
    state: Arc<Mutex<PrivateRegistries>>,
    _server: Server,
    base: String,
}

impl RegistryServer {
    /// Starts them, with nothing published; files go below the folder.
    pub(crate) fn start(
        folder: &Path,
        modules: Vec<RemoteModule>,
        remotes: Arc<Remotes>,
        journal: Journal,
    ) -> io::Result<Self> {
        let store = |name: &str| Store::at(folder.join(name));
        let state = Arc::new(Mutex::new(PrivateRegistries {
            cargo: HostedRegistry::new(Cargo::new(store("cargo")?)),
            npm: HostedRegistry::new(Npm::new(store("npm")?)),
            pypi: HostedRegistry::new(Pypi::new(store("pypi")?)),
            go_faults: Vec::new(),
        }));
        let hall = Hall { state: Arc::clone(&state), modules, remotes, journal };
        let (server, address) = Server::on_loopback("registries", Arc::new(hall))?;
        Ok(Self { state, _server: server, base: format!("http://{address}") })
    }

    /// The address of the server, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The state, to read or to change; requests wait while this is held.
    pub(crate) fn state(&self) -> MutexGuard<'_, PrivateRegistries> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The faults of a registry; `None` of what is no registry.
    pub(crate) fn with_faults<T>(
        &self,
        service: Service,
        work: impl FnOnce(&mut Vec<Fault>) -> T,
    ) -> Option<T> {
        let mut state = self.state();
        match service {
            Service::Cargo => Some(work(&mut state.cargo.faults)),
            Service::Npm => Some(work(&mut state.npm.faults)),
            Service::Pypi => Some(work(&mut state.pypi.faults)),
            Service::Go => Some(work(&mut state.go_faults)),
            Service::Github | Service::Git => None,
        }
    }
}
