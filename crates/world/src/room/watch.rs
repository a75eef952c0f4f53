//! Watches that the commit's files in a room stay untouched while checks run: by each file's stamp.
//!
//! Invariant: any write to a watched file moves its stamp, also one that is taken back; a stamp that cannot be had counts as moved.

use super::Room;
use crate::tools::digest_file;
use gonogo_core::digest::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What the system says of a file: which it is, its size, when it was changed, and its mode; `None` where nothing is there.
/// No program can set `ctime`.
type Stamp = Result<Option<(u64, u64, i64, i64, u32)>, ErrorKind>;

/// A file of the commit that was written, touched, moved or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its path, relative to the room's root.
    pub path: String,
    /// It is a plain file with the very bytes and the mode that it had at first. Only told of files that were asked for.
    pub is_as_it_was: bool,
}

/// A watch over a room.
#[derive(Debug)]
pub struct RoomWatch {
    root: PathBuf,
    kept: BTreeMap<PathBuf, Kept>,
    files: Vec<(PathBuf, Stamp)>,
    folders: Vec<(PathBuf, Stamp)>,
}

impl RoomWatch {
    /// Begins to watch.
    pub fn begin(room: &Room) -> Self {
        Self::keeping(room, [])
    }

    /// Begins to watch, and remembers what is in these files, relative to the room's root.
    pub fn keeping<'a>(room: &Room, files: impl IntoIterator<Item = &'a str>) -> Self {
        let root = room.root().to_owned();
        let kept =
            files.into_iter().filter_map(|file| Some((file.into(), Kept::of(&root.join(file))?))).collect();
        let mut folders = BTreeSet::from([PathBuf::new()]);
        for file in room.files() {
            let mut above = file.parent();
            while let Some(folder) = above.filter(|folder| folders.insert((*folder).to_owned())) {
                above = folder.parent();
            }
        }
        let stamped = |path: PathBuf| {
            let stamp = stamp(&root.join(&path));
            (path, stamp)
        };
        let files = room.files().iter().cloned().map(stamped).collect();
        let folders = folders.into_iter().map(stamped).collect();
        Self { root, kept, files, folders }
    }

    /// Files of the commit that were written, touched, moved or removed since the last look.
    pub fn changed(&mut self) -> Vec<Moved> {
        let moved = moved(&self.root, &mut self.files).into_iter();
        let as_it_was = |path: &Path| {
            self.kept.get(path).is_some_and(|kept| Kept::of(&self.root.join(path)).as_ref() == Some(kept))
        };
        moved.map(|path| Moved { is_as_it_was: as_it_was(&path), path: path.display().to_string() }).collect()
    }

    /// Whether something came or went in a folder of the commit since the last look.
    pub fn came_or_went(&mut self) -> bool {
        !moved(&self.root, &mut self.folders).is_empty()
    }
}

/// The paths whose stamps moved, which are remembered as they are now.
fn moved(root: &Path, stamps: &mut [(PathBuf, Stamp)]) -> Vec<PathBuf> {
    let mut moved = Vec::new();
    for (path, known) in stamps {
        let now = stamp(&root.join(&*path));
        if now.is_err() || now != *known {
            moved.push(path.clone());
            *known = now;
        }
    }
    moved
}

/// What is in a plain file, and its mode.
#[derive(Debug, PartialEq, Eq)]
struct Kept {
    digest: Digest,
    mode: u32,
}

impl Kept {
    fn of(path: &Path) -> Option<Self> {
        let file = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        Some(Self { digest: digest_file(path).ok()?, mode: file.mode() })
    }
}

fn stamp(path: &Path) -> Stamp {
    match std::fs::symlink_metadata(path) {
        Ok(file) => Ok(Some((file.ino(), file.size(), file.ctime(), file.ctime_nsec(), file.mode()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error.kind()),
    }
}
