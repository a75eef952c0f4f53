//! The real program, end to end, in a cleared environment and a folder of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, starts the program itself, and tells the seed it used"
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
