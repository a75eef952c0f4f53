//! A private world for gonogo: stand-ins that the real, unmodified tools talk to, on loopback and unix sockets only,
//! and a sample project to release.

mod git;
pub mod github;
mod http;
mod journal;
mod port;
mod program;
pub mod registry;
mod runner;
pub mod sample;
pub mod world;

pub use http::archive::File;
pub use http::fault::{Fault, FaultKind, Matcher};
pub use http::request::{ReceivedRequest, Reply};
pub use journal::{JournalEntry, Service};
pub use port::KeptPort;
pub use program::write_program;
pub use runner::{Artifacts, Trigger, Work, Workflow};
pub use world::{PrivateWorld, Spec, WorldError};
