//! What a poll that refused clearance asks for.

use super::given::Verb;
use super::next::{Duty, WhatNext};
use super::seen::{Blockers, Seen};
use super::stop;
use crate::ledger::{CheckFinished, PollState};
use crate::verdict::{Reason, Verdict};

/// The next thing after a poll of this commit that refused: what failed first, then what could not be shown, then what
/// stands in the tracker.
pub(super) fn refused(seen: &Seen<'_>, poll: &PollState) -> WhatNext {
    let again = || vec![Verb::Poll];
    let required = |one: &&CheckFinished| poll.started.required_gates.contains(&one.gate);
    let checks: Vec<&CheckFinished> = poll.finished.values().filter(required).collect();
    let is_answered = |one: &&CheckFinished| is_answered(seen, poll, one);
    let failed: Vec<&CheckFinished> =
        checks.iter().copied().filter(|one| one.verdict == Verdict::Failed).collect();
    if !failed.iter().all(is_answered) {
        return WhatNext::Person(Duty::Mend, again());
    }
    // What was accepted since has only to be polled again.
    if !failed.is_empty() {
        return WhatNext::Command(again());
    }
    let incomplete: Vec<&CheckFinished> =
        checks.iter().copied().filter(|one| one.verdict == Verdict::Incomplete).collect();
    if let Some(next) = not_shown(seen, poll, &incomplete) {
        return next;
    }
    let ended = poll.ended.as_ref();
    let all_passed = ended.is_some_and(|ended| ended.verdict == Verdict::Passed);
    match (&seen.blockers, ended.and_then(|ended| ended.standing_blockers)) {
        // The poll was cut short, or could not read the tracker.
        (Blockers::Unreadable, None) => WhatNext::Person(Duty::ReachTracker, again()),
        (Blockers::NotAsked, None) => WhatNext::Command(again()),
        (Blockers::Standing(_), None) if !all_passed => WhatNext::Command(again()),
        // A required gate has nothing that could show anything.
        (_, Some(_)) if !all_passed => WhatNext::Person(Duty::Show, again()),
        (Blockers::Standing(standing), _) => stop::settle(standing),
        (Blockers::Unreadable, Some(_)) => WhatNext::Person(Duty::ReachTracker, again()),
        (Blockers::NotAsked, Some(_)) => {
            let known = seen.state.open_blockers().iter().cloned().collect();
            WhatNext::Person(Duty::SettleBlockers(known), again())
        }
    }
}

/// What settles checks that showed nothing.
fn not_shown(seen: &Seen<'_>, poll: &PollState, incomplete: &[&CheckFinished]) -> Option<WhatNext> {
    let again = || vec![Verb::Poll];
    if incomplete.is_empty() {
        return None;
    }
    let others = |one: &&CheckFinished| !is_for_review(one) && one.reason != Some(Reason::Interrupted);
    if incomplete.iter().any(others) {
        return Some(WhatNext::Person(Duty::Show, again()));
    }
    let unreviewed =
        incomplete.iter().filter(|one| is_for_review(one)).find(|one| !is_reviewed(seen, poll, one));
    Some(match unreviewed {
        Some(one) => WhatNext::Person(Duty::Review { gate: one.gate, check: one.check.clone() }, again()),
        // What was cut short, or was reviewed since, only has to be polled again.
        None => WhatNext::Command(again()),
    })
}

/// Whether a review is what settles a check.
const fn is_for_review(check: &CheckFinished) -> bool {
    matches!(check.reason, Some(Reason::ReviewMissing | Reason::Flaky))
}

/// Whether as many reviews as were still wanted were recorded since, of the very same scope; or one that rejects it.
fn is_reviewed(seen: &Seen<'_>, poll: &PollState, check: &CheckFinished) -> bool {
    let Some(asked) = &check.review else { return false };
    let key = (check.gate, check.check.clone());
    seen.state.rejected_since(&key, &asked.scope, poll.seq)
        || seen.state.accepted_since(&key, &asked.scope, poll.seq) >= asked.wanted.max(1)
}

/// Whether a failure was answered since: a rejection by reviews that accept, findings by waivers. Whether they count, a poll says.
fn is_answered(seen: &Seen<'_>, poll: &PollState, check: &CheckFinished) -> bool {
    match &check.review {
        Some(asked) => {
            let key = (check.gate, check.check.clone());
            let accepted = seen.state.accepted_since(&key, &asked.scope, poll.seq);
            accepted >= asked.wanted.max(1)
        }
        None => seen.state.waived_since(check, poll.seq),
    }
}
