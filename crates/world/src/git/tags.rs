//! All tags at once, of this clone or of a remote, each with what it leads to.
//!
//! Invariant: a list is whole or an error; nothing here moves a reference.

use super::error::failed;
use super::{Git, GitError, object_id, told};
use gonogo_core::baseline::{TagPlace, TagPlaces};

/// What ends the name of a line that says what a tag stands for (gitprotocol-v2(5), `peel`).
const PEELED: &str = "^{}";

impl Git {
    /// The tags of this clone.
    pub async fn tag_places(&self) -> Result<TagPlaces, GitError> {
        let format = "--format=%(objectname) %(*objectname) %(refname)";
        let asked = ["--no-replace-objects", "for-each-ref", format, "refs/tags"];
        let answer = self.ask(&asked).await?;
        // What git passes over with a warning, such as a broken reference, is not absent.
        if !answer.succeeded() || answer.stderr.total > 0 {
            return Err(failed(&asked, &answer));
        }
        let text = answer.ok_text().ok_or_else(|| GitError::nonsense(&asked))?;
        let line = |line: &str| {
            let mut parts = line.splitn(3, ' ');
            let (object, peeled, name) = (parts.next()?, parts.next()?, parts.next()?);
            let commit = if peeled.is_empty() { object } else { peeled };
            let name = name.strip_prefix("refs/tags/")?;
            let place = TagPlace { object: object_id(object).ok()?.to_owned(), commit: commit.parse().ok()? };
            Some((name.to_owned(), place))
        };
        text.lines().map(|one| line(one).ok_or_else(|| GitError::nonsense(&asked))).collect()
    }

    /// Whether an object that is here stands for something else than a commit: a tree, or a single file. What is not here is not told to.
    pub async fn is_of_no_commit(&self, object: &str) -> Result<bool, GitError> {
        let answer = self.ask(&["cat-file", "-t", &format!("{object}^{{}}")]).await?;
        Ok(answer.succeeded() && ["tree", "blob"].contains(&answer.stdout.text().trim_end()))
    }

    /// The tags of a remote, asked live.
    pub async fn remote_tag_places(&self, remote: &str) -> Result<TagPlaces, GitError> {
        let asked = ["ls-remote", "--tags", "--end-of-options", remote];
        let found = self.remote_references(&asked).await?;
        let mut places = TagPlaces::new();
        for (name, object) in &found {
            let Some(tag) = name.strip_prefix("refs/tags/").filter(|tag| !tag.ends_with(PEELED)) else {
                continue;
            };
            let commit = told(found.get(&format!("{name}{PEELED}")).unwrap_or(object), &asked)?;
            places.insert(tag.to_owned(), TagPlace { object: object.clone(), commit });
        }
        Ok(places)
    }
}
