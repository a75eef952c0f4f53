//! Whole releases into a private world, with the real git and the real gh.

mod doors;
mod faults;
mod live;
mod rehearsal;
mod world;
