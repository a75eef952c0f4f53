//! A private world for gonogo: stand-ins that the real, unmodified tools talk to, on loopback and unix sockets only.

pub mod github;
