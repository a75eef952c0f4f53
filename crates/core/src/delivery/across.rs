//! Channels held against each other: what has one name has one content, and one release has one commit.
//!
//! Invariant: only what two channels both say is compared, and only files that are known to be the same one: two packages of
//! one channel may each have a file of one name. Where one says nothing, nothing follows.

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
    let mut files: BTreeMap<String, Vec<(usize, &Expected, Checksum)>> = BTreeMap::new();
    let mut commits = Vec::new();
    for (place, expected, facts) in live {
        for file in &facts.files {
            let name = expected.channel.rules().shared_name(expected, &file.name);
            if let (Some(name), Some(digest)) = (name, file.checksums().remove(&Algorithm::Sha256)) {
                files.entry(name).or_default().push((place, expected, digest));
            }
        }
        if let Some(origin) = &facts.origin {
            commits.push((place, expected, &origin.commit));
        }
    }
    for (name, served) in files {
        for (place, expected, digest) in &served {
            let differs = |(_, other, theirs): &&(usize, &Expected, Checksum)| {
                other.channel != expected.channel && theirs != digest
            };
            if let Some((_, other, theirs)) = served.iter().find(differs) {
                let said = format!("{name} is {digest} here, and {theirs} on {}", named(other));
                problems[*place].push(Problem { code: ProblemCode::Contradiction, said });
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
