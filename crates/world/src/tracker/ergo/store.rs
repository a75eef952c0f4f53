//! Whether the files of the backlog are of a generation that this ergo reads.
//!
//! Invariant: no list is trusted from a program that looks past the store. Ergo 0.9 to 3.0 answer with status 0 and
//! without a word both where a newer ergo keeps its tasks in another file, and where it wrote into their own.

use super::generation::{Dialect, Generation};
use crate::tracker::TrackerError;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The records that ergo 0.9 to 2.0 understand; they pass over all others. 3.0 added `message`, and 4.0 and later
/// write `transaction` and `snapshot`, also into a file that an older ergo began.
const RECORDS: [&str; 12] = [
    "new_task",
    "new_epic",
    "state",
    "claim",
    "link",
    "unlink",
    "title",
    "body",
    "epic",
    "unclaim",
    "tombstone",
    "result",
];

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
        return Err(too_old(newer, generation));
    }
    let Some(store) = stores.iter().find(|name| files.contains(**name)) else {
        return Err(TrackerError {
            message: format!("{} holds no backlog", folder.display()),
            missing_tool: None,
            remedy: Some("run `ergo init` in the checkout".to_owned()),
        });
    };
    if generation.dialect == Dialect::Epics && generation.body_alone {
        // From 4.1 on, ergo itself refuses a record that it does not know.
        return Ok(());
    }
    let text = std::fs::read_to_string(folder.join(store))
        .map_err(|error| TrackerError::unreadable(format!("cannot read {store}: {error}")))?;
    records(&text, generation)
}

/// That every record is one which this generation does not pass over.
fn records(text: &str, generation: Generation) -> Result<(), TrackerError> {
    #[derive(serde::Deserialize)]
    struct Record {
        r#type: String,
    }
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let record: Record = serde_json::from_str(line)
            .map_err(|_| TrackerError::unreadable("the backlog holds a record that is not whole"))?;
        let known = RECORDS.contains(&record.r#type.as_str())
            || matches!(generation.dialect, Dialect::Plain | Dialect::Epics) && record.r#type == "message";
        if !known {
            return Err(too_old(&format!("a record of type {:?}", record.r#type), generation));
        }
    }
    Ok(())
}

fn too_old(what: &str, generation: Generation) -> TrackerError {
    TrackerError {
        message: format!("the backlog holds {what}, which ergo {} does not read", generation.name()),
        missing_tool: None,
        remedy: Some("update ergo: the backlog was written by a newer one".to_owned()),
    }
}
