//! Build folders that stay from poll to poll: as long as what they were built with is the same.
//!
//! Invariant: what is in a cache was made under the key that is written beside the room; under another one it begins anew.

use super::{Room, RoomError, Rooms, io_error, repository};
use gonogo_core::digest::Digest;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;

/// Files that say which dependencies and which toolchain a build has.
const LOCKING: [&str; 24] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "go.sum",
    "Gemfile.lock",
    "composer.lock",
    "gradle.lockfile",
    "flake.lock",
    "rust-toolchain",
    "rust-toolchain.toml",
    ".python-version",
    ".node-version",
    ".nvmrc",
    ".tool-versions",
    "mise.toml",
];

impl Rooms {
    /// Begins the caches of a room of this name anew, unless they were made with these tools, and with the lock and toolchain files that
    /// are in it now. Nothing may run in it.
    pub async fn key_caches(
        &self,
        name: &str,
        room: &Room,
        caches: &[String],
        tools: Digest,
    ) -> Result<(), RoomError> {
        let key = key(room, tools)?.to_string();
        let path = self.folder.join(format!("{name}.caches"));
        match fs::read_to_string(&path) {
            Ok(known) if known == key => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(source) => return Err(RoomError::Io { path, source }),
        }
        for cache in caches {
            let asked = ["--literal-pathspecs", "clean", "-ffdxq", "--", cache.as_str()];
            if room.git.order(&asked, None).await.is_err() {
                repository::loosen(&room.root.join(cache));
                room.git.order(&asked, None).await?;
            }
        }
        fs::write(&path, key).map_err(io_error(&path))
    }
}

/// What a room's builds depend on, besides its sources.
fn key(room: &Room, tools: Digest) -> Result<Digest, RoomError> {
    let mut bytes = tools.to_string().into_bytes();
    let is_locking = |name: &std::ffi::OsStr| LOCKING.iter().any(|locking| name == *locking);
    for file in room.files.iter().filter(|file| file.file_name().is_some_and(is_locking)) {
        let path = room.root.join(file);
        let content = match fs::read(&path) {
            Ok(content) => content,
            // A link to nothing locks nothing.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(source) => return Err(RoomError::Io { path, source }),
        };
        bytes.push(0);
        bytes.extend_from_slice(file.as_os_str().as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(Digest::of(&content).to_string().as_bytes());
    }
    Ok(Digest::of(&bytes))
}
