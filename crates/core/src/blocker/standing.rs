//! Which blockers stand: open ones, and closed ones whose check has not passed since.

use super::step::is_of_step;
use super::{Backlog, BlockerOrigin, Task, TaskState, own_fingerprint, step_in};
use crate::evidence::Fingerprint;
use crate::ledger::{BlockerSeen, CheckKey, KnownBlocker, LedgerState};
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
    /// The ledger knows it as open, and the tracker does not show it any more.
    pub is_gone: bool,
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
    /// It was a task of somebody's own, and the tracker does not show it any more: it is put back, or whoever knows that it is
    /// settled closes it by its ID.
    Gone,
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

    /// The same with blockers that stand in another place.
    #[must_use]
    pub fn and(mut self, others: Vec<Blocker>) -> Self {
        self.blockers.extend(others);
        self
    }

    /// How many stand in the way.
    pub fn count(&self) -> usize {
        self.blockers.iter().filter(|blocker| blocker.open).count()
    }
}

/// The open tasks of a place where blockers of this release stood by an earlier plan: each stands until it is closed there,
/// whatever has passed since. `place` is that place in words.
pub fn stand_elsewhere(backlog: &Backlog, place: &str) -> Vec<Blocker> {
    let open = backlog.tasks.iter().filter(|task| task.state == TaskState::Open);
    let blocker = |task: &Task| Blocker {
        id: format!("{} in {place}", task.id),
        fingerprint: None,
        origin: BlockerOrigin::in_body(&task.body),
        title: task.title.clone(),
        state: task.state,
        open: true,
        incomplete_only: false,
        is_gone: false,
        closing: Closing::ByHand,
    };
    open.map(blocker).collect()
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
            Self::Gone => {
                "it was not filed by gonogo, and the tracker does not show it any more: it is put back there, or closed by its ID \
                 by whoever knows that it is settled"
            }
        }
    }
}

/// The checks whose pass settles a problem: by what the ledger has seen of it, else by what its task says.
fn behind(
    problem: &Fingerprint,
    said: Option<&BlockerOrigin>,
    state: &LedgerState,
    plan: &Plan,
) -> Vec<CheckKey> {
    let seen =
        state.origin(problem).map(|(gate, check)| BlockerOrigin { gate, check: check.map(str::to_owned) });
    checks_behind(seen.as_ref().or(said), plan)
}

/// What closes a task.
pub fn closing(task: &Task, state: &LedgerState, plan: &Plan) -> Closing {
    if step_in(task).is_some() {
        return Closing::ById;
    }
    let Some(fingerprint) = task.fingerprint() else { return Closing::ByHand };
    let checks = behind(&fingerprint, BlockerOrigin::in_body(&task.body).as_ref(), state, plan);
    by_checks(&fingerprint, &checks, state)
}

fn by_checks(problem: &Fingerprint, checks: &[CheckKey], state: &LedgerState) -> Closing {
    match (state.passed_in_latest_poll(checks), state.passed_since_blocker(problem, checks)) {
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
    let shown = backlog.tasks.iter().map(|task| {
        let fingerprint = task.fingerprint();
        let origin = BlockerOrigin::in_body(&task.body);
        let proven = |problem: &Fingerprint| {
            state.passed_since_blocker(problem, &behind(problem, origin.as_ref(), state, plan))
        };
        // A task without a fingerprint is somebody's own: its being closed is all there is to go by. So it is for a
        // step, which no check speaks for: the next run looks at the world again before it goes past that.
        let closed_is_enough = step_in(task).is_some();
        let settled =
            task.state != TaskState::Open && (closed_is_enough || fingerprint.as_ref().is_none_or(proven));
        Blocker {
            id: task.id.clone(),
            incomplete_only: fingerprint.as_ref().is_some_and(|problem| incomplete.contains(problem)),
            fingerprint,
            origin,
            title: task.title.clone(),
            state: task.state,
            is_gone: false,
            closing: closing(task, state, plan),
            open: !settled,
        }
    });
    let mut blockers: Vec<Blocker> = shown.collect();
    blockers.extend(gone(backlog, state).map(|known| of_gone(known, state, plan)));
    Standing { blockers }
}

/// The blockers that the ledger knows as open and the tracker does not show.
fn gone<'a>(backlog: &Backlog, state: &'a LedgerState) -> impl Iterator<Item = &'a KnownBlocker> {
    let shown: HashSet<Fingerprint> = backlog.tasks.iter().map(Task::known_as).collect();
    state.unsettled_blockers().filter(move |known| !shown.contains(&known.fingerprint))
}

fn of_gone(known: &KnownBlocker, state: &LedgerState, plan: &Plan) -> Blocker {
    let problem = &known.fingerprint;
    let origin =
        state.origin(problem).map(|(gate, check)| BlockerOrigin { gate, check: check.map(str::to_owned) });
    let title = known.title.as_deref().unwrap_or("a blocker that was filed elsewhere");
    Blocker {
        id: known.id.clone(),
        incomplete_only: false,
        fingerprint: Some(problem.clone()),
        title: format!("{title} (the tracker does not show it any more)"),
        state: TaskState::Open,
        is_gone: true,
        closing: closing_of_gone(known, state, plan),
        origin,
        open: true,
    }
}

fn closing_of_gone(known: &KnownBlocker, state: &LedgerState, plan: &Plan) -> Closing {
    let problem = &known.fingerprint;
    if *problem == own_fingerprint(&known.id) {
        Closing::Gone
    } else if is_a_steps(problem, state) {
        Closing::ById
    } else {
        by_checks(problem, &behind(problem, None, state, plan), state)
    }
}

/// The name of what stands for the delivery, where steps have their names.
const DELIVERY: &str = "delivery";

fn is_a_steps(problem: &Fingerprint, state: &LedgerState) -> bool {
    let known = state.origin(problem).is_none();
    known && state.steps().iter().map(String::as_str).chain([DELIVERY]).any(|step| is_of_step(problem, step))
}

/// The checks that have to run again, whatever earlier evidence there is: a pass of theirs is to settle a blocker that it does
/// not settle yet.
pub fn checks_to_repeat(backlog: &Backlog, state: &LedgerState, plan: &Plan) -> HashSet<CheckKey> {
    let shown = backlog.tasks.iter().filter(|task| step_in(task).is_none()).filter_map(|task| {
        let problem = task.fingerprint()?;
        let checks = behind(&problem, BlockerOrigin::in_body(&task.body).as_ref(), state, plan);
        Some((problem, checks))
    });
    let gone = gone(backlog, state).filter_map(|known| {
        let by_checks = !matches!(closing_of_gone(known, state, plan), Closing::Gone | Closing::ById);
        let problem = known.fingerprint.clone();
        by_checks.then(|| (problem.clone(), behind(&problem, None, state, plan)))
    });
    let unsettled =
        shown.chain(gone).filter(|(problem, checks)| !state.passed_since_blocker(problem, checks));
    unsettled.flat_map(|(_, checks)| checks).collect()
}

/// What a tracker shows and a ledger does not know yet: from when it is recorded on, a pass counts for it, and it is missed where
/// it vanishes. One that was settled, and is open again, is a new matter.
pub fn unknown(backlog: &Backlog, state: &LedgerState) -> Vec<BlockerSeen> {
    let mut seen = HashSet::new();
    let tasks = backlog.tasks.iter().filter(|task| {
        let is_open = task.state == TaskState::Open;
        match state.known_blocker(&task.known_as()) {
            Some(known) => known.is_settled && is_open,
            // A closed task of somebody's own needs nothing more.
            None => is_open || task.fingerprint().is_some(),
        }
    });
    let records = tasks.map(|task| BlockerSeen { id: task.id.clone(), fingerprint: task.known_as() });
    records.filter(|record| seen.insert(record.fingerprint.clone())).collect()
}
