//! Whether there is a Python at all that a version's files are for (`requires-python`, PEP 503 and PEP 345).
//!
//! Invariant: what cannot be read keeps nobody out: pip passes over such a statement too.

use super::Indexed;
use gonogo_core::delivery::Told;
use pep440_rs::{Version, VersionSpecifiers};
use std::str::FromStr;

/// The highest minor version of Python 3 that is thought of: many years of releases.
const FAR: u64 = 60;

/// Whether pip of any Python would take one of the files.
pub(super) fn met(files: &[Indexed]) -> Told {
    let asked: Option<Vec<&str>> = files.iter().map(|file| file.requires_python.as_deref()).collect();
    match asked.filter(|asked| !asked.is_empty() && asked.iter().all(|asked| !is_met(asked))) {
        Some(asked) => Told::No { said: format!("no Python is `{}`, which its files ask for", asked[0]) },
        None => Told::Yes,
    }
}

fn is_met(asked: &str) -> bool {
    let Ok(asked) = VersionSpecifiers::from_str(asked) else { return true };
    let minors = (0..=FAR).map(|minor| vec![3, minor]).chain([vec![2, 7]]);
    let mut patches =
        minors.flat_map(|minor| [0, 1, 5, 20, 99].map(|patch| [minor.clone(), vec![patch]].concat()));
    patches.any(|release| asked.contains(&Version::new(release)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_python_meets_is_told_from_what_some_do() {
        for asked in [">=3.8", ">=2.7, !=3.0.*, <4", "==3.11.*", "~=3.9", "", ">=3.8,", "not a version"] {
            assert!(is_met(asked), "{asked}");
        }
        for asked in [">=99", "<2", ">=3.9, <3.8", "==2.6.*"] {
            assert!(!is_met(asked), "{asked}");
        }
    }
}
