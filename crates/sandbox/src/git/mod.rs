//! Git remotes: bare repositories that real git reaches under the real addresses.

mod bare;
mod command;
mod refs;
mod remotes;

pub(crate) use bare::prime;
pub(crate) use command::Git;
pub use command::GitError;
pub(crate) use remotes::{Push, Remote, Remotes};
