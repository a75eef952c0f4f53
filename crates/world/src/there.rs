//! Whether something is in a place. That it is not is the system's own word; an error is none (Law: absence is proven).

use std::fs::{Metadata, metadata};
use std::io::{self, ErrorKind};
use std::path::Path;

/// Whether a path leads to a regular file.
pub(crate) fn is_file(path: &Path) -> io::Result<bool> {
    Ok(look(path)?.is_some_and(|found| found.is_file()))
}

/// Whether a path leads to a folder.
pub(crate) fn is_folder(path: &Path) -> io::Result<bool> {
    Ok(look(path)?.is_some_and(|found| found.is_dir()))
}

/// What a path leads to; `None` where nothing is there.
///
/// # Errors
/// Where the system tells neither the one nor the other.
pub fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match metadata(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_no_absence() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "").unwrap();
        std::os::unix::fs::symlink("loop", at("loop")).unwrap();
        assert!(is_file(&at("file")).unwrap() && !is_folder(&at("file")).unwrap());
        assert!(is_folder(folder.path()).unwrap() && !is_file(folder.path()).unwrap());
        for absent in ["nothing", "nothing/in/it", "file/in/it"] {
            assert!(!is_file(&at(absent)).unwrap() && !is_folder(&at(absent)).unwrap(), "{absent}");
        }
        assert!(is_file(&at("loop")).is_err() && is_folder(&at("loop/in/it")).is_err());
    }
}
