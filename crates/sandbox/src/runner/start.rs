//! The runner's thread: looks for queued runs, and carries each out.

use super::carry_out::{self, Order};
use super::runs::take_queued;
use super::workflow::Workflow;
use crate::git::Remotes;
use crate::github::{GithubState, Mirror};
use gonogo_world::process::{Cancel, Environment};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often the runner looks for pushes: a dispatch comes by a request, a push by a file that changes.
const LOOKS: Duration = Duration::from_millis(25);

/// What runs are carried out in.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) workflows: Vec<Workflow>,
    pub(crate) state: Arc<Mutex<GithubState>>,
    pub(crate) remotes: Arc<Remotes>,
    pub(crate) mirror: Mirror,
    /// The variables of the private world, and what the host lets through.
    pub(crate) environment: Environment,
    /// Where clones and artifacts go.
    pub(crate) folder: PathBuf,
    /// What a tag begins with, before its version.
    pub(crate) tag_prefix: String,
}

/// A running runner; dropping it ends its runs.
#[derive(Debug)]
pub(crate) struct Runner {
    cancel: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Runner {
    /// Starts it.
    pub(crate) fn start(surroundings: Surroundings) -> io::Result<Self> {
        let cancel = Cancel::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let order = cancel.clone();
        let thread = std::thread::Builder::new()
            .name("actions-runner".to_owned())
            .spawn(move || runtime.block_on(work(Arc::new(surroundings), order)))?;
        Ok(Self { cancel, thread: Some(thread) })
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has ended too.
            thread.join().ok();
        }
    }
}

async fn work(surroundings: Arc<Surroundings>, cancel: Cancel) {
    let mut running = JoinSet::new();
    while !cancel.is_cancelled() {
        // A remote that cannot be read now is read the next time, and said by the stand-in until then.
        surroundings.mirror.turn().await.read_into(&surroundings.state).await.ok();
        let orders: Vec<Order> = {
            let mut state = surroundings.state.lock().unwrap_or_else(PoisonError::into_inner);
            take_queued(&mut state, &surroundings.workflows)
        };
        for order in orders {
            running.spawn(carry_out::carry_out(Arc::clone(&surroundings), order, cancel.clone()));
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKS) => {}
            () = cancel.cancelled() => {}
            Some(_) = running.join_next() => {}
        }
    }
    // Their processes are told to stop by the same order.
    while running.join_next().await.is_some() {}
}
