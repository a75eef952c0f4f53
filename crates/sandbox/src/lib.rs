//! A private world for gonogo: stand-ins that the real, unmodified tools talk to, on loopback and unix sockets only,
//! and a sample project to release.

pub mod github;
pub mod sample;
