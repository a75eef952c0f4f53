//! The real tree, read from disk.

use crate::TextFile;
use std::io;
use std::path::Path;

/// Folders that hold nothing of the project's own.
const LEFT_OUT: [&str; 4] = [".git", "target", "node_modules", "__pycache__"];

/// Every file below a folder, in the order of their paths.
pub fn read(root: &Path) -> io::Result<Vec<TextFile>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if kind.is_dir() {
                if !LEFT_OUT.iter().any(|left_out| entry.file_name() == *left_out) {
                    folders.push(path);
                }
            } else if kind.is_file() {
                files.push(TextFile::new(named(root, &path), text(&path)?));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn named(root: &Path, path: &Path) -> String {
    let within = path.strip_prefix(root).unwrap_or(path);
    within.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn text(path: &Path) -> io::Result<String> {
    Ok(String::from_utf8(std::fs::read(path)?).unwrap_or_default())
}
