//! gonogo's GitHub code with the real gh, two generations of it, against a stand-in on a unix socket.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod actions;
mod approvals;
mod artifacts;
mod auth;
mod ci;
#[path = "../clearance_support/mod.rs"]
mod clearance_support;
mod dispatch;
mod errors;
mod faults;
mod issues;
mod probe;
mod releases;
mod support;
