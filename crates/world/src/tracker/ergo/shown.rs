//! Reading ergo 3.0 and later: a list for the IDs, then every epic and task as it is shown.
//!
//! Invariant: a task is believed only where its own document names its ID, its epic and a known state.

use super::call::Caller;
use super::document;
use super::generation::Generation;
use super::words::{odd, state};
use super::{listing, tree};
use crate::process::Cancel;
use crate::tracker::TrackerError;
use gonogo_core::blocker::{Backlog, Task};

/// Reads every epic of that title with its tasks.
pub(super) async fn read(
    caller: &Caller,
    generation: Generation,
    title: &str,
    cancel: &Cancel,
) -> Result<Backlog, TrackerError> {
    let branches = if generation.listing {
        listing::parse(&caller.call(&["list", "--all", "--json"], None, cancel).await?)?
    } else {
        tree::parse(&caller.call(&["list", "--all"], None, cancel).await?)?
    };
    let mut backlog = Backlog::empty();
    for branch in branches {
        if branch.title.as_ref().is_some_and(|listed| listed != title) {
            continue;
        }
        let text = caller.call(&["show", &branch.epic], None, cancel).await?;
        let epic = document::parse(&text)?;
        if epic.id != branch.epic || !epic.is_epic {
            return Err(odd("another thing than the epic that was asked for"));
        }
        if epic.title != title {
            continue;
        }
        backlog.epic.get_or_insert(epic.id);
        for id in &branch.tasks {
            backlog.tasks.push(task(caller, generation, id, Some(&branch.epic), cancel).await?);
        }
    }
    Ok(backlog)
}

/// Reads one task, which belongs to that epic where one is given.
pub(super) async fn task(
    caller: &Caller,
    generation: Generation,
    id: &str,
    epic: Option<&str>,
    cancel: &Cancel,
) -> Result<Task, TrackerError> {
    let text = caller.call(&["show", id], None, cancel).await?;
    let shown = document::parse(&text)?;
    let Some(word) = shown.state.as_deref().filter(|_| shown.id == id && !shown.is_epic) else {
        return Err(odd(&format!("another thing than task {id}")));
    };
    if epic.is_some_and(|epic| shown.parent.as_deref() != Some(epic)) {
        return Err(odd(&format!("task {id} outside the epic that it was listed in")));
    }
    let body = if generation.body_alone {
        let body = caller.call(&["show", id, "--body"], None, cancel).await?;
        // The body alone does not say whose it is; the document does.
        if !shown.below.starts_with(&body) {
            return Err(odd(&format!("another body than the one of task {id}")));
        }
        body
    } else {
        document::body(shown.below).to_owned()
    };
    Ok(Task { id: shown.id, title: shown.title, body, state: state(word)? })
}
