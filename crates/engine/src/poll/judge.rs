//! The files of the project that steer the tools which judge it: what of them is not the base's needs a review.

use super::execute::{Done, PollContext};
use super::reviews;
use crate::failure::Failure;
use gonogo_core::judge::{self, Steering, SteeringFiles};
use gonogo_world::git::{AtPath, Entry, EntryKind, Git};
use std::collections::HashSet;

/// The check that no plan has to ask for. `None` where everything is as it was in the base.
pub async fn check(run: &PollContext<'_>, gate: u32) -> Result<Option<Done>, Failure> {
    let candidate = &run.context.candidate;
    let base = candidate.base.as_ref().map(|base| base.commit.as_str());
    let found = found(&run.context.session.git, base, &candidate.commit).await?;
    Ok((!found.is_empty()).then(|| reviews::steering(run, gate, &found)))
}

async fn found(git: &Git, base: Option<&str>, commit: &str) -> Result<Vec<Steering>, Failure> {
    let mut now = git.entries_at(commit, &[]).await?;
    let Some(base) = base else {
        return Ok(judge::steering(&read(git, commit, &candidates(now)).await?, None));
    };
    let mut then = git.entries_at(base, &[]).await?;
    keep_differing(&mut now, &mut then);
    let (now, then) = (candidates(now), candidates(then));
    Ok(judge::steering(&read(git, commit, &now).await?, Some(&read(git, base, &then).await?)))
}

/// What is the very same file in both needs no look; what a link leads to may be another.
fn keep_differing(now: &mut Vec<Entry>, then: &mut Vec<Entry>) {
    let of = |entries: &[Entry]| -> HashSet<(String, String)> {
        let files = entries.iter().filter(|entry| entry.kind == EntryKind::File);
        files.map(|entry| (entry.path.clone(), entry.object.clone())).collect()
    };
    let (in_now, in_then) = (of(now), of(then));
    let differs = |files: &HashSet<_>, entry: &Entry| {
        entry.kind != EntryKind::File || !files.contains(&(entry.path.clone(), entry.object.clone()))
    };
    now.retain(|entry| differs(&in_then, entry));
    then.retain(|entry| differs(&in_now, entry));
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

async fn read(git: &Git, commit: &str, entries: &[Entry]) -> Result<SteeringFiles, Failure> {
    let (links, files): (Vec<Entry>, Vec<Entry>) =
        entries.iter().cloned().partition(|entry| entry.kind == EntryKind::Link);
    let mut read = git.contents(&files).await?;
    let asked: Vec<(String, String)> = links
        .iter()
        .filter(|link| !link.path.contains('\n'))
        .map(|link| (commit.to_owned(), link.path.clone()))
        .collect();
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
