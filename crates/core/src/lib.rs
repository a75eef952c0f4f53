//! The rules of gonogo. This crate decides and touches nothing: no network, process, clock, file or async.
//!
//! Data flows one way: a [`plan`] and observations of the world come in, verdicts, reconciliation plans and
//! ledger records go out.

pub mod baseline;
pub mod basis;
pub mod bench;
pub mod blocker;
pub mod canonical;
pub mod ci;
pub mod clearance;
pub mod delivery;
pub mod digest;
pub mod door;
pub mod evidence;
#[cfg(doctest)]
mod forged;
pub mod gate;
pub mod ids;
pub mod judge;
pub mod ledger;
pub mod manifest;
pub mod mechanics;
pub mod pattern;
pub mod plan;
mod problems;
pub mod program;
pub mod readers;
pub mod redact;
pub mod release;
pub mod review;
pub mod reviewers;
pub mod roster;
pub mod sshsig;
pub mod standing;
pub mod stats;
pub mod strict_json;
pub mod text;
pub mod verdict;
pub mod versions;
pub mod workflow;
