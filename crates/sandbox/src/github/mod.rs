//! A GitHub stand-in on a unix socket, for the real, unmodified `gh`.
//!
//! gh's documented `http_unix_socket` setting makes it speak plain HTTP/1.1 over a socket for every address; requests
//! are routed on their `Host`. Invariant: it lives in a folder of its own and is gone when the handle is dropped.

pub mod approvals;
pub mod artifacts;
pub mod assets;
mod auth;
pub mod dispatches;
mod graphql;
pub mod issues;
pub mod jobs;
mod mirror;
mod page;
pub mod refs;
pub mod releases;
mod repositories;
mod routes;
pub mod runs;
mod selection;
mod service;
pub mod state;

pub use crate::git::TagObject;
pub use crate::http::fault::{Fault, FaultKind, Matcher};
pub use crate::http::request::{Logged, ReceivedRequest, Reply};
pub use approvals::Protection;
pub use artifacts::StoredArtifact;
pub use assets::StoredAsset;
pub use dispatches::{Declared, Dispatch, NewRuns};
pub use issues::{Issue, IssueState, Issues};
pub use jobs::{StoredJob, StoredStep};
pub(crate) use mirror::Mirror;
pub use releases::{Releases, StoredRelease};
pub use runs::{Stage, StoredRun, StoredWorkflow};
pub use state::{GithubState, Repository};

use crate::http::server::Server;
use crate::journal::Journal;
use service::Hub;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// The token that the stand-in accepts.
pub const TOKEN: &str = "dummy";

/// The longest path that a unix socket may have on every system that gonogo runs on, in bytes (`sun_path`).
const LONGEST_SOCKET_PATH: usize = 100;

/// A running stand-in; dropping it ends it and removes its files.
#[derive(Debug)]
pub struct GithubStandIn {
    state: Arc<Mutex<GithubState>>,
    // Ended before its folder is removed.
    _server: Server,
    folder: TempDir,
}

impl GithubStandIn {
    /// Starts a stand-in that holds this state. It listens before this returns, on a thread of its own.
    pub fn start(state: GithubState) -> io::Result<Self> {
        Self::start_in(Arc::new(Mutex::new(state)), Journal::default(), None)
    }

    /// The same as a part of a private world: what is asked goes to its journal too, and references are those of its
    /// git remotes.
    pub(crate) fn start_in(
        state: Arc<Mutex<GithubState>>,
        journal: Journal,
        mirror: Option<Mirror>,
    ) -> io::Result<Self> {
        let folder = private_folder()?;
        std::fs::create_dir(folder.path().join("config"))?;
        let socket = folder.path().join("s");
        let setting = serde_json::Value::from(socket.to_string_lossy());
        // A JSON string is a YAML string. The version keeps newer ghs from migrating the file.
        let config = format!("version: \"1\"\nhttp_unix_socket: {setting}\n");
        std::fs::write(folder.path().join("config/config.yml"), config)?;

        let hub = Arc::new(Hub { state: Arc::clone(&state), journal, mirror });
        let server = Server::on_socket(&socket, "github-stand-in", hub)?;
        Ok(Self { state, _server: server, folder })
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
            // Newer ghs report usage from a process that outlives them, and would write here after the end.
            ("GH_TELEMETRY", "false".into()),
            ("HOME", folder("home")),
            ("XDG_CONFIG_HOME", folder("home/config")),
            ("XDG_STATE_HOME", folder("home/state")),
            ("XDG_DATA_HOME", folder("home/data")),
            ("XDG_CACHE_HOME", folder("home/cache")),
        ]
    }

    /// The state, to read or to change; requests wait while this is held.
    pub fn state(&self) -> MutexGuard<'_, GithubState> {
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

/// A temporary folder whose path leaves room for a socket's name.
fn private_folder() -> io::Result<TempDir> {
    let folder = tempfile::Builder::new().prefix("gh").tempdir()?;
    if folder.path().as_os_str().len() + 2 < LONGEST_SOCKET_PATH {
        return Ok(folder);
    }
    tempfile::Builder::new().prefix("gh").tempdir_in(Path::new("/tmp"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    fn ask(github: &GithubStandIn, head: &str) -> String {
        let mut stream = UnixStream::connect(github.socket()).unwrap();
        write!(stream, "{head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
        let mut answer = String::new();
        // A connection that is reset has said all that it says.
        stream.read_to_string(&mut answer).ok();
        answer
    }

    const ROOT: &str = "GET / HTTP/1.1\r\nHost: api.example.test\r\nAuthorization: token dummy";

    #[test]
    fn a_dropped_stand_in_leaves_nothing_behind() {
        let github = GithubStandIn::start(GithubState::with_repository("o/r")).unwrap();
        let (socket, folder) = (github.socket(), github.config_dir());
        assert!(socket.as_os_str().len() < LONGEST_SOCKET_PATH);
        assert!(ask(&github, ROOT).starts_with("HTTP/1.1 200"));
        drop(github);
        assert!(UnixStream::connect(&socket).is_err() && !socket.exists() && !folder.exists());
    }

    #[test]
    fn a_fault_is_for_what_it_matches_and_is_used_up() {
        let github = GithubStandIn::start(GithubState::with_repository("o/r")).unwrap();
        github.inject(
            Fault { times: 2, ..Fault::once(Matcher::of("GET", "/"), FaultKind::status(503, "no")) }.after(1),
        );
        github.inject(Fault::once(Matcher::of("POST", "/"), FaultKind::Dropped));
        let status = |answer: String| answer.get(9..12).unwrap_or_default().to_owned();
        let statuses: Vec<String> = (0..4).map(|_| status(ask(&github, ROOT))).collect();
        assert_eq!(statuses, ["200", "503", "503", "200"]);
        assert_eq!(ask(&github, &ROOT.replace("GET", "POST")), "");
        assert_eq!(status(ask(&github, &ROOT.replace("GET", "POST"))), "404");
        assert_eq!((github.count("GET", "/"), github.count("POST", "/")), (4, 2));
    }

    #[test]
    fn a_host_that_is_not_the_interface_and_a_wrong_token_are_refused() {
        let github = GithubStandIn::start(GithubState::with_repository("o/r")).unwrap();
        assert!(ask(&github, &ROOT.replace("api.", "")).starts_with("HTTP/1.1 404"));
        assert!(ask(&github, &ROOT.replace("dummy", "other")).starts_with("HTTP/1.1 401"));
        assert!(ask(&github, "GET / HTTP/1.1\r\nHost: api.example.test").starts_with("HTTP/1.1 401"));
        assert_eq!(github.log()[0].host, "example.test");
    }

    #[test]
    fn a_cut_reply_announces_more_than_it_sends() {
        let github = GithubStandIn::start(GithubState::with_repository("o/r")).unwrap();
        github.inject(Fault::once(Matcher::any(), FaultKind::Cut(b"{\"a\":1}".to_vec())));
        let answer = ask(&github, ROOT);
        assert!(answer.to_ascii_lowercase().contains("content-length: 1007"), "{answer}");
        assert!(answer.ends_with("{\"a\":1}"), "{answer}");
    }
}
