//! The engine of gonogo: wires rules and world together. Context, preconditions, poll, mechanics, delivery; typed outcomes
//! and events out. Every front end stands on it; it shows nothing, and it decides nothing that `gonogo_core` decides.

pub mod blockers;
pub mod causes;
pub mod context;
pub mod delivery;
mod earlier_tracker;
pub mod failure;
pub mod github;
pub mod launch;
pub mod poll;
pub mod preflight;
pub mod rehearsal;
pub mod release;
pub mod reviewed;
pub mod reviewers;
pub mod run;
pub mod standing;
mod tags;
pub mod tracker;
