//! Registries as observers: served by scripts on loopback, and for real where the registries are reached.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod again;
mod attested;
mod brew;
mod faults;
mod github;
mod homebrew;
#[path = "../told_support/listener.rs"]
mod listener;
mod real;
mod server;
mod shop;
mod support;
mod told;
