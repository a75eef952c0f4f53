//! Channels held against each other: what has one name has one content, and one release has one commit.
//!
//! Invariant: only what two channels both say is compared. Where one says nothing, nothing follows.

use super::checksum::{Algorithm, Checksum};
use super::expected::Expected;
use super::problem::{Problem, ProblemCode};
use super::sighting::{Served, Sighting};
use std::collections::BTreeMap;

/// What is wrong with each of some packages, in their order, by what the others say.
pub fn across(seen: &[(&Expected, &Sighting)]) -> Vec<Vec<Problem>> {
    let mut problems: Vec<Vec<Problem>> = seen.iter().map(|_| Vec::new()).collect();
    let live: Vec<(usize, &Expected, &Served)> = seen
        .iter()
        .enumerate()
        .filter_map(|(place, (expected, seen))| match seen {
            Sighting::Live(facts) => Some((place, *expected, &**facts)),
            _ => None,
        })
        .collect();
    let mut files: BTreeMap<&str, Vec<(usize, &Expected, Checksum)>> = BTreeMap::new();
    let mut commits = Vec::new();
    for (place, expected, facts) in live {
        for file in &facts.files {
            if let Some(digest) = file.checksums().remove(&Algorithm::Sha256) {
                files.entry(&file.name).or_default().push((place, expected, digest));
            }
        }
        if let Some(origin) = &facts.origin {
            commits.push((place, expected, &origin.commit));
        }
    }
    for (name, served) in files {
        for (place, _, digest) in &served {
            if let Some((_, other, theirs)) = served.iter().find(|(_, _, other)| other != digest) {
                let said = format!("{name} is {digest} here, and {theirs} on {}", named(other));
                problems[*place].push(Problem { code: ProblemCode::BytesDiffer, said });
            }
        }
    }
    // Where the release's commit is known, each was held against it already.
    for (place, _, commit) in commits.iter().filter(|(_, expected, _)| expected.commit.is_none()) {
        if let Some((_, other, theirs)) = commits.iter().find(|(_, _, other)| other != commit) {
            let said = format!("it was built from {commit}, and {} is of {theirs}", named(other));
            problems[*place].push(Problem { code: ProblemCode::WrongCommit, said });
        }
    }
    problems
}

fn named(expected: &Expected) -> String {
    format!("{} {}", expected.channel, expected.package)
}
