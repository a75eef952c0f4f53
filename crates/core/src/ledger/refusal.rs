//! Why a ledger is not read. Two kinds that are never taken for each other: what was changed, and what is newer.

use super::FORMAT;

/// A ledger that is not read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotRead {
    /// It was changed, cut or lost.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It is whole, and a newer program's.
    #[error(transparent)]
    Newer(#[from] Newer),
}

/// A ledger that failed verification. A hard stop: nothing repairs this.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Broken {
    /// A line is not a record, or not spelled as it was written.
    #[error("line {line} is not as it was written: {why}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
    /// A line does not follow from the one before it.
    #[error("line {line} does not follow from the line before it")]
    Chain {
        /// The line, from 1.
        line: u64,
    },
    /// Records that were known to be on disk are gone or changed.
    #[error("the anchor knows {known} records, and the ledger does not hold them as they were")]
    Cut {
        /// How many records the anchor knows.
        known: u64,
    },
    /// The anchor is not one.
    #[error("the anchor is not as it was written: {0}")]
    Anchor(String),
    /// There are records, and no anchor.
    #[error("the ledger has records and its anchor is gone")]
    NoAnchor,
}

/// A ledger whose chain is whole, and which holds what this program does not know. Nothing is wrong with it.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum Newer {
    /// A line is of a format that asks for another reader, or another writer.
    #[error("line {line} is of format {format}, and this program is of format {FORMAT}")]
    Format {
        /// The line, from 1.
        line: u64,
        /// Its format.
        format: u32,
    },
    /// A line names something that is not known here.
    #[error("line {line} holds what this program does not know: {what}")]
    Content {
        /// The line, from 1.
        line: u64,
        /// What that is.
        what: String,
    },
    /// The anchor holds more than this program knows.
    #[error("the anchor holds what this program does not know: {0}")]
    Anchor(String),
}
