//! Where a release stands: what core decides from, gathered at the end of a command, or by whoever comes in the middle.

use crate::context::{Context, target};
use crate::delivery::Delivered;
use crate::failure::{Failure, FailureKind};
use crate::poll;
use crate::preflight::{self, Item};
use crate::tracker;
use gonogo_core::baseline::newest_earlier;
use gonogo_core::blocker::{Backlog, epic_title, stand};
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::ledger::{LedgerState, Mechanics, Owner};
use gonogo_core::mechanics::Code;
use gonogo_core::plan::Plan;
use gonogo_core::release::{Mode, Target};
use gonogo_core::standing::{
    Blockers, Duty, Folded, Given, Position, Readiness, Releasing, Seen, Verb, WhatNext, after_look,
};
use gonogo_world::git::Git;
use gonogo_world::ledger;
use gonogo_world::process::Cancel;
use gonogo_world::tracker::Tracker;
use std::collections::HashSet;

/// What a command has looked at besides the ledger.
pub struct Looked {
    /// The blockers.
    pub blockers: Blockers,
    /// The preconditions.
    pub readiness: Readiness,
    /// Whether the target's tag is on the remote.
    pub is_tag_on_remote: Option<bool>,
}

impl Looked {
    /// At nothing.
    pub const fn nowhere() -> Self {
        Self { blockers: Blockers::NotAsked, readiness: Readiness::NotAsked, is_tag_on_remote: None }
    }

    /// At what a poll looks at.
    pub fn of_poll(polled: &poll::PollReport) -> Self {
        let blockers = match &polled.standing {
            Ok(standing) => Blockers::from(standing),
            // What was stopped has not asked.
            Err(_) if polled.interrupted => Blockers::NotAsked,
            Err(_) => Blockers::Unreadable,
        };
        Self { blockers, ..Self::nowhere() }
    }

    /// At the preconditions of a release, or of a run.
    pub fn of_preflight(items: &[Item]) -> Self {
        let is_tag_on_remote = preflight::is_tag_on_remote(items);
        Self { readiness: preflight::readiness(items), is_tag_on_remote, ..Self::nowhere() }
    }

    /// At a backlog.
    pub fn of_backlog(backlog: &Backlog, state: &LedgerState, plan: &Plan) -> Self {
        Self { blockers: Blockers::from(&stand(backlog, state, plan, &HashSet::new())), ..Self::nowhere() }
    }
}

/// What comes next, with what was given for it.
pub struct NextTold {
    /// What comes next.
    pub next: WhatNext,
    /// What was given.
    pub given: Given,
}

/// What comes next at the end of a command, which has let go of the ledger. A ledger that cannot be read is no reason to lose
/// what the command came to.
pub async fn at_the_end(context: &Context, looked: Looked) -> NextTold {
    let (candidate, git) = (&context.candidate, &context.session.git);
    let folded = match context.records() {
        Ok(records) => Folded::of(&records),
        Err(failure) => return NextTold { next: without_ledger(&failure), given: context.given.clone() },
    };
    let Looked { blockers, readiness, mut is_tag_on_remote } = looked;
    if is_tag_on_remote.is_none() && Position::hangs_on_remote(&folded.live) {
        is_tag_on_remote = self::is_tag_on_remote(git, candidate.target.tag()).await;
    }
    let releasing = Releasing::of(&candidate.plan);
    let position = Position::of(&Seen {
        blockers,
        readiness,
        is_tag_on_remote,
        ..folded.seen(&candidate.commit, releasing)
    });
    let derived = candidate.base_tag();
    let given = kept(&context.given, &folded.state, git, &candidate.plan, &candidate.target, derived).await;
    NextTold { next: position.next, given }
}

/// What comes next after a look at the channels: what the release's standing says, where a release was begun here.
pub async fn after_delivery(context: &Context, delivered: &Delivered) -> NextTold {
    let records = context.records().unwrap_or_default();
    if Mechanics::fold(&records, Mode::Live).run.is_some() {
        return at_the_end(context, Looked::nowhere()).await;
    }
    let filed = delivered.filed.as_ref().and_then(|filed| filed.id());
    NextTold { next: after_look(delivered.outcome, filed, Verb::Verify), given: context.given.clone() }
}

/// What comes next where the ledger cannot be read: somebody else's doing is a maintainer's to decide about.
fn without_ledger(failure: &Failure) -> WhatNext {
    let duty = match failure.kind {
        FailureKind::Conflict => Duty::Decide(Code::LedgerMoved),
        FailureKind::NoGo
        | FailureKind::Usage
        | FailureKind::Incomplete
        | FailureKind::Internal
        | FailureKind::Interrupted => Duty::Settle(Code::LocalFile),
    };
    WhatNext::Person(duty, vec![Verb::Status])
}

/// What somebody finds who comes in the middle.
pub struct Standpoint {
    /// What the records add up to.
    pub folded: Folded,
    /// Where the release stands.
    pub position: Position,
    /// What was given.
    pub given: Given,
    /// Whether another command writes the ledger now.
    pub is_written: Option<bool>,
    /// What was looked at besides the ledger.
    pub blockers: Blockers,
    /// Whether the target's tag is on a remote; `None` where that was not asked, or is not known.
    pub is_tag_on_remote: Option<bool>,
}

/// Where a release stands, for somebody who comes in the middle. The ledger is read; the tracker only where what comes next
/// may hang on it, and the remotes until something is recorded that cannot be undone.
pub async fn in_the_middle(
    git: &Git,
    plan: &Plan,
    given: &Given,
    commit: &CommitId,
    cancel: &Cancel,
) -> Result<Standpoint, Failure> {
    let target = target(&given.target, plan)?;
    let owner = Owner { project: Some(&plan.project.name), target: target.tag() };
    let records = ledger::records(git.common_dir(), owner)?;
    let is_written = ledger::is_written(&ledger::folder(git.common_dir(), target.tag()));
    let folded = Folded::of(&records);
    let mut seen = Seen { is_written, ..folded.seen(commit, Releasing::of(plan)) };
    if Position::hangs_on_remote(&folded.live) {
        seen.is_tag_on_remote = is_tag_on_remote(git, target.tag()).await;
    }
    if Position::hangs_on_tracker(&seen) {
        seen.blockers = read_blockers(git, plan, &target, &folded.state, cancel).await;
    }
    let position = Position::of(&seen);
    let (blockers, is_tag_on_remote) = (seen.blockers, seen.is_tag_on_remote);
    let given = kept(given, &folded.state, git, plan, &target, None).await;
    Ok(Standpoint { folded, position, given, is_written, blockers, is_tag_on_remote })
}

/// What was given, with the base tag that the latest poll was given where it is not the one that is derived.
async fn kept(
    given: &Given,
    state: &LedgerState,
    git: &Git,
    plan: &Plan,
    target: &Target,
    derived: Option<&str>,
) -> Given {
    let polled = state.poll.as_ref().and_then(|poll| poll.started.base_tag.as_ref().map(TagName::to_string));
    let Some(polled) = polled.filter(|_| given.base_tag.is_none()) else { return given.clone() };
    if derived.is_some() {
        return given.clone();
    }
    let Ok(tags) = git.tags().await else { return given.clone() };
    let tags = tags.iter().map(String::as_str);
    let derived = newest_earlier(target, tags, |tag| plan.project.tag.version(tag)).map(|(_, tag)| tag);
    let base_tag = Some(polled).filter(|polled| Some(polled.as_str()) != derived);
    Given { base_tag, ..given.clone() }
}

/// Whether any remote has the tag; `None` where one does not say, and none has it.
pub(crate) async fn is_tag_on_remote(git: &Git, tag: &TagName) -> Option<bool> {
    let mut is_told = true;
    for remote in git.remotes().await.ok()? {
        match git.remote_tag(&remote, tag).await {
            Ok(Some(_)) => return Some(true),
            Ok(None) => {}
            Err(_) => is_told = false,
        }
    }
    is_told.then_some(false)
}

async fn read_blockers(
    git: &Git,
    plan: &Plan,
    target: &Target,
    state: &LedgerState,
    cancel: &Cancel,
) -> Blockers {
    let Ok(tracker) = tracker::open(git, plan) else { return Blockers::Unreadable };
    match tracker.read(&epic_title(target.tag()), cancel).await {
        Ok(backlog) => Blockers::from(&stand(&backlog, state, plan, &HashSet::new())),
        Err(_) => Blockers::Unreadable,
    }
}
