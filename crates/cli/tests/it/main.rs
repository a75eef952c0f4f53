//! The real program, end to end, in a cleared environment and a folder of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and starts the program itself"
)]

mod bad_input;
mod bad_ledger;
mod crash;
mod ergo;
mod ergos;
mod missing_tools;
mod order;
mod poll;
mod signals;
mod support;
