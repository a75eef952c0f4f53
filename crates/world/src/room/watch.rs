//! Watches that the commit's files in a room stay untouched while checks run: by each file's stamp.
//!
//! Invariant: any write to a watched file moves its stamp, also one that is taken back; a stamp that cannot be had counts as moved.

use super::Room;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What the system says of a file: which it is, its size, when it was changed, and its mode; `None` where nothing is there.
/// No program can set `ctime`.
type Stamp = Result<Option<(u64, u64, i64, i64, u32)>, ErrorKind>;

/// A watch over a room.
#[derive(Debug)]
pub struct RoomWatch {
    root: PathBuf,
    files: Vec<(PathBuf, Stamp)>,
    folders: Vec<(PathBuf, Stamp)>,
}

impl RoomWatch {
    /// Begins to watch.
    pub fn begin(room: &Room) -> Self {
        let root = room.root().to_owned();
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
        Self { root, files, folders }
    }

    /// Files of the commit that were written, touched, moved or removed since the last look.
    pub fn changed(&mut self) -> Vec<String> {
        moved(&self.root, &mut self.files)
    }

    /// Whether something came or went in a folder of the commit since the last look.
    pub fn came_or_went(&mut self) -> bool {
        !moved(&self.root, &mut self.folders).is_empty()
    }
}

/// The paths whose stamps moved, which are remembered as they are now.
fn moved(root: &Path, stamps: &mut [(PathBuf, Stamp)]) -> Vec<String> {
    let mut moved = Vec::new();
    for (path, known) in stamps {
        let now = stamp(&root.join(&*path));
        if now.is_err() || now != *known {
            moved.push(path.display().to_string());
            *known = now;
        }
    }
    moved
}

fn stamp(path: &Path) -> Stamp {
    match std::fs::symlink_metadata(path) {
        Ok(file) => Ok(Some((file.ino(), file.size(), file.ctime(), file.ctime_nsec(), file.mode()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error.kind()),
    }
}
