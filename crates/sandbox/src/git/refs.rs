//! The references of a bare repository: cheaply whether they changed, and with git what they lead to.

use super::command::{Git, SandboxGitError};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

/// The files that hold a repository's references, as they are: equal means that no reference has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fingerprint(Vec<(String, Vec<u8>)>);

impl Fingerprint {
    /// Reads it.
    pub(super) fn of(repository: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        let packed = repository.join("packed-refs");
        match fs::read(&packed) {
            Ok(bytes) => files.push(("packed-refs".to_owned(), bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        loose(&repository.join("refs"), &mut files)?;
        files.sort();
        Ok(Self(files))
    }
}

fn loose(folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "lock") {
            continue;
        }
        match if path.is_dir() { loose(&path, files).map(|()| None) } else { fs::read(&path).map(Some) } {
            Ok(Some(bytes)) => files.push((path.to_string_lossy().into_owned(), bytes)),
            Ok(None) => {}
            // Deleted since the folder was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What a repository's references lead to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents {
    /// The references, without `refs/`, to object IDs.
    pub(crate) refs: BTreeMap<String, String>,
    /// The annotated tags' objects, by ID.
    pub(crate) tag_objects: BTreeMap<String, TagObject>,
    /// The commits' messages, by ID.
    pub(crate) commits: BTreeMap<String, String>,
}

/// An annotated tag's object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagObject {
    /// The tag's name.
    pub tag: String,
    /// What it points to: a commit, or one more tag object.
    pub object: String,
    /// Its message.
    pub message: String,
}

const FIELDS: usize = 5;

impl Contents {
    /// Reads it with git.
    pub(super) async fn read(git: &Git, repository: &Path) -> Result<Self, SandboxGitError> {
        let mut contents = Self::default();
        let format = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(contents)%00";
        let all = git.run(repository, ["for-each-ref", format]).await?;
        let all = String::from_utf8_lossy(&all).into_owned();
        let fields: Vec<&str> = all.split('\0').collect();
        for record in fields.chunks_exact(FIELDS) {
            let Some(name) = record[0].trim_start().strip_prefix("refs/") else { continue };
            contents.refs.insert(name.to_owned(), record[1].to_owned());
            if record[2] == "tag" {
                let tag = name.strip_prefix("tags/").unwrap_or(name).to_owned();
                let object =
                    TagObject { tag, object: record[3].to_owned(), message: record[4].trim().to_owned() };
                contents.tag_objects.insert(record[1].to_owned(), object);
            }
        }
        if !contents.refs.is_empty() {
            let log = git.run(repository, ["log", "--all", "--format=%H%x00%B%x00"]).await?;
            let log = String::from_utf8_lossy(&log).into_owned();
            let fields: Vec<&str> = log.split('\0').collect();
            let commits = fields.chunks_exact(2);
            contents.commits = commits
                .map(|pair| (pair[0].trim_start().to_owned(), pair[1].trim_end().to_owned()))
                .collect();
        }
        Ok(contents)
    }
}
