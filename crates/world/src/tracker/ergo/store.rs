//! Whether the files of the backlog are of a generation that this ergo reads.
//!
//! Invariant: no list is trusted from a program that looks past the store: ergo 0.9 to 3.0 answer "nothing", with
//! status 0, where a newer ergo keeps its tasks, pass over the events in a file of theirs that they do not know, and
//! write such events back empty.

use super::generation::{Dialect, Generation};
use crate::tracker::TrackerError;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The folder that `ergo where` names, proven to be the checkout's own.
pub(super) fn folder(answer: &str, checkout: &Path) -> Result<PathBuf, TrackerError> {
    let named = Path::new(answer);
    let real = |path: &Path| {
        path.canonicalize()
            .map_err(|error| TrackerError::unreadable(format!("cannot resolve {}: {error}", path.display())))
    };
    if !named.is_absolute() || !named.ends_with(".ergo") {
        return Err(TrackerError::unreadable("`ergo where` did not answer with the path of an .ergo folder"));
    }
    let (named, checkout) = (real(named)?, real(checkout)?);
    if named != checkout.join(".ergo") {
        return Err(TrackerError {
            message: format!("the checkout has no backlog: ergo found {} instead", named.display()),
            missing_tool: None,
            remedy: Some("run `ergo init` in the checkout".to_owned()),
        });
    }
    Ok(named)
}

/// That the store on disk is one which this generation reads whole.
pub(super) fn check(folder: &Path, generation: Generation) -> Result<(), TrackerError> {
    let unreadable = |error: std::io::Error| {
        TrackerError::unreadable(format!("cannot list {}: {error}", folder.display()))
    };
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".jsonl") {
            files.insert(name.into_owned());
        }
    }
    let (stores, others): (&[&str], &[&str]) = match generation.dialect {
        Dialect::JsonInput => (&["events.jsonl"], &[]),
        Dialect::JsonArgument | Dialect::Verbs | Dialect::Plain => (&["plans.jsonl", "events.jsonl"], &[]),
        Dialect::Epics if generation.journal => {
            (&["backlog.jsonl", "plans.jsonl", "events.jsonl"], &["journal.jsonl"])
        }
        Dialect::Epics => (&["backlog.jsonl", "plans.jsonl", "events.jsonl"], &[]),
    };
    let known = |name: &str| stores.contains(&name) || others.contains(&name);
    if let Some(newer) = files.iter().find(|name| !known(name)) {
        return Err(TrackerError {
            message: format!("the backlog holds {newer}, which ergo {} does not read", generation.name()),
            missing_tool: None,
            remedy: Some("update ergo: the backlog was written by a newer one".to_owned()),
        });
    }
    if !files.iter().any(|name| stores.contains(&name.as_str())) {
        return Err(TrackerError {
            message: format!("{} holds no backlog", folder.display()),
            missing_tool: None,
            remedy: Some("run `ergo init` in the checkout".to_owned()),
        });
    }
    match events(generation) {
        Some(events) => {
            files.iter().try_for_each(|name| known_events(&folder.join(name), &events, generation))
        }
        None => Ok(()),
    }
}

/// What ergo writes of a task since 0.9.
const EVENTS: [&str; 12] = [
    "new_task",
    "new_epic",
    "state",
    "title",
    "body",
    "epic",
    "claim",
    "unclaim",
    "link",
    "unlink",
    "result",
    "tombstone",
];

/// The events that a generation knows; `None` for one that refuses unknown events by itself (4.1 and later).
fn events(generation: Generation) -> Option<Vec<&'static str>> {
    let messages: &[&str] = match generation.dialect {
        Dialect::JsonInput | Dialect::JsonArgument | Dialect::Verbs => &[],
        Dialect::Plain => &["message"],
        Dialect::Epics if generation.body_alone => return None,
        Dialect::Epics => &["message"],
    };
    Some(EVENTS.iter().chain(messages).copied().collect())
}

fn known_events(file: &Path, known: &[&str], generation: Generation) -> Result<(), TrackerError> {
    #[derive(serde::Deserialize)]
    struct Event {
        #[serde(rename = "type")]
        kind: String,
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let text = std::fs::read_to_string(file)
        .map_err(|error| TrackerError::unreadable(format!("cannot read {name}: {error}")))?;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let event: Event = serde_json::from_str(line).map_err(|error| {
            TrackerError::unreadable(format!("{name}, line {}: no event: {error}", number + 1))
        })?;
        if !known.contains(&event.kind.as_str()) {
            let kind: String = event.kind.chars().filter(|one| !one.is_control()).take(40).collect();
            return Err(TrackerError {
                message: format!(
                    "{name} holds a `{kind}` event, which ergo {} does not know: it passes over such events, or empties them",
                    generation.name()
                ),
                missing_tool: None,
                remedy: Some("update ergo: the backlog was written by a newer one".to_owned()),
            });
        }
    }
    Ok(())
}
