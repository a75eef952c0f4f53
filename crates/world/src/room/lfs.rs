//! Files that Git LFS keeps: each pointer of a room gives way to the content that the checkout's own store has of it.
//!
//! Invariant: what is written is what the commit's pointer names, by digest and size; nothing is fetched, and no program is run.

use super::{Lacking, repository};
use crate::tools::digest_file;
use gonogo_core::digest::Digest;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// More than any pointer has (the specification of Git LFS, "The Pointer": less than 1024 bytes).
const MOST: u64 = 1024;

/// What a pointer says.
struct Pointer {
    digest: Digest,
    size: u64,
}

impl Pointer {
    /// Reads one; `None` where the file is none, as a link is, or one that was committed without Git LFS.
    fn read(path: &Path) -> io::Result<Option<Self>> {
        let found = fs::symlink_metadata(path)?;
        if !found.is_file() || found.len() > MOST {
            return Ok(None);
        }
        Ok(String::from_utf8(fs::read(path)?).ok().and_then(|text| Self::parse(&text)))
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        text.starts_with("version ").then_some(())?;
        Some(Self { digest: value("oid")?.parse().ok()?, size: value("size")?.parse().ok()? })
    }

    /// Where the store keeps its content.
    fn kept(&self, store: &Path) -> PathBuf {
        let hex = self.digest.hex();
        store.join("objects").join(&hex[..2]).join(&hex[2..4]).join(hex)
    }
}

/// Puts the content in the place of each pointer. Gives the paths that still are pointers, and what is lacking.
pub(super) fn bring_in(root: &Path, store: &Path, pointers: Vec<String>) -> (Vec<String>, Vec<Lacking>) {
    let (mut left, mut lacking) = (Vec::new(), Vec::new());
    for path in pointers {
        match put(&root.join(&path), store) {
            Ok(()) => {}
            Err(error) => {
                let what = format!("the content of {path}, which Git LFS keeps, is not here: {error}");
                lacking.push(Lacking { what, remedy: "git lfs fetch".to_owned() });
                left.push(path);
            }
        }
    }
    (left, lacking)
}

fn put(path: &Path, store: &Path) -> io::Result<()> {
    let Some(pointer) = Pointer::read(path)? else { return Ok(()) };
    let kept = pointer.kept(store);
    let file = fs::symlink_metadata(&kept)?;
    let damaged = || io::Error::other("what the store has of it is something else");
    if !file.is_file() || file.len() != pointer.size {
        return Err(damaged());
    }
    let mode = fs::symlink_metadata(path)?.permissions().mode() & 0o777;
    repository::remove(path).map_err(io::Error::other)?;
    fs::copy(&kept, path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o200))?;
    // The store's own time: a build that has seen this content stays warm.
    File::options().write(true).open(path)?.set_modified(file.modified()?)?;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    if digest_file(path)? != pointer.digest {
        repository::remove(path).map_err(io::Error::other)?;
        return Err(damaged());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_one_that_names_a_digest_and_a_size() {
        let oid = Digest::of(b"content");
        let text = format!("version https://example.test/v1\noid {oid}\nsize 7\n");
        let pointer = Pointer::parse(&text).unwrap();
        assert_eq!((pointer.digest, pointer.size), (oid, 7));
        let hex = oid.hex();
        assert!(pointer.kept(Path::new("/s")).ends_with(format!(
            "objects/{}/{}/{hex}",
            &hex[..2],
            &hex[2..4]
        )));
        let extended = text.replace("oid", "ext-0-foo sha256:00\noid");
        assert_eq!(Pointer::parse(&extended).unwrap().digest, oid);
        for other in [
            "content",
            "version x\nsize 7\n",
            &text.replace("size 7", "size many"),
            &text.replace("oid sha256:", "oid md5:"),
            &text.replace("version ", "versions "),
        ] {
            assert!(Pointer::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_link_is_no_pointer_wherever_it_leads() {
        let folder = tempfile::tempdir().unwrap();
        let (link, pointer) = (folder.path().join("link"), folder.path().join("pointer"));
        fs::write(&pointer, format!("version x\noid {}\nsize 7\n", Digest::of(b"content"))).unwrap();
        std::os::unix::fs::symlink("pointer", &link).unwrap();
        put(&link, folder.path()).unwrap();
        assert!(link.is_symlink());
        assert!(put(&pointer, folder.path()).is_err(), "the store has nothing of it");
    }
}
