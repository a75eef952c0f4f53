//! Blockers in the tracker: filed, found again, closed, and each of it recorded in the ledger.

use crate::context::{Context, Session};
use crate::failure::Failure;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{
    Backlog, Draft, Origin, Stopped, Task, TaskState, checks_behind, epic_title, reconcile, step_in,
};
use gonogo_core::evidence::Fingerprint;
use gonogo_core::ledger::{BlockerFiled, BlockerResolved, BlockerSeen, Event};
use gonogo_core::plan::Plan;
use gonogo_world::ledger::{Ledger, LedgerError};
use gonogo_world::process::Cancel;
use gonogo_world::tracker::{Tracker, TrackerError};
use std::collections::HashSet;

/// What was filed.
#[derive(Clone, Debug)]
pub enum Filed {
    /// The blocker, by the tracker's ID.
    As(String),
    /// There is a blocker already: it is the cause.
    AlreadyThere,
    /// It could not be filed.
    Not(String),
}

impl Filed {
    /// The blocker, where one was filed.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::As(id) => Some(id),
            Self::AlreadyThere | Self::Not(_) => None,
        }
    }
}

/// Files one blocker, and finds it again.
pub async fn file_stop(
    cancel: &Cancel,
    ledger: &mut Ledger,
    tracker: &OpenTracker,
    stopped: &Stopped<'_>,
) -> Result<Filed, Failure> {
    let tracker = match tracker {
        Ok(tracker) => tracker,
        Err(error) => return Ok(Filed::Not(error.message.clone())),
    };
    let draft = stopped.draft();
    let fingerprint = draft.fingerprint.clone();
    let backlog = match file(cancel, ledger, tracker, &epic_title(stopped.target), &[draft]).await? {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Filed::Not(error.message)),
    };
    let mut open = backlog.tasks.iter().filter(|task| task.state == TaskState::Open);
    Ok(match open.find(|task| task.fingerprint().as_ref() == Some(&fingerprint)) {
        Some(task) => Filed::As(task.id.clone()),
        None => Filed::Not("the filed task cannot be found again".to_owned()),
    })
}

/// Files drafts, and records what was filed or opened again. Gives the backlog as it stands after that.
pub async fn file(
    cancel: &Cancel,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    epic: &str,
    drafts: &[Draft],
) -> Result<Result<Backlog, TrackerError>, Failure> {
    let before = match tracker.read(epic, cancel).await {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Err(error)),
    };
    let actions = reconcile(&before, drafts);
    if actions.is_empty() {
        return Ok(Ok(before));
    }
    let after = match tracker.apply(epic, &actions, cancel).await {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Err(error)),
    };
    let open_before: HashSet<&str> = open_tasks(&before).map(|task| task.id.as_str()).collect();
    let asked: HashSet<&Fingerprint> = drafts.iter().map(|draft| &draft.fingerprint).collect();
    for task in open_tasks(&after) {
        let Some(fingerprint) = task.fingerprint() else { continue };
        if asked.contains(&fingerprint) && !open_before.contains(task.id.as_str()) {
            let filed = BlockerFiled { id: task.id.clone(), fingerprint, title: task.title.clone() };
            ledger.append(Event::BlockerFiled(filed), Vec::new())?;
        }
    }
    Ok(Ok(after))
}

fn open_tasks(backlog: &Backlog) -> impl Iterator<Item = &Task> {
    backlog.tasks.iter().filter(|task| task.state == TaskState::Open)
}

/// Whether a blocker's check has passed since it was filed, and passes still.
fn is_settled(plan: &Plan, ledger: &Ledger, task: &Task) -> bool {
    if step_in(&task.body).is_some() {
        return false;
    }
    let behind = checks_behind(Origin::in_body(&task.body).as_ref(), plan);
    let state = ledger.state();
    let since =
        task.fingerprint().is_some_and(|fingerprint| state.passed_since_blocker(&fingerprint, &behind));
    since && state.passed_in_latest_poll(&behind)
}

/// Closes open blockers of gonogo's that are settled and wanted closed, and records each. Gives their IDs.
pub async fn close_passed(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    wanted: impl Fn(&Task) -> bool,
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let settled =
        |ledger: &Ledger, task: &Task| wanted(task) && is_settled(&context.candidate.plan, ledger, task);
    let note = format!(
        "Passed at commit {} in a poll of {}.",
        context.candidate.commit,
        context.candidate.target.tag()
    );
    close(&context.session, ledger, tracker, backlog, settled, &note).await
}

/// Closes blockers of steps that somebody names: no check speaks for a step, and the next run looks at the world again.
/// Gives their IDs.
pub async fn close_steps(
    session: &Session,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    named: &[String],
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let wanted = |_: &Ledger, task: &Task| named.contains(&task.id) && step_in(&task.body).is_some();
    let note = format!("Settled, says {}. The next run looks at this step again.", session.agent);
    close(session, ledger, tracker, backlog, wanted, &note).await
}

async fn close(
    session: &Session,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    wanted: impl Fn(&Ledger, &Task) -> bool,
    note: &str,
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let mut closed = Vec::new();
    for task in backlog.tasks.iter().filter(|task| task.state == TaskState::Open) {
        if !wanted(ledger, task) {
            continue;
        }
        let note = note.to_owned();
        if let Err(error) = tracker.close(&task.id, &note, &session.cancel).await {
            return Ok(Err(error));
        }
        let agent = session.agent.clone();
        let resolved = BlockerResolved { id: task.id.clone(), fingerprint: task.fingerprint(), agent, note };
        ledger.append(Event::BlockerResolved(resolved), Vec::new())?;
        closed.push(task.id.clone());
    }
    Ok(Ok(closed))
}

/// A blocker that this ledger does not know was filed elsewhere: a pass counts for it from now on.
pub fn record_unknown(ledger: &mut Ledger, backlog: &Backlog) -> Result<(), LedgerError> {
    for task in &backlog.tasks {
        let Some(fingerprint) = task.fingerprint() else { continue };
        if !ledger.state().knows_blocker(&fingerprint) {
            ledger
                .append(Event::BlockerSeen(BlockerSeen { id: task.id.clone(), fingerprint }), Vec::new())?;
        }
    }
    Ok(())
}

/// Why a tracker cannot be used, in one line with its remedy.
pub fn said(error: &TrackerError) -> String {
    match &error.remedy {
        Some(remedy) => format!("{}; remedy: {remedy}", error.message),
        None => error.message.clone(),
    }
}
