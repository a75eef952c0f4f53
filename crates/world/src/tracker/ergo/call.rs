//! One run of ergo, answered whole or not at all.
//!
//! Invariant: text comes back only from a run that ended by itself with status 0, complete and in UTF-8.

use crate::process::{Cancel, End, Environment, Invocation, ProcessError, run_holding};
use crate::tracker::TrackerError;
use crate::tracker::lock::Lock;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How to run ergo for one checkout.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) program: PathBuf,
    pub(super) checkout: PathBuf,
    pub(super) environment: Environment,
    pub(super) timeout: Duration,
    /// The lock under which ergo is run, and which every run of it holds too.
    pub(super) lock: Option<Arc<Lock>>,
}

impl Caller {
    /// The same under a lock, which is given back with this.
    pub(super) fn under(&self, lock: Lock) -> Self {
        Self { lock: Some(Arc::new(lock)), ..self.clone() }
    }

    /// Runs ergo with these arguments and gives its standard output.
    pub(super) async fn call(
        &self,
        arguments: &[&str],
        input: Option<&str>,
        cancel: &Cancel,
    ) -> Result<String, TrackerError> {
        let mut invocation = Invocation::tool(&self.program, &self.checkout, self.environment.clone());
        invocation = invocation.args(arguments.iter().copied());
        invocation.timeout = self.timeout;
        invocation.input = input.map(|text| text.as_bytes().to_vec());
        let command = format!("`ergo {}`", arguments.first().copied().unwrap_or_default());
        if cancel.is_cancelled() {
            return Err(TrackerError::unreadable(format!("{command} was not started: interrupted")));
        }
        let held = self.lock.as_deref().map(Lock::file);
        let captured = run_holding(&invocation, held, cancel).await.map_err(|error| not_run(&error))?;
        match captured.end {
            End::Exited(0) => {}
            End::Exited(status) => return Err(refused(&command, status, &captured.stderr.text())),
            End::Signaled(signal) => {
                return Err(TrackerError::unreadable(format!("{command} was ended by signal {signal}")));
            }
            End::TimedOut => {
                let seconds = self.timeout.as_secs_f64();
                return Err(TrackerError::unreadable(format!("{command} did not end in {seconds} seconds")));
            }
            End::Cancelled => return Err(TrackerError::unreadable(format!("{command} was interrupted"))),
        }
        if !captured.succeeded() {
            return Err(TrackerError::unreadable(format!("{command} did not give its whole output")));
        }
        String::from_utf8(captured.stdout.bytes).map_err(|_| {
            TrackerError::unreadable(format!("{command} answered in something that is not UTF-8"))
        })
    }
}

fn not_run(error: &ProcessError) -> TrackerError {
    let missing = error.is_missing();
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    TrackerError {
        message: format!("{error}{source}"),
        missing_tool: missing.then(|| "ergo".to_owned()),
        remedy: missing.then(|| "install ergo and put it on PATH".to_owned()),
    }
}

fn refused(command: &str, status: i32, stderr: &str) -> TrackerError {
    let said: String = stderr.lines().next().unwrap_or("it said nothing").chars().take(300).collect();
    // The one message that every generation words alike.
    let uninitialised = stderr.contains("no .ergo directory found");
    TrackerError {
        message: format!("{command} ended with status {status}: {said}"),
        missing_tool: None,
        remedy: uninitialised.then(|| "run `ergo init` in the checkout".to_owned()),
    }
}
