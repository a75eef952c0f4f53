//! What a release's standing is decided from.

use crate::blocker::{Closing, Standing};
use crate::ids::CommitId;
use crate::ledger::Mechanics;
use crate::ledger::{LedgerState, Record};
use crate::mechanics::unplayable;
use crate::plan::{Channels, Plan, TrackerKind};
use crate::release::Mode;

/// What was seen. What was not asked is said to be so: nothing is taken for granted.
pub struct Seen<'a> {
    /// What the ledger says of polls.
    pub state: &'a LedgerState,
    /// What it says of the live mechanics.
    pub live: &'a Mechanics,
    /// What it says of the latest rehearsal.
    pub rehearsal: &'a Mechanics,
    /// The commit that is checked out.
    pub commit: &'a CommitId,
    /// What the plan has of a release.
    pub releasing: Releasing,
    /// The blockers.
    pub blockers: Blockers,
    /// The preconditions.
    pub readiness: Readiness,
    /// Whether another command writes this ledger now; `None` where that is not known.
    pub is_written: Option<bool>,
    /// Whether the target's tag is on the remote; `None` where that was not asked, or is not known.
    pub is_tag_on_remote: Option<bool>,
}

impl Seen<'_> {
    /// Whether the blocker that was filed for a step, or for the delivery, is open: as the tracker says, and as the ledger knows
    /// it where that was not read. A store that was begun anew gives an ID out again: what has it then is a check's.
    pub(super) fn is_open(&self, id: &str) -> bool {
        match &self.blockers {
            Blockers::Standing(standing) => {
                standing.iter().any(|(open, closing)| open == id && *closing == Closing::ById)
            }
            Blockers::NotAsked | Blockers::Unreadable => {
                let mut unsettled = self.state.unsettled_blockers();
                unsettled.any(|known| known.id == id && self.state.origin(&known.fingerprint).is_none())
            }
        }
    }
}

/// The three folds of a ledger.
pub struct Folded {
    /// Polls, reviews and blockers.
    pub state: LedgerState,
    /// The live mechanics.
    pub live: Mechanics,
    /// The latest rehearsal.
    pub rehearsal: Mechanics,
}

impl Folded {
    /// What these records add up to.
    pub fn of(records: &[Record]) -> Self {
        Self {
            state: LedgerState::fold(records),
            live: Mechanics::fold(records, Mode::Live),
            rehearsal: Mechanics::fold(records, Mode::DryRun),
        }
    }

    /// With nothing but the ledger read.
    pub const fn seen<'a>(&'a self, commit: &'a CommitId, releasing: Releasing) -> Seen<'a> {
        Seen {
            state: &self.state,
            live: &self.live,
            rehearsal: &self.rehearsal,
            commit,
            releasing,
            blockers: Blockers::NotAsked,
            readiness: Readiness::NotAsked,
            is_written: None,
            is_tag_on_remote: None,
        }
    }
}

/// What the plan has of a release, as far as it decides what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Releasing {
    /// It has steps.
    pub has_steps: bool,
    /// Every one of them can be rehearsed.
    pub can_rehearse: bool,
    /// It has channels.
    pub has_channels: bool,
    /// The blockers of a rehearsal are filed in the tracker itself, and not in the rehearsal's own world.
    pub files_of_rehearsal: bool,
}

impl Releasing {
    /// All of it, where no plan says otherwise.
    pub const fn all() -> Self {
        Self { has_steps: true, can_rehearse: true, has_channels: true, files_of_rehearsal: true }
    }

    /// What a plan has.
    pub fn of(plan: &Plan) -> Self {
        Self {
            has_steps: !plan.steps.is_empty(),
            can_rehearse: unplayable(&plan.steps).is_none(),
            has_channels: plan.channels != Channels::default(),
            files_of_rehearsal: plan.tracker.kind != TrackerKind::Github,
        }
    }
}

/// What is known of the blockers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blockers {
    /// The tracker was not asked: the ledger alone speaks.
    NotAsked,
    /// It was asked, and could not be read.
    Unreadable,
    /// Those that stand, by the tracker's IDs, with what closes each.
    Standing(Vec<(String, Closing)>),
}

impl From<&Standing> for Blockers {
    fn from(standing: &Standing) -> Self {
        let open = standing.blockers().iter().filter(|blocker| blocker.open);
        Self::Standing(open.map(|blocker| (blocker.id.clone(), blocker.closing)).collect())
    }
}

/// What is known of the preconditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// They were not looked at.
    NotAsked,
    /// Every one holds.
    Ready,
    /// Nothing is amiss but that the tag is there already.
    Tagged,
    /// Something else does not hold, or is not known to.
    Gaps,
}
