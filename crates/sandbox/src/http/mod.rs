//! What every stand-in is built from: requests and replies, the server, the faults, digests and archives.

pub mod archive;
pub(crate) mod digest;
pub mod fault;
pub mod request;
pub(crate) mod server;
