//! Hands and eyes of gonogo. This crate touches the world and reports what it saw; it judges nothing.

pub mod github;
pub mod process;
pub mod tools;
pub mod tracker;
