//! Whole releases into a private world, with the real git and the real gh.

mod doors;
mod faults;
mod incident;
mod killed;
mod kills;
mod live;
mod prompt;
mod rehearsal;
mod world;
