//! Blockers of a poll: what the tracker holds is brought in line with it, and what stands is read again at the end.

use super::{Options, PollEvent, PollWatch};
use crate::blockers::{close_passed, file, record_unknown, said};
use crate::context::Context;
use crate::earlier_tracker;
use crate::failure::Failure;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{Draft, Standing, checks_to_repeat, drafts, stand};
use gonogo_core::evidence::Fingerprint;
use gonogo_core::gate::Poll;
use gonogo_core::ledger::CheckKey;
use gonogo_core::plan::Plan;
use gonogo_core::standing::Verb;
use gonogo_world::ledger::Ledger;
use gonogo_world::process::Cancel;
use gonogo_world::tracker::Tracker;
use std::collections::HashSet;

/// Reads the tracker before the checks run, so that a pass which counts for a blocker is known to come after it.
/// Gives the checks whose earlier passes do not. A tracker that cannot be read now is asked again at the end.
pub async fn unsettled_checks(
    plan: &Plan,
    cancel: &Cancel,
    ledger: &mut Ledger,
    tracker: &OpenTracker,
    epic: &str,
) -> Result<HashSet<CheckKey>, Failure> {
    let Ok(tracker) = tracker else { return Ok(HashSet::new()) };
    let Ok(backlog) = tracker.read(epic, cancel).await else { return Ok(HashSet::new()) };
    record_unknown(ledger, &backlog)?;
    Ok(checks_to_repeat(&backlog, ledger.state(), plan))
}

/// Files what the poll found, and reads what stands. The inner error is why that is not known.
pub async fn blockers(
    context: &Context,
    ledger: &mut Ledger,
    tracker: &OpenTracker,
    epic: &str,
    poll: &Poll,
    options: Options,
    watch: &mut impl PollWatch,
) -> Result<Result<Standing, String>, Failure> {
    let tracker = match tracker {
        Ok(tracker) => tracker,
        Err(error) => return Ok(Err(said(error))),
    };
    let base = context.candidate.base.as_ref().map(|base| base.tag.as_str());
    let again = context.given.for_others().line(&[Verb::Poll]);
    let drafts = drafts(poll, context.candidate.target.tag(), &context.candidate.commit, base, &again);
    let incomplete: HashSet<Fingerprint> = drafts
        .iter()
        .filter(|(_, incomplete)| *incomplete)
        .map(|(draft, _)| draft.fingerprint.clone())
        .collect();
    let drafts: Vec<Draft> = drafts.into_iter().map(|(draft, _)| draft).collect();
    let mut backlog = match file(&context.session.cancel, ledger, tracker, epic, &drafts).await? {
        Ok(backlog) => backlog,
        Err(error) => return Ok(Err(said(&error))),
    };
    if tracker.is_lasting() {
        record_unknown(ledger, &backlog)?;
    }
    if options.close_passed {
        let closed = match close_passed(context, ledger, tracker, &backlog, |_| true).await? {
            Ok(closed) => closed,
            Err(error) => return Ok(Err(said(&error))),
        };
        for id in &closed {
            let note = format!("blocker {id}: its check has passed since it was filed; closed");
            watch.poll(PollEvent::Note(&note));
        }
        if !closed.is_empty() {
            backlog = match tracker.read(epic, &context.session.cancel).await {
                Ok(backlog) => backlog,
                Err(error) => return Ok(Err(said(&error))),
            };
        }
    }
    let standing = stand(&backlog, ledger.state(), &context.candidate.plan, &incomplete);
    let earlier = earlier_tracker::blockers(&context.candidate, &context.session).await;
    Ok(earlier.map(|earlier| standing.and(earlier)))
}
