//! The repository itself.

use super::{Gh, GhError, typed};
use crate::process::Cancel;
use serde::Deserialize;

/// "Get a repository" of GitHub's REST interface, the fields that are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryFacts {
    /// `owner/name`, as GitHub has it now: another one than was asked for where it was renamed or moved.
    pub full_name: String,
    /// The branch that is shown first, and dispatched on where none is named.
    pub default_branch: String,
    /// Not everybody may see it.
    pub private: bool,
    /// Whether the token's owner may push; `None` where GitHub does not say. Drafts of releases are shown only to those
    /// who may.
    pub can_push: Option<bool>,
}

#[derive(Deserialize)]
struct Shown {
    full_name: String,
    default_branch: String,
    private: bool,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    push: bool,
}

impl Gh {
    /// What GitHub says of the repository.
    pub async fn facts(&self, cancel: &Cancel) -> Result<RepositoryFacts, GhError> {
        let answer = self.get(&format!("repos/{}", self.repository()), cancel).await?;
        let shown: Shown = typed(answer, "a repository")?;
        Ok(RepositoryFacts {
            full_name: shown.full_name,
            default_branch: shown.default_branch,
            private: shown.private,
            can_push: shown.permissions.map(|permissions| permissions.push),
        })
    }
}
