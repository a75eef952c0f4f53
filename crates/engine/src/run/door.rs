//! The door: right before an effect, the world is asked whether it still is as it was polled.

use super::Run;
use crate::causes;
use crate::failure::chain;
use gonogo_core::blocker::{epic_title, stand};
use gonogo_core::canonical;
use gonogo_core::ci::{CiState, judge_ci};
use gonogo_core::digest::Digest;
use gonogo_core::mechanics::{Cause, Code, DoorSeen, check_door};
use gonogo_world::git::Contains;
use gonogo_world::ledger;
use gonogo_world::tracker::Tracker;
use std::collections::HashSet;

/// Looks through the door.
pub async fn check(run: &Run<'_>) -> Result<(), Cause> {
    let (head, dirty, branch_holds_commit, blockers, ci) =
        tokio::join!(run.world.git.head(), dirty(run), branch_holds_commit(run), blockers(run), ci(run));
    let (head, tree) = head.map_err(|error| causes::of_git(&error))?;
    let seen = DoorSeen {
        head,
        tree,
        dirty: dirty?,
        branch_holds_commit,
        branch: format!("{}/{}", run.world.remote, run.world.branch),
        blockers,
        ci,
        ledger_head: ledger_head(run)?,
    };
    check_door(&seen, &run.context.candidate.commit, &run.context.candidate.tree, run.ledger.anchor().head)
}

async fn dirty(run: &Run<'_>) -> Result<Vec<String>, Cause> {
    // What the project's own tracker writes is no change of the project. The checkout that was polled counts, and the
    // one that is acted from, which in a rehearsal is a clone.
    let except = run.context.candidate.own_paths();
    let mut paths = Vec::new();
    for git in [&run.context.session.git, &run.world.git] {
        paths.extend(git.dirty(&except).await.map_err(|error| causes::of_git(&error))?);
    }
    Ok(paths)
}

async fn branch_holds_commit(run: &Run<'_>) -> Result<bool, Cause> {
    let world = run.world;
    match world.git.remote_branch_contains(&world.remote, &world.branch, &run.context.candidate.commit).await
    {
        Ok(Contains::Yes) => Ok(true),
        Ok(Contains::No { .. } | Contains::NoBranch) => Ok(false),
        Err(error) => Err(causes::of_git(&error)),
    }
}

async fn blockers(run: &Run<'_>) -> Result<Vec<String>, String> {
    let tracker = run.world.tracker.as_ref().map_err(|error| error.message.clone())?;
    let epic = epic_title(run.context.candidate.target.tag());
    let backlog = tracker.read(&epic, &run.context.session.cancel).await.map_err(|error| error.message)?;
    let standing = stand(&backlog, run.ledger.state(), &run.context.candidate.plan, &HashSet::new());
    Ok(standing.blockers().iter().filter(|blocker| blocker.open).map(|blocker| blocker.id.clone()).collect())
}

async fn ci(run: &Run<'_>) -> Option<Result<CiState, Cause>> {
    let want = run.context.candidate.plan.ci_wanted(&run.context.candidate.commit)?;
    let gh = match &run.world.gh {
        Ok(gh) => gh,
        Err(cause) => return Some(Err(cause.clone())),
    };
    let runs = gh.ci_runs(&run.context.candidate.commit, &run.context.session.cancel).await;
    Some(runs.map(|runs| judge_ci(&runs, &want)).map_err(|error| causes::of_gh(&error)))
}

/// The head of the ledger as it is on disk, its whole chain checked.
fn ledger_head(run: &Run<'_>) -> Result<Digest, Cause> {
    let moved = |why: String| Cause::new(Code::LedgerMoved, why);
    let records = ledger::read(run.ledger.folder()).map_err(|error| moved(chain(&error)))?;
    let last =
        records.as_deref().and_then(<[_]>::last).ok_or_else(|| moved("the ledger is gone".to_owned()))?;
    canonical::digest(last).map_err(|error| moved(chain(&error)))
}
