//! The repository of a room: made anew each time, with the checkout's objects and nothing else of it.

use super::{RoomError, io_error};
use crate::git::Git;
use gonogo_core::ids::CommitId;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What is borrowed from the repository that a room is of.
pub(super) struct Source<'a> {
    /// Its objects.
    pub(super) objects: PathBuf,
    /// Where its history is cut off, if it is.
    pub(super) shallow: PathBuf,
    /// Its tags, a line each: object, space, name.
    pub(super) tags: &'a [u8],
}

/// What a room's git does not do, whatever the user's does.
const CONFIGURATION: &str = "[core]\n\thooksPath = /dev/null\n\tfsmonitor = false\n\tuntrackedCache = false\n\tautocrlf = false\n\
    \tsafecrlf = false\n\ttrustctime = true\n\tcheckStat = default\n\tattributesFile = /dev/null\n\texcludesFile = /dev/null\n\
    [gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n";

/// Makes it, whatever was there before, with `HEAD` at the commit.
pub(super) async fn make(
    git: &Git,
    git_dir: &Path,
    source: &Source<'_>,
    commit: &CommitId,
) -> Result<(), RoomError> {
    remove(git_dir)?;
    let format = if commit.len() == 64 { "--object-format=sha256" } else { "--object-format=sha1" };
    git.order(&["init", "--quiet", "--template=", format, "--initial-branch=none"], None).await?;
    let objects = source.objects.as_os_str().as_bytes();
    let config = git_dir.join("config");
    let mut file = fs::OpenOptions::new().append(true).open(&config).map_err(io_error(&config))?;
    file.write_all(CONFIGURATION.as_bytes()).map_err(io_error(&config))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = git_dir.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        fs::write(&path, bytes).map_err(io_error(&path))
    };
    write("objects/info/alternates", &[objects, b"\n"].concat())?;
    write("HEAD", format!("{commit}\n").as_bytes())?;
    if !source.tags.is_empty() {
        write("packed-refs", source.tags)?;
    }
    match fs::read(&source.shallow) {
        Ok(shallow) => write("shallow", &shallow),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(RoomError::Io { path: source.shallow.clone(), source: error }),
    }
}

/// Makes sure that a folder is there, and not a link to one.
pub(super) fn real_folder(path: &Path) -> Result<(), RoomError> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => fs::remove_file(path).map_err(io_error(path))?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(source) => return Err(RoomError::Io { path: path.to_owned(), source }),
    }
    fs::create_dir_all(path).map_err(io_error(path))
}

/// Removes a file, a link or a folder with all that is in it; nothing that a link leads to.
pub(super) fn remove(path: &Path) -> Result<(), RoomError> {
    let removed = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() => fs::remove_dir_all(path).or_else(|_| {
            loosen(path);
            fs::remove_dir_all(path)
        }),
        Ok(_) => fs::remove_file(path),
    };
    removed.map_err(io_error(path))
}

/// Gives the user back the right to remove what is in a folder: some tools make theirs read-only.
pub(super) fn loosen(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).ok();
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            loosen(&entry.path());
        }
    }
}
