//! The ground of the project under release: no judge comes from there.

use gonogo_world::git::Git;
use gonogo_world::process::Environment;
use gonogo_world::room;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

/// Variables that lead to where something is made, and not to where something comes from.
const OUTPUT: [&str; 5] = ["PATH", "TMPDIR", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "GOCACHE"];

/// The folders that hold what is judged: the checkout, its git folder, and every clean room.
#[derive(Clone, Debug)]
pub struct Ground(Vec<PathBuf>);

impl Ground {
    /// Of a checkout.
    pub fn of(git: &Git) -> Self {
        let Self(mut folders) = Self::at(git.root());
        folders.extend(real(git.common_dir()));
        Self(folders)
    }

    /// Of a folder that is known to be a checkout's root.
    pub fn at(root: &Path) -> Self {
        Self(
            [Some(root.to_owned()), real(root), room::home(), room::home().and_then(|home| real(&home))]
                .into_iter()
                .flatten()
                .collect(),
        )
    }

    /// Whether a path leads in: as it is spelled, or where its links and `..` lead. What cannot be followed is not known to.
    pub fn holds(&self, path: &Path) -> bool {
        let inside = |path: &Path| self.0.iter().any(|folder| path.starts_with(folder));
        inside(path) || inside(&without_dots(path)) || real(path).is_some_and(|path| inside(&path))
    }

    /// The entries of a search path that lead in.
    pub fn entries<'a>(&'a self, search: &'a OsStr) -> impl Iterator<Item = PathBuf> + 'a {
        std::env::split_paths(search).filter(|folder| folder.is_absolute() && self.holds(folder))
    }

    /// A variable that leads in, by which the project would bring its own judge: its name and the path.
    pub fn led_in(&self, environment: &Environment) -> Option<(String, PathBuf)> {
        environment.names().filter(|name| OUTPUT.iter().all(|one| name != one)).find_map(|name| {
            let name = name.to_str()?;
            let value = environment.get(name)?;
            let path = std::env::split_paths(value).find(|path| path.is_absolute() && self.holds(path))?;
            Some((name.to_owned(), path))
        })
    }
}

fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

/// A path with its `..` taken literally.
fn without_dots(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            part => path.push(part),
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_in_by_its_name_by_dots_and_by_links() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repo");
        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::os::unix::fs::symlink(root.join("bin"), folder.path().join("link")).unwrap();
        let ground = Ground::at(&root);
        for inside in ["repo/bin", "bin/../repo/bin", "link", "repo/not-there-yet"] {
            assert!(ground.holds(&folder.path().join(inside)), "{inside}");
        }
        for outside in ["bin", "repository", "repo/../bin"] {
            assert!(
                !ground.holds(&folder.path().join(outside).canonicalize().unwrap_or_default()),
                "{outside}"
            );
        }
        let search = std::env::join_paths([folder.path().join("link"), folder.path().join("bin")]).unwrap();
        assert_eq!(ground.entries(&search).collect::<Vec<_>>(), [folder.path().join("link")]);
        let environment =
            |name: &str| Environment::allowing(std::iter::empty()).with(name, folder.path().join("link"));
        for name in ["CARGO_HOME", "npm_config_userconfig", "PYTHONPATH"] {
            assert_eq!(ground.led_in(&environment(name)).map(|(name, _)| name).as_deref(), Some(name));
        }
        assert_eq!(ground.led_in(&environment("TMPDIR")), None);
    }
}
