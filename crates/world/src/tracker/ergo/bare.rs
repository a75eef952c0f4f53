//! Reading ergo 0.9 to 2.0: a bare JSON array of tasks, and an epic shown whole with its children.
//!
//! Invariant: the list and the epic as it is shown name the same tasks, or neither is believed.

use super::call::Caller;
use super::generation::Dialect;
use super::words::{is_id, odd, require_id, state};
use crate::process::Cancel;
use crate::tracker::TrackerError;
use gonogo_core::blocker::{Backlog, Task};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
struct Listed {
    id: String,
    #[serde(default)]
    epic_id: String,
    state: String,
    #[serde(default)]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Shown {
    id: String,
    epic_id: String,
    state: String,
    title: String,
    body: String,
}

#[derive(Deserialize)]
struct ShownEpic {
    #[serde(alias = "container")]
    epic: Shown,
    children: Vec<Shown>,
}

/// Reads every epic of that title with its tasks.
pub(super) async fn read(
    caller: &Caller,
    dialect: Dialect,
    title: &str,
    cancel: &Cancel,
) -> Result<Backlog, TrackerError> {
    let tasks: Vec<Listed> = json(&caller.call(&["list", "--all", "--json"], None, cancel).await?)?;
    let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for task in tasks {
        require_id(&task.id)?;
        state(&task.state)?;
        if dialect == Dialect::JsonInput && task.kind.as_deref() != Some("task") {
            return Err(odd("a list of tasks that holds something else"));
        }
        if task.epic_id.is_empty() {
            continue;
        }
        require_id(&task.epic_id)?;
        if !order.contains(&task.epic_id) {
            order.push(task.epic_id.clone());
        }
        if !members.entry(task.epic_id).or_default().insert(task.id) {
            return Err(odd("a task listed twice"));
        }
    }
    if dialect == Dialect::JsonInput {
        // The one generation whose epics may have no task, so that the list of tasks does not name them.
        let epics: Vec<Listed> = json(&caller.call(&["list", "--epics", "--json"], None, cancel).await?)?;
        for epic in epics {
            require_id(&epic.id)?;
            if epic.kind.as_deref() != Some("epic") {
                return Err(odd("a list of epics that holds something else"));
            }
            if !order.contains(&epic.id) {
                order.push(epic.id);
            }
        }
    }
    let mut backlog = Backlog::empty();
    for id in order {
        let members = members.remove(&id).unwrap_or_default();
        let text = caller.call(&["show", &id, "--json"], None, cancel).await?;
        // An epic without tasks is shown as a task is.
        let (epic, children) = if members.is_empty() {
            (json::<Shown>(&text)?, Vec::new())
        } else {
            let shown: ShownEpic = json(&text)?;
            (shown.epic, shown.children)
        };
        let named: BTreeSet<String> = children.iter().map(|child| child.id.clone()).collect();
        if epic.id != id || children.iter().any(|child| child.epic_id != id) {
            return Err(odd("another epic than the one that was asked for"));
        }
        if named.len() != children.len() || named != members {
            return Err(odd(&format!("epic {id} shown with other tasks than the list has")));
        }
        if epic.title != title {
            continue;
        }
        backlog.epic.get_or_insert(id);
        for child in children {
            backlog.tasks.push(task(child)?);
        }
    }
    Ok(backlog)
}

/// Reads one task.
pub(super) async fn show(caller: &Caller, id: &str, cancel: &Cancel) -> Result<Task, TrackerError> {
    let shown: Shown = json(&caller.call(&["show", id, "--json"], None, cancel).await?)?;
    if shown.id != id {
        return Err(odd("another task than the one that was asked for"));
    }
    task(shown)
}

fn task(shown: Shown) -> Result<Task, TrackerError> {
    if !is_id(&shown.id) {
        return Err(odd("a task without an ID"));
    }
    let state = state(&shown.state)?;
    Ok(Task { id: shown.id, title: shown.title, body: shown.body, state })
}

/// An answer that is one JSON value of the expected shape, and nothing else.
pub(super) fn json<T: DeserializeOwned>(text: &str) -> Result<T, TrackerError> {
    serde_json::from_str(text).map_err(|error| odd(&format!("JSON that is not of the known shape ({error})")))
}
