//! Watches that the working tree stays what the commit says, cheaply: by each tracked file's stamp, and by git's
//! own comparison only where a stamp moved.
//!
//! Invariant: a tree that could not be compared counts as changed.

use crate::git::{Git, GitError};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// What the system says of a file. Any write moves `ctime`, which no program can set.
pub type Stamp = Option<(u64, u64, i64, i64, u32)>;

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
        if self.stamps.iter().all(|(path, known)| stamp(path) == *known) {
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

/// The stamp of a path; `None` where nothing is there.
pub fn stamp(path: &std::path::Path) -> Stamp {
    let file = std::fs::symlink_metadata(path).ok()?;
    Some((file.ino(), file.size(), file.ctime(), file.ctime_nsec(), file.mode()))
}
