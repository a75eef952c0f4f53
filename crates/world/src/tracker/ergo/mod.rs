//! The tracker `ergo`, in every generation of its command line from 0.9 to 6.0.
//!
//! Invariant: what is read is whole and from a store that this ergo understands; what was written is read again.
//! Every generation can change a body and open a closed task again (from 2.0 on by claiming it and giving it back),
//! so a task is never replaced by a successor.

mod bare;
mod call;
mod document;
mod generation;
mod listing;
mod shown;
mod store;
mod tree;
mod words;
mod write;

use super::settle::{Write, clean_body, clean_title, settle, verify};
use super::{Tracker, TrackerError, lock};
use crate::process::{Cancel, Environment};
use call::Caller;
use generation::{Dialect, Generation};
use gonogo_core::blocker::{Backlog, BacklogChange, TaskState};
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::OnceCell;
use write::{Change, NewTask, Writer};

/// The tracker `ergo`, opened for one checkout.
#[derive(Debug)]
pub struct ErgoTracker {
    caller: Caller,
    found: OnceCell<Found>,
}

#[derive(Debug)]
struct Found {
    generation: Generation,
    folder: PathBuf,
}

impl ErgoTracker {
    /// Opens the backlog of a checkout with that ergo. Nothing is run before the first use.
    pub fn open(program: PathBuf, checkout: PathBuf, environment: Environment) -> Self {
        Self::with_timeout(program, checkout, environment, Duration::from_secs(60))
    }

    /// The same, with another limit on how long one run of ergo may take.
    pub fn with_timeout(
        program: PathBuf,
        checkout: PathBuf,
        environment: Environment,
        timeout: Duration,
    ) -> Self {
        Self {
            caller: Caller { program, checkout, environment, timeout, lock: None },
            found: OnceCell::new(),
        }
    }

    /// The generation of this ergo, in words: `0.9`, `1.x`, …, `5.0 or newer`.
    pub async fn generation(&self, cancel: &Cancel) -> Result<&'static str, TrackerError> {
        Ok(self.found(cancel).await?.generation.name())
    }

    async fn found(&self, cancel: &Cancel) -> Result<&Found, TrackerError> {
        self.found
            .get_or_try_init(|| async {
                let generation = generation::detect(&self.caller, cancel).await?;
                let answer = self.locate(generation, cancel).await?;
                Ok(Found { generation, folder: store::folder(&answer, &self.caller.checkout)? })
            })
            .await
    }

    /// Asks where the backlog is, in JSON where this generation must know how.
    async fn locate(&self, generation: Generation, cancel: &Cancel) -> Result<String, TrackerError> {
        #[derive(serde::Deserialize)]
        struct Where {
            ergo_dir: String,
        }
        if matches!(generation.dialect, Dialect::Plain | Dialect::Epics) {
            let answer = self.caller.call(&["where"], None, cancel).await?;
            let line = answer.strip_suffix('\n').unwrap_or(&answer);
            return Ok(line.to_owned());
        }
        let answer: Where = bare::json(&self.caller.call(&["where", "--json"], None, cancel).await?)?;
        Ok(answer.ergo_dir)
    }

    /// Waits for the lock on the backlog. Ergo is to be called by what this gives.
    async fn locked(&self, found: &Found, cancel: &Cancel) -> Result<Caller, TrackerError> {
        Ok(self.caller.under(lock::lock(&found.folder, cancel).await?))
    }

    async fn read_titled(
        &self,
        caller: &Caller,
        title: &str,
        cancel: &Cancel,
    ) -> Result<Backlog, TrackerError> {
        let found = self.found(cancel).await?;
        let backlog = match found.generation.dialect {
            dialect @ (Dialect::JsonInput | Dialect::JsonArgument | Dialect::Verbs) => {
                bare::read(caller, dialect, title, cancel).await
            }
            Dialect::Plain | Dialect::Epics => shown::read(caller, found.generation, title, cancel).await,
        };
        // After the list, and before it is believed: a newer ergo may have written meanwhile. It also comes before
        // the list's own error, which says less about what to do.
        store::check(&found.folder, found.generation)?;
        backlog
    }

    async fn write(&self, epic: &str, write: &Write, writer: &Writer<'_>) -> Result<(), TrackerError> {
        match write {
            Write::Create { title, body } => writer.create_task(epic, &NewTask { title, body }).await,
            Write::Update { id, title, body, reopen } => {
                let (title, body) = (title.as_deref(), body.as_deref());
                writer.change(id, &Change { title, body, reopen: *reopen }).await
            }
        }
    }
}

impl Tracker for ErgoTracker {
    async fn read(&self, epic_title: &str, cancel: &Cancel) -> Result<Backlog, TrackerError> {
        // A backlog is read by several runs of ergo: another gonogo's write between two of them would show half.
        let caller = self.locked(self.found(cancel).await?, cancel).await?;
        self.read_titled(&caller, &clean_title(epic_title), cancel).await
    }

    async fn apply(
        &self,
        epic_title: &str,
        actions: &[BacklogChange],
        cancel: &Cancel,
    ) -> Result<Backlog, TrackerError> {
        let epic_title = clean_title(epic_title);
        let found = self.found(cancel).await?;
        let caller = self.locked(found, cancel).await?;
        let writer = Writer { caller: &caller, generation: found.generation, cancel };
        let mut backlog = self.read_titled(&caller, &epic_title, cancel).await?;
        let mut writes = settle(&backlog, actions)?;
        if backlog.epic.is_none()
            && let Some(Write::Create { title, body }) = writes.first()
        {
            writer.create_epic(&epic_title, &NewTask { title, body }).await?;
            backlog = self.read_titled(&caller, &epic_title, cancel).await?;
            writes = settle(&backlog, actions)?;
        }
        if !writes.is_empty() {
            let epic = backlog.epic.as_deref().ok_or_else(|| {
                TrackerError::unreadable(format!("the epic \"{epic_title}\" was made and is not there"))
            })?;
            for write in &writes {
                self.write(epic, write, &writer).await?;
            }
            backlog = self.read_titled(&caller, &epic_title, cancel).await?;
        }
        verify(&backlog, actions)?;
        Ok(backlog)
    }

    async fn close(&self, id: &str, note: &str, cancel: &Cancel) -> Result<(), TrackerError> {
        let found = self.found(cancel).await?;
        store::check(&found.folder, found.generation)?;
        let caller = self.locked(found, cancel).await?;
        let writer = Writer { caller: &caller, generation: found.generation, cancel };
        writer.close(id, &clean_body(note)).await?;
        let task = match found.generation.dialect {
            Dialect::JsonInput | Dialect::JsonArgument | Dialect::Verbs => {
                bare::show(&caller, id, cancel).await?
            }
            Dialect::Plain | Dialect::Epics => {
                shown::task(&caller, found.generation, id, None, cancel).await?
            }
        };
        if task.state != TaskState::Done {
            return Err(TrackerError::unreadable(format!("after closing, task {id} is not done")));
        }
        Ok(())
    }
}
