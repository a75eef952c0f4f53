//! What this host says: the folder that we are in, who we are, and what of our environment is secret.

use crate::failure::{Failure, FailureKind};
use gonogo_core::redact::Redactor;
use gonogo_core::release::Agent;
use gonogo_world::git::Git;
use gonogo_world::process::{self, Cancel};
use std::path::PathBuf;
use std::sync::Arc;

/// Opens the checkout that we are in.
pub async fn open_checkout(cancel: Cancel) -> Result<Git, Failure> {
    Ok(Git::open(&current_folder()?, cancel).await?)
}

/// The folder that we are in.
pub fn current_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::usage(format!("cannot tell the current folder: {error}")))
}

/// The agent that was given, or the user at this host.
pub fn agent(given: Option<Agent>) -> Result<Agent, Failure> {
    if let Some(agent) = given {
        return Ok(agent);
    }
    let user =
        std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    format!("{user}@{}", host_name()).parse().map_err(|error| {
        Failure::usage(format!("cannot name the agent by user and host: {error}"))
            .remedy("give --agent model@host")
    })
}

/// This host's name.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The redactor for our own environment and for what the plan gives away.
pub fn redactor() -> Result<Arc<Redactor>, Failure> {
    process::redactor().ok_or_else(|| Failure::new(FailureKind::Internal, "nothing could be redacted"))
}
