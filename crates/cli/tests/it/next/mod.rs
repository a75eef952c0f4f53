//! The one next command of the real program, followed by its JSON alone: to go, to delivered, or to a thing that only a
//! person can do, and never twice to the same place.

pub mod follower;
mod gates;
mod mechanics;
mod rehearsal;
mod truth;
