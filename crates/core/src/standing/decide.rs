//! Where a release stands: live mechanics before the rehearsal, the rehearsal before the poll.

use super::given::Verb;
use super::next::{Duty, WhatNext};
use super::refused::refused;
use super::rehearsal::{RehearsalState, rehearsed};
use super::seen::{Blockers, Readiness, Seen};
use super::words::words;
use super::{live, stop};
use crate::blocker::Closing;
use crate::ledger::{Mechanics, PollState};
use crate::mechanics::Severity;
use crate::release::Mode;
use crate::verdict::{Outcome, Reason};

words! {
    /// Where a release is.
    ReleaseState {
        /// The ledger knows nothing of it.
        NotBegun = "not-begun",
        /// A poll is under way, or was cut short.
        Polling = "polling",
        /// The latest poll refused clearance, or a blocker was filed since.
        NoGo = "no-go",
        /// The latest poll gave clearance for the commit that is checked out.
        Go = "go",
        /// The latest poll gave clearance for a commit that is not checked out any more.
        Stale = "stale",
        /// A rehearsal of the commit is under way, or was cut short.
        Rehearsing = "rehearsing",
        /// The latest rehearsal of the commit did not go through.
        RehearsalFailed = "rehearsal-failed",
        /// A live run is under way, or was cut short.
        Releasing = "releasing",
        /// A live run stopped at a step.
        Stopped = "stopped",
        /// Every step of a live run is done.
        Released = "released",
        /// Every step is done, and every channel was shown to serve what was built.
        Delivered = "delivered",
    }
}

/// What holds a release back where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    ByNothing,
    /// What a poll or a look at the channels came to.
    ByOutcome(Outcome),
    /// Why a step stopped.
    ByCause(Severity),
    /// Work that is not done yet, or not known to be.
    ByWork,
}

/// Where a release stands, and what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Where it is.
    pub state: ReleaseState,
    /// What holds it back.
    pub held: Held,
    /// What comes next.
    pub next: WhatNext,
    /// Whether the commit that is checked out was rehearsed to the end.
    pub rehearsed: RehearsalState,
    /// Whether something that cannot be undone may have happened.
    pub is_out: bool,
}

impl Position {
    /// Decides.
    pub fn of(seen: &Seen<'_>) -> Self {
        let at = live::at(seen).unwrap_or_else(|| at_poll(seen));
        let next = with_readiness(seen, &at).unwrap_or(at.next);
        let is_busy = seen.is_written == Some(true);
        Self {
            next: if is_busy { WhatNext::Person(Duty::Wait, vec![Verb::Status]) } else { next },
            state: at.state,
            held: at.held,
            rehearsed: rehearsed(seen),
            is_out: seen.live.past_the_door || seen.is_tag_on_remote == Some(true),
        }
    }

    /// Whether what comes next may be another thing once the tracker is read: then it is worth asking.
    pub fn hangs_on_tracker(seen: &Seen<'_>) -> bool {
        let with = |blockers| Self::of(&Seen { blockers, ..*seen });
        with(Blockers::NotAsked) != with(Blockers::Standing(vec![(String::new(), Closing::ByHand)]))
    }

    /// Whether the remote has to be asked for the tag, before it is said that nothing is out: a ledger can be lost, and begun
    /// anew. Once something that cannot be undone is recorded, that is known without asking.
    pub const fn hangs_on_remote(live: &Mechanics) -> bool {
        !live.past_the_door
    }

    /// Whether a live run was begun that counts for this commit, or for whatever is checked out.
    const fn is_live(state: ReleaseState) -> bool {
        use ReleaseState as State;
        match state {
            State::Releasing | State::Stopped | State::Released | State::Delivered => true,
            State::NotBegun
            | State::Polling
            | State::NoGo
            | State::Go
            | State::Stale
            | State::Rehearsing
            | State::RehearsalFailed => false,
        }
    }
}

/// A place on the way, before what else was seen is looked at.
pub(super) struct At {
    pub(super) state: ReleaseState,
    pub(super) held: Held,
    pub(super) next: WhatNext,
}

/// What the preconditions change about it.
fn with_readiness(seen: &Seen<'_>, at: &At) -> Option<WhatNext> {
    if matches!(at.state, ReleaseState::Released | ReleaseState::Delivered) {
        return None;
    }
    let is_live = Position::is_live(at.state);
    let is_lost = !is_live && seen.is_tag_on_remote == Some(true);
    match seen.readiness {
        Readiness::NotAsked | Readiness::Ready | Readiness::Tagged if is_lost => {
            let look = seen.releasing.has_channels.then_some(Verb::Audit);
            Some(WhatNext::Person(Duty::FindLedger, look.into_iter().collect()))
        }
        Readiness::Ready if at.state == ReleaseState::NotBegun => Some(WhatNext::Command(vec![Verb::Poll])),
        Readiness::NotAsked | Readiness::Ready => None,
        Readiness::Tagged if is_live => None,
        Readiness::Gaps if is_live => Some(WhatNext::Person(Duty::CloseGaps, at.next.verbs().to_vec())),
        Readiness::Tagged | Readiness::Gaps => Some(WhatNext::Person(Duty::CloseGaps, vec![Verb::Prepare])),
    }
}

fn at_poll(seen: &Seen<'_>) -> At {
    let poll_again = || WhatNext::Command(vec![Verb::Poll]);
    let at = |state, held, next| At { state, held, next };
    let Some(poll) = &seen.state.poll else {
        return at(ReleaseState::NotBegun, Held::ByWork, WhatNext::Command(vec![Verb::Prepare]));
    };
    let Some(ended) = &poll.ended else { return at(ReleaseState::Polling, Held::ByWork, poll_again()) };
    let is_of_commit = poll.started.subject.commit == *seen.commit;
    if !ended.cleared {
        // Another commit than the one that was refused may be the mended one: a poll tells.
        let next = if is_of_commit { refused(seen, poll) } else { poll_again() };
        return at(ReleaseState::NoGo, Held::ByOutcome(refusal(poll)), next);
    }
    if !is_of_commit {
        return at(ReleaseState::Stale, Held::ByWork, poll_again());
    }
    at_go(seen)
}

/// What a refused poll came to: a blocker that stands counts as a failure.
fn refusal(poll: &PollState) -> Outcome {
    let Some(ended) = &poll.ended else { return Outcome::Incomplete(Reason::NotRun) };
    let reason = poll.finished.values().find_map(|one| one.reason).unwrap_or(Reason::NotRun);
    match Outcome::from_parts(ended.verdict, Some(reason)) {
        Some(incomplete) => incomplete,
        None if ended.standing_blockers.is_none() => Outcome::Incomplete(Reason::TrackerUnreadable),
        None => Outcome::Failed,
    }
}

/// The latest poll gave clearance for this very commit.
fn at_go(seen: &Seen<'_>) -> At {
    let live = || WhatNext::Person(Duty::Approve, vec![Verb::Run(Mode::Live)]);
    let rehearse = || WhatNext::Command(vec![Verb::Run(Mode::DryRun)]);
    let at = |state, held, next| At { state, held, next };
    let rehearsed = rehearsed(seen);
    match &rehearsed {
        RehearsalState::Stopped(stop) => {
            let next = rehearsed.next(seen).unwrap_or_else(rehearse);
            return at(ReleaseState::RehearsalFailed, Held::ByCause(stop.code.severity()), next);
        }
        RehearsalState::Undelivered { outcome, .. } => {
            let next = rehearsed.next(seen).unwrap_or_else(rehearse);
            return at(ReleaseState::RehearsalFailed, Held::ByOutcome(*outcome), next);
        }
        RehearsalState::Not | RehearsalState::CutShort | RehearsalState::Through => {}
    }
    // What was filed since holds the release back as much as what the poll found; a poll tells what settles it.
    let filed_since = !seen.state.open_blockers().is_empty();
    let next = match &seen.blockers {
        Blockers::Standing(standing) => (!standing.is_empty()).then(|| stop::settle(standing)),
        Blockers::NotAsked | Blockers::Unreadable => filed_since.then(|| WhatNext::Command(vec![Verb::Poll])),
    };
    if let Some(next) = next {
        return at(ReleaseState::NoGo, Held::ByOutcome(Outcome::Failed), next);
    }
    match rehearsed {
        _ if !seen.releasing.has_steps => at(ReleaseState::Go, Held::ByNothing, WhatNext::Nothing),
        RehearsalState::CutShort => at(ReleaseState::Rehearsing, Held::ByWork, rehearse()),
        RehearsalState::Not if seen.releasing.can_rehearse => {
            at(ReleaseState::Go, Held::ByNothing, rehearse())
        }
        _ => at(ReleaseState::Go, Held::ByNothing, live()),
    }
}
