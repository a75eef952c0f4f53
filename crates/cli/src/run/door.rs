//! The door: right before an effect, the world is asked whether it still is as it was polled.

use super::{Run, causes};
use crate::error::chain;
use gonogo_core::blocker::{epic_title, stand};
use gonogo_core::canonical;
use gonogo_core::ci::{Ci, judge_ci};
use gonogo_core::digest::Digest;
use gonogo_core::mechanics::{Cause, Code, DoorSeen, check_door};
use gonogo_world::git::Contains;
use gonogo_world::ledger;
use gonogo_world::tracker::Tracker;
use std::collections::HashSet;

/// Looks through the door.
pub async fn check(run: &Run<'_>) -> Result<(), Cause> {
    let (head, dirty, branch_holds_commit, blockers, ci) =
        tokio::join!(run.hands.git.head(), dirty(run), branch_holds_commit(run), blockers(run), ci(run));
    let (head, tree) = head.map_err(|error| causes::of_git(&error))?;
    let seen = DoorSeen {
        head,
        tree,
        dirty: dirty?,
        branch_holds_commit,
        branch: format!("{}/{}", run.hands.remote, run.hands.branch),
        blockers,
        ci,
        ledger_head: ledger_head(run)?,
    };
    check_door(&seen, &run.context.commit, &run.context.tree, run.ledger.anchor().head)
}

async fn dirty(run: &Run<'_>) -> Result<Vec<String>, Cause> {
    // What the project's own tracker writes is no change of the project. The checkout that was polled counts, and the
    // one that is acted from, which in a rehearsal is a clone.
    let except = run.context.own_paths();
    let mut paths = Vec::new();
    for git in [&run.context.git, &run.hands.git] {
        paths.extend(git.dirty(&except).await.map_err(|error| causes::of_git(&error))?);
    }
    Ok(paths)
}

async fn branch_holds_commit(run: &Run<'_>) -> Result<bool, Cause> {
    let hands = run.hands;
    match hands.git.remote_branch_contains(&hands.remote, &hands.branch, &run.context.commit).await {
        Ok(Contains::Yes) => Ok(true),
        Ok(Contains::No { .. } | Contains::NoBranch) => Ok(false),
        Err(error) => Err(causes::of_git(&error)),
    }
}

async fn blockers(run: &Run<'_>) -> Result<Vec<String>, String> {
    let tracker = run.hands.tracker.as_ref().map_err(|error| error.message.clone())?;
    let epic = epic_title(run.context.target.tag());
    let backlog = tracker.read(&epic, &run.context.cancel).await.map_err(|error| error.message)?;
    let standing = stand(&backlog, run.ledger.state(), &run.context.plan, &HashSet::new());
    Ok(standing.blockers().iter().filter(|blocker| blocker.open).map(|blocker| blocker.id.clone()).collect())
}

async fn ci(run: &Run<'_>) -> Option<Result<Ci, Cause>> {
    let want = run.context.plan.ci_wanted(&run.context.commit)?;
    let gh = match &run.hands.gh {
        Ok(gh) => gh,
        Err(cause) => return Some(Err(cause.clone())),
    };
    let runs = gh.ci_runs(&run.context.commit, &run.context.cancel).await;
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
