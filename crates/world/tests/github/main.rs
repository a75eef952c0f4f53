//! gonogo's GitHub code with the real gh, two generations of it, against a stand-in on a unix socket.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod auth;
mod ci;
mod errors;
mod issues;
mod support;
