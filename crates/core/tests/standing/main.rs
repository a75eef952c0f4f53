//! The one next command, followed from every place that a small model of a release can be in.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod commands;
mod deeds;
mod loops;
mod model;
mod walk;
