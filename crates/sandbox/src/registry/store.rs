//! The bytes of published files, below a folder where a person can look at them. A name is written once.

use std::fs;
use std::io;
use std::path::PathBuf;

/// The files of one registry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Store(PathBuf);

impl Store {
    /// Files below this folder, which is made.
    pub(super) fn at(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    /// Keeps a file. The name is one of the registry's rules, without a slash.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if name.contains(['/', '\\', '\0']) || name.is_empty() || name.starts_with('.') {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        fs::write(self.0.join(name), bytes)
    }

    /// A file that was kept.
    pub(super) fn get(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.0.join(name))
    }
}
