//! Watches that the working tree stays what the commit says, cheaply: by each tracked file's stamp, and by git's
//! own comparison only where a stamp moved.
//!
//! Invariant: a tree that could not be compared counts as changed.

use crate::git::{Git, GitError};
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// What the system says of a file; `None` where nothing is there, and an error where it does not say. Any write moves
/// `ctime`, which no program can set.
pub type Stamp = Result<Option<(u64, u64, i64, i64, u32)>, ErrorKind>;

/// A watch over the tracked files of a checkout.
pub struct TreeWatch {
    commit: String,
    except: Vec<String>,
    stamps: Vec<(PathBuf, Stamp)>,
}

impl TreeWatch {
    /// Begins to watch. Gives the paths that git is told not to look at, which nobody can vouch for.
    pub async fn begin(
        git: &Git,
        commit: &str,
        except: Vec<String>,
    ) -> Result<(Self, Vec<String>), GitError> {
        let tracked = git.tracked().await?;
        let hidden = tracked.iter().filter(|(_, hidden)| *hidden);
        let hidden = hidden.map(|(path, _)| path.display().to_string()).collect();
        let watched = tracked
            .into_iter()
            .map(|(path, _)| path)
            .filter(|path| !except.iter().any(|except| path.starts_with(except)));
        let stamps =
            watched.map(|path| git.root().join(path)).map(|path| (path.clone(), stamp(&path))).collect();
        Ok((Self { commit: commit.to_owned(), except, stamps }, hidden))
    }

    /// Tracked paths whose content is not the commit's. Empty where all is as it was.
    pub async fn changes(&mut self, git: &Git) -> Result<Vec<String>, GitError> {
        let is_as_it_was = |(path, known): &(PathBuf, Stamp)| known.is_ok() && stamp(path) == *known;
        if self.stamps.iter().all(is_as_it_was) {
            return Ok(Vec::new());
        }
        // Stamps first, so that a change during the comparison moves one again.
        let fresh: Vec<(PathBuf, Stamp)> =
            self.stamps.iter().map(|(path, _)| (path.clone(), stamp(path))).collect();
        let changed = git.differs_from(&self.commit, &self.except).await?;
        if changed.is_empty() {
            self.stamps = fresh;
        }
        Ok(changed)
    }
}

/// The stamp of a path.
pub fn stamp(path: &std::path::Path) -> Stamp {
    match std::fs::symlink_metadata(path) {
        Ok(file) => Ok(Some((file.ino(), file.size(), file.ctime(), file.ctime_nsec(), file.mode()))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error.kind()),
    }
}
