//! What is told of each request: its address without credentials and query, its answer's status, and its time until the
//! answer began.

use super::{HttpError, shown};
use reqwest::{Method, Response, Url};
use std::time::Instant;

/// A request that is told of once: when its answer begins, or when there is none.
pub(super) struct TracedRequest {
    line: String,
    attempt: u32,
    started: Instant,
    is_over: bool,
}

impl TracedRequest {
    /// A request that is sent now; `attempt` counts from 1.
    pub(super) fn now(method: &Method, url: &Url, attempt: u32) -> Self {
        let line = format!("{} {}", method.as_str(), shown(url));
        Self { line, attempt, started: Instant::now(), is_over: false }
    }

    /// Tells what came.
    pub(super) fn tell(mut self, sent: &Result<Response, HttpError>) {
        match sent {
            Ok(answer) => self.end(&answer.status().as_u16().to_string()),
            Err(error) => self.end(&error.to_string()),
        }
    }

    fn end(&mut self, answer: &str) {
        self.is_over = true;
        let ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (attempt, line) = (self.attempt, &self.line);
        tracing::debug!(target: "gonogo::http", answer, ms, attempt, "{line}");
    }
}

impl Drop for TracedRequest {
    fn drop(&mut self) {
        if !self.is_over {
            self.end("none in time");
        }
    }
}
