//! The files of the project that steer the tools which judge it: what of them is not the base's needs a review.

use super::execute::{Done, PollContext};
use super::reviews;
use crate::failure::Failure;
use gonogo_core::ids::CommitId;
use gonogo_core::judge::{self, Steering, SteeringFiles};
use gonogo_world::git::{AtPath, Entry, EntryKind, Git};
use std::collections::HashSet;

/// The check that no plan has to ask for. `None` where everything is as it was in the base.
pub async fn check(run: &PollContext<'_>, gate: u32) -> Result<Option<Done>, Failure> {
    let candidate = &run.context.candidate;
    let base = candidate.base.as_ref().map(|base| &base.commit);
    let found = found(&run.context.session.git, base, &candidate.commit).await?;
    Ok((!found.is_empty()).then(|| reviews::steering(run, gate, &found)))
}

async fn found(git: &Git, base: Option<&CommitId>, commit: &CommitId) -> Result<Vec<Steering>, Failure> {
    let now = git.entries_at(commit, &[]).await?;
    let Some(base) = base else {
        return Ok(judge::steering(&read(git, commit, &candidates(now)).await?, None));
    };
    let then = git.entries_at(base, &[]).await?;
    let (now, then) = (differing(&now, &then), differing(&then, &now));
    let (now, then) = (candidates(now), candidates(then));
    Ok(judge::steering(&read(git, commit, &now).await?, Some(&read(git, base, &then).await?)))
}

/// Those that are not the very same file in the others. What a link leads to may be another, so each link is one of them.
fn differing(entries: &[Entry], others: &[Entry]) -> Vec<Entry> {
    fn named(entry: &Entry) -> (&str, &str) {
        (&entry.path, &entry.object)
    }
    let is_file = |entry: &&Entry| entry.kind == EntryKind::File;
    let same: HashSet<(&str, &str)> = others.iter().filter(is_file).map(named).collect();
    let differs = |entry: &&Entry| !is_file(entry) || !same.contains(&named(entry));
    entries.iter().filter(differs).cloned().collect()
}

/// What may steer a tool: by its own name, or by what stands behind a link to its folder.
fn candidates(entries: Vec<Entry>) -> Vec<Entry> {
    let mut found = Vec::new();
    for entry in entries {
        if entry.kind == EntryKind::Link {
            let behind = judge::behind_folder(&entry.path).into_iter();
            found.extend(behind.map(|path| Entry { path, ..entry.clone() }));
        }
        if entry.kind != EntryKind::Submodule && judge::may_steer(&entry.path) {
            found.push(entry);
        }
    }
    found
}

async fn read(git: &Git, commit: &CommitId, entries: &[Entry]) -> Result<SteeringFiles, Failure> {
    let (links, files): (Vec<Entry>, Vec<Entry>) =
        entries.iter().cloned().partition(|entry| entry.kind == EntryKind::Link);
    let mut read = git.contents(&files).await?;
    // Paths that git cannot be asked about by their names: where a link leads to is all that is known of them.
    let (nameless, links): (Vec<Entry>, Vec<Entry>) =
        links.into_iter().partition(|link| link.path.contains(['\n', '*', char::REPLACEMENT_CHARACTER]));
    for Entry { path, object, .. } in nameless {
        read.entry(path).or_default().extend(object.into_bytes());
    }
    let asked: Vec<(CommitId, String)> =
        links.iter().map(|link| (commit.to_owned(), link.path.clone())).collect();
    let answers = git.at_paths(&asked).await?;
    for ((_, path), answer) in asked.into_iter().zip(answers) {
        match answer {
            AtPath::File(content) => drop(read.insert(path, content)),
            AtPath::Nothing => {}
            // Where it leads to is all that is known of it.
            AtPath::Astray | AtPath::NoCommit => {
                let object = links.iter().find(|link| link.path == path).map(|link| link.object.clone());
                read.insert(path, object.unwrap_or_default().into_bytes());
            }
        }
    }
    Ok(read)
}
