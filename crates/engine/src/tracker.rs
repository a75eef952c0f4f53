//! The tracker that the plan chose. Never another one in its place.

use crate::failure::chain;
use gonogo_core::plan::{Plan, TrackerKind};
use gonogo_world::git::Git;
use gonogo_world::github::Gh;
use gonogo_world::process::Environment;
use gonogo_world::tools;
use gonogo_world::tracker::ergo::ErgoTracker;
use gonogo_world::tracker::file::FileTracker;
use gonogo_world::tracker::github_issues::GithubIssuesTracker;
use gonogo_world::tracker::{AnyTracker, TrackerError};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// An opened tracker, or why it cannot be used.
pub type OpenTracker = Result<AnyTracker, TrackerError>;

/// Opens the plan's tracker.
pub fn open(git: &Git, plan: &Plan) -> OpenTracker {
    open_with(git, plan, &[])
}

/// Opens the plan's tracker, its gh led by variables.
pub fn open_with(git: &Git, plan: &Plan, variables: &[(OsString, OsString)]) -> OpenTracker {
    let tracker = &plan.tracker;
    let root = git.root();
    match tracker.kind {
        TrackerKind::Ergo => {
            let program = program(root, "ergo", "install ergo, and run `ergo init` in the repository")?;
            let environment = Environment::allowing([]);
            Ok(AnyTracker::Ergo(ErgoTracker::with_timeout(
                program,
                root.to_owned(),
                environment,
                tracker.timeout,
            )))
        }
        TrackerKind::Github => {
            let program = program(root, "gh", "install gh, and run `gh auth login`")?;
            let repository = plan.project.repository.clone();
            let repository =
                repository.ok_or_else(|| TrackerError::unreadable("the plan names no repository"))?;
            let gh = Gh::open(program, root.to_owned(), repository)
                .map_err(|error| TrackerError::unreadable(chain(&error)))?;
            Ok(AnyTracker::Github(GithubIssuesTracker::new(gh.with_variables(variables.iter().cloned()))))
        }
        TrackerKind::File => {
            let own = || FileTracker::in_own_folder(git.common_dir().join("gonogo").join("tracker.json"));
            let tracker = tracker.path.as_ref().map_or_else(own, |path| FileTracker::open(root.join(path)));
            Ok(AnyTracker::File(tracker))
        }
    }
}

fn program(root: &Path, name: &str, remedy: &str) -> Result<PathBuf, TrackerError> {
    tools::find_on_path(name, Some(root)).map_err(|error| TrackerError {
        message: error.to_string(),
        missing_tool: Some(name.to_owned()),
        remedy: Some(remedy.to_owned()),
    })
}
