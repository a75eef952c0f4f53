//! Files of a project that steer the tools which judge it: what of them came, changed or is gone since the base.
//!
//! Invariant: what cannot be read as what it is counts whole, so that a file that is not understood is shown too much of and never
//! too little.

mod catalogue;
mod go;
mod manifest;
mod part;

use crate::digest::Digest;
use catalogue::{Steer, steer};
use part::Part;
use std::collections::{BTreeMap, BTreeSet};

/// What is in files of a commit that may steer a tool, by their paths.
pub type SteeringFiles = BTreeMap<String, Vec<u8>>;

/// How a file stands to the base's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// There is no base: it is there.
    Ever,
    /// The base does not have it, or has nothing in it that steers.
    Came,
    /// What steers in it is another.
    Changed,
    /// The commit does not have it any more, or nothing in it that steers.
    Gone,
}

/// One file that steers a tool, and is not as it was in the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steering {
    /// Its path, relative to the repository's root.
    pub path: String,
    /// How it stands to the base's.
    pub since: Since,
    /// What it does, in words.
    pub does: String,
    /// The digest of what steered in the base's.
    pub before: Option<Digest>,
    /// The digest of what steers in it.
    pub after: Option<Digest>,
}

impl Steering {
    /// In one line. `base` is the base's tag.
    pub fn line(&self, base: Option<&str>) -> String {
        let Self { path, does, .. } = self;
        let base = base.unwrap_or("the base");
        match self.since {
            Since::Ever => format!("{path}: {does}"),
            Since::Came => format!("{path} came since {base}: {does}"),
            Since::Changed => format!("{path} changed since {base}: {does}"),
            Since::Gone => format!("{path} is gone since {base}: {does}"),
        }
    }
}

/// Whether a file of this name may steer a tool.
pub fn may_steer(path: &str) -> bool {
    steer(path).is_some()
}

/// The paths at which a file that steers a tool would stand, were this path a link to a folder.
pub fn behind_folder(path: &str) -> Vec<String> {
    catalogue::behind_folder(path)
}

/// What differs between the files of a commit and those of its base; all that there is where there is no base. Files that are the same in
/// both may be left out.
pub fn steering(now: &SteeringFiles, base: Option<&SteeringFiles>) -> Vec<Steering> {
    let paths: BTreeSet<&String> = now.keys().chain(base.into_iter().flat_map(BTreeMap::keys)).collect();
    let differing = paths.into_iter().filter_map(|path| {
        let steer = steer(path)?;
        let of = |files: &SteeringFiles| files.get(path).and_then(|bytes| steer.part.of(bytes));
        let given_up = || steer.part.given_up(base?.get(path)?, now.get(path)?);
        let after = [of(now), given_up()].into_iter().flatten().reduce(|part, more| part + "\n" + &more);
        differing(path, steer, after, base.map(of))
    });
    differing.collect()
}

fn differing(
    path: &str,
    steer: &Steer,
    after: Option<String>,
    before: Option<Option<String>>,
) -> Option<Steering> {
    let since = match (&before, &after) {
        (None, None) => return None,
        (None, Some(_)) => Since::Ever,
        (Some(before), after) if before == after => return None,
        (Some(None), _) => Since::Came,
        // Whoever hides less has nothing to explain.
        (Some(Some(_)), None) if steer.part == Part::Ignores => return None,
        (Some(Some(_)), None) => Since::Gone,
        (Some(Some(_)), Some(_)) => Since::Changed,
    };
    let before = before.flatten();
    let shown = after.as_deref().or(before.as_deref()).and_then(|part| steer.part.shown(part));
    let does = match shown {
        Some(shown) => format!("{} ({shown})", steer.does),
        None => steer.does.to_owned(),
    };
    let digest = |part: &String| Digest::of(part.as_bytes());
    let (before, after) = (before.as_ref().map(digest), after.as_ref().map(digest));
    Some(Steering { path: path.to_owned(), since, does, before, after })
}
