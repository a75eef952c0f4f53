//! Copies of a repository for a private world: its remote, and a checkout to act from. Nothing of the original changes.

use super::{Git, GitError, object_id};
use gonogo_core::ids::CommitId;
use std::collections::BTreeMap;
use std::path::Path;

impl Git {
    /// All branches and tags of a remote, asked live, with the object that each stands for: a tag's own, where it has one.
    pub async fn references_of(&self, remote: &str) -> Result<BTreeMap<String, String>, GitError> {
        self.remote_references(&["ls-remote", "--heads", "--tags", "--refs", "--end-of-options", remote])
            .await
    }

    /// Clones what is at an address, branches and tags, into a bare repository in a folder that is not there yet.
    pub async fn mirror(&self, address: &str, into: &Path) -> Result<(), GitError> {
        let into = into.display().to_string();
        let asked = ["clone", "--quiet", "--bare", "--no-local", "--", address, &into];
        self.remote_text(&asked).await.map(drop)
    }

    /// A checkout of a commit of this repository in a folder that is not there yet: without its tags, and with one remote
    /// of this name and address.
    pub async fn checkout_apart(
        &self,
        into: &Path,
        remote: &str,
        address: &str,
        commit: &CommitId,
    ) -> Result<Self, GitError> {
        let (from, folder) = (self.root.display().to_string(), into.display().to_string());
        let origin = format!("--origin={remote}");
        let clone = [
            "clone",
            "--quiet",
            "--no-checkout",
            "--no-tags",
            "--no-hardlinks",
            &origin,
            "--",
            &from,
            &folder,
        ];
        self.text(&clone).await?;
        let apart = self.clone().located(into).await?;
        apart.text(&["remote", "set-url", "--", remote, address]).await?;
        // Of its own, so that no `pushInsteadOf` of the user's leads a push elsewhere.
        apart.text(&["remote", "set-url", "--push", "--", remote, address]).await?;
        apart.text(&["checkout", "--quiet", "--detach", object_id(commit)?]).await?;
        Ok(apart)
    }
}
