//! What a stop asks for, by its cause and by the blocker that was filed for it.

use super::given::Verb;
use super::next::{Duty, WhatNext};
use super::seen::{Blockers, Seen};
use crate::blocker::Closing;
use crate::mechanics::{Code, WaysOut};
use crate::verdict::Outcome;

/// What follows a stop. `again` is the command that stopped. A blocker that is closed already has said that its cause is
/// settled.
pub(super) fn after(seen: &Seen<'_>, code: Code, blocker: Option<&str>, again: Verb) -> WhatNext {
    if let Some(id) = blocker {
        return if seen.is_open(id) {
            after_stop(code, Some(id), again)
        } else {
            WhatNext::Command(vec![again])
        };
    }
    if code != Code::BlockerOpen {
        return after_stop(code, None, again);
    }
    match &seen.blockers {
        Blockers::Standing(standing) if standing.is_empty() => WhatNext::Command(vec![again]),
        Blockers::Standing(standing) => settle(standing),
        Blockers::NotAsked | Blockers::Unreadable => {
            let known = seen.state.open_blockers().iter().cloned().collect();
            WhatNext::Person(Duty::SettleBlockers(known), vec![Verb::Poll])
        }
    }
}

/// What follows a stop whose cause is not settled, with the blocker that was filed for it.
pub fn after_stop(code: Code, blocker: Option<&str>, again: Verb) -> WhatNext {
    let close = blocker.map(|id| Verb::Close(vec![id.to_owned()]));
    let (duty, again) = match code.ways_out() {
        WaysOut::Settle => (Duty::Settle(code), again),
        WaysOut::Decide => (Duty::Decide(code), again),
        WaysOut::Mend => (Duty::Mend, Verb::Poll),
    };
    WhatNext::Person(duty, close.into_iter().chain([again]).collect())
}

/// What follows a look at the channels. `again` looks once more.
pub fn after_look(outcome: Outcome, blocker: Option<&str>, again: Verb) -> WhatNext {
    if outcome == Outcome::Passed {
        return WhatNext::Nothing;
    }
    let close = blocker.map(|id| Verb::Close(vec![id.to_owned()]));
    WhatNext::Person(Duty::MendChannels, close.into_iter().chain([again]).collect())
}

/// What closes the blockers that stand, where every gate passed: what can be closed at once goes first.
pub(super) fn settle(standing: &[(String, Closing)]) -> WhatNext {
    let of = |wanted: Closing| -> Vec<String> {
        standing.iter().filter(|(_, closing)| *closing == wanted).map(|(id, _)| id.clone()).collect()
    };
    let passed = of(Closing::Passed);
    if !passed.is_empty() && passed.len() == standing.len() {
        return WhatNext::Command(vec![Verb::ClosePassed, Verb::Poll]);
    }
    if !passed.is_empty() {
        return WhatNext::Command(vec![Verb::Close(passed), Verb::Poll]);
    }
    if !of(Closing::AfterMending).is_empty() {
        return WhatNext::Person(Duty::Mend, vec![Verb::Poll]);
    }
    let mut steps = of(Closing::ById);
    steps.extend(of(Closing::Gone));
    if !steps.is_empty() {
        return WhatNext::Person(Duty::SettleBlockers(steps.clone()), vec![Verb::Close(steps), Verb::Poll]);
    }
    let own = of(Closing::ByHand);
    if !own.is_empty() {
        return WhatNext::Person(Duty::CloseByHand(own), vec![Verb::Poll]);
    }
    // What is left only has to run again, and nothing is left where all were closed meanwhile.
    WhatNext::Command(vec![Verb::Poll])
}
