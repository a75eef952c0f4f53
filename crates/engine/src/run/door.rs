//! The door: right before an effect, the world is asked whether it still is as it was polled.
//!
//! Invariant: what takes its time is asked first, and what others can change unseen last: the remote's answer is the last
//! that is waited for, and the tracker's is older by that one round trip.

use super::Run;
use crate::causes;
use crate::earlier_tracker;
use crate::failure::chain;
use gonogo_core::blocker::{epic_title, stand};
use gonogo_core::canonical;
use gonogo_core::ci::{CiState, judge_ci};
use gonogo_core::digest::Digest;
use gonogo_core::door::{Confirmed, DoorPass, DoorSeen, DoorWanted, TagWanted, check_door};
use gonogo_core::mechanics::{Cause, Code, PushEffect, StepKind, TagPushed, TagSeen};
use gonogo_world::git::Contains;
use gonogo_world::ledger;
use gonogo_world::tracker::Tracker;
use std::collections::HashSet;
use std::time::Duration;

/// How long another git may hold the index, such as an editor's, before that is more than a moment.
const MOMENT: Duration = Duration::from_secs(3);

/// Looks through the door, after the last question was answered.
pub async fn look<'go>(run: &Run<'_>, confirmed: Confirmed<'go>) -> Result<DoorPass<'go>, Cause> {
    no_other_git(run).await?;
    let (dirty, ci) = tokio::join!(dirty(run), ci(run));
    let blockers = blockers(run).await;
    let (branch_holds_commit, tag) = remote(run).await;
    let (head, tree) = run.world.git.head().await.map_err(|error| causes::of_git(&error))?;
    let seen = DoorSeen {
        head,
        tree,
        dirty: dirty?,
        branch_holds_commit,
        branch: format!("{}/{}", run.world.remote, run.world.branch),
        tag,
        blockers,
        ci,
        ledger_head: ledger_head(run)?,
        is_ledger_locked: run.ledger.is_locked().map_err(|error| moved(chain(&error)))?,
    };
    let candidate = &run.context.candidate;
    let wanted = DoorWanted {
        commit: candidate.commit.clone(),
        tree: candidate.tree.clone(),
        ledger_head: run.ledger.anchor().head,
        tag: tag_wanted(run),
    };
    check_door(confirmed, &seen, &wanted)
}

/// Another git that is at work in the checkout may be about to change what is looked at.
async fn no_other_git(run: &Run<'_>) -> Result<(), Cause> {
    let lock = run.world.git.other_git(MOMENT).await.map_err(|error| causes::of_git(&error))?;
    let Some(lock) = lock else { return Ok(()) };
    let message = format!("another git is at work in the checkout: {} is there", lock.display());
    Err(Cause::new(Code::GitLocked, message)
        .remedy("wait for the other git, or remove the file if none is at work; then run again"))
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

/// The remote's branch and tag, from one answer.
async fn remote(run: &Run<'_>) -> (Result<bool, Cause>, Result<Option<TagSeen>, Cause>) {
    let (world, candidate) = (run.world, &run.context.candidate);
    let tag = candidate.target.tag();
    match world.git.remote_branch_and_tag(&world.remote, &world.branch, &candidate.commit, tag).await {
        Ok((contains, tag)) => {
            let seen = tag.map(|tag| TagSeen { object: tag.object, commit: tag.commit, message: None });
            (Ok(contains == Contains::Yes), Ok(seen))
        }
        Err(error) => {
            let cause = causes::of_git(&error);
            (Err(cause.clone()), Err(cause))
        }
    }
}

/// What the release's tag on the remote has to be, by what this ledger says of it.
fn tag_wanted(run: &Run<'_>) -> TagWanted {
    let (world, tag) = (run.world, run.context.candidate.target.tag());
    let of_release = run.context.candidate.plan.steps.iter().filter(|step| match &step.kind {
        StepKind::PushTag(push) => {
            let goes_there = push.remote.as_ref().is_none_or(|remote| *remote == world.remote);
            goes_there && run.values.fill(&push.name).is_ok_and(|name| *tag == name)
        }
        _ => false,
    });
    let mut wanted = TagWanted::AbsentOrAtCommit;
    for step in of_release {
        let history = run.mechanics.step(&step.id);
        match history.done_as::<TagPushed>() {
            Some(pushed) => return TagWanted::Object(pushed.object.clone()),
            // A push whose end is not known: its own step looks at what became of it.
            None if history.has_intended(PushEffect::Push) => {}
            None => wanted = TagWanted::Absent,
        }
    }
    wanted
}

async fn blockers(run: &Run<'_>) -> Result<Vec<String>, String> {
    let tracker = run.world.tracker.as_ref().map_err(|error| error.message.clone())?;
    let epic = epic_title(run.context.candidate.target.tag());
    let backlog = tracker.read(&epic, &run.context.session.cancel).await.map_err(|error| error.message)?;
    let earlier = earlier_tracker::blockers(&run.context.candidate, &run.context.session).await?;
    let standing =
        stand(&backlog, run.ledger.state(), &run.context.candidate.plan, &HashSet::new()).and(earlier);
    let open = standing.blockers().iter().filter(|blocker| blocker.open);
    let named = open.map(|blocker| match blocker.is_gone {
        true => format!("{} (which the tracker does not show any more)", blocker.id),
        false => blocker.id.clone(),
    });
    Ok(named.collect())
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
    let records =
        ledger::read(run.ledger.folder(), run.context.owner()).map_err(|error| moved(chain(&error)))?;
    let last =
        records.as_deref().and_then(<[_]>::last).ok_or_else(|| moved("the ledger is gone".to_owned()))?;
    canonical::digest(last).map_err(|error| moved(chain(&error)))
}

fn moved(why: String) -> Cause {
    Cause::new(Code::LedgerMoved, why)
}
