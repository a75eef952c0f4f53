//! The private world with the real cargo, npm, twine, pip, uv, go, git and gh.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cargo;
mod go;
mod npm;
mod pypi;
mod remotes;
mod runner;
mod sample;
mod support;
