//! The GitHub stand-in with the real gh, two generations of it: what release mechanics ask for, and what goes wrong.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approvals;
mod artifacts;
mod dispatches;
mod faults;
mod releases;
mod runs;
mod support;
mod tags;
