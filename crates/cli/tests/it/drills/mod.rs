//! Drills: an agent that has the skill's folder and the program, and nothing else, in a private world. It runs the
//! commands that SKILL.md names, in its order, and decides from their JSON documents alone.

mod agent;
mod clean;
mod held;
mod out;
