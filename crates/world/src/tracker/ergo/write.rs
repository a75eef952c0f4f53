//! Writing, in each generation's own words. What was written is proven by reading again, never by what is printed.
//!
//! Invariant: titles and bodies travel as one argument behind `--`, inside JSON, on standard input or in a file.

use super::call::Caller;
use super::generation::{Dialect, Generation};
use super::{bare, words};
use crate::process::Cancel;
use crate::tracker::TrackerError;
use serde_json::json;
use std::io::Write as _;

/// Who gonogo is to ergo while it opens a closed task again.
const AGENT: &str = "gonogo";

/// A task to file.
pub(super) struct NewTask<'a> {
    pub(super) title: &'a str,
    pub(super) body: &'a str,
}

/// What to change in a task. `None` and `false` leave it as it is.
pub(super) struct Change<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) body: Option<&'a str>,
    pub(super) reopen: bool,
}

/// Ergo of one generation, to write with.
pub(super) struct Writer<'a> {
    pub(super) caller: &'a Caller,
    pub(super) generation: Generation,
    pub(super) cancel: &'a Cancel,
}

impl Writer<'_> {
    /// Makes the epic. From 1.0 on it is made in one step with its first task, whose body may still have to be
    /// written over: a file of tasks cannot hold every body.
    pub(super) async fn create_epic(&self, title: &str, first: &NewTask<'_>) -> Result<(), TrackerError> {
        if self.generation.dialect == Dialect::JsonInput {
            return self.call(&["new", "epic"], Some(&json!({ "title": title }).to_string())).await;
        }
        let file = task_file(first)
            .map_err(|error| TrackerError::unreadable(format!("cannot write a temporary file: {error}")))?;
        let path = file.path().to_str().ok_or_else(|| {
            TrackerError::unreadable("the folder for temporary files has a name that is not UTF-8")
        })?;
        if self.generation.dialect == Dialect::Epics {
            return self.call(&["new", "epic", "--file", path, "--", title], None).await;
        }
        self.call(&["plan", "--file", path, &json!({ "title": title }).to_string()], None).await
    }

    /// Files a task under the epic.
    pub(super) async fn create_task(&self, epic: &str, task: &NewTask<'_>) -> Result<(), TrackerError> {
        let (title, body) = (task.title, task.body);
        match self.generation.dialect {
            Dialect::JsonInput => {
                let input = json!({ "title": title, "body": body, "epic": epic });
                self.call(&["new", "task"], Some(&input.to_string())).await
            }
            Dialect::JsonArgument | Dialect::Verbs | Dialect::Plain => {
                let input = json!({ "title": title, "epic": epic });
                self.call(&["new", "task", &input.to_string()], Some(body)).await
            }
            Dialect::Epics => self.call(&["new", "task", "--epic", epic, "--", title], Some(body)).await,
        }
    }

    /// Changes a task; opens it first, so that a blocker is never open later than its words are.
    pub(super) async fn change(&self, id: &str, change: &Change<'_>) -> Result<(), TrackerError> {
        let mut fields = serde_json::Map::new();
        if let Some(title) = change.title {
            fields.insert("title".to_owned(), title.into());
        }
        if change.reopen {
            fields.insert("state".to_owned(), "todo".into());
        }
        match self.generation.dialect {
            Dialect::JsonInput => {
                if let Some(body) = change.body {
                    fields.insert("body".to_owned(), body.into());
                }
                return self.call(&["set", id], Some(&json!(fields).to_string())).await;
            }
            Dialect::JsonArgument => {
                return self.call(&["set", id, &json!(fields).to_string()], change.body).await;
            }
            Dialect::Verbs | Dialect::Plain | Dialect::Epics => {}
        }
        if change.reopen {
            // Closed work is resumed by claiming it; giving it back leaves it for whoever fixes it.
            self.call(&["claim", id, "--agent", AGENT], None).await?;
            self.call(&[self.generation.give_back, id], None).await?;
        }
        if let Some(title) = change.title {
            self.call(&["title", id, "--", title], None).await?;
        }
        if let Some(body) = change.body {
            self.call(&["body", id], Some(body)).await?;
        }
        Ok(())
    }

    /// Marks a task as done. Up to 2.0 there are no messages, so the note goes below the body.
    pub(super) async fn close(&self, id: &str, note: &str) -> Result<(), TrackerError> {
        words::require_id(id)?;
        if matches!(self.generation.dialect, Dialect::Plain | Dialect::Epics) {
            let mut arguments = vec!["done", id];
            if !note.trim().is_empty() {
                arguments.extend(["-m", note]);
            }
            return self.call(&arguments, None).await;
        }
        let body = bare::show(self.caller, id, self.cancel).await?.body;
        let body = format!("{}\n\nClosed: {note}\n", body.trim_end());
        match self.generation.dialect {
            Dialect::JsonInput => {
                let input = json!({ "state": "done", "body": body });
                self.call(&["set", id], Some(&input.to_string())).await
            }
            Dialect::JsonArgument => {
                self.call(&["set", id, &json!({ "state": "done" }).to_string()], Some(&body)).await
            }
            _ => self.call(&["done", id], Some(&body)).await,
        }
    }

    async fn call(&self, arguments: &[&str], input: Option<&str>) -> Result<(), TrackerError> {
        self.caller.call(arguments, input, self.cancel).await.map(|_| ())
    }
}

/// The file that an epic is made from: one task. A line `---` would start another task, so it is changed here and
/// set right when the body is compared afterwards.
fn task_file(task: &NewTask<'_>) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::NamedTempFile::new()?;
    writeln!(file, "# {}", task.title)?;
    for line in task.body.split('\n') {
        let separates = line.trim_end_matches('\r') == "---";
        writeln!(file, "{}", if separates { "--- " } else { line })?;
    }
    file.flush()?;
    Ok(file)
}
