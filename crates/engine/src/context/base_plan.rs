//! The plan that an earlier release was held to: at the same path, in the root, or wherever it stood then.
//!
//! Invariant: a plan is known by what it is. That a release had none is concluded only from there being no file in its tree
//! that could be one.

use super::{Candidate, PLAN_FILE};
use crate::failure::Failure;
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::plan::Plan;
use gonogo_world::git::{AtPath, Git};

/// What every plan has in it.
const MARK: &str = "required-gates";

/// What an earlier release was held to.
#[derive(Clone, Debug)]
pub enum BasePlan {
    /// This plan.
    Read(Box<Plan>),
    /// No plan: there is none in its tree.
    Nowhere {
        /// The release's tag.
        tag: TagName,
    },
    /// It cannot be told which, or what it asked.
    Unclear(String),
}

/// The paths at which a plan is looked for first.
pub(super) fn usual_paths(candidate: &Candidate) -> Vec<String> {
    let mut paths: Vec<String> = candidate.plan_path.iter().cloned().collect();
    if candidate.plan_path.as_deref() != Some(PLAN_FILE) {
        paths.push(PLAN_FILE.to_owned());
    }
    paths
}

/// The plan at an earlier release's commit.
pub(crate) async fn find(
    git: &Git,
    candidate: &Candidate,
    tag: &TagName,
    commit: &CommitId,
) -> Result<BasePlan, Failure> {
    let paths = usual_paths(candidate);
    let asked: Vec<(CommitId, String)> = paths.iter().map(|path| (commit.to_owned(), path.clone())).collect();
    for (path, found) in paths.iter().zip(git.at_paths(&asked).await?) {
        match found {
            AtPath::File(bytes) => return Ok(read(tag, path, &bytes)),
            AtPath::Nothing => {}
            AtPath::Astray | AtPath::NoCommit => {
                return Ok(BasePlan::Unclear(format!(
                    "{path} of {tag} is a link that leads to no file of it, so nobody can tell whether this plan asks for less"
                )));
            }
        }
    }
    elsewhere(git, candidate, tag, commit).await
}

fn read(tag: &str, path: &str, bytes: &[u8]) -> BasePlan {
    match std::str::from_utf8(bytes).map(Plan::parse) {
        Ok(Ok(plan)) => BasePlan::Read(Box::new(plan)),
        _ => BasePlan::Unclear(format!(
            "the plan of {tag}, {path}, cannot be read, so nobody can tell whether this one asks for less"
        )),
    }
}

/// A plan at another place: the only one of this project.
async fn elsewhere(
    git: &Git,
    candidate: &Candidate,
    tag: &TagName,
    commit: &CommitId,
) -> Result<BasePlan, Failure> {
    let named = git.files_with(commit, MARK).await?;
    let asked: Vec<(CommitId, String)> = named.iter().map(|path| (commit.to_owned(), path.clone())).collect();
    let found = git.at_paths(&asked).await?;
    let plans = named.into_iter().zip(found).filter_map(|(path, found)| match found {
        AtPath::File(bytes) => Some((path, Plan::parse(std::str::from_utf8(&bytes).ok()?).ok()?)),
        _ => None,
    });
    let all: Vec<(String, Plan)> = plans.collect();
    let is_ours = |plan: &Plan| plan.project.name == candidate.plan.project.name;
    let mut ours: Vec<&(String, Plan)> = all.iter().filter(|(_, plan)| is_ours(plan)).collect();
    if ours.is_empty() {
        ours = all.iter().collect();
    }
    Ok(match &ours[..] {
        [] => BasePlan::Nowhere { tag: tag.to_owned() },
        [(_, plan)] => BasePlan::Read(Box::new(plan.clone())),
        several => {
            let paths: Vec<&str> = several.iter().map(|(path, _)| path.as_str()).collect();
            BasePlan::Unclear(format!(
                "{tag} has plans at {}, and none where this one is, so nobody can tell whether this one asks for less",
                paths.join(", ")
            ))
        }
    })
}
