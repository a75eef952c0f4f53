//! A GitHub stand-in on a unix socket, for the real, unmodified `gh`.
//!
//! gh's documented `http_unix_socket` setting makes it speak plain HTTP/1.1 over a socket for every address; requests
//! are routed on their `Host`. Invariant: it lives in a folder of its own and is gone when the handle is dropped.

mod auth;
pub mod fault;
pub mod issues;
mod page;
mod refs;
pub mod request;
mod routes;
pub mod runs;
mod server;
pub mod state;

pub use fault::{Fault, Matcher, Trouble};
pub use issues::{Issue, IssueState, Issues};
pub use request::{Logged, Reply, Request};
pub use runs::{Run, Workflow};
pub use state::{Repository, State};

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tempfile::TempDir;
use tokio::sync::oneshot;

/// The token that the stand-in accepts.
pub const TOKEN: &str = "dummy";

/// The longest path that a unix socket may have on every system that gonogo runs on, in bytes (`sun_path`).
const LONGEST_SOCKET_PATH: usize = 100;

/// A running stand-in; dropping it ends it and removes its files.
#[derive(Debug)]
pub struct GithubStandIn {
    state: Arc<Mutex<State>>,
    folder: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl GithubStandIn {
    /// Starts a stand-in that holds this state. It listens before this returns, on a thread of its own.
    pub fn start(state: State) -> io::Result<Self> {
        let folder = private_folder()?;
        std::fs::create_dir(folder.path().join("config"))?;
        let socket = folder.path().join("s");
        let setting = serde_json::Value::from(socket.to_string_lossy());
        // A JSON string is a YAML string. The version keeps newer ghs from migrating the file.
        let config = format!("version: \"1\"\nhttp_unix_socket: {setting}\n");
        std::fs::write(folder.path().join("config/config.yml"), config)?;

        let state = Arc::new(Mutex::new(state));
        let (stop, stopped) = oneshot::channel();
        let thread = server::serve(&socket, Arc::clone(&state), stopped)?;
        Ok(Self { state, folder, stop: Some(stop), thread: Some(thread) })
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    /// gh's configuration folder (`GH_CONFIG_DIR`) that leads to the socket.
    pub fn config_dir(&self) -> PathBuf {
        self.folder.path().join("config")
    }

    /// The variables that make a gh talk to this stand-in and leave nothing elsewhere. `GH_HOST` and `GH_REPO` are
    /// to be unset: gh reads empty as unset.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let folder = |name: &str| self.folder.path().join(name).into_os_string();
        vec![
            ("GH_CONFIG_DIR", self.config_dir().into_os_string()),
            ("GH_TOKEN", TOKEN.into()),
            ("GITHUB_TOKEN", OsString::new()),
            ("GH_HOST", OsString::new()),
            ("GH_REPO", OsString::new()),
            ("HOME", folder("home")),
            ("XDG_CONFIG_HOME", folder("home/config")),
            ("XDG_STATE_HOME", folder("home/state")),
            ("XDG_DATA_HOME", folder("home/data")),
            ("XDG_CACHE_HOME", folder("home/cache")),
        ]
    }

    /// The state, to read or to change; requests wait while this is held.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the next requests that match go wrong.
    pub fn inject(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// Every request so far, in order, faults included.
    pub fn log(&self) -> Vec<Logged> {
        self.state().log.clone()
    }

    /// How many requests there were with this method and path (without its query).
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.state().log.iter().filter(|entry| entry.method == method && entry.path == path).count()
    }
}

impl Drop for GithubStandIn {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended too.
            thread.join().ok();
        }
    }
}

/// A temporary folder whose path leaves room for a socket's name.
fn private_folder() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("gh").tempdir()?;
    if folder.path().as_os_str().len() + 2 < LONGEST_SOCKET_PATH {
        return Ok(folder);
    }
    tempfile::Builder::new().prefix("gh").tempdir_in(Path::new("/tmp"))
}
