//! The sample is released to registries that nobody here wrote, by the real clients, and then one thing at a time is
//! broken there: in what they store, by their own commands, and on the way to them.

mod cargo;
mod devpi;
mod faults;
mod npm;
mod pypiserver;
mod relay;
mod release;
mod server;
mod way;
