//! The readers, on captured outputs of the real tools and on outputs made to deceive them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod clean;
mod corpus;
mod deceit;
mod docs;
mod each;
mod fixtures;
mod healthy;
mod liars;
mod meta;
mod nested;
mod newcomers;
mod properties;
mod told;
