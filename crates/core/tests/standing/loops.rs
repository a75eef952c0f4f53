//! Every loop and every untruth that was seen, by name.

use crate::model::{Fault, Model, Shape, commit};
use crate::walk::follow;
use gonogo_core::mechanics::{Code, Severity};
use gonogo_core::release::Mode;
use gonogo_core::standing::{Blockers, Duty, Held, Readiness, ReleaseState, Verb, WhatNext};
use gonogo_core::verdict::Outcome;

/// The release until it first stands at a state.
#[track_caller]
fn until(model: Model, state: ReleaseState) -> Model {
    until_so(model, |model| model.status().state == state)
}

#[track_caller]
fn until_so(mut model: Model, so: impl Fn(&Model) -> bool) -> Model {
    let mut next = model.status().next;
    for _ in 0..20 {
        if so(&model) {
            return model;
        }
        if let WhatNext::Person(duty, _) = &next {
            model.do_what_is_asked(duty);
        }
        let verbs = next.verbs().to_vec();
        for verb in &verbs {
            let came = model.carry_out(verb);
            next = came.next;
            if !came.ok {
                break;
            }
        }
        model.meanwhile();
    }
    panic!("it never was so, but stands at {:?}", model.status())
}

#[test]
fn a_poll_that_was_refused_for_a_task_of_somebodys_own_is_not_what_comes_next() {
    let model = until(Model::new(Shape::Whole, &[Fault::OwnTask]), ReleaseState::NoGo);
    let by_hand = WhatNext::Person(Duty::CloseByHand(vec!["OWN".to_owned()]), vec![Verb::Poll]);
    assert_eq!(model.status().next, by_hand);
}

#[test]
fn closing_what_has_passed_is_not_asked_of_what_would_be_refused() {
    let mut model = until(Model::new(Shape::Whole, &[Fault::OwnTask, Fault::Red]), ReleaseState::NoGo);
    assert_eq!(model.status().next, WhatNext::Person(Duty::Mend, vec![Verb::Poll]));
    model.do_what_is_asked(&Duty::Mend);
    // The failure's blocker can be closed by now, and the other cannot: only the one is named.
    let next = model.carry_out(&Verb::Poll).next;
    assert_eq!(next, WhatNext::Command(vec![Verb::Close(vec!["B1".to_owned()]), Verb::Poll]));
    for verb in next.verbs() {
        let came = model.carry_out(verb);
        assert_eq!(came.ok, *verb != Verb::Poll, "{verb:?}");
    }
    assert!(matches!(model.status().next, WhatNext::Person(Duty::CloseByHand(_), _)));
}

#[test]
fn a_missing_tool_is_settled_by_whoever_can_and_then_polled_for() {
    let model = until(Model::new(Shape::Whole, &[Fault::NoTool]), ReleaseState::NoGo);
    assert_eq!(model.status().next, WhatNext::Person(Duty::Show, vec![Verb::Poll]));
}

#[test]
fn a_review_that_was_recorded_is_not_asked_for_again_and_one_of_other_evidence_is() {
    let mut model = until(Model::new(Shape::Whole, &[Fault::Unreviewed]), ReleaseState::NoGo);
    let review = Duty::Review { gate: 5, check: "r".to_owned() };
    assert_eq!(model.status().next, WhatNext::Person(review.clone(), vec![Verb::Poll]));
    model.do_what_is_asked(&review);
    assert_eq!(model.status().next, WhatNext::Command(vec![Verb::Poll]));
    // The commit moves on, and the review does not go with it.
    model.commit += 1;
    let next = model.carry_out(&Verb::Poll).next;
    assert_eq!(next, WhatNext::Person(review, vec![Verb::Poll]));
}

#[test]
fn after_a_delivery_nothing_is_next() {
    let model = until(Model::new(Shape::Whole, &[]), ReleaseState::Delivered);
    let status = model.status();
    assert_eq!((status.next, status.held), (WhatNext::Nothing, Held::ByNothing));
    assert!(status.is_out);
}

#[test]
fn a_rehearsal_that_was_not_delivered_is_no_go_for_the_live_run_and_says_so() {
    let model = Model::new(Shape::Whole, &[Fault::Undelivered(Mode::DryRun)]);
    let model = until(model, ReleaseState::RehearsalFailed);
    let status = model.status();
    assert!(!status.rehearsed.is_through() && !status.is_out);
    assert_eq!(status.held, Held::ByOutcome(Outcome::Failed));
    let blocker = model.open_blockers()[0].id.clone();
    let again = vec![Verb::Close(vec![blocker]), Verb::Run(Mode::DryRun)];
    assert_eq!(status.next, WhatNext::Person(Duty::Settle(Code::Undelivered), again));
}

#[test]
fn a_rehearsal_that_stopped_is_no_go_for_the_live_run_and_says_so() {
    let stop = Fault::Stop(Mode::DryRun, "publish", Code::CommandFailed);
    let status = until(Model::new(Shape::Whole, &[stop]), ReleaseState::RehearsalFailed).status();
    assert_eq!(status.held, Held::ByCause(Severity::Failed));
    assert!(!status.next.verbs().contains(&Verb::Run(Mode::Live)), "{:?}", status.next);
}

#[test]
fn the_blocker_of_a_private_world_is_not_looked_for_in_the_real_one() {
    let stop = Fault::Stop(Mode::DryRun, "publish", Code::CommandFailed);
    let status = until(Model::new(Shape::PrivateTracker, &[stop]), ReleaseState::RehearsalFailed).status();
    let again = vec![Verb::Run(Mode::DryRun)];
    assert_eq!(status.next, WhatNext::Person(Duty::Settle(Code::CommandFailed), again));
}

#[test]
fn a_poll_that_is_under_way_is_waited_for_and_one_that_was_cut_short_is_not() {
    let mut model = until(Model::new(Shape::Whole, &[Fault::PollCut]), ReleaseState::Polling);
    assert_eq!(model.status().next, WhatNext::Command(vec![Verb::Poll]));
    model.faults.push(Fault::Busy);
    assert_eq!(model.status().next, WhatNext::Person(Duty::Wait, vec![Verb::Status]));
}

#[test]
fn a_blocker_that_was_filed_since_the_go_is_no_go() {
    let mut model = until(Model::new(Shape::Whole, &[Fault::Reported]), ReleaseState::NoGo);
    // Both where the tracker is read and where the ledger alone speaks.
    for blockers in [Blockers::NotAsked, model.blockers()] {
        let position = model.position(blockers, Readiness::NotAsked);
        assert_eq!(position.state, ReleaseState::NoGo);
        assert_eq!(position.next, WhatNext::Command(vec![Verb::Poll]));
    }
    let next = model.carry_out(&Verb::Poll).next;
    assert_eq!(next, WhatNext::Command(vec![Verb::ClosePassed, Verb::Poll]));
}

#[test]
fn a_tag_that_was_taken_back_as_printed_is_made_again() {
    let stop = Fault::Stop(Mode::Live, "push-tag", Code::PushRejected);
    let model = until(Model::new(Shape::Whole, &[stop, Fault::TagUndone]), ReleaseState::Stopped);
    assert_eq!((&model.tag_here, &model.tag_there), (&None, &None));
    let next = model.status().next;
    assert_eq!(follow(model, next).state, ReleaseState::Delivered);
}

#[test]
fn a_tag_that_vanished_once_it_was_pushed_is_not_made_again() {
    let stop = Fault::Stop(Mode::Live, "publish", Code::CommandFailed);
    let mut model = until(Model::new(Shape::Whole, &[stop]), ReleaseState::Stopped);
    (model.tag_here, model.tag_there) = (None, None);
    model.do_what_is_asked(&Duty::Settle(Code::CommandFailed));
    for _ in 0..2 {
        for verb in model.status().next.verbs() {
            model.carry_out(verb);
        }
        let status = model.status();
        assert_eq!(status.state, ReleaseState::Stopped);
        assert!(
            matches!(status.next, WhatNext::Person(Duty::Decide(Code::Vanished), _)),
            "{:?}",
            status.next
        );
        assert_eq!((&model.tag_here, &model.tag_there), (&None, &None));
    }
}

#[test]
fn what_the_plan_can_undo_is_done_again_once_somebody_has_said_that_it_was_undone() {
    let stop = Fault::Stop(Mode::Live, "publish", Code::CommandFailed);
    let mut model = until(Model::new(Shape::Whole, &[stop]), ReleaseState::Stopped);
    model.done.remove("notes");
    model.do_what_is_asked(&Duty::Settle(Code::CommandFailed));
    for verb in model.status().next.verbs() {
        model.carry_out(verb);
    }
    let next = model.status().next;
    assert!(matches!(next, WhatNext::Person(Duty::Decide(Code::Vanished), _)), "{next:?}");
    let walk = follow(model, next);
    assert_eq!(walk.state, ReleaseState::Delivered);
    assert!(walk.model.done.contains("notes"));
}

#[test]
fn a_foreign_tag_on_the_remote_is_for_a_maintainer_and_no_check_is_waited_for() {
    let mut model = Model::new(Shape::Whole, &[Fault::ForeignTag]);
    let prepared = model.carry_out(&Verb::Prepare).next;
    assert_eq!(prepared, WhatNext::Person(Duty::FindLedger, vec![Verb::Audit]));
    // Whoever goes on in spite of that is stopped by the tag's step, rehearsed or not.
    model.carry_out(&Verb::Poll);
    model.said_yes = true;
    let stopped = model.carry_out(&Verb::Run(Mode::Live)).next;
    assert!(matches!(stopped, WhatNext::Person(Duty::Decide(Code::TagNotOurs), _)), "{stopped:?}");
    assert_eq!(model.tag_there.as_deref(), Some("theirs"));
}

#[test]
fn with_the_ledger_lost_after_the_push_it_is_not_said_that_nothing_is_out() {
    let lost = [Fault::LedgerLost, Fault::Stop(Mode::Live, "publish", Code::CommandFailed)];
    let is_lost = |model: &Model| model.records.is_empty() && model.tag_there.is_some();
    let mut model = until_so(Model::new(Shape::Whole, &lost), is_lost);
    let status = model.status();
    assert_eq!((status.state, status.is_out), (ReleaseState::NotBegun, true));
    assert_eq!(status.next, WhatNext::Person(Duty::FindLedger, vec![Verb::Audit]));
    let prepared = model.carry_out(&Verb::Prepare).next;
    assert_eq!(prepared, status.next);
}

#[test]
fn past_the_door_nobody_is_sent_to_make_another_commit() {
    let faults = [Fault::RedLater, Fault::Stop(Mode::Live, "publish", Code::CommandFailed)];
    let mut model = until(Model::new(Shape::Whole, &faults), ReleaseState::Stopped);
    model.do_what_is_asked(&Duty::Settle(Code::CommandFailed));
    model.commit += 1;
    let status = model.status();
    let back = Duty::CheckOut(commit(1));
    assert_eq!(
        (status.state, &status.next),
        (ReleaseState::Stopped, &WhatNext::Person(back.clone(), vec![Verb::Run(Mode::Live)]))
    );
    model.do_what_is_asked(&back);
    let next = model.status().next;
    let walk = follow(model, next);
    assert!(walk.way.iter().any(|(_, next)| matches!(next, WhatNext::Person(Duty::MendWithoutCommit, _))));
    assert_eq!(walk.state, ReleaseState::Delivered);
}
