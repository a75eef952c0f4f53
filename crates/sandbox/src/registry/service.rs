//! One request to the registries: which of them it is for, and what its fault lets through.

use super::PrivateRegistries;
use super::go::{self, RemoteModule};
use super::hosted::{Answering, HostedRegistry};
use crate::git::Remotes;
use crate::http::fault::{Fault, Played, Stage};
use crate::http::request::{ReceivedRequest, Reply};
use crate::http::server::{self, Answer};
use crate::journal::{Journal, Service};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the registries are.
pub(super) struct Hall {
    pub(super) state: Arc<Mutex<PrivateRegistries>>,
    pub(super) modules: Vec<RemoteModule>,
    pub(super) remotes: Arc<Remotes>,
    pub(super) journal: Journal,
}

impl server::Service for Hall {
    async fn answer(&self, mut request: ReceivedRequest) -> Answer {
        self.remotes.notice();
        let whole = request.path.clone();
        let (mount, path) = whole.trim_start_matches('/').split_once('/').unwrap_or((&whole, ""));
        request.path = format!("/{path}");
        let base = format!("http://{}/{mount}", request.host);
        let (service, played) = match mount {
            "cargo" => (Service::Cargo, play(&mut self.state().cargo, &request, base)),
            "npm" => (Service::Npm, play(&mut self.state().npm, &request, base)),
            "pypi" => (Service::Pypi, play(&mut self.state().pypi, &request, base)),
            "go" => (Service::Go, self.play_go(&request).await),
            _ => return Answer::Reply(Reply::not_found()),
        };
        self.journal.record(service, &request.method, &request.path, played.status());
        played.answer().await
    }
}

fn play<T: Answering>(registry: &mut HostedRegistry<T>, request: &ReceivedRequest, base: String) -> Played {
    Played::on(registry.at(base), request)
}

impl Hall {
    fn state(&self) -> MutexGuard<'_, PrivateRegistries> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Modules are read by git, which nobody waits for with the state in hand: every answer that a fault may want is
    /// there beforehand.
    async fn play_go(&self, request: &ReceivedRequest) -> Played {
        let writes = self.state().go_faults.iter().find_map(Fault::stale);
        let stale = match writes {
            Some(writes) => Some(go::answer(request, &self.modules, &self.remotes, writes).await),
            None => None,
        };
        let now = go::answer(request, &self.modules, &self.remotes, 0).await;
        let mut state = self.state();
        let mut stage = GoStage { faults: std::mem::take(&mut state.go_faults), now, stale };
        let played = Played::on(&mut stage, request);
        state.go_faults = stage.faults;
        played
    }
}

struct GoStage {
    faults: Vec<Fault>,
    now: Reply,
    stale: Option<Reply>,
}

impl Stage for GoStage {
    fn faults(&mut self) -> &mut Vec<Fault> {
        &mut self.faults
    }

    fn carry_out(&mut self, _: &ReceivedRequest) -> Reply {
        self.now.clone()
    }

    fn carry_out_as_it_was(&mut self, _: &ReceivedRequest, _: usize) -> Reply {
        self.stale.clone().unwrap_or_else(|| self.now.clone())
    }
}
