//! Git's eyes and hands of a release, with the real git and bare repositories as remotes.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod absence;
#[path = "../clearance_support/mod.rs"]
mod clearance_support;
mod push;
mod remote;
mod support;
mod tag;
mod tags;
mod tap;
