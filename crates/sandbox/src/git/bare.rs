//! Making a bare remote: a clone of something, or new with a first commit.

use super::command::{Git, SandboxGitError};
use super::spec::{RemoteContent, RemoteSpec};
use crate::program::write_program;
use std::fs;
use std::path::Path;

/// Every push adds a line to this file of the bare repository: `OLD NEW REFERENCE`.
pub(super) const PUSHES: &str = "pushes";

const HOOK: &str = "#!/bin/sh\nexec cat >>pushes\n";

/// Makes the bare repository of a remote at `path`.
pub(crate) async fn prime(git: &Git, spec: &RemoteSpec, path: &Path) -> Result<(), SandboxGitError> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent)?;
    match &spec.source {
        RemoteContent::Clone(from) => clone(git, spec, from, path).await?,
        RemoteContent::Files(files) => create(git, spec, files, path).await?,
    }
    let head = format!("refs/heads/{}", spec.default_branch);
    git.run(path, ["symbolic-ref", "HEAD", &head]).await?;
    // Answers are read from references as files.
    git.run(path, ["config", "receive.denyDeletes", "false"]).await?;
    git.run(path, ["config", "gc.auto", "0"]).await?;
    let hooks = path.join("hooks");
    fs::create_dir_all(&hooks)?;
    write_program(&hooks.join("post-receive"), HOOK)?;
    fs::write(path.join(PUSHES), "")?;
    Ok(())
}

async fn clone(git: &Git, spec: &RemoteSpec, from: &str, path: &Path) -> Result<(), SandboxGitError> {
    let parent = path.parent().unwrap_or(path);
    let words = ["clone", "--quiet", "--bare", "--no-hardlinks", "--template=", "--", from];
    let mut arguments: Vec<std::ffi::OsString> = words.map(Into::into).to_vec();
    arguments.push(path.into());
    git.run(parent, arguments).await?;
    git.run(path, ["remote", "remove", "origin"]).await?;
    let Some(wanted) = &spec.refs else { return Ok(()) };
    let there = git.run(path, ["for-each-ref", "--format=%(refname)"]).await?;
    for name in String::from_utf8_lossy(&there).lines() {
        if !wanted.contains_key(name.strip_prefix("refs/").unwrap_or(name)) {
            git.run(path, ["update-ref", "-d", name]).await?;
        }
    }
    for (name, object) in wanted {
        git.run(path, ["update-ref", &format!("refs/{name}"), object]).await?;
    }
    Ok(())
}

async fn create(
    git: &Git,
    spec: &RemoteSpec,
    files: &[(String, Vec<u8>)],
    path: &Path,
) -> Result<(), SandboxGitError> {
    let parent = path.parent().unwrap_or(path);
    let tree = tempfile::tempdir_in(parent)?;
    let branch = format!("--initial-branch={}", spec.default_branch);
    git.run(tree.path(), ["init", "--quiet", "--template=", &branch]).await?;
    for (name, bytes) in files {
        let place = tree.path().join(name);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(place, bytes)?;
    }
    git.run(tree.path(), ["add", "--all", "--force"]).await?;
    git.run(tree.path(), ["commit", "--quiet", "--allow-empty", "--message=Begin"]).await?;
    let from = tree.path().to_string_lossy().into_owned();
    clone(git, &RemoteSpec { refs: None, ..spec.clone() }, &from, path).await
}
