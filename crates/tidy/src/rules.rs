//! The rules: each is a function from files to breaches.

pub mod dependencies;
pub mod hosts;
pub mod lengths;
pub mod links;
pub mod names;
pub mod reach;
pub mod rings;
