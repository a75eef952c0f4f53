//! What stands at a path of a commit, links within the tree followed.
//!
//! Invariant: what is missing is told apart from what could not be followed, and neither is an empty file.

use super::error::failed;
use super::{Git, GitError, object_id};
use crate::process::End;
use gonogo_core::ids::CommitId;

/// What stands at a path of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtPath {
    /// A file, or a link that leads to one within the tree.
    File(Vec<u8>),
    /// Nothing, or a folder.
    Nothing,
    /// A link that leads out of the tree, to nothing, or round in a circle.
    Astray,
    /// The commit itself is not here.
    NoCommit,
}

impl Git {
    /// What stands at a path of each commit (whole IDs), in order.
    pub async fn at_paths(&self, asked: &[(CommitId, String)]) -> Result<Vec<AtPath>, GitError> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let mut input = String::new();
        for (commit, path) in asked {
            if path.contains('\n') {
                return Err(GitError::BadName { what: "path", text: path.clone() });
            }
            let commit = object_id(commit)?;
            input.push_str(&format!("{commit}\n{commit}:{path}\n"));
        }
        let command = ["--no-replace-objects", "cat-file", "--batch", "--follow-symlinks"];
        let answer = self.ask_with(&command, Some(input.into_bytes())).await?;
        if !answer.succeeded() {
            return Err(failed(&command, &answer));
        }
        let mut rest = answer.stdout.bytes.as_slice();
        let mut found = Vec::new();
        for _ in asked {
            let commit = one(&mut rest).ok_or_else(|| GitError::nonsense(&command))?;
            let file = one(&mut rest).ok_or_else(|| GitError::nonsense(&command))?;
            found.push(match (commit, file) {
                (Answer::Object { is_commit: true, .. }, Answer::Object { content: Some(content), .. }) => {
                    AtPath::File(content)
                }
                (Answer::Object { is_commit: true, .. }, Answer::Astray) => AtPath::Astray,
                (Answer::Object { is_commit: true, .. }, _) => AtPath::Nothing,
                _ => AtPath::NoCommit,
            });
        }
        Ok(found)
    }

    /// The files of a commit, by path, that have a text in them.
    pub async fn files_with(&self, commit: &CommitId, text: &str) -> Result<Vec<String>, GitError> {
        let commit = object_id(commit)?;
        let asked = [
            "--no-replace-objects",
            "grep",
            "--no-recurse-submodules",
            "--full-name",
            "--no-color",
            "-a",
            "-l",
            "-z",
            "-F",
            "-e",
            text,
            commit,
            "--",
            ":/",
        ];
        let answer = self.ask(&asked).await?;
        match answer.end {
            End::Exited(0) => {}
            End::Exited(1) if answer.stderr.total == 0 => return Ok(Vec::new()),
            _ => return Err(failed(&asked, &answer)),
        }
        let names = answer.ok_text().ok_or_else(|| GitError::nonsense(&asked))?;
        let names = names.split('\0').filter(|name| !name.is_empty());
        let path = |name: &str| Some(name.strip_prefix(commit)?.strip_prefix(':')?.to_owned());
        names.map(|name| path(name).ok_or_else(|| GitError::nonsense(&asked))).collect()
    }
}

/// One answer of `cat-file --batch --follow-symlinks`.
enum Answer {
    Missing,
    Astray,
    /// An object: its content where it is a blob.
    Object {
        is_commit: bool,
        content: Option<Vec<u8>>,
    },
}

/// The next answer (git-cat-file(1), BATCH OUTPUT). `None` where it is not of that form.
fn one(rest: &mut &[u8]) -> Option<Answer> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&rest[..end]).ok()?.to_owned();
    *rest = &rest[end + 1..];
    // It repeats what was asked for, and paths have spaces.
    if line.ends_with(" missing") {
        return Some(Answer::Missing);
    }
    let mut words = line.split(' ');
    let (first, second, third, None) = (words.next()?, words.next()?, words.next(), words.next()) else {
        return None;
    };
    let size: usize = third.unwrap_or(second).parse().ok()?;
    let content = rest.get(..size)?.to_vec();
    *rest = rest.get(size + 1..)?;
    match (third, first, second) {
        (Some(_), _, kind) => {
            let content = Some(content).filter(|_| kind == "blob");
            Some(Answer::Object { is_commit: kind == "commit", content })
        }
        (None, "symlink" | "dangling" | "loop" | "notdir", _) => Some(Answer::Astray),
        (None, _, _) => None,
    }
}
