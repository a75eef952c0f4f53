//! What a run acts with. Made by the composition root, from the real world or from a private one; nothing below it can
//! tell which.

use crate::context::remote::split_upstream;
use crate::context::{Context, release_remote};
use crate::failure::{Failure, FailureKind, chain};
use crate::github::github;
use crate::launch::child_environment;
use crate::tracker::{self, OpenTracker};
use gonogo_core::ids::RemoteName;
use gonogo_core::mechanics::Cause;
use gonogo_core::plan::Plan;
use gonogo_core::verdict::Reason;
use gonogo_world::git::{Git, Upstream};
use gonogo_world::github::Gh;
use gonogo_world::ledger;
use gonogo_world::process::Environment;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// What a run acts with.
pub struct World {
    /// The checkout whose `HEAD` is released.
    pub git: Git,
    /// The remote that the release goes to.
    pub remote: RemoteName,
    /// The remote's branch that must hold the commit.
    pub branch: String,
    /// GitHub, or why it cannot be used.
    pub gh: Result<Gh, Cause>,
    /// The tracker that holds the blockers.
    pub tracker: OpenTracker,
    /// What every command of the plan sees.
    pub environment: Environment,
    /// Variables that redirect every client: empty for the real world.
    pub variables: Vec<(OsString, OsString)>,
    /// Where what was fetched is kept, and what is in the works.
    pub folder: PathBuf,
    /// The longest time that a channel may take to show a version, whatever the plan says. A private world has no
    /// propagation.
    pub longest_window: Option<Duration>,
}

/// The real world.
pub async fn of_the_context(context: &Context) -> Result<World, Failure> {
    let (remote, branch) = remote_and_branch(&context.session.git, &context.candidate.plan).await?;
    let folder =
        ledger::folder(context.session.git.common_dir(), context.candidate.target.tag()).join("work");
    Ok(World {
        git: context.session.git.clone(),
        remote,
        branch,
        gh: github(&context.candidate.plan, &context.session),
        tracker: tracker::open_with(
            &context.session.git,
            &context.candidate.plan,
            &context.session.variables,
        ),
        environment: child_environment(&context.candidate.plan, context.session.git.root())
            .with_all(context.session.variables.iter().cloned()),
        variables: context.session.variables.clone(),
        folder,
        longest_window: None,
    })
}

/// The remote that the release goes to, and its branch that holds the commit: the one that the branch is pushed to; the
/// remote's default branch where that is none of it.
pub async fn remote_and_branch(git: &Git, plan: &Plan) -> Result<(RemoteName, String), Failure> {
    let remote = release_remote(git, plan).await?.ok_or_else(|| {
        Failure::new(FailureKind::NoGo, "this clone has no remote that the release could go to")
            .remedy("add it with `git remote add`, and check out a branch that has an upstream")
    })?;
    if let Upstream::At { name, .. } = git.upstream().await?
        && let Some((of, branch)) = split_upstream(&name, &git.remotes().await?)
        && of == remote
    {
        return Ok((remote, branch.to_owned()));
    }
    let unknown = |message: String| Failure::incomplete(Reason::Unreachable, message);
    match git.remote_default_branch(&remote).await {
        Ok(Some(branch)) => Ok((remote, branch.name)),
        Ok(None) => Err(unknown(format!("{remote} names no default branch"))
            .remedy("check out a branch that has an upstream")),
        Err(error) => Err(unknown(chain(&error)).remedy("make the remote reachable")),
    }
}
