//! What a poll tells its front end while it goes.

use super::PollReport;
use crate::context::Context;
use gonogo_core::ledger::CheckFinished;

/// What happens in a poll.
pub enum PollEvent<'a> {
    /// The poll of this context begins.
    Begins(&'a Context),
    /// A check starts.
    Started {
        /// Its gate.
        gate: u32,
        /// Its name within the gate.
        check: &'a str,
    },
    /// A check has ended, or its earlier evidence is used again.
    Finished(&'a CheckFinished),
    /// Something that a person should know.
    Note(&'a str),
    /// All checks have ended.
    Ends,
    /// This is what the poll came to.
    Came(&'a Context, &'a PollReport),
}

/// Watches a poll as it goes.
pub trait PollWatch {
    /// Something happened.
    fn poll(&mut self, event: PollEvent<'_>);
}
