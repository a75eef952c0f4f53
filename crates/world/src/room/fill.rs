//! The files of a room: brought to what the commit says, each compared by its content, and only those that differ written.

use super::{Lacking, Room, RoomError, RoomWanted, bring, converted, repository};
use crate::git::told;
use crate::git::{Git, GitError};
use gonogo_core::digest::Digest;
use gonogo_core::ids::CommitId;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a room was filled with.
pub(super) struct Filled {
    pub(super) content: Digest,
    pub(super) files: Vec<PathBuf>,
    pub(super) submodules: Vec<(PathBuf, CommitId)>,
    pub(super) pointers: Vec<String>,
}

/// One file of the index: mode, object, path.
type Entry<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// Fills it.
pub(super) async fn fill(
    git: &Git,
    root: &Path,
    wanted: &RoomWanted<'_>,
    keep_ignored: bool,
) -> Result<Filled, RoomError> {
    git.order(&["read-tree", wanted.commit], None).await?;
    let mut asked = vec!["ls-files", "-s", "-z", "--"];
    let patterns: Vec<String> = wanted.inputs.iter().map(|input| format!(":(top,glob){input}")).collect();
    asked.extend(patterns.iter().map(String::as_str));
    let listed = git.order(&asked, None).await?;
    // Of a part, the attributes are mostly not in it: the whole commit's say which of its files are pointers.
    let mut apart = Vec::new();
    if !wanted.inputs.is_empty() {
        apart = pointers_of(git, wanted.inputs).await?;
        git.order(&["read-tree", "--empty"], None).await?;
        git.order(&["update-index", "-z", "--index-info"], Some(listed.clone())).await?;
    }
    let entries: Vec<Entry<'_>> = listed
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty())
        .map(entry)
        .collect::<Result<_, _>>()?;
    clean(git, root, wanted, keep_ignored).await?;
    // They say how the others are compared and written, so they come first; some that were left over are gone by now.
    let attributes: Vec<&[u8]> = entries
        .iter()
        .filter(|(mode, _, path)| {
            *mode != b"160000" && path.rsplit(|b| *b == b'/').next() == Some(b".gitattributes")
        })
        .map(|(.., path)| *path)
        .collect();
    if !attributes.is_empty() {
        let names: Vec<u8> = attributes.iter().flat_map(|path| path.iter().copied().chain([0])).collect();
        git.order(&["checkout-index", "-f", "-z", "--stdin"], Some(names)).await?;
    }
    // The index was made now, and knows no stamps: every file is read and compared.
    git.order(&["update-index", "-q", "--really-refresh"], None).await?;
    for path in converted::not_as_written(git, root, &attributes).await? {
        repository::remove(&root.join(path))?;
    }
    git.order(&["checkout-index", "-f", "-a", "-u", "-q"], None).await?;
    let pointers = if wanted.inputs.is_empty() { pointers(git, root, &attributes).await? } else { apart };
    let path = |bytes: &[u8]| PathBuf::from(OsStr::from_bytes(bytes));
    let submodule = |(_, object, name): &Entry<'_>| -> Result<_, RoomError> {
        Ok((path(name), told(&String::from_utf8_lossy(object), &["ls-files"])?))
    };
    let (modules, files): (Vec<Entry<'_>>, Vec<Entry<'_>>) =
        entries.iter().copied().partition(|(mode, ..)| *mode == b"160000");
    Ok(Filled {
        content: Digest::of(&listed),
        files: files.iter().map(|(.., name)| path(name)).collect(),
        submodules: modules.iter().map(submodule).collect::<Result<_, _>>()?,
        pointers,
    })
}

fn entry(line: &[u8]) -> Result<Entry<'_>, RoomError> {
    let mut halves = line.splitn(2, |byte| *byte == b'\t');
    let facts: Vec<&[u8]> = halves.next().unwrap_or_default().split(|byte| *byte == b' ').collect();
    match (&facts[..], halves.next()) {
        ([mode, object, _], Some(path)) => Ok((mode, object, path)),
        _ => Err(GitError::nonsense(&["ls-files"]).into()),
    }
}

/// Removes what is neither the commit's nor to be kept.
async fn clean(git: &Git, root: &Path, wanted: &RoomWanted<'_>, keep_ignored: bool) -> Result<(), RoomError> {
    let mut asked: Vec<String> = vec!["clean".into(), "-ffdq".into()];
    if !keep_ignored {
        asked.push("-x".into());
    }
    let brought = wanted.bring.iter().filter(|_| keep_ignored);
    for path in wanted.caches.iter().chain(brought) {
        asked.extend(["-e".to_owned(), format!("/{}", literal(path))]);
    }
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    match git.order(&asked, None).await {
        Ok(_) => Ok(()),
        Err(GitError::Cancelled) => Err(GitError::Cancelled.into()),
        Err(_) => {
            repository::loosen(root);
            git.order(&asked, None).await.map(|_| ()).map_err(RoomError::from)
        }
    }
}

/// A path as a pattern of gitignore(5) that fits it alone.
fn literal(path: &str) -> String {
    let escaped = |c: char| if r"\*?[ ".contains(c) { vec!['\\', c] } else { vec![c] };
    bring::plain(path).to_string_lossy().chars().flat_map(escaped).collect()
}

/// What the commit has in the folders that something is brought into: its files, links and submodules.
pub(super) async fn own(git: &Git, wanted: &RoomWanted<'_>) -> Result<BTreeSet<PathBuf>, RoomError> {
    let places = wanted.bring.iter().map(|path| bring::plain(path));
    let tops: BTreeSet<String> = places
        .filter_map(|path| Some(path.components().next()?.as_os_str().to_string_lossy().into_owned()))
        .collect();
    if tops.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut asked = vec!["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", "--name-only"];
    asked.push(wanted.commit);
    asked.push("--");
    asked.extend(tops.iter().map(String::as_str));
    let listed = git.order(&asked, None).await?;
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| PathBuf::from(OsStr::from_bytes(name))).collect())
}

/// Files whose content is kept elsewhere: a room has no program that would fetch it.
async fn pointers(git: &Git, root: &Path, attributes: &[&[u8]]) -> Result<Vec<String>, RoomError> {
    if !converted::said(root, attributes)?.contains("filter=lfs") {
        return Ok(Vec::new());
    }
    listed(git, &[":(top,attr:filter=lfs)".to_owned()]).await
}

/// The same of a part of the index, by what its own attributes say.
async fn pointers_of(git: &Git, inputs: &[String]) -> Result<Vec<String>, RoomError> {
    if listed(git, &[":(top,glob)**/.gitattributes".to_owned()]).await?.is_empty() {
        return Ok(Vec::new());
    }
    let patterns: Vec<String> =
        inputs.iter().map(|input| format!(":(top,glob,attr:filter=lfs){input}")).collect();
    listed(git, &patterns).await
}

async fn listed(git: &Git, patterns: &[String]) -> Result<Vec<String>, RoomError> {
    let mut asked = vec!["ls-files", "-z", "--"];
    asked.extend(patterns.iter().map(String::as_str));
    let listed = git.order(&asked, None).await?;
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

impl Room {
    /// Fills the folders of submodules, each from where the checkout keeps it, at the commit that this one names.
    pub(super) async fn submodules(
        &mut self,
        submodules: Vec<(PathBuf, CommitId)>,
        modules: &[PathBuf],
        keep_ignored: bool,
    ) -> Result<(), RoomError> {
        let root = self.root.clone();
        let mut waiting = vec![(PathBuf::new(), root, self.git.clone(), submodules, modules.to_vec())];
        while let Some((prefix, above, git, submodules, modules)) = waiting.pop() {
            if submodules.is_empty() {
                continue;
            }
            let names = names(&git, &above).await?;
            for (path, commit) in submodules {
                let shown = prefix.join(&path);
                let name = names.get(&path);
                let kept = name.and_then(|name| {
                    modules
                        .iter()
                        .map(|folder| folder.join(name))
                        .find(|folder| folder.join("objects").is_dir())
                });
                let filled = match &kept {
                    Some(kept) => self.submodule(&above.join(&path), kept, &commit, keep_ignored).await,
                    None => Ok(None),
                };
                let Some(filled) = filled? else {
                    let what = format!("the submodule {} is not here at {commit}", shown.display());
                    let remedy = format!("git submodule update --init --recursive -- {}", shown.display());
                    self.lacking.push(Lacking { what, remedy });
                    continue;
                };
                self.files.extend(filled.files.iter().map(|file| shown.join(file)));
                self.pointers
                    .extend(filled.pointers.iter().map(|file| format!("{}/{file}", shown.display())));
                let below = kept.iter().map(|kept| kept.join("modules")).collect();
                let root = above.join(&path);
                let git = self.git.of_own(&root.join(".git"), &root);
                waiting.push((shown, root, git, filled.submodules, below));
            }
        }
        Ok(())
    }

    /// One of them; `None` where its commit is not here.
    async fn submodule(
        &self,
        root: &Path,
        kept: &Path,
        commit: &CommitId,
        keep_ignored: bool,
    ) -> Result<Option<Filled>, RoomError> {
        repository::real_folder(root)?;
        let git_dir = root.join(".git");
        let git = self.git.of_own(&git_dir, root);
        let source =
            repository::Source { objects: kept.join("objects"), shallow: kept.join("shallow"), tags: &[] };
        repository::make(&git, &git_dir, &source, commit).await?;
        if git.commit_of(commit).await.ok().flatten().is_none() {
            repository::remove(&git_dir)?;
            return Ok(None);
        }
        let wanted = RoomWanted { name: "", commit, inputs: &[], bring: &[], caches: &[], lfs: false };
        fill(&git, root, &wanted, keep_ignored).await.map(Some)
    }
}

/// The names of submodules, by their paths, as the commit has them.
async fn names(git: &Git, root: &Path) -> Result<BTreeMap<PathBuf, String>, RoomError> {
    if !root.join(".gitmodules").is_file() {
        return Ok(BTreeMap::new());
    }
    let asked = ["config", "--file", ".gitmodules", "-z", "--get-regexp", r"^submodule\..*\.path$"];
    let listed = git.order(&asked, None).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&listed).into_owned();
    let pairs = text.split('\0').filter_map(|pair| {
        let (key, path) = pair.split_once('\n')?;
        let name = key.strip_prefix("submodule.")?.strip_suffix(".path")?;
        // A name is a folder below the checkout's modules, and nowhere else.
        let plain = !name.split('/').any(|part| part == ".." || part.is_empty());
        plain.then(|| (PathBuf::from(path), name.to_owned()))
    });
    Ok(pairs.collect())
}
