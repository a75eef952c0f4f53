//! A file that a program of a room writes, read so that nothing else can stand in for it.
//!
//! Invariant: what is read is a regular file of the room that was written after [`AwaitedReport::in_room`]; neither a pipe, nor a
//! device, nor a link keeps anybody waiting or leads anywhere.

use rustix::fs::OFlags;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A report that is yet to be written.
#[derive(Clone, Debug)]
pub struct AwaitedReport {
    root: PathBuf,
    path: PathBuf,
    /// The file system's own time when it began.
    since: (i64, i64),
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Nothing is there.
    #[error("it was not written")]
    Missing,
    /// Something is there that is not a file of the room: a pipe, a device, a folder, or a link.
    #[error("it is {0}, and not a file of the clean room")]
    Foreign(&'static str),
    /// The file is older than the run.
    #[error("it was written before this run")]
    Old,
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl AwaitedReport {
    /// Removes what is there, and remembers when.
    pub fn in_room(root: &Path, path: &str) -> Result<Self, ReportError> {
        let root = root.canonicalize()?;
        let expected = Self { path: root.join(path), root, since: (0, 0) };
        match fs::symlink_metadata(&expected.path) {
            Ok(found) if found.is_dir() => return Err(ReportError::Foreign("a folder")),
            Ok(_) => {
                expected.stays_inside()?;
                fs::remove_file(&expected.path)?;
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self { since: now(&expected.root)?, ..expected })
    }

    /// One of several that were cleared together; `root` is canonical.
    pub(super) fn since(root: &Path, path: PathBuf, since: (i64, i64)) -> Self {
        Self { root: root.to_owned(), path, since }
    }

    /// Its first bytes up to a limit, and how many more there are.
    pub fn read(&self, limit: usize) -> Result<(Vec<u8>, u64), ReportError> {
        self.stays_inside()?;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
        let file = OpenOptions::new().read(true).custom_flags(flags).open(&self.path);
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ReportError::Missing,
            _ if fs::symlink_metadata(&self.path).is_ok_and(|found| found.is_symlink()) => {
                ReportError::Foreign("a link")
            }
            _ => ReportError::Io(error),
        })?;
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Err(ReportError::Foreign(if facts.is_dir() { "a folder" } else { "a pipe or a device" }));
        }
        if facts.nlink() > 1 {
            return Err(ReportError::Foreign("another name of a file that is elsewhere too"));
        }
        if (facts.mtime(), facts.mtime_nsec()) < self.since {
            return Err(ReportError::Old);
        }
        read_whole(file, facts.len(), limit)
    }

    /// The folder that it is in is one of the room, whatever links lead to it.
    fn stays_inside(&self) -> Result<(), ReportError> {
        let folder = self.path.parent().unwrap_or(&self.root);
        match folder.canonicalize() {
            Ok(real) if real.starts_with(&self.root) => Ok(()),
            Ok(_) => Err(ReportError::Foreign("behind a link out of it")),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                Err(ReportError::Missing)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The time of the file system that a room is on.
pub(super) fn now(root: &Path) -> io::Result<(i64, i64)> {
    let now = tempfile::tempfile_in(root.parent().unwrap_or(root))?.metadata()?;
    Ok((now.mtime(), now.mtime_nsec()))
}

fn read_whole(file: File, size: u64, limit: usize) -> Result<(Vec<u8>, u64), ReportError> {
    let mut bytes = Vec::new();
    file.take(limit as u64).read_to_end(&mut bytes)?;
    let left = size.saturating_sub(bytes.len() as u64);
    Ok((bytes, left))
}
