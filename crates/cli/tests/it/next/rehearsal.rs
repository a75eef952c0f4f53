//! A rehearsal that did not go through is no step towards the live run, whatever its steps say.

use super::follower::{Follower, Next};
use crate::release::rehearsal::{PLAYED, PUBLISHED};
use crate::release::world::{Shape, Stage};
use crate::support::Ran;
use serde_json::json;

/// A release that nobody may change any more, which the private world's is not.
const IMMUTABLE: (&str, &str) = ("[channels.github-release]", "[channels.github-release]\nimmutable = true");

#[test]
fn a_rehearsal_whose_channels_are_not_as_they_should_be_is_undelivered_and_status_does_not_say_live() {
    let stage = Stage::shaped(Shape { plan: vec![PLAYED, PUBLISHED, IMMUTABLE], ..Shape::default() });
    let mut follower = Follower::in_world(&stage);
    let ran = follower.run("gonogo run v0.2.0");
    assert_eq!((&ran["state"], &ran["exit"]), (&json!("undelivered"), &json!(1)), "{ran:#}");
    assert_eq!((follower.ran[0].1, &ran["delivery"]["verdict"]), (1, &json!("failed")));
    let blocker = ran["delivery"]["blocker"].as_str().unwrap();
    let next = Next::of(&ran);
    assert_eq!(next.kind, "settle");
    assert_eq!(
        next.line,
        format!("gonogo blocker resolve v0.2.0 --id {blocker} && gonogo run v0.2.0 --mode dry-run")
    );

    let status = follower.status();
    assert_eq!(
        (&status["state"], &status["rehearsed"]),
        (&json!("rehearsal-failed"), &json!(false)),
        "{status:#}"
    );
    assert_eq!((follower.ran[1].1, &status["open_blockers"]), (1, &json!([blocker])));
    assert_eq!(Next::of(&status), next);
    let text = Ran::from(stage.gonogo(&["status", "v0.2.0"]).output().unwrap()).exits(1).stdout;
    assert!(!text.contains("went through") && text.contains("did not go through: undelivered"), "{text}");

    // Nothing is settled by saying so: the next rehearsal ends the same, and its blocker is open again.
    let again = follower.step(&next);
    assert_eq!((&again["state"], Next::of(&again)), (&json!("undelivered"), next));
}

#[test]
fn a_release_is_led_from_its_first_status_to_its_delivery_and_after_that_nothing_is_next() {
    let stage = Stage::shaped(Shape { plan: vec![PLAYED, PUBLISHED], ..Shape::default() });
    let mut follower = Follower::in_world(&stage);
    let status = follower.status();
    let released = follower.follow(status, |next| {
        assert_eq!((next.kind.as_str(), next.line.as_str()), ("approve", "gonogo run v0.2.0 --mode live"));
        // Nobody is at a terminal.
        Some(" --yes")
    });
    assert_eq!((&released["state"], &released["next"]), (&json!("completed"), &json!("")), "{released:#}");
    let way = ["status", "prepare", "poll", "run --mode dry-run", "run --mode live --yes"];
    assert_eq!(follower.verbs(), way);
    for line in ["gonogo status v0.2.0", "gonogo verify v0.2.0", "gonogo audit v0.2.0"] {
        let document = follower.run(line);
        let nothing = Next { line: String::new(), kind: "nothing".to_owned(), first: String::new() };
        assert_eq!(
            (follower.ran.last().unwrap().1, Next::of(&document)),
            (0, nothing),
            "{line}: {document:#}"
        );
    }
}
