//! Where a release stands, and the one next command.
//!
//! Invariant: both are decided here and nowhere else, from the ledger and from what a caller has seen. Boards, documents
//! and exit codes only show them. Following the next command leads to go, to delivered, or to a thing that only a
//! person can do, and never twice through the same place.

mod decide;
mod given;
mod live;
mod next;
mod refused;
mod rehearsal;
mod seen;
mod stop;
mod words;

pub use decide::{Held, Position, ReleaseState};
pub use given::{Given, Verb};
pub use next::{Duty, NextKind, WhatNext};
pub use rehearsal::{Halt, RehearsalState};
pub use seen::{Blockers, Folded, Readiness, Releasing, Seen};
pub use stop::{after_look, after_stop};
