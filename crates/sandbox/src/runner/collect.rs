//! The files of a run's folder that become its artifacts.

use super::workflow::Artifacts;
use crate::http::archive::File;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The files of one artifact, by name; or why there are none.
pub(super) fn collect(folder: &Path, artifact: &Artifacts) -> Result<(String, Vec<File>), String> {
    let mut paths = Vec::new();
    for pattern in &artifact.files {
        let whole = format!("{}/{pattern}", glob::Pattern::escape(&folder.to_string_lossy()));
        let found = glob::glob(&whole).map_err(|error| format!("{pattern}: {error}"))?;
        for path in found {
            let path = path.map_err(|error| error.to_string())?;
            if path.is_file() {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.dedup();
    if paths.is_empty() {
        return Err(format!("no file fits {} of the artifact {}", artifact.files.join(", "), artifact.name));
    }
    let shared = shared_folder(&paths);
    let mut files = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.strip_prefix(&shared).unwrap_or(&path).to_string_lossy().into_owned();
        files.push((name, bytes));
    }
    Ok((artifact.name.clone(), files))
}

/// The longest folder that all files share.
fn shared_folder(paths: &[PathBuf]) -> PathBuf {
    let folders = paths.iter().filter_map(|path| path.parent());
    let mut folders = folders.map(|folder| folder.components().collect::<Vec<Component<'_>>>());
    let mut shared = folders.next().unwrap_or_default();
    for folder in folders {
        let same = shared.iter().zip(&folder).take_while(|(one, other)| one == other).count();
        shared.truncate(same);
    }
    shared.into_iter().collect()
}

/// Writes files below a folder.
pub(super) fn unpack(folder: &Path, files: &[File]) -> std::io::Result<()> {
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}
