//! A repository of gonogo's own, by the same git: neither the user's configuration nor another repository's reaches it.
//!
//! Invariant: what it answers depends on its own folder alone.

use super::error::failed;
use super::{Git, GitError, Party};
use crate::process::{Environment, Invocation};
use std::path::Path;
use std::time::Duration;

/// How long one run of git on a whole tree may take.
const LIMIT: Duration = Duration::from_secs(1800);
/// Nothing of the user's, of the system's, or of a repository's own replacements counts.
const FIXED: [(&str, &str); 5] = [
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_GRAFT_FILE", "/dev/null/none"),
];

impl Git {
    /// The repository whose git folder and working tree are these, whether or not they are there yet.
    pub(crate) fn of_own(&self, git_dir: &Path, root: &Path) -> Self {
        let environment = Environment::allowing(std::iter::empty())
            .with_all(FIXED)
            .with("GIT_DIR", git_dir)
            .with("GIT_WORK_TREE", root)
            .with("GIT_CEILING_DIRECTORIES", root.parent().unwrap_or(root));
        Self { environment, root: root.to_owned(), common: git_dir.to_owned(), ..self.clone() }
    }

    /// Runs git on a whole tree, and gives what it printed.
    pub(crate) async fn order(
        &self,
        arguments: &[&str],
        input: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, GitError> {
        let invocation = Invocation { timeout: LIMIT, ..self.invocation(arguments, input) };
        let answer = self.answer_to(arguments, invocation, Party::Nobody).await?;
        if !answer.succeeded() {
            return Err(failed(arguments, &answer));
        }
        Ok(answer.stdout.bytes)
    }
}
