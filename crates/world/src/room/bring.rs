//! What is in no commit and is brought along: copied into a room, and known by its digest.
//!
//! Invariant: no file of the commit is another in a room for something that was brought along.

use super::repository;
use gonogo_core::digest::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

/// The digest of the names, modes and contents of what was brought, or why it was not.
pub type Brought = Result<Digest, String>;

/// What git itself writes when it only looks: no part of a repository's content.
const FLEETING: [&str; 4] = [".git/index", ".git/FETCH_HEAD", ".git/ORIG_HEAD", ".git/logs"];

/// Copies a file or folder of the checkout to the same place in a room. `own` are the paths of the commit's files, links and submodules:
/// what is brought never takes the place of one.
pub(super) fn bring(checkout: &Path, room: &Path, path: &str, own: &BTreeSet<PathBuf>) -> Brought {
    let path = plain(path);
    if path.components().next().is_some_and(|first| first.as_os_str().eq_ignore_ascii_case(".git")) {
        return Err("is git's own".to_owned());
    }
    if path.ancestors().any(|above| own.contains(above)) {
        return Err("is of the commit, and the commit's own is what counts".to_owned());
    }
    let (from, to) = (checkout.join(&path), room.join(&path));
    let found = fs::metadata(&from).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "is not there".to_owned(),
        _ => format!("cannot be read: {error}"),
    })?;
    let mut copy = Copy { checkout, root: from.clone(), own, digest: Sha256::new() };
    let copied = (|| {
        let folder = to.parent().unwrap_or(room);
        fs::create_dir_all(folder)?;
        // A link in a room leads nowhere else.
        if !folder.canonicalize()?.starts_with(room.canonicalize()?) {
            return Err(io::Error::other("its place in the room is a link out of it"));
        }
        clear(room, &path, own)?;
        if found.is_dir() { copy.folder(&from, &to) } else { copy.file(&from, &to) }
    })();
    copied.map_err(|error| format!("cannot be brought: {error}"))?;
    Ok(Digest::from_bytes(copy.digest.finalize().into()))
}

/// A path with nothing in it that leads nowhere.
pub(super) fn plain(path: &str) -> PathBuf {
    Path::new(path).components().filter(|part| *part != Component::CurDir).collect()
}

/// Removes what is at a path of a room, but for the commit's own and the folders that hold it.
fn clear(room: &Path, path: &Path, own: &BTreeSet<PathBuf>) -> io::Result<()> {
    let place = room.join(path);
    if own.contains(path) {
        return Ok(());
    }
    let is_folder = fs::symlink_metadata(&place).is_ok_and(|found| found.is_dir());
    if !is_folder || !own.iter().any(|one| one.starts_with(path)) {
        return repository::remove(&place).map_err(io::Error::other);
    }
    for entry in fs::read_dir(&place)? {
        clear(room, &path.join(entry?.file_name()), own)?;
    }
    Ok(())
}

struct Copy<'a> {
    checkout: &'a Path,
    root: PathBuf,
    own: &'a BTreeSet<PathBuf>,
    digest: Sha256,
}

impl Copy<'_> {
    fn folder(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        repository::real_folder(to).map_err(io::Error::other)?;
        let mut names: Vec<_> =
            fs::read_dir(from)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
        names.sort_unstable();
        for name in names {
            let (from, to) = (from.join(&name), to.join(&name));
            if from.strip_prefix(self.checkout).is_ok_and(|place| self.own.contains(place)) {
                continue;
            }
            let kind = fs::symlink_metadata(&from)?.file_type();
            if kind.is_symlink() {
                self.link(&from, &to)?;
            } else if kind.is_dir() {
                self.folder(&from, &to)?;
            } else {
                self.file(&from, &to)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        // A pipe is opened without waiting for its other end, and refused.
        let no_wait = rustix::fs::OFlags::NONBLOCK.bits() as i32;
        let mut file = fs::OpenOptions::new().read(true).custom_flags(no_wait).open(from)?;
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Err(io::Error::other(format!("{} is no regular file", from.display())));
        }
        let counts = self.counts(from);
        if counts {
            self.name(from, if facts.mode() & 0o100 == 0 { b"file" } else { b"program" });
            self.digest.update(facts.len().to_be_bytes());
        }
        let mut copy =
            fs::OpenOptions::new().write(true).create_new(true).mode(facts.mode() & 0o777).open(to)?;
        let mut chunk = vec![0; 64 << 10];
        loop {
            match file.read(&mut chunk)? {
                0 => return Ok(()),
                count => {
                    io::Write::write_all(&mut copy, &chunk[..count])?;
                    if counts {
                        self.digest.update(&chunk[..count]);
                    }
                }
            }
        }
    }

    /// A link within what is brought; one that leads out of it is refused.
    fn link(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let target = fs::read_link(from)?;
        let depth = from.strip_prefix(&self.root).map_or(0, |below| below.components().count()) as i64 - 1;
        let mut level = depth;
        for part in target.components() {
            level += match part {
                Component::Normal(_) => 1,
                Component::ParentDir => -1,
                Component::CurDir => 0,
                Component::RootDir | Component::Prefix(_) => -depth - i64::MAX / 2,
            };
            if level < 0 {
                return Err(io::Error::other(format!("{} is a link out of it", from.display())));
            }
        }
        self.name(from, b"link");
        self.digest.update(target.as_os_str().as_bytes());
        std::os::unix::fs::symlink(target, to)
    }

    fn counts(&self, path: &Path) -> bool {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        !FLEETING.iter().any(|fleeting| below.starts_with(fleeting))
    }

    fn name(&mut self, path: &Path, kind: &[u8]) {
        let below = path.strip_prefix(&self.root).unwrap_or(path).as_os_str().as_bytes();
        for part in [kind, below] {
            self.digest.update((part.len() as u64).to_be_bytes());
            self.digest.update(part);
        }
    }
}
