//! Where the live mechanics stand, where they began.

use super::decide::{At, Held, ReleaseState};
use super::given::Verb;
use super::next::{Duty, WhatNext};
use super::refused;
use super::seen::Seen;
use super::stop;
use crate::ledger::RunState;
use crate::ledger::{DeliveryRecorded, PollState, StepStopped};
use crate::release::Mode;
use crate::verdict::{Outcome, Reason};

/// Where the live mechanics stand. `None` where nothing of them counts: none began, or what began was of another commit
/// and can be taken back.
pub(super) fn at(seen: &Seen<'_>) -> Option<At> {
    let live = seen.live;
    let run = live.run.as_ref()?;
    let is_completed = run.ended.as_ref().is_some_and(|ended| ended.completed);
    if is_completed {
        return Some(at_end(seen, live.delivered.as_ref()));
    }
    let stopped = live.stopped.as_ref().filter(|_| run.ended.is_some());
    if stopped.is_none() && !live.has_intents() {
        return None;
    }
    let is_of_commit = run.started.commit == *seen.commit;
    if !is_of_commit && !live.past_the_door {
        return None;
    }
    let (state, held, next) = match stopped {
        Some(stopped) => {
            (ReleaseState::Stopped, Held::ByCause(stopped.cause.code.severity()), at_stop(seen, run, stopped))
        }
        // Not confirmed at the door, or the run was cut short.
        None => (ReleaseState::Releasing, Held::ByWork, go_on(seen, run)),
    };
    let again = || vec![Verb::Run(Mode::Live)];
    let next = match next {
        _ if !is_of_commit => WhatNext::Person(Duty::CheckOut(run.started.commit.clone()), again()),
        // Another commit would be another release: this one's tag is out.
        WhatNext::Person(Duty::Mend, _) if live.past_the_door => {
            WhatNext::Person(Duty::MendWithoutCommit, again())
        }
        next => next,
    };
    Some(At { state, held, next })
}

/// Every step is done.
fn at_end(seen: &Seen<'_>, delivered: Option<&DeliveryRecorded>) -> At {
    let Some(delivered) = delivered else {
        return if seen.releasing.has_channels {
            let next = WhatNext::Command(vec![Verb::Verify]);
            At { state: ReleaseState::Released, held: Held::ByWork, next }
        } else {
            At { state: ReleaseState::Released, held: Held::ByNothing, next: WhatNext::Nothing }
        };
    };
    let outcome = Outcome::from_parts(delivered.verdict, delivered.reason)
        .unwrap_or(Outcome::Incomplete(Reason::UnreadableOutput));
    if outcome == Outcome::Passed {
        return At { state: ReleaseState::Delivered, held: Held::ByNothing, next: WhatNext::Nothing };
    }
    let next = match &delivered.blocker {
        // Whoever closed it says that the channels were seen to.
        Some(id) if !seen.is_open(id) => WhatNext::Command(vec![Verb::Verify]),
        blocker => stop::after_look(outcome, blocker.as_deref(), Verb::Verify),
    };
    At { state: ReleaseState::Released, held: Held::ByOutcome(outcome), next }
}

fn at_stop(seen: &Seen<'_>, run: &RunState, stopped: &StepStopped) -> WhatNext {
    let blocker = stopped.blocker.as_deref();
    let is_open = blocker.is_some_and(|id| seen.is_open(id));
    // A poll that came after it has looked at everything again.
    if !is_open && polled_since(seen, run).is_some() {
        return go_on(seen, run);
    }
    match stop::after(seen, stopped.cause.code, blocker, Verb::Run(Mode::Live)) {
        WhatNext::Command(_) => go_on(seen, run),
        next => next,
    }
}

/// The live command, after whatever a later poll refused for: it would only be refused again. Before the door a maintainer
/// says yes to it.
fn go_on(seen: &Seen<'_>, run: &RunState) -> WhatNext {
    let refused =
        polled_since(seen, run).filter(|poll| poll.ended.as_ref().is_some_and(|ended| !ended.cleared));
    let again = vec![Verb::Run(Mode::Live)];
    match refused {
        Some(poll) => refused::refused(seen, poll),
        None if seen.live.past_the_door => WhatNext::Command(again),
        None => WhatNext::Person(Duty::Approve, again),
    }
}

/// The poll of this commit that came after a run, once it has ended.
fn polled_since<'a>(seen: &Seen<'a>, run: &RunState) -> Option<&'a PollState> {
    let poll = seen.state.poll.as_ref().filter(|poll| poll.seq > run.seq)?;
    (poll.ended.is_some() && poll.started.subject.commit == *seen.commit).then_some(poll)
}
