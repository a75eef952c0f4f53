//! Whole releases into a private world, with the real git and the real gh.

mod doors;
mod live;
mod rehearsal;
mod world;
