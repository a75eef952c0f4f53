//! Blockers in the tracker: filed, found again, closed, and each of it recorded in the ledger.

use crate::context::{Context, Session};
use crate::failure::Failure;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{
    Backlog, Blocker, Closing, Draft, Stopped, Task, TaskState, epic_title, reconcile, stand, unknown,
};
use gonogo_core::evidence::Fingerprint;
use gonogo_core::ledger::{BlockerFiled, BlockerResolved, Event};
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
    let drafts = before.under_filed_names(drafts);
    let actions = reconcile(&before, &drafts);
    if actions.is_empty() {
        return Ok(Ok(before));
    }
    let after = match tracker.apply(epic, &actions, cancel).await {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Err(error)),
    };
    let open_before: HashSet<&str> = open_tasks(&before).map(|task| task.id.as_str()).collect();
    let asked: HashSet<&Fingerprint> = drafts.iter().map(|draft| &draft.fingerprint).collect();
    // What is filed where nothing lasts is missed by nobody later.
    let lasting = open_tasks(&after).filter(|_| tracker.is_lasting());
    for task in lasting {
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

/// Closes open blockers of gonogo's that are settled and wanted closed, and records each. Gives their IDs.
pub async fn close_passed(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    wanted: impl Fn(&str) -> bool,
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let plan = &context.candidate.plan;
    let settled = |one: &Blocker| wanted(&one.id) && one.closing == Closing::Passed;
    let note = format!(
        "Passed at commit {} in a poll of {}.",
        context.candidate.commit,
        context.candidate.target.tag()
    );
    close(&context.session, plan, ledger, tracker, backlog, settled, &note).await
}

/// Closes blockers that somebody names and that no check speaks for: those of steps, as the next run looks at the world again,
/// and tasks of somebody's own that the tracker does not show any more. Gives their IDs.
pub async fn close_steps(
    session: &Session,
    plan: &Plan,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    named: &[String],
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let wanted =
        |one: &Blocker| named.contains(&one.id) && matches!(one.closing, Closing::ById | Closing::Gone);
    let note = format!("Settled, says {}. The next run looks at this step again.", session.agent);
    close(session, plan, ledger, tracker, backlog, wanted, &note).await
}

async fn close(
    session: &Session,
    plan: &Plan,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    wanted: impl Fn(&Blocker) -> bool,
    note: &str,
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let mut closed = Vec::new();
    let standing = stand(backlog, ledger.state(), plan, &HashSet::new());
    for one in standing.blockers() {
        if one.state != TaskState::Open || !wanted(one) {
            continue;
        }
        let note = note.to_owned();
        // What the tracker does not show cannot be closed there: that it is settled stands in the ledger alone.
        if !one.is_gone
            && let Err(error) = tracker.close(&one.id, &note, &session.cancel).await
        {
            return Ok(Err(error));
        }
        let (id, fingerprint, agent) = (one.id.clone(), one.fingerprint.clone(), session.agent.clone());
        let resolved = BlockerResolved { id: id.clone(), fingerprint, agent, note };
        ledger.append(Event::BlockerResolved(resolved), Vec::new())?;
        closed.push(id);
    }
    Ok(Ok(closed))
}

/// Records the blockers that this ledger does not know: a pass counts for them from now on, and where they vanish they are missed.
pub fn record_unknown(ledger: &mut Ledger, backlog: &Backlog) -> Result<(), LedgerError> {
    for seen in unknown(backlog, ledger.state()) {
        ledger.append(Event::BlockerSeen(seen), Vec::new())?;
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
