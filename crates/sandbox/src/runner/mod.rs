//! The Actions runner of a private world: what sets workflow runs off, and what carries them out.
//!
//! Invariant: it is bounded in time, and no process of a run outlives it.

mod carry_out;
mod collect;
mod runs;
mod start;
mod workflow;

pub(crate) use start::{Runner, Surroundings};
pub(crate) use workflow::set_off;
pub use workflow::{Artifacts, Trigger, Work, Workflow};
