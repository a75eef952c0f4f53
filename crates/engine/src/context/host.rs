//! What this host says: the folder that we are in, who we are, and what of our environment is secret.

use crate::failure::{Failure, FailureKind, chain};
use gonogo_core::redact::Redactor;
use gonogo_core::release::Agent;
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use std::path::PathBuf;

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

/// A redactor for our own environment.
pub fn redactor() -> Result<Redactor, Failure> {
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .collect();
    Redactor::new(variables.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))
}
