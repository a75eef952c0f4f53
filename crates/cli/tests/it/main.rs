//! The real program, end to end, in a cleared environment and a folder of its own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and starts the program itself"
)]

mod bounds;
mod poll;
mod support;
