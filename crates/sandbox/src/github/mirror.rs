//! What the stand-in says of references is what its git remotes say.
//!
//! Invariant: it was read from git in the same turn, and what a request changed is in git when the turn ends.

use super::state::GithubState;
use crate::git::{self, Push, Remotes, SandboxGitError};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a push sets off in the stand-in's state.
type SetOff = dyn Fn(&mut GithubState, &Push) + Send + Sync;

/// The git remotes behind a stand-in.
#[derive(Clone)]
pub(crate) struct Mirror {
    remotes: Arc<Remotes>,
    set_off: Arc<SetOff>,
}

impl fmt::Debug for Mirror {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mirror").field("remotes", &self.remotes).finish_non_exhaustive()
    }
}

impl Mirror {
    /// Of these remotes.
    pub(crate) fn new(
        remotes: Arc<Remotes>,
        set_off: impl Fn(&mut GithubState, &Push) + Send + Sync + 'static,
    ) -> Self {
        Self { remotes, set_off: Arc::new(set_off) }
    }

    /// The next turn.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        Turn { turn: self.remotes.turn().await, set_off: &*self.set_off }
    }
}

/// A turn in which nobody else reads or writes for the stand-in. Dropping it ends it.
pub(crate) struct Turn<'a> {
    turn: git::Turn<'a>,
    set_off: &'a SetOff,
}

fn locked(state: &Mutex<GithubState>) -> MutexGuard<'_, GithubState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Turn<'_> {
    /// Reads the references that changed into the state, and sets off what was pushed for.
    pub(crate) async fn read_into(&mut self, state: &Mutex<GithubState>) -> Result<(), SandboxGitError> {
        let news = self.turn.read().await?;
        if news.contents.is_empty() && news.pushes.is_empty() {
            return Ok(());
        }
        let mut state = locked(state);
        // A push is a write too, for reads that are to be stale. Its references are there before its line in the list:
        // what it sets off belongs to the same write.
        if !news.contents.is_empty() {
            state.remember();
        }
        for (name, contents) in news.contents {
            state.repository(&name).hold(contents);
        }
        for push in &news.pushes {
            (self.set_off)(&mut state, push);
        }
        Ok(())
    }

    /// Writes the references that a request changed into git.
    pub(crate) async fn write_from(&mut self, state: &Mutex<GithubState>) -> Result<(), SandboxGitError> {
        self.turn.write(|name| locked(state).repository(name).refs.clone()).await
    }
}
