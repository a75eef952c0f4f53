//! Measures two builds of one project side by side: runs in a drawn order, what the host did meanwhile.
//!
//! Invariant: it says what was seen and judges nothing; a run that did not end well is an error, never a value.

mod host;
mod order;
mod runs;
mod side;

pub use host::HostWatch;
pub use order::OrderDraws;
pub use runs::{BenchProgram, RunError};
pub use side::Side;
