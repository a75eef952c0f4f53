//! The checks that gonogo makes itself: reads what they need from the commit, and lets core judge.

use super::execute::{Done, PollContext};
use super::reviews;
use crate::failure::Failure;
use gonogo_core::gate::builtin;
use gonogo_core::ids::CommitId;
use gonogo_core::plan::{Check, CheckKind, Gate};
use gonogo_world::git::Git;
use std::collections::BTreeMap;

/// Runs a check of gonogo's own. `None` for those that run a program.
pub async fn run(run: &PollContext<'_>, gate: &Gate, check: &Check) -> Result<Option<Done>, Failure> {
    let context = run.context;
    let git = &context.session.git;
    let done = match &check.kind {
        CheckKind::Command(_) | CheckKind::Benchmark(_) => return Ok(None),
        CheckKind::Versions => {
            let files = texts(
                git,
                &context.candidate.commit,
                context.candidate.plan.versions.iter().map(|place| place.file.as_str()),
            )
            .await?;
            let read =
                |file: &str| files.get(file).cloned().unwrap_or_else(|| Err("not in the commit".to_owned()));
            Done::of(builtin::versions(
                gate.id,
                &check.id,
                &context.candidate.plan,
                &context.candidate.target,
                read,
            ))
        }
        CheckKind::Changelog => {
            let path = context.candidate.plan.project.changelog.as_deref().unwrap_or_default();
            let text = texts(git, &context.candidate.commit, [path])
                .await?
                .remove(path)
                .unwrap_or_else(|| Err("not in the commit".to_owned()));
            Done::of(builtin::changelog(
                gate.id,
                &check.id,
                &context.candidate.plan,
                &context.candidate.target,
                text,
            ))
        }
        CheckKind::GitClean => Done::of(builtin::git_clean(
            gate.id,
            &check.id,
            &context.session.git.dirty(&context.candidate.own_paths()).await?,
        )),
        CheckKind::Inventory(asked) => reviews::inventory(run, gate, check, asked).await?,
        CheckKind::Review { focus, paths } => reviews::review(run, gate, check, focus, paths).await?,
    };
    Ok(Some(done))
}

/// The files of a commit below the prefixes that an inventory searches, as text.
pub async fn files(git: &Git, commit: &CommitId, prefixes: &[String]) -> Result<builtin::Files, Failure> {
    let files = git.files_at(commit, prefixes).await?;
    // A compiler may well read on behind a NUL byte, so it hides nothing here: it ends a line.
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).replace('\0', "\n");
    Ok(files.into_iter().map(|(path, bytes)| (path, text(bytes))).collect())
}

/// Files of the commit under release, as text.
async fn texts<'a>(
    git: &Git,
    commit: &CommitId,
    paths: impl IntoIterator<Item = &'a str>,
) -> Result<BTreeMap<String, Result<String, String>>, Failure> {
    let mut texts = BTreeMap::new();
    for path in paths.into_iter().filter(|path| !path.is_empty()) {
        if let Some(bytes) = git.file_at(commit, path).await? {
            texts.insert(path.to_owned(), String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned()));
        }
    }
    Ok(texts)
}
