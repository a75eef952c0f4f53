//! Clean rooms: repositories of gonogo's own, outside the checkout, each at one commit, in which checks run.
//!
//! Invariant: nothing is believed of a room that is there. Its repository is made anew each time, and every file in it is
//! compared with the commit by its content before anything runs; so a crash or a full disk leaves no room that counts.

mod bring;
mod caches;
mod converted;
mod fill;
mod lfs;
mod report;
mod reports;
mod repository;
mod watch;

pub use bring::Brought;
use gonogo_core::ids::CommitId;
pub use report::{AwaitedReport, ReportError};
pub use reports::{Reports, is_pattern};
pub use watch::{Moved, RoomWatch};

use crate::git::{Git, GitError};
use gonogo_core::digest::Digest;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// How many polls of one repository may have rooms at the same time.
const SETS: usize = 16;

/// Why there is no room.
#[derive(Debug, thiserror::Error)]
pub enum RoomError {
    /// git refused.
    #[error("the clean room cannot be made")]
    Git(#[from] GitError),
    /// The clone is partial, and what it left at the remote is missing.
    #[error(
        "the clean room cannot be made: this clone is partial, and `git fetch --refetch --no-filter {0}` brings what is missing"
    )]
    Partial(String),
    /// A file or folder cannot be made, read or removed.
    #[error("the clean room cannot be made at {}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The user's cache folder is in the checkout, whose files would reach what runs below it.
    #[error("clean rooms cannot be in the checkout, and the cache folder {} is", .0.display())]
    Inside(PathBuf),
    /// Neither a cache folder nor a home folder is named.
    #[error("there is no folder for clean rooms: neither XDG_CACHE_HOME nor HOME is set")]
    Homeless,
    /// So many other polls of this repository run that there is no room left.
    #[error("{SETS} other polls of this repository are running")]
    Crowded,
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> RoomError + '_ {
    move |source| RoomError::Io { path: path.to_owned(), source }
}

/// The folder that holds the rooms of every repository of this user; `None` where neither a cache nor a home is named.
pub fn home() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    Some(cache?.join("gonogo/rooms"))
}

/// Removes the rooms of repositories that are no longer there. What cannot be removed now stays for another time.
fn forget_gone(home: &Path) {
    let Ok(entries) = std::fs::read_dir(home) else { return };
    for entry in entries.flatten() {
        let folder = entry.path();
        let Ok(of) = std::fs::read(folder.join("of")) else { continue };
        let of = PathBuf::from(std::ffi::OsString::from_vec(of));
        let is_gone =
            matches!(std::fs::symlink_metadata(&of), Err(error) if error.kind() == io::ErrorKind::NotFound);
        let Some(lock) = is_gone.then(|| File::open(folder.join("lock")).ok()).flatten() else { continue };
        if lock.try_lock().is_ok() {
            repository::remove(&folder).ok();
        }
    }
}

/// A set of rooms of one repository, held by one poll.
#[derive(Debug)]
pub struct Rooms {
    checkout: Git,
    folder: PathBuf,
    /// References of the checkout's tags, a line each, as git packs them.
    tags: Vec<u8>,
    /// Where the checkout's submodules are kept.
    modules: Vec<PathBuf>,
    // Held open: the lock goes with it.
    lock: File,
}

/// What a room is to hold.
#[derive(Clone, Copy, Debug)]
pub struct RoomWanted<'a> {
    /// The name of its folder: one for each use, so that files of one never meet another.
    pub name: &'a str,
    /// The commit.
    pub commit: &'a CommitId,
    /// Patterns of the files that it holds; all of them where there is none.
    pub inputs: &'a [String],
    /// Files that are in no commit and are brought along.
    pub bring: &'a [String],
    /// Folders that stay from one time to the next.
    pub caches: &'a [String],
    /// What Git LFS keeps is put in the place of its pointers.
    pub lfs: bool,
}

/// What a room does not have, and how it comes to have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// What is not there, in one line.
    pub what: String,
    /// A command, or an advice.
    pub remedy: String,
}

/// A room that was made.
#[derive(Clone, Debug)]
pub struct Room {
    root: PathBuf,
    git: Git,
    files: Vec<PathBuf>,
    /// The digest of the names, modes and contents of the commit's files that are in it.
    pub content: Digest,
    /// What of the commit it could not get.
    pub lacking: Vec<Lacking>,
    /// What was brought along, by its path below the root.
    pub brought: BTreeMap<String, Brought>,
    /// Files that are only pointers, since their content is kept elsewhere (Git LFS).
    pub pointers: Vec<String>,
}

impl Rooms {
    /// Takes a set of rooms that no other poll holds, in the user's [`home`] of rooms.
    pub async fn take(checkout: &Git) -> Result<Self, RoomError> {
        Self::take_in(checkout, &home().ok_or(RoomError::Homeless)?).await
    }

    /// The same in another folder.
    pub async fn take_in(checkout: &Git, home: &Path) -> Result<Self, RoomError> {
        std::fs::create_dir_all(home).map_err(io_error(home))?;
        let home = home.canonicalize().map_err(io_error(home))?;
        let root = checkout.root().canonicalize().map_err(io_error(checkout.root()))?;
        let common = checkout.common_dir().canonicalize().map_err(io_error(checkout.common_dir()))?;
        if home.starts_with(&root) || home.starts_with(&common) {
            return Err(RoomError::Inside(home));
        }
        let tags =
            checkout.order(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/tags"], None).await?;
        let own = checkout.order(&["rev-parse", "--absolute-git-dir"], None).await?;
        let own = PathBuf::from(std::ffi::OsString::from_vec(own.trim_ascii_end().to_vec()));
        let modules = vec![own.join("modules"), common.join("modules")];
        let name = Digest::of(common.as_os_str().as_bytes()).hex()[..16].to_owned();
        for number in 1..=SETS {
            let more = if number == 1 { String::new() } else { format!(".{number}") };
            let folder = home.join(format!("{name}{more}"));
            std::fs::create_dir_all(&folder).map_err(io_error(&folder))?;
            let path = folder.join("lock");
            let lock = File::create(&path).map_err(io_error(&path))?;
            match lock.try_lock() {
                Ok(()) => {
                    let of = folder.join("of");
                    std::fs::write(&of, common.as_os_str().as_bytes()).map_err(io_error(&of))?;
                    forget_gone(&home);
                    return Ok(Self { checkout: checkout.clone(), folder, tags, modules, lock });
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => return Err(RoomError::Io { path, source }),
            }
        }
        Err(RoomError::Crowded)
    }

    /// The folder that they are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file whose lock holds them.
    pub const fn lock(&self) -> &File {
        &self.lock
    }

    /// Holds what only one poll of a repository may do at a time: measuring. `None` where another one does.
    pub fn measure_alone(&self) -> Result<Option<File>, RoomError> {
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy();
        let first = name.split('.').next().unwrap_or_default();
        let path = self.folder.with_file_name(format!("{first}.measuring"));
        let file = File::create(&path).map_err(io_error(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(RoomError::Io { path, source }),
        }
    }

    /// Removes the rooms that nothing uses any more: all but these.
    pub fn keep_only(&self, names: &[&str]) -> Result<(), RoomError> {
        let entries = std::fs::read_dir(&self.folder).map_err(io_error(&self.folder))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let of = [".git", ".caches"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            if !["lock", "of"].contains(&of) && !names.contains(&of) {
                repository::remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// Makes a room, or makes one that is there as it has to be. Files that are as the commit has them are not touched, and
    /// everything that is neither the commit's, nor brought along, nor in a cache, is removed.
    pub async fn make(&self, wanted: &RoomWanted<'_>) -> Result<Room, RoomError> {
        match self.make_in(wanted, false).await {
            Err(error @ RoomError::Git(GitError::Failed { .. })) => {
                Err(self.left_at().await.unwrap_or(error))
            }
            made => made,
        }
    }

    /// The same for a room that was made, while nothing runs in it: what the commit ignores, such as what was built, stays.
    pub async fn tidy(&self, wanted: &RoomWanted<'_>) -> Result<Room, RoomError> {
        self.make_in(wanted, true).await
    }

    /// Where a partial clone left a part of its objects.
    async fn left_at(&self) -> Option<RoomError> {
        let asked = ["config", "--get-regexp", r"^remote\..*\.promisor$"];
        let said = String::from_utf8(self.checkout.order(&asked, None).await.ok()?).ok()?;
        let line = said.lines().find(|line| line.ends_with(" true"))?;
        let remote = line.strip_prefix("remote.")?.strip_suffix(".promisor true")?;
        Some(RoomError::Partial(remote.to_owned()))
    }

    async fn make_in(&self, wanted: &RoomWanted<'_>, keep_ignored: bool) -> Result<Room, RoomError> {
        let root = self.folder.join(wanted.name);
        repository::real_folder(&root)?;
        // In a room of some files only, git could show the others.
        let git_dir = if wanted.inputs.is_empty() {
            root.join(".git")
        } else {
            repository::remove(&root.join(".git"))?;
            self.folder.join(format!("{}.git", wanted.name))
        };
        let git = self.checkout.of_own(&git_dir, &root);
        let source = repository::Source {
            objects: self.checkout.common_dir().join("objects"),
            shallow: self.checkout.common_dir().join("shallow"),
            tags: &self.tags,
        };
        repository::make(&git, &git_dir, &source, wanted.commit).await?;
        let filled = fill::fill(&git, &root, wanted, keep_ignored).await?;
        let mut room = Room {
            root,
            git,
            files: filled.files,
            content: filled.content,
            lacking: Vec::new(),
            brought: BTreeMap::new(),
            pointers: filled.pointers,
        };
        if room.files.is_empty() && !wanted.inputs.is_empty() {
            let what = format!("no file of the commit is one of its inputs: {}", wanted.inputs.join(", "));
            room.lacking.push(Lacking { what, remedy: "mend its `inputs`".to_owned() });
        }
        if wanted.lfs {
            let store = self.checkout.common_dir().join("lfs");
            let (left, lacking) = lfs::bring_in(&room.root, &store, std::mem::take(&mut room.pointers));
            room.pointers = left;
            room.lacking.extend(lacking);
        }
        let modules = self.modules.clone();
        room.submodules(filled.submodules, &modules, keep_ignored).await?;
        let own = fill::own(&room.git, wanted).await?;
        for path in wanted.bring {
            let brought = bring::bring(self.checkout.root(), &room.root, path, &own);
            if let Err(why) = &brought {
                let what = format!("{path}, which is brought along, {why}");
                let remedy = if self.checkout.root().join(path).exists() {
                    format!("take {path} out of `bring`")
                } else {
                    format!("make {path} in the checkout, or take it out of `bring`")
                };
                room.lacking.push(Lacking { what, remedy });
            }
            room.brought.insert(path.clone(), brought);
        }
        Ok(room)
    }
}

impl Room {
    /// The root of its working tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The commit's files in it, those of submodules too, relative to the root.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// What is in it that is neither the commit's, nor ignored by the commit, nor brought along, nor in a cache.
    pub async fn strays(&self, caches: &[String]) -> Result<Vec<String>, GitError> {
        let mut asked: Vec<String> =
            ["ls-files", "--others", "--exclude-standard", "--directory", "-z", "--", "."]
                .map(str::to_owned)
                .to_vec();
        let known = caches.iter().chain(self.brought.keys());
        asked.extend(known.map(|path| format!(":(exclude,literal){path}")));
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        let listed = self.git.order(&asked, None).await?;
        let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
        // A folder in which something is brought along is not there for that alone.
        let holds = |name: &String| {
            self.brought.keys().chain(caches).any(|path| format!("{path}/").starts_with(name.as_str()))
        };
        Ok(names.filter(|name| !holds(name)).collect())
    }
}
