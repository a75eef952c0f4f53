//! From every place, following what comes next ends where it should, and never leads twice through the same place.

use crate::model::{Cut, Fault, Model, Shape, TAG};
use gonogo_core::mechanics::Code;
use gonogo_core::release::Mode;
use gonogo_core::standing::{Duty, Given, ReleaseState, Verb, WhatNext};
use proptest::prelude::*;

/// More commands than any way has.
const LONG: usize = 60;

/// Where a walk ended, and the way there.
pub struct Walk {
    pub model: Model,
    pub state: ReleaseState,
    pub last: WhatNext,
    pub way: Vec<(ReleaseState, WhatNext)>,
}

/// Follows what comes next, and does what a person is asked to do.
#[track_caller]
pub fn follow(mut model: Model, first: WhatNext) -> Walk {
    let mut next = first;
    let mut way: Vec<(ReleaseState, WhatNext)> = Vec::new();
    let mut been = Vec::new();
    loop {
        let (state, open) = (model.status().state, model.open_blockers());
        let open: Vec<String> = open.into_iter().map(|one| one.id).collect();
        let done = (model.tag_here.is_some(), model.tag_there.is_some(), model.done.len());
        // What is still wrong in the world is a part of where one is; how often something was tried is not.
        let place = (state, next.clone(), open, done, model.faults.clone());
        assert!(!been.contains(&place), "twice at {place:?}\nleft: {:?}\nway: {}", model.faults, told(&way));
        assert!(way.len() < LONG, "no end of it: {}", told(&way));
        been.push(place);
        way.push((state, next.clone()));
        let verbs = match &next {
            WhatNext::Nothing => break,
            WhatNext::Command(verbs) => verbs.clone(),
            WhatNext::Person(duty, verbs) => {
                if !model.do_what_is_asked(duty) {
                    break;
                }
                verbs.clone()
            }
        };
        assert!(!verbs.is_empty(), "{next:?} leads nowhere");
        let mut after = None;
        for verb in &verbs {
            let came = model.carry_out(verb);
            tells_alike(&model, verb, &came.next, &way);
            let ok = came.ok;
            after = Some(came.next);
            if !ok {
                break;
            }
        }
        next = after.unwrap();
        if model.meanwhile() {
            // Whoever comes next looks where it stands.
            next = model.status().next;
            been.clear();
        }
    }
    let state = model.status().state;
    Walk { model, state, last: next, way }
}

/// What a command says at its end is what `status` says after it; but for what the ledger cannot know of it.
#[track_caller]
fn tells_alike(model: &Model, verb: &Verb, next: &WhatNext, way: &[(ReleaseState, WhatNext)]) {
    let looked_further =
        matches!(verb, Verb::Prepare | Verb::Audit) || matches!(next, WhatNext::Person(Duty::CloseGaps, _));
    if !looked_further {
        assert_eq!(*next, model.status().next, "after {verb:?}: {:?}\n{}", model.faults, told(way));
    }
}

fn told(way: &[(ReleaseState, WhatNext)]) -> String {
    way.iter()
        .map(|(state, next)| format!("\n  {}: {}", state.name(), next.words(&Given::target(TAG))))
        .collect()
}

#[track_caller]
fn ends_well(walk: &Walk) {
    let ended = match (&walk.last, walk.state) {
        (WhatNext::Person(Duty::FindLedger, _), _) => true,
        (WhatNext::Nothing, ReleaseState::Go) => walk.model.shape == Shape::GatesOnly,
        (WhatNext::Nothing, ReleaseState::Delivered) => walk.model.shape != Shape::GatesOnly,
        _ => false,
    };
    assert!(ended, "{:?} {:?}\n{}", walk.state, walk.last, told(&walk.way));
    // What happens once a release has begun cannot happen to gates alone, and a lost ledger ends the way.
    let is_whole = walk.state == ReleaseState::Delivered;
    let left: Vec<&Fault> = walk.model.faults.iter().filter(|fault| is_whole && must_strike(fault)).collect();
    assert!(left.is_empty(), "went past {left:?}\n{}", told(&walk.way));
}

/// A fault that no release gets past unseen.
const fn must_strike(fault: &Fault) -> bool {
    match fault {
        Fault::Gap
        | Fault::Red
        | Fault::NoTool
        | Fault::TrackerDown
        | Fault::OwnTask
        | Fault::Busy
        | Fault::ForeignTag
        | Fault::Stop(Mode::Live, ..)
        | Fault::Undelivered(Mode::Live) => true,
        Fault::RedLater
        | Fault::Unreviewed
        | Fault::Reported
        | Fault::StoreLost
        | Fault::PollCut
        | Fault::Stop(Mode::DryRun, ..)
        | Fault::RunCut(..)
        | Fault::Declined
        | Fault::Undelivered(Mode::DryRun)
        | Fault::LedgerLost
        | Fault::TagUndone
        | Fault::NotesUndone
        | Fault::Commit => false,
    }
}

/// Every kind of thing that can be wrong or happen, once.
fn faults() -> Vec<Fault> {
    let stop = |mode, step, code| Fault::Stop(mode, step, code);
    vec![
        Fault::Gap,
        Fault::Red,
        Fault::RedLater,
        Fault::NoTool,
        Fault::Unreviewed,
        Fault::TrackerDown,
        Fault::OwnTask,
        Fault::StoreLost,
        Fault::Reported,
        Fault::PollCut,
        stop(Mode::DryRun, "push-tag", Code::PushRejected),
        stop(Mode::DryRun, "publish", Code::CommandFailed),
        stop(Mode::DryRun, "publish", Code::ChannelDiffers),
        Fault::Undelivered(Mode::DryRun),
        Fault::RunCut(Mode::DryRun, "notes", Cut::AfterEffect),
        stop(Mode::Live, "tag", Code::TreeChanged),
        stop(Mode::Live, "push-tag", Code::PushRejected),
        stop(Mode::Live, "notes", Code::Unreachable),
        stop(Mode::Live, "publish", Code::CommandFailed),
        stop(Mode::Live, "publish", Code::ChannelDiffers),
        stop(Mode::Live, "publish", Code::BlockerOpen),
        Fault::Undelivered(Mode::Live),
        Fault::RunCut(Mode::Live, "tag", Cut::BeforeEffect),
        Fault::RunCut(Mode::Live, "push-tag", Cut::BeforeEffect),
        Fault::RunCut(Mode::Live, "push-tag", Cut::AfterEffect),
        Fault::RunCut(Mode::Live, "notes", Cut::AfterEffect),
        Fault::Declined,
        Fault::TagUndone,
        Fault::NotesUndone,
        Fault::Commit,
        Fault::LedgerLost,
        Fault::ForeignTag,
        Fault::Busy,
    ]
}

#[track_caller]
fn walk(shape: Shape, faults: &[Fault]) {
    let model = Model::new(shape, faults);
    let next = model.status().next;
    ends_well(&follow(model, next));
}

#[test]
fn with_nothing_wrong_the_way_is_prepare_poll_rehearse_approve_release() {
    let model = Model::new(Shape::Whole, &[]);
    let next = model.status().next;
    let walk = follow(model, next);
    let way: Vec<WhatNext> = walk.way.into_iter().map(|(_, next)| next).collect();
    let live = vec![Verb::Run(Mode::Live)];
    assert_eq!(
        way,
        [
            WhatNext::Command(vec![Verb::Prepare]),
            WhatNext::Command(vec![Verb::Poll]),
            WhatNext::Command(vec![Verb::Run(Mode::DryRun)]),
            WhatNext::Person(Duty::Approve, live),
            WhatNext::Nothing,
        ]
    );
    assert_eq!(walk.state, ReleaseState::Delivered);
}

#[test]
fn from_every_thing_that_can_be_wrong_and_every_two_of_them_the_way_ends() {
    let faults = faults();
    for shape in Shape::ALL {
        walk(shape, &[]);
        for one in &faults {
            walk(shape, &[*one]);
        }
    }
    for (at, one) in faults.iter().enumerate() {
        for other in &faults[at + 1..] {
            walk(Shape::Whole, &[*one, *other]);
        }
    }
}

#[test]
fn a_store_that_is_begun_anew_gives_ids_out_again_and_the_way_ends() {
    let stop = |code| Fault::Stop(Mode::Live, "publish", code);
    walk(Shape::Whole, &[Fault::RedLater, Fault::StoreLost, stop(Code::CommandFailed)]);
    walk(Shape::Whole, &[Fault::RedLater, Fault::StoreLost, Fault::Undelivered(Mode::Live)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn from_many_things_that_are_wrong_at_once_the_way_ends(
        shape in proptest::sample::select(&Shape::ALL[..]),
        faults in proptest::sample::subsequence(faults(), 3..8),
    ) {
        walk(shape, &faults);
    }
}
