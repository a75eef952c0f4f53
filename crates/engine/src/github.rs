//! GitHub through the user's own gh.

use crate::causes;
use crate::context::Session;
use gonogo_core::mechanics::{Cause, Code};
use gonogo_core::plan::Plan;
use gonogo_world::git::Git;
use gonogo_world::github::Gh;
use gonogo_world::tools;
use std::ffi::OsString;

/// GitHub through the user's own gh, or why it cannot be used.
pub fn github(plan: &Plan, session: &Session) -> Result<Gh, Cause> {
    let repository = plan.project.repository.as_ref();
    let repository =
        repository.ok_or_else(|| Cause::new(Code::ToolMissing, "the plan names no `project.repository`"))?;
    open_gh(&session.git, repository, &session.variables)
}

/// gh from outside the checkout, for a repository, with variables.
pub fn open_gh(git: &Git, repository: &str, variables: &[(OsString, OsString)]) -> Result<Gh, Cause> {
    let program = tools::find_on_path("gh", Some(git.root()))
        .map_err(|error| Cause::new(Code::ToolMissing, error.to_string()).remedy("install gh"))?;
    let gh = Gh::open(program, git.root().to_owned(), repository.to_owned());
    Ok(gh.map_err(|error| causes::of_gh(&error))?.with_variables(variables.iter().cloned()))
}
