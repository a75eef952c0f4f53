//! Git remotes: bare repositories that real git reaches under the real addresses.

mod bare;
mod command;
mod refs;
mod remotes;
mod spec;

pub(crate) use bare::prime;
pub(crate) use command::Git;
pub use command::SandboxGitError;
pub(crate) use refs::Contents;
pub use refs::TagObject;
pub(crate) use remotes::{Push, Remote, Remotes, Turn};
pub use spec::{DEFAULT_BRANCH, RemoteContent, RemoteSpec};
