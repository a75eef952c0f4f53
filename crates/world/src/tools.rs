//! Where a program is: a tool on `PATH`, outside the checkout; a script, by its path in the tree that it runs in.

use gonogo_core::digest::Digest;
use gonogo_core::release::ResolvedTool;
use sha2::{Digest as _, Sha256};
use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Why a tool cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// Nothing of that name is on the search path.
    #[error("`{0}` is not on PATH")]
    Missing(String),
    /// It is there, but only inside the checkout: the project under release does not bring its own judges.
    #[error("`{0}` is on PATH only inside the checkout, at {1}")]
    OnlyInCheckout(String, PathBuf),
    /// There is no such file in the tree.
    #[error("`{0}` is not there")]
    NoFile(String),
    /// It is there, and cannot be read.
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(String, String),
}

/// A program that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// How it is started: an absolute path, links not followed, since some programs are told by it what they are.
    pub path: PathBuf,
    /// What it is: the real file, relative to the tree where it is in there, and its digest.
    pub tool: ResolvedTool,
}

/// Finds what a program of a plan stands for, right before it is started. With a slash it is a path below `root`; without
/// one it is a tool on the search path, and never one inside `checkout`.
pub fn resolve(
    program: &str,
    root: &Path,
    search: &OsStr,
    checkout: Option<&Path>,
) -> Result<Resolved, ToolError> {
    let path = if program.contains('/') { root.join(program) } else { find(program, search, checkout)? };
    let real = path.canonicalize().ok().filter(|real| real.is_file());
    let real = real.ok_or_else(|| ToolError::NoFile(program.to_owned()))?;
    let unreadable = |error: std::io::Error| ToolError::Unreadable(program.to_owned(), error.to_string());
    let digest = digest_file(&real).map_err(unreadable)?;
    let root = root.canonicalize().map_err(unreadable)?;
    let shown = real.strip_prefix(&root).unwrap_or(&real).display().to_string();
    Ok(Resolved { path, tool: ResolvedTool { path: shown, digest, version: None } })
}

/// Finds a program by name on a search path, passing over relative entries and everything inside the checkout.
pub fn find(name: &str, search: &OsStr, checkout: Option<&Path>) -> Result<PathBuf, ToolError> {
    let mut inside = None;
    for folder in std::env::split_paths(search).filter(|folder| folder.is_absolute()) {
        let path = folder.join(name);
        if !is_executable(&path) {
            continue;
        }
        // What cannot be resolved cannot be shown to be outside.
        let Ok(resolved) = path.canonicalize() else { continue };
        if checkout.is_some_and(|checkout| resolved.starts_with(checkout) || path.starts_with(checkout)) {
            inside.get_or_insert(path);
            continue;
        }
        return Ok(path);
    }
    Err(match inside {
        Some(path) => ToolError::OnlyInCheckout(name.to_owned(), path),
        None => ToolError::Missing(name.to_owned()),
    })
}

/// Finds a program on our own `PATH`.
pub fn find_on_path(name: &str, checkout: Option<&Path>) -> Result<PathBuf, ToolError> {
    find(name, &std::env::var_os("PATH").unwrap_or_default(), checkout)
}

/// The digest of a file, read in pieces.
pub fn digest_file(path: &Path) -> std::io::Result<Digest> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(Digest::from_bytes(hasher.finalize().into())),
            count => hasher.update(&chunk[..count]),
        }
    }
}

/// Whether a program is only a proxy for one of several toolchains, such as rustup's proxies and the shims of version
/// managers: a link to a program of another name, the same file as a `rustup` beside it, or a file in `shims`.
pub fn is_toolchain_proxy(name: &str, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let folder = path.parent();
    let in_shims = folder.and_then(Path::file_name).is_some_and(|folder| folder == "shims");
    let resolved = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let links_elsewhere = resolved.file_name().is_some_and(|file| !file.to_string_lossy().starts_with(name));
    let file = |path: &Path| std::fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    let rustup = folder.and_then(|folder| file(&folder.join("rustup")));
    in_shims || links_elsewhere || (rustup.is_some() && rustup == file(path))
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path, name: &str, mode: u32) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        let path = folder.join(name);
        std::fs::write(&path, "").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_tool_inside_the_checkout_is_passed_over() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let own = place(&root.join("checkout/bin"), "judge", 0o755);
        let search = std::env::join_paths([root.join("checkout/bin"), root.join("usr")]).unwrap();
        let checkout = root.join("checkout");
        assert_eq!(
            find("judge", &search, Some(&checkout)),
            Err(ToolError::OnlyInCheckout("judge".into(), own))
        );
        let outside = place(&root.join("usr"), "judge", 0o755);
        assert_eq!(find("judge", &search, Some(&checkout)), Ok(outside));
    }

    #[test]
    fn a_link_to_rustup_and_a_shim_are_proxies_and_a_program_of_its_own_is_none() {
        let root = tempfile::tempdir().unwrap();
        let own = place(root.path(), "cargo", 0o755);
        assert!(!is_toolchain_proxy("cargo", &own));
        let rustup = place(&root.path().join("bin"), "rustup", 0o755);
        let (hard, soft) = (root.path().join("bin/cargo"), root.path().join("rustc"));
        std::fs::hard_link(&rustup, &hard).unwrap();
        std::os::unix::fs::symlink(&rustup, &soft).unwrap();
        assert!(is_toolchain_proxy("cargo", &hard) && is_toolchain_proxy("rustc", &soft));
        assert!(is_toolchain_proxy("node", &place(&root.path().join("shims"), "node", 0o755)));
    }

    #[test]
    fn a_tool_that_is_not_executable_or_on_a_relative_path_is_missing() {
        let root = tempfile::tempdir().unwrap();
        place(root.path(), "judge", 0o644);
        let search = std::env::join_paths([root.path(), Path::new("."), Path::new("")]).unwrap();
        assert_eq!(find("judge", &search, None), Err(ToolError::Missing("judge".into())));
    }
}
