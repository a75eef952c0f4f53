//! What a run acts with. Made by the composition root, from the real world or from a private one; nothing below it can
//! tell which.

use super::causes;
use crate::context::Context;
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::poll::child_environment;
use crate::tracker::{self, OpenTracker};
use gonogo_core::mechanics::{Cause, Code};
use gonogo_core::verdict::Reason;
use gonogo_world::git::{Git, Upstream};
use gonogo_world::github::Gh;
use gonogo_world::ledger;
use gonogo_world::process::Environment;
use gonogo_world::tools;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// What a run acts with.
pub struct Hands {
    /// The checkout whose `HEAD` is released.
    pub git: Git,
    /// The remote that the release goes to.
    pub remote: String,
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
pub async fn of_the_world(context: &Context) -> Result<Hands, Failure> {
    let (remote, branch) = remote_and_branch(&context.git).await?;
    let folder = ledger::folder(context.git.common_dir(), context.target.tag()).join("work");
    Ok(Hands {
        git: context.git.clone(),
        remote,
        branch,
        gh: github(context),
        tracker: tracker::open_with(&context.git, &context.plan, &context.variables),
        environment: child_environment(context).with_all(context.variables.iter().cloned()),
        variables: context.variables.clone(),
        folder,
        longest_window: None,
    })
}

/// GitHub through the user's own gh, or why it cannot be used.
pub fn github(context: &Context) -> Result<Gh, Cause> {
    let repository = context.plan.project.repository.as_ref();
    let repository =
        repository.ok_or_else(|| Cause::new(Code::ToolMissing, "the plan names no `project.repository`"))?;
    open_gh(&context.git, repository, &context.variables)
}

/// gh from outside the checkout, for a repository, led by variables.
pub fn open_gh(git: &Git, repository: &str, variables: &[(OsString, OsString)]) -> Result<Gh, Cause> {
    let program = tools::find_on_path("gh", Some(git.root()))
        .map_err(|error| Cause::new(Code::ToolMissing, error.to_string()).remedy("install gh"))?;
    let gh = Gh::open(program, git.root().to_owned(), repository.to_owned());
    Ok(gh.map_err(|error| causes::of_gh(&error))?.with_variables(variables.iter().cloned()))
}

/// The remote and its branch that hold the commit: the ones that the branch is pushed to; the only remote (or `origin`)
/// and its default branch where no branch is checked out.
pub async fn remote_and_branch(git: &Git) -> Result<(String, String), Failure> {
    if let Upstream::At { name, .. } = git.upstream().await?
        && let Some((remote, branch)) = name.split_once('/')
    {
        return Ok((remote.to_owned(), branch.to_owned()));
    }
    let remotes = git.remotes().await?;
    let remote = match &remotes[..] {
        [only] => only,
        all => all.iter().find(|name| *name == "origin").ok_or_else(|| {
            Failure::new(Exit::NoGo, "it cannot be told which remote the release goes to")
                .remedy("check out a branch that has an upstream")
        })?,
    };
    let unknown = |message: String| Failure::incomplete(Reason::Unreachable, message);
    match git.remote_default_branch(remote).await {
        Ok(Some(branch)) => Ok((remote.clone(), branch.name)),
        Ok(None) => Err(unknown(format!("{remote} names no default branch"))
            .remedy("check out a branch that has an upstream")),
        Err(error) => Err(unknown(chain(&error)).remedy("make the remote reachable")),
    }
}
