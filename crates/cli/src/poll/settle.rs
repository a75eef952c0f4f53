//! Blockers: what the tracker holds is brought in line with the poll, and what stands is read again at the end.

use super::{Options, Watch};
use crate::context::Context;
use crate::error::Failure;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{
    Backlog, Draft, Origin, Standing, Task, TaskState, checks_behind, drafts, reconcile, stand, step_in,
};
use gonogo_core::evidence::Fingerprint;
use gonogo_core::gate::Poll;
use gonogo_core::ledger::{BlockerFiled, BlockerResolved, BlockerSeen, CheckKey, Event};
use gonogo_world::ledger::{Ledger, LedgerError};
use gonogo_world::tracker::{Tracker, TrackerError};
use std::collections::HashSet;

/// Reads the tracker before the checks run, so that a pass which counts for a blocker is known to come after it.
/// Gives the checks whose earlier passes do not. A tracker that cannot be read now is asked again at the end.
pub async fn checks_to_repeat(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &OpenTracker,
    epic: &str,
) -> Result<HashSet<CheckKey>, Failure> {
    let Ok(tracker) = tracker else { return Ok(HashSet::new()) };
    let Ok(backlog) = tracker.read(epic, &context.cancel).await else { return Ok(HashSet::new()) };
    record_unknown(ledger, &backlog)?;
    let mut checks = HashSet::new();
    for task in &backlog.tasks {
        let Some(fingerprint) = task.fingerprint().filter(|_| step_in(&task.body).is_none()) else {
            continue;
        };
        let behind = checks_behind(Origin::in_body(&task.body).as_ref(), &context.plan);
        if !ledger.state().passed_since_blocker(&fingerprint, &behind) {
            checks.extend(behind);
        }
    }
    Ok(checks)
}

/// Files what the poll found, and reads what stands. The inner error is why that is not known.
pub async fn blockers(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &OpenTracker,
    epic: &str,
    poll: &Poll,
    options: Options,
    watch: &mut impl Watch,
) -> Result<Result<Standing, String>, Failure> {
    let tracker = match tracker {
        Ok(tracker) => tracker,
        Err(error) => return Ok(Err(said(error))),
    };
    let base = context.base.as_ref().map(|base| base.tag.as_str());
    let drafts = drafts(poll, context.target.tag(), &context.commit, base);
    let incomplete: HashSet<Fingerprint> = drafts
        .iter()
        .filter(|(_, incomplete)| *incomplete)
        .map(|(draft, _)| draft.fingerprint.clone())
        .collect();
    let drafts: Vec<Draft> = drafts.into_iter().map(|(draft, _)| draft).collect();
    let mut backlog = match file(context, ledger, tracker, epic, &drafts).await? {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Err(said(&error))),
    };
    record_unknown(ledger, &backlog)?;
    if options.close_passed {
        let closed = match close_passed(context, ledger, tracker, &backlog, |_| true).await? {
            Ok(closed) => closed,
            Err(error) => return Ok(Err(said(&error))),
        };
        for id in &closed {
            watch.note(&format!("blocker {id}: its check has passed since it was filed; closed"));
        }
        if !closed.is_empty() {
            backlog = match tracker.read(epic, &context.cancel).await {
                Ok(backlog) => backlog,
                Err(error) => return Ok(Err(said(&error))),
            };
        }
    }
    Ok(Ok(stand(&backlog, ledger.state(), &context.plan, &incomplete)))
}

/// Files drafts, and records what was filed or opened again. Gives the backlog as it stands after that.
pub async fn file(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    epic: &str,
    drafts: &[Draft],
) -> Result<Result<Backlog, TrackerError>, Failure> {
    let before = match tracker.read(epic, &context.cancel).await {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Err(error)),
    };
    let actions = reconcile(&before, drafts);
    if actions.is_empty() {
        return Ok(Ok(before));
    }
    let after = match tracker.apply(epic, &actions, &context.cancel).await {
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
pub fn is_settled(context: &Context, ledger: &Ledger, task: &Task) -> bool {
    if step_in(&task.body).is_some() {
        return false;
    }
    let behind = checks_behind(Origin::in_body(&task.body).as_ref(), &context.plan);
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
    let settled = |ledger: &Ledger, task: &Task| wanted(task) && is_settled(context, ledger, task);
    let note = format!("Passed at commit {} in a poll of {}.", context.commit, context.target.tag());
    close(context, ledger, tracker, backlog, settled, &note).await
}

/// Closes blockers of steps that somebody names: no check speaks for a step, and the next run looks at the world again.
/// Gives their IDs.
pub async fn close_steps(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &impl Tracker,
    backlog: &Backlog,
    named: &[String],
) -> Result<Result<Vec<String>, TrackerError>, Failure> {
    let wanted = |_: &Ledger, task: &Task| named.contains(&task.id) && step_in(&task.body).is_some();
    let note = format!("Settled, says {}. The next run looks at this step again.", context.agent);
    close(context, ledger, tracker, backlog, wanted, &note).await
}

async fn close(
    context: &Context,
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
        if let Err(error) = tracker.close(&task.id, &note, &context.cancel).await {
            return Ok(Err(error));
        }
        let agent = context.agent.clone();
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

fn said(error: &TrackerError) -> String {
    match &error.remedy {
        Some(remedy) => format!("{}; remedy: {remedy}", error.message),
        None => error.message.clone(),
    }
}
