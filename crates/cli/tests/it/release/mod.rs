//! Whole releases into a private world, with the real git and the real gh.

mod at_the_prompt;
mod commands;
mod doors;
mod expected_files;
mod faults;
pub mod incident;
mod killed;
mod kills;
mod live;
mod prompt;
mod recorded;
mod refusals;
pub mod rehearsal;
pub mod world;
