//! What workflow runs leave behind.

use super::{Gh, GhError};
use crate::process::Cancel;
use crate::unpack::{Bounds, Unpacked, unpack};
use gonogo_core::digest::Digest;
use serde::Deserialize;
use std::path::Path;

/// "List workflow run artifacts" of GitHub's REST interface, the fields that are read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Artifact {
    /// Its ID.
    pub id: u64,
    /// Its name. A run that was run again may have several of one name.
    pub name: String,
    /// The size of its zip archive, in bytes, as GitHub says it.
    pub size_in_bytes: u64,
    /// The digest of its zip archive; older artifacts have none.
    pub digest: Option<Digest>,
    /// Its bytes are gone.
    pub expired: bool,
    /// The run.
    workflow_run: Of,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Of {
    id: u64,
}

impl Artifact {
    /// The ID of the run that left it behind.
    pub const fn run(&self) -> u64 {
        self.workflow_run.id
    }
}

impl Gh {
    /// Every artifact of a run, of all of its attempts.
    pub async fn artifacts(&self, run: u64, cancel: &Cancel) -> Result<Vec<Artifact>, GhError> {
        let path = self.path(&format!("actions/runs/{run}/artifacts?per_page=100"));
        let artifacts = self.counted(&path, "artifacts", |artifact: &Artifact| artifact.id, cancel).await?;
        match artifacts.iter().find(|artifact| artifact.run() != run) {
            Some(artifact) => Err(GhError::nonsense(format!("artifact {} is not of run {run}", artifact.id))),
            None => Ok(artifacts),
        }
    }

    /// Downloads an artifact and unpacks it into an empty folder: whole, or not at all. `bounds` holds for the archive
    /// too. Temporary files are made beside the folder.
    pub async fn download_artifact(
        &self,
        artifact: &Artifact,
        into: &Path,
        bounds: Bounds,
        cancel: &Cancel,
    ) -> Result<Vec<Unpacked>, GhError> {
        let path = self.path(&format!("actions/artifacts/{}/zip", artifact.id));
        let failed = |source| GhError::File { path: into.to_owned(), source };
        let beside = into.parent().ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))?;
        let folder = tempfile::tempdir_in(beside).map_err(failed)?;
        let archive = folder.path().join("zip");
        let downloaded = self.download(&path, super::JSON, &archive, bounds.bytes, cancel).await?;
        if let Some(said) = artifact.digest.filter(|said| *said != downloaded.digest) {
            return Err(GhError::OtherBytes { path, said, found: downloaded.digest });
        }
        unpack(&archive, into, bounds).map_err(|source| GhError::Archive { path, source })
    }
}
