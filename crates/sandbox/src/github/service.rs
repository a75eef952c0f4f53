//! One request to the GitHub stand-in, from its arrival to its answer.
//!
//! Invariant: where git remotes stand behind it, their references are read before a request and written after it, one
//! request at a time, so that REST and git never disagree.

use super::mirror::Mirror;
use super::state::GithubState;
use crate::http::fault::Played;
use crate::http::request::{Logged, ReceivedRequest, Reply};
use crate::http::server::{Answer, Service};
use crate::journal::{self, Journal};
use std::sync::{Arc, Mutex, PoisonError};

/// What answers.
pub(super) struct Hub {
    pub(super) state: Arc<Mutex<GithubState>>,
    pub(super) journal: Journal,
    pub(super) mirror: Option<Mirror>,
}

impl Service for Hub {
    async fn answer(&self, request: ReceivedRequest) -> Answer {
        let played = match &self.mirror {
            None => self.play(&request),
            Some(mirror) => {
                let mut turn = mirror.turn().await;
                if let Err(error) = turn.read_into(&self.state).await {
                    return self.failed(&request, &error.to_string());
                }
                let played = self.play(&request);
                if let Err(error) = turn.write_from(&self.state).await {
                    return self.failed(&request, &error.to_string());
                }
                played
            }
        };
        played.answer().await
    }
}

impl Hub {
    fn play(&self, request: &ReceivedRequest) -> Played {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.log.push(Logged::from(request));
        let played = Played::on(&mut *state, request);
        self.record(request, played.status());
        played
    }

    fn failed(&self, request: &ReceivedRequest, why: &str) -> Answer {
        self.record(request, Some(500));
        Answer::Reply(Reply::message(500, &format!("the stand-in's git remote fails: {why}")))
    }

    fn record(&self, request: &ReceivedRequest, status: Option<u16>) {
        self.journal.record(journal::Service::Github, &request.method, &request.path, status);
    }
}
