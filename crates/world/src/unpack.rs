//! Zip archives that somebody else made, unpacked into an empty folder.
//!
//! Invariant: either the folder holds every file of the archive, each one inside it, and nothing else; or it is as
//! empty as it was.

use gonogo_core::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use zip::ZipArchive;
use zip::result::ZipError;

/// How much an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Files and folders.
    pub entries: usize,
    /// Bytes of all files together, unpacked.
    pub bytes: u64,
}

/// One file that was unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// Its path in the folder.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The digest of its bytes.
    pub digest: Digest,
}

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// It is no whole zip archive, or one that is packed in a way that is not known here.
    #[error("not a zip archive that can be read: {0}")]
    Broken(String),
    /// It holds more than it may.
    #[error("the archive holds more than {} entries or {} bytes", .0.entries, .0.bytes)]
    TooMuch(Bounds),
    /// One of its entries is not a plain file or folder with a path of its own inside the folder.
    #[error("the archive's entry `{name}` {why}")]
    BadEntry {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The folder is not an empty one, or could not be written.
    #[error("cannot unpack into {}", path.display())]
    Folder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<ZipError> for UnpackError {
    fn from(error: ZipError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Unpacks an archive into an empty folder, and gives its files in the archive's order.
pub fn unpack(archive: &Path, folder: &Path, bounds: Bounds) -> Result<Vec<Unpacked>, UnpackError> {
    let failed = |source| UnpackError::Folder { path: folder.to_owned(), source };
    if folder.read_dir().map_err(failed)?.next().is_some() {
        return Err(failed(io::ErrorKind::DirectoryNotEmpty.into()));
    }
    // Whole or not at all: it takes the folder's place only at the end.
    let beside = folder.parent().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
    let staged = tempfile::tempdir_in(beside).map_err(failed)?;
    let file = File::open(archive).map_err(|error| UnpackError::Broken(error.to_string()))?;
    let files = unpack_all(&mut ZipArchive::new(file)?, staged.path(), bounds)?;
    std::fs::rename(staged.path(), folder).map_err(failed)?;
    Ok(files)
}

fn unpack_all(
    archive: &mut ZipArchive<File>,
    folder: &Path,
    bounds: Bounds,
) -> Result<Vec<Unpacked>, UnpackError> {
    if archive.has_duplicate_names() {
        return Err(UnpackError::Broken("two entries have one name".to_owned()));
    }
    if archive.len() > bounds.entries {
        return Err(UnpackError::TooMuch(bounds));
    }
    if archive.has_overlapping_entries()? {
        return Err(UnpackError::Broken("two entries share bytes".to_owned()));
    }
    let mut files = Vec::new();
    let mut room = bounds.bytes;
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place)?;
        let name = entry.name()?.into_owned();
        let bad = |why| UnpackError::BadEntry { name: name.clone(), why };
        if entry.is_symlink() || !is_plain(entry.unix_mode()) {
            return Err(bad("is a link, or a file of a special kind"));
        }
        let path = inside(&name).ok_or_else(|| bad("has a path that may lead out of the folder"))?;
        let target = folder.join(&path);
        let failed = |source| UnpackError::Folder { path: path.clone(), source };
        if entry.is_dir() {
            std::fs::create_dir_all(&target).map_err(failed)?;
            continue;
        }
        let size = entry.size();
        if size > room {
            return Err(UnpackError::TooMuch(bounds));
        }
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(failed)?;
        }
        // Not over another one: on some systems, two names that differ are one file.
        let file = File::create_new(&target).map_err(failed)?;
        // What is unpacked can be more than what was announced.
        let (copied, digest) =
            copy(&mut entry.by_ref().take(size.saturating_add(1)), &file).map_err(|error| match error {
                Copy::Read(error) => UnpackError::Broken(format!("{name}: {error}")),
                Copy::Write(source) => failed(source),
            })?;
        if copied != size {
            return Err(bad("is not of the size that it announces"));
        }
        room -= size;
        files.push(Unpacked { path, size, digest });
    }
    Ok(files)
}

/// Plain files and folders by the type bits of `st_mode` (inode(7)); archives made elsewhere have none.
fn is_plain(mode: Option<u32>) -> bool {
    matches!(mode.map_or(0, |mode| mode & 0o170_000), 0 | 0o100_000 | 0o040_000)
}

/// The relative path of an entry's name, of nothing but plain parts.
fn inside(name: &str) -> Option<PathBuf> {
    let path = name.strip_suffix('/').unwrap_or(name);
    let is_plain = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']) && !part.contains(char::is_control)
    };
    path.split('/').all(is_plain).then(|| PathBuf::from(path))
}

/// Which side of a copy failed.
pub(crate) enum Copy {
    /// What it comes from.
    Read(io::Error),
    /// Where it goes to.
    Write(io::Error),
}

/// Copies all bytes to a file, and gives their number and digest.
pub(crate) fn copy(from: &mut impl Read, mut to: &File) -> Result<(u64, Digest), Copy> {
    let (mut hasher, mut total) = (Sha256::new(), 0);
    let mut chunk = vec![0; 64 << 10];
    loop {
        let count = match from.read(&mut chunk) {
            Ok(0) => return Ok((total, Digest::from_bytes(hasher.finalize().into()))),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Copy::Read(error)),
        };
        to.write_all(&chunk[..count]).map_err(Copy::Write)?;
        hasher.update(&chunk[..count]);
        total += count as u64;
    }
}
