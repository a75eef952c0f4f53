//! The "go".
//!
//! Invariant: a [`Clearance`] is made in [`decide`] and nowhere else, from a poll whose required gates all passed and
//! from a tracker that was read and holds no standing blocker. It cannot be copied, defaulted or read from a file.

use crate::blocker::Standing;
use crate::digest::Digest;
use crate::gate::{GateVerdict, Poll};
use crate::verdict::{Outcome, Reason, combine};
use schemars::JsonSchema;
use serde::Serialize;

/// Permission to release one subject as one target.
#[derive(Debug)]
pub struct Clearance {
    target: String,
    subject: Digest,
}

impl Clearance {
    /// The target's tag.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The digest of the subject that may be released.
    pub const fn subject(&self) -> Digest {
        self.subject
    }
}

/// One thing that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// A required gate failed.
    GateFailed(u32),
    /// A required gate is incomplete.
    GateIncomplete(u32, Reason),
    /// A blocker stands.
    Blocker {
        /// The tracker's ID.
        id: String,
        /// It stands for nothing but a check that is incomplete in this very poll.
        incomplete_only: bool,
    },
    /// The tracker could not be read or written.
    TrackerUnreadable(String),
    /// No gate is required, so nothing was shown.
    NothingRequired,
    /// Only a part of the plan was asked for.
    PartOnly,
}

/// What kind of thing stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObstacleKind {
    /// A required gate failed.
    GateFailed,
    /// A required gate is incomplete.
    GateIncomplete,
    /// A blocker stands.
    BlockerStands,
    /// The tracker could not be read or written.
    TrackerUnreadable,
    /// No gate is required.
    NothingRequired,
    /// Only a part of the plan was asked for.
    PartOnly,
}

impl ObstacleKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::GateFailed,
        Self::GateIncomplete,
        Self::BlockerStands,
        Self::TrackerUnreadable,
        Self::NothingRequired,
        Self::PartOnly,
    ];

    /// Its name, as it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GateFailed => "gate-failed",
            Self::GateIncomplete => "gate-incomplete",
            Self::BlockerStands => "blocker-stands",
            Self::TrackerUnreadable => "tracker-unreadable",
            Self::NothingRequired => "nothing-required",
            Self::PartOnly => "part-only",
        }
    }
}

impl Obstacle {
    /// What kind it is.
    pub const fn kind(&self) -> ObstacleKind {
        match self {
            Self::GateFailed(_) => ObstacleKind::GateFailed,
            Self::GateIncomplete(..) => ObstacleKind::GateIncomplete,
            Self::Blocker { .. } => ObstacleKind::BlockerStands,
            Self::TrackerUnreadable(_) => ObstacleKind::TrackerUnreadable,
            Self::NothingRequired => ObstacleKind::NothingRequired,
            Self::PartOnly => ObstacleKind::PartOnly,
        }
    }
}

/// Why there is no clearance: never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(pub Vec<Obstacle>);

/// Decides. `tracker` is what stands in the tracker, or why that is not known.
pub fn decide(target: &str, poll: &Poll, tracker: Result<&Standing, &str>) -> Result<Clearance, Refused> {
    if poll.is_part() {
        return Err(Refused(of_part(poll)));
    }
    let mut obstacles: Vec<Obstacle> = poll
        .gates()
        .iter()
        .filter(|gate| gate.required)
        .filter_map(|gate| match gate.outcome {
            Outcome::Passed => None,
            Outcome::Failed => Some(Obstacle::GateFailed(gate.id)),
            Outcome::Incomplete(reason) => Some(Obstacle::GateIncomplete(gate.id, reason)),
        })
        .collect();
    if !poll.gates().iter().any(|gate| gate.required) {
        obstacles.push(Obstacle::NothingRequired);
    }
    match tracker {
        Err(why) => obstacles.push(Obstacle::TrackerUnreadable(why.to_owned())),
        Ok(standing) => {
            obstacles.extend(standing.blockers().iter().filter(|blocker| blocker.open).map(|blocker| {
                Obstacle::Blocker { id: blocker.id.clone(), incomplete_only: blocker.incomplete_only }
            }))
        }
    }
    if obstacles.is_empty() && poll.outcome() == Outcome::Passed {
        return Ok(Clearance { target: target.to_owned(), subject: poll.subject() });
    }
    Err(Refused(obstacles))
}

/// What a part of a poll has to say: what did not pass of it, and that it is a part. What else stands in the way, a whole one tells.
fn of_part(poll: &Poll) -> Vec<Obstacle> {
    let obstacle = |gate: &GateVerdict| match combine(gate.checks.iter().map(|check| check.outcome)) {
        Outcome::Passed => None,
        Outcome::Failed => Some(Obstacle::GateFailed(gate.id)),
        Outcome::Incomplete(reason) => Some(Obstacle::GateIncomplete(gate.id, reason)),
    };
    poll.gates().iter().filter_map(obstacle).chain([Obstacle::PartOnly]).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A clearance for tests of what comes after it: from a poll that passed and an empty tracker, as any other.
    pub(crate) fn cleared() -> Clearance {
        use crate::blocker::{Backlog, stand};
        use crate::ledger::{CheckFinished, LedgerState};
        use crate::plan::{Plan, required_gates};
        let text = "schema = 1\n[project]\nname = \"s\"\n[policy]\nrequired-gates = [1]\n[tracker]\nkind = \"file\"\n\
            [[gates]]\nid = 1\nname = \"All\"\n[[gates.checks]]\nid = \"a\"\nkind = \"git-clean\"\n";
        let (plan, subject) = (Plan::parse(text).unwrap(), Digest::of(b"subject"));
        let passed = CheckFinished::new(1, 1, "a", subject, Outcome::Passed);
        let results = [((1, "a".to_owned()), passed)].into();
        let poll = Poll::evaluate(&plan, &required_gates(&plan, None), subject, &results);
        let standing = stand(&Backlog::empty(), &LedgerState::default(), &plan, &Default::default());
        decide("v1.0.0", &poll, Ok(&standing)).unwrap()
    }
}
