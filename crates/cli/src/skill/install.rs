//! Where coding agents look for skills, and how a bundle gets there.
//!
//! Invariant: a file that is not what gonogo wrote last is never written over unasked, and then nothing is written beside it.
//! Sources of the folders: each runtime's documentation of agent skills.

use super::Bundle;
use gonogo_core::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What gonogo wrote last, beside the bundle's files.
const RECORD: &str = ".gonogo-skill.json";

/// A program that runs coding agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// The folder that many share: Codex, Gemini CLI, Copilot, OpenCode and others
    Agents,
    /// Claude Code
    Claude,
    /// Codex
    Codex,
    /// GitHub Copilot
    Copilot,
    /// Cursor
    Cursor,
    /// Gemini CLI
    Gemini,
    /// OpenCode
    Opencode,
}

/// Whose skills.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Scope {
    /// The project's, in its checkout
    #[default]
    Project,
    /// The user's, in the home folder
    User,
}

impl Runtime {
    /// The folder of skills, in the checkout or in the home folder.
    const fn folder(self, scope: Scope) -> &'static str {
        match (self, scope) {
            (Self::Agents | Self::Codex, _) => ".agents/skills",
            (Self::Claude, _) => ".claude/skills",
            (Self::Copilot, Scope::Project) => ".github/skills",
            (Self::Copilot, Scope::User) => ".copilot/skills",
            (Self::Cursor, _) => ".cursor/skills",
            (Self::Gemini, _) => ".gemini/skills",
            (Self::Opencode, Scope::Project) => ".opencode/skills",
            (Self::Opencode, Scope::User) => ".config/opencode/skills",
        }
    }
}

/// A folder that a bundle goes to.
pub struct BundleFolder {
    /// For which runtime; `None` for a folder that was named.
    pub runtime: Option<Runtime>,
    /// The bundle's own folder.
    pub folder: PathBuf,
}

/// Where the bundle goes, each folder once.
pub fn places(runtimes: &[Runtime], scope: Scope, base: &Path, name: &str) -> Vec<BundleFolder> {
    let wanted = if runtimes.is_empty() { &[Runtime::Agents, Runtime::Claude][..] } else { runtimes };
    let mut places: Vec<BundleFolder> = Vec::new();
    for runtime in wanted {
        let folder = base.join(runtime.folder(scope)).join(name);
        if !places.iter().any(|place| place.folder == folder) {
            places.push(BundleFolder { runtime: Some(*runtime), folder });
        }
    }
    places
}

/// What became of a folder.
#[derive(Debug, PartialEq, Eq)]
pub enum InstallOutcome {
    /// It was as it should be.
    Unchanged,
    /// These files were written or removed.
    Written(Vec<String>),
    /// Somebody changed these files; nothing was written.
    Kept(Vec<String>),
}

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}", path.display())]
pub struct InstallError {
    path: PathBuf,
    source: io::Error,
}

/// What gonogo wrote, by path.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    files: BTreeMap<String, Digest>,
}

/// Brings a bundle into a folder. With `force`, also over what somebody changed.
pub fn install(bundle: &Bundle, folder: &Path, force: bool) -> Result<InstallOutcome, InstallError> {
    let record = recorded(folder)?;
    let is_ours = |path: &str, bytes: &[u8]| record.files.get(path) == Some(&Digest::of(bytes));
    let (mut stale, mut changed) = (Vec::new(), Vec::new());
    for file in &bundle.files {
        match read(&folder.join(file.path))? {
            Some(bytes) if bytes == file.text.as_bytes() => {
                if file.is_program && !is_program(&folder.join(file.path))? {
                    stale.push(file.path.to_owned());
                }
            }
            Some(bytes) if !is_ours(file.path, &bytes) => changed.push(file.path.to_owned()),
            Some(_) | None => stale.push(file.path.to_owned()),
        }
    }
    let mut gone = Vec::new();
    for path in record.files.keys().filter(|path| !bundle.files.iter().any(|file| file.path == **path)) {
        match read(&folder.join(path))? {
            Some(bytes) if is_ours(path, &bytes) => gone.push(path.clone()),
            Some(_) => changed.push(path.clone()),
            None => {}
        }
    }
    if !changed.is_empty() && !force {
        return Ok(InstallOutcome::Kept(changed));
    }
    stale.extend(changed.into_iter().filter(|path| bundle.files.iter().any(|file| file.path == *path)));
    if stale.is_empty() && gone.is_empty() && !record.files.is_empty() {
        return Ok(InstallOutcome::Unchanged);
    }
    // First what is about to be written, so that a crash between leaves files that are known to be gonogo's own.
    keep_record(bundle, folder)?;
    write(bundle, folder)?;
    for path in &gone {
        let path = folder.join(path);
        std::fs::remove_file(&path).map_err(|source| InstallError { path, source })?;
    }
    stale.extend(gone);
    Ok(InstallOutcome::Written(stale))
}

/// Writes a bundle's files into a folder, over what is there.
pub fn write(bundle: &Bundle, folder: &Path) -> Result<(), InstallError> {
    for file in &bundle.files {
        let mode = if file.is_program { 0o755 } else { 0o644 };
        put(&folder.join(file.path), file.text.as_bytes(), mode)?;
    }
    Ok(())
}

fn keep_record(bundle: &Bundle, folder: &Path) -> Result<(), InstallError> {
    let files = bundle.files.iter().map(|file| (file.path.to_owned(), Digest::of(file.text.as_bytes())));
    let record = Record { files: files.collect() };
    let path = folder.join(RECORD);
    let text = serde_json::to_string_pretty(&record)
        .map_err(|error| InstallError { path: path.clone(), source: error.into() })?;
    put(&path, format!("{text}\n").as_bytes(), 0o644)
}

/// A file is there whole or not at all.
fn put(path: &Path, bytes: &[u8], mode: u32) -> Result<(), InstallError> {
    let failed = |source: io::Error| InstallError { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::fs::write(file.path(), bytes).map_err(failed)?;
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// What gonogo wrote last. A record that cannot be read says nothing, and then no file counts as gonogo's own.
fn recorded(folder: &Path) -> Result<Record, InstallError> {
    let bytes = read(&folder.join(RECORD))?;
    let record = bytes.and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok()).unwrap_or_default();
    let is_inside =
        |path: &str| Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    Ok(if record.files.keys().all(|path| is_inside(path)) { record } else { Record::default() })
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, InstallError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(InstallError { path: path.to_owned(), source }),
    }
}

fn is_program(path: &Path) -> Result<bool, InstallError> {
    let metadata =
        std::fs::metadata(path).map_err(|source| InstallError { path: path.to_owned(), source })?;
    Ok(metadata.permissions().mode() & 0o111 != 0)
}
