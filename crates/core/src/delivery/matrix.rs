//! Every version of a project on every channel: holes, withdrawals, and what could not be told.
//!
//! Invariant: a cell is empty only where the channel's index was read and does not have the version.

use super::channel::Channel;
use super::sighting::Withdrawn;
use crate::verdict::{Outcome, Reason};
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

/// What was read of one package on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The channel.
    pub channel: Channel,
    /// The package.
    pub package: String,
    /// Its versions as the channel spells them, each with what withdraws it, or what is wrong with it; or why there is
    /// no answer.
    pub versions: Result<Vec<(String, Result<Vec<Withdrawn>, String>)>, (Reason, String)>,
}

/// One version on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Cell {
    /// There.
    Live,
    /// There, and kept from users.
    Withdrawn,
    /// Not there, by the channel's own word.
    Absent,
    /// There, and without one meaning.
    Conflict,
    /// Not told.
    Unknown,
}

/// One version on every channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// The version.
    pub version: String,
    /// What each column has, in their order.
    pub cells: Vec<Cell>,
}

/// Versions and channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Matrix {
    /// Channel and package of each column.
    pub columns: Vec<(Channel, String)>,
    /// Each version, the newest first.
    pub rows: Vec<Row>,
    /// Versions that a channel spells in a way that no other channel could, with the channel.
    pub foreign: Vec<(Channel, String)>,
}

/// Puts what was read of every channel together. `known` are versions that ought to be there, such as those of tags.
pub fn matrix(columns: &[Column], known: &[Version]) -> Matrix {
    let mut versions: Vec<Version> = known.to_vec();
    let mut foreign = Vec::new();
    // A spelling that says little of how others write a version comes last.
    for is_loose in [false, true] {
        let spells = |column: &&Column| column.channel.rules().spells_loosely() == is_loose;
        for column in columns.iter().filter(spells) {
            for (served, _) in column.versions.iter().flatten() {
                if versions.iter().any(|version| column.channel.is_version(served, version)) {
                    continue;
                }
                match column.channel.read(served) {
                    Some(version) => versions.push(version),
                    None => foreign.push((column.channel, served.clone())),
                }
            }
        }
    }
    versions.sort_unstable_by(|one, other| other.cmp(one));
    versions.dedup();
    let rows = versions.iter().map(|version| Row {
        version: version.to_string(),
        cells: columns.iter().map(|column| cell(column, version)).collect(),
    });
    let named = columns.iter().map(|column| (column.channel, column.package.clone()));
    Matrix { columns: named.collect(), rows: rows.collect(), foreign }
}

fn cell(column: &Column, version: &Version) -> Cell {
    let Ok(versions) = &column.versions else { return Cell::Unknown };
    let mut found = versions.iter().filter(|(served, _)| column.channel.is_version(served, version));
    match (found.next(), found.next()) {
        (None, _) => Cell::Absent,
        (Some(_), Some(_)) | (Some((_, Err(_))), None) => Cell::Conflict,
        (Some((_, Ok(withdrawn))), None) if withdrawn.is_empty() => Cell::Live,
        (Some((_, Ok(_))), None) => Cell::Withdrawn,
    }
}

impl Matrix {
    /// Passed where every version is live on every channel; an empty matrix shows nothing.
    pub fn outcome(&self) -> Outcome {
        let cells = || self.rows.iter().flat_map(|row| &row.cells);
        if cells().any(|cell| matches!(cell, Cell::Withdrawn | Cell::Absent | Cell::Conflict)) {
            return Outcome::Failed;
        }
        if cells().any(|cell| *cell == Cell::Unknown) {
            return Outcome::Incomplete(Reason::Unreachable);
        }
        if cells().next().is_none() { Outcome::Incomplete(Reason::NothingExamined) } else { Outcome::Passed }
    }
}
