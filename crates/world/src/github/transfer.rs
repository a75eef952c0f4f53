//! Files to and from GitHub, through gh and past our memory.
//!
//! Invariant: what is at a download's path is whole, by every length and digest that GitHub gives; else there is
//! nothing.

use super::response::Response;
use super::{Gh, GhError, Method, answer_of};
use crate::process::{Cancel, Invocation, OutputFile};
use crate::unpack::{Copy, copy};
use gonogo_core::digest::Digest;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use tempfile::NamedTempFile;

/// How much of what gh prints is looked at for the status and headers, in bytes.
const LONGEST_HEAD: u64 = 256 << 10;
/// The media type of files.
pub(super) const BYTES: &str = "application/octet-stream";

/// A file that was downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl Gh {
    /// Downloads to a file that is not there yet, of at most `limit` bytes. GitHub leads to stores of its own here,
    /// and gh follows.
    pub(super) async fn download(
        &self,
        path: &str,
        accept: &str,
        to: &Path,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Downloaded, GhError> {
        let failed = |source| GhError::File { path: to.to_owned(), source };
        let folder = to.parent().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        self.repeated(Method::Get, cancel, async || {
            let part = tempfile::tempdir_in(folder).map_err(failed)?;
            let printed = part.path().join("printed");
            let output = OutputFile { path: printed.clone(), limit: limit.saturating_add(LONGEST_HEAD) };
            let invocation = self.api(Method::Get, accept).args([path]);
            let invocation =
                Invocation { output: Some(output), timeout: self.transfer_timeout, ..invocation };
            let captured = self.run(&invocation, cancel).await?;
            if captured.stdout.is_cut() {
                return Err(GhError::TooLarge { path: path.to_owned(), limit });
            }
            let mut file = File::open(&printed).map_err(failed)?;
            let mut head = Vec::new();
            file.by_ref().take(LONGEST_HEAD).read_to_end(&mut head).map_err(failed)?;
            let response = answer_of(&captured, &head, path)?;
            let body = captured.stdout.total - response.body_at as u64;
            if body > limit {
                return Err(GhError::TooLarge { path: path.to_owned(), limit });
            }
            if announced(&response).is_some_and(|size| size != Some(body)) {
                return Err(GhError::nonsense(format!("`{path}` is not of the length that it announces")));
            }
            file.seek(SeekFrom::Start(response.body_at as u64)).map_err(failed)?;
            let whole = NamedTempFile::new_in(folder).map_err(failed)?;
            let (size, digest) = copy(&mut file, whole.as_file()).map_err(|error| match error {
                Copy::Read(source) | Copy::Write(source) => failed(source),
            })?;
            whole.persist_noclobber(to).map_err(|error| failed(error.error))?;
            Ok(Downloaded { size, digest })
        })
        .await
    }

    /// Sends a file, once.
    pub(super) async fn upload(
        &self,
        address: &str,
        file: &Path,
        cancel: &Cancel,
    ) -> Result<serde_json::Value, GhError> {
        let invocation = self
            .api(Method::Post, super::JSON)
            .args(["--header", &format!("Content-Type: {BYTES}"), "--input"])
            .args([file])
            .args([address]);
        let invocation = Invocation { timeout: self.transfer_timeout, ..invocation };
        self.repeated(Method::Post, cancel, async || {
            let captured = self.run(&invocation, cancel).await?;
            answer_of(&captured, &captured.stdout.bytes, address)
        })
        .await?
        .json()
    }
}

/// The length that an answer announces, where it does; `None` within is one that is no number.
fn announced(response: &Response) -> Option<Option<u64>> {
    Some(response.header("content-length")?.parse().ok())
}
