//! The release manifest: every file that was built for a release, by name, size and digest.
//!
//! Invariant: names are plain file names, each there once. What a channel serves is compared with this and with
//! nothing that was built again.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file that was built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuiltFile {
    /// Its name, without any folder.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The digest of its content.
    pub digest: Digest,
}

/// Every file that was built for one release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<BuiltFile>", into = "Vec<BuiltFile>")]
pub struct Manifest(BTreeMap<String, BuiltFile>);

/// Why some files are not a manifest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAManifest {
    /// A name is there twice: one of the two would hide the other.
    #[error("`{0}` was built twice")]
    Twice(String),
    /// A name that is not a plain file name.
    #[error("`{0}` is not a plain file name")]
    NotAName(String),
}

impl Manifest {
    /// The manifest of some files, in any order.
    pub fn new(files: impl IntoIterator<Item = BuiltFile>) -> Result<Self, NotAManifest> {
        let mut all = BTreeMap::new();
        for file in files {
            let is_plain = !matches!(file.name.as_str(), "" | "." | "..")
                && !file.name.contains(|c: char| matches!(c, '/' | '\\') || c.is_control());
            if !is_plain {
                return Err(NotAManifest::NotAName(file.name));
            }
            if let Some(twice) = all.insert(file.name.clone(), file) {
                return Err(NotAManifest::Twice(twice.name));
            }
        }
        Ok(Self(all))
    }

    /// The files, by name.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &BuiltFile> {
        self.0.values()
    }

    /// A file by its name.
    pub fn get(&self, name: &str) -> Option<&BuiltFile> {
        self.0.get(name)
    }

    /// Whether nothing was built.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<BuiltFile>> for Manifest {
    type Error = NotAManifest;

    fn try_from(files: Vec<BuiltFile>) -> Result<Self, NotAManifest> {
        Self::new(files)
    }
}

impl From<Manifest> for Vec<BuiltFile> {
    fn from(manifest: Manifest) -> Self {
        manifest.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> BuiltFile {
        BuiltFile {
            name: name.to_owned(),
            bytes: content.len() as u64,
            digest: Digest::of(content.as_bytes()),
        }
    }

    #[test]
    fn a_name_that_is_there_twice_is_refused_even_with_equal_content() {
        assert_eq!(Manifest::new([file("a", "x"), file("a", "x")]), Err(NotAManifest::Twice("a".to_owned())));
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        for name in ["", ".", "..", "a/b", "../a", "a\\b", "a\nb"] {
            assert!(matches!(Manifest::new([file(name, "x")]), Err(NotAManifest::NotAName(_))), "{name:?}");
        }
    }

    #[test]
    fn the_order_of_files_does_not_matter_and_survives_a_round_trip() {
        let one = Manifest::new([file("a", "x"), file("b", "y")]).unwrap();
        let other = Manifest::new([file("b", "y"), file("a", "x")]).unwrap();
        assert_eq!(one, other);
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), one);
        assert!(serde_json::from_str::<Manifest>(&text.replace("\"b\"", "\"a\"")).is_err());
    }
}
