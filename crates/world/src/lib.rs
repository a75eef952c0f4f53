//! Hands and eyes of gonogo. This crate touches the world and reports what it saw; it judges nothing.

pub mod bench;
pub mod clock;
pub mod git;
pub mod github;
pub mod http;
pub mod ledger;
pub mod process;
pub mod registry;
pub mod room;
pub mod runner;
pub mod ssh;
pub mod there;
pub mod tools;
pub mod tracker;
pub mod unpack;
#[cfg(doctest)]
mod without_clearance;
