//! Which blockers stand: open ones, and closed ones whose check has not passed since.

use super::{Backlog, BlockerOrigin, Task, TaskState, step_in};
use crate::evidence::Fingerprint;
use crate::ledger::{CheckKey, LedgerState};
use crate::plan::Plan;
use std::collections::HashSet;

/// A task under the release's epic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The tracker's ID.
    pub id: String,
    /// The problem's stable name, for a task that gonogo filed.
    pub fingerprint: Option<Fingerprint>,
    /// What it is about.
    pub origin: Option<BlockerOrigin>,
    /// Its title.
    pub title: String,
    /// What the tracker says.
    pub state: TaskState,
    /// Whether it stands in the way: it is open, or it is closed and its check has not passed since.
    pub open: bool,
    /// It stands for nothing but a check that is incomplete in the poll at hand.
    pub incomplete_only: bool,
    /// What closes it, where it stands.
    pub closing: Closing,
}

/// What closes a blocker that stands. Decided in [`closing`] alone: who closes and who says what comes next must not differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Closing {
    /// Its check has passed since it was filed, and passes still: gonogo closes it when it is asked to.
    Passed,
    /// It is a step's: whoever has settled the cause closes it, by its ID.
    ById,
    /// Its check did not pass in the latest poll: that is mended first.
    AfterMending,
    /// Its check has not run since it was filed: the next poll runs it.
    AfterPoll,
    /// It is a task of somebody's own: they close it in the tracker.
    ByHand,
}

/// All blockers of a release, from a backlog that was read. Made by [`stand`] alone.
#[derive(Clone, Debug)]
pub struct Standing {
    blockers: Vec<Blocker>,
}

impl Standing {
    /// Every blocker, standing or not.
    pub fn blockers(&self) -> &[Blocker] {
        &self.blockers
    }

    /// How many stand in the way.
    pub fn count(&self) -> usize {
        self.blockers.iter().filter(|blocker| blocker.open).count()
    }
}

/// The checks whose pass settles a blocker: the one it names; all of its gate where the plan has no such check; all
/// of the plan where it names nothing that the plan has.
pub fn checks_behind(origin: Option<&BlockerOrigin>, plan: &Plan) -> Vec<CheckKey> {
    let all = || plan.checks().map(|(gate, check)| (gate.id, check.id.clone())).collect();
    let Some(origin) = origin else { return all() };
    let of_gate = || plan.checks().filter(|(gate, _)| gate.id == origin.gate);
    if let Some((gate, check)) = of_gate().find(|(_, check)| Some(&check.id) == origin.check.as_ref()) {
        return vec![(gate.id, check.id.clone())];
    }
    if of_gate().next().is_none() {
        all()
    } else {
        of_gate().map(|(gate, check)| (gate.id, check.id.clone())).collect()
    }
}

impl Closing {
    /// What closes it, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Passed => "its check has passed since it was filed: it is closed when that is asked for",
            Self::ById => "it is a step's: once its cause is settled it is closed by its ID",
            Self::AfterMending => "its check did not pass in the latest poll",
            Self::AfterPoll => "its check has not run since it was filed",
            Self::ByHand => "it was not filed by gonogo: it is closed in the tracker",
        }
    }
}

/// What closes a task.
pub fn closing(task: &Task, state: &LedgerState, plan: &Plan) -> Closing {
    if step_in(&task.body).is_some() {
        return Closing::ById;
    }
    let Some(fingerprint) = task.fingerprint() else { return Closing::ByHand };
    let checks = checks_behind(BlockerOrigin::in_body(&task.body).as_ref(), plan);
    let passes = state.passed_in_latest_poll(&checks);
    match (passes, state.passed_since_blocker(&fingerprint, &checks)) {
        (true, true) => Closing::Passed,
        (true, false) => Closing::AfterPoll,
        (false, _) => Closing::AfterMending,
    }
}

/// Which blockers stand. `incomplete` are the problems that are, in the poll at hand, only incomplete checks.
pub fn stand(
    backlog: &Backlog,
    state: &LedgerState,
    plan: &Plan,
    incomplete: &HashSet<Fingerprint>,
) -> Standing {
    let blockers = backlog
        .tasks
        .iter()
        .map(|task| {
            let fingerprint = task.fingerprint();
            let origin = BlockerOrigin::in_body(&task.body);
            let proven = |fingerprint: &Fingerprint| {
                state.passed_since_blocker(fingerprint, &checks_behind(origin.as_ref(), plan))
            };
            // A task without a fingerprint is somebody's own: its being closed is all there is to go by. So it is for a
            // step, which no check speaks for: the next run looks at the world again before it goes past that.
            let closed_is_enough = step_in(&task.body).is_some();
            let settled = task.state != TaskState::Open
                && (closed_is_enough || fingerprint.as_ref().is_none_or(proven));
            Blocker {
                id: task.id.clone(),
                incomplete_only: fingerprint
                    .as_ref()
                    .is_some_and(|fingerprint| incomplete.contains(fingerprint)),
                fingerprint,
                origin,
                title: task.title.clone(),
                state: task.state,
                closing: closing(task, state, plan),
                open: !settled,
            }
        })
        .collect();
    Standing { blockers }
}
