//! A dry run takes the live path in a private world, and asks the real one nothing but questions.

use super::world::{REPOSITORY, Shape, Stage, TAP, code};
use crate::support::Ran;

/// What the workflows do, as the plan says it.
pub const PLAYED: (&str, &str) = (
    "timeout = \"10m\"\n\n[[steps]]\nkind = \"fetch-artifacts\"",
    "timeout = \"10m\"\nrehearse = { run = [[\"mkdir\", \"dist\"], [\"cp\", \"payload\", \"dist/sample_{version}_linux.tar.gz\"]], artifacts = { dist = [\"dist/*\"] } }\n\n[[steps]]\nkind = \"fetch-artifacts\"",
);
/// What the publishing workflow does, as the plan says it.
pub const PUBLISHED: (&str, &str) = (
    "settle = \"1s\"\n\n[[steps]]\nkind = \"github-release\"",
    "settle = \"1s\"\nrehearse = { run = [[\"test\", \"{inputs.release_tag}\", \"=\", \"v0.2.0\"]] }\n\n[[steps]]\nkind = \"github-release\"",
);

/// A release whose workflows can be played.
pub fn played() -> Stage {
    Stage::shaped(Shape { plan: vec![PLAYED, PUBLISHED], ..Shape::default() })
}

fn references(stage: &Stage) -> (String, String, String) {
    let all = ["for-each-ref"];
    (stage.remote(REPOSITORY, &all), stage.remote(TAP, &all), stage.git(&all))
}

#[test]
fn a_dry_run_plays_the_whole_release_and_changes_nothing_outside() {
    let stage = played();
    let before = references(&stage);
    let seen = stage.world.log().len();
    let ran: crate::support::Ran = stage.gonogo(&["run", "v0.2.0", "--json"]).output().unwrap().into();
    let document = ran.exits(0).json();
    assert_eq!(document["state"], "completed", "{document:#}");
    assert_eq!(document["mode"], "dry-run");
    for (planned, done) in
        document["planned"].as_array().unwrap().iter().zip(document["steps"].as_array().unwrap())
    {
        assert_eq!((&planned["step"], "done"), (&done["id"], done["state"].as_str().unwrap()));
    }
    let played: Vec<&str> =
        document["world"].as_array().unwrap().iter().map(|effect| effect.as_str().unwrap()).collect();
    assert_eq!(played.first(), Some(&"PUSH o/r refs/tags/v0.2.0"), "{played:#?}");
    assert_eq!(played.last(), Some(&"PATCH /repos/o/r/releases/1"), "{played:#?}");

    assert_eq!(references(&stage), before);
    let log = stage.world.log();
    let writes: Vec<_> = log[seen..]
        .iter()
        .filter(|entry| entry.method != "GET" && !entry.path.starts_with("/graphql"))
        .collect();
    assert!(writes.is_empty(), "{writes:?}");
    assert!(log.len() > seen, "the real world was asked");

    // The live run after it is not taken in by what was only played.
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
    assert_eq!(stage.effects().first().map(String::as_str), Some("PUSH o/r refs/tags/v0.2.0"));
}

#[test]
fn a_workflow_that_fails_in_the_rehearsal_stops_it_and_is_filed() {
    let failing = PUBLISHED.1.replace("v0.2.0", "v9.9.9").leak();
    let stage = Stage::shaped(Shape { plan: vec![PLAYED, (PUBLISHED.0, failing)], ..Shape::default() });
    let ran: crate::support::Ran = stage.gonogo(&["run", "v0.2.0", "--json"]).output().unwrap().into();
    let document = ran.exits(1).json();
    assert_eq!(code(&document), "workflow-failed");
    assert!(document["stopped"]["blocker"].is_string(), "{document:#}");
    assert!(stage.effects().is_empty());
}

#[test]
fn a_workflow_that_nobody_says_how_to_play_is_no_rehearsal() {
    let stage = Stage::ready();
    let ran: crate::support::Ran = stage.gonogo(&["run", "v0.2.0", "--json"]).output().unwrap().into();
    assert!(ran.exits(2).json()["error"].as_str().unwrap().contains("cannot play step build"));
}

#[test]
fn blockers_at_github_hold_a_rehearsal_back_and_what_it_finds_is_not_filed_outside() {
    let github = ("kind = \"file\"", "kind = \"github\"");
    let stage = Stage::shaped(Shape { plan: vec![PLAYED, PUBLISHED, github], ..Shape::default() });
    let dry = || -> Ran { stage.gonogo(&["run", "v0.2.0", "--json"]).output().unwrap().into() };
    let writes = || stage.effects().len();
    stage.project.printing("run-tests", crate::support::FAILED, 101);
    assert_eq!(dry().exits(1).json()["state"], "refused");
    assert_eq!(writes(), 0, "{:#?}", stage.effects());

    stage.project.printing("run-tests", crate::support::PASSED, 0);
    assert_eq!(dry().exits(0).json()["state"], "completed");
    let filed =
        ["blocker", "file", "v0.2.0", "--check", "3", "--title", "wait", "--summary", "not yet", "--json"];
    Ran::from(stage.gonogo(&filed).output().unwrap()).exits(0);
    let before = writes();
    assert_eq!(dry().exits(1).json()["state"], "refused");
    assert_eq!(writes(), before);
}

#[test]
fn a_blocker_at_github_whose_epic_lost_its_label_holds_a_rehearsal_back_too() {
    let github = ("kind = \"file\"", "kind = \"github\"");
    let stage = Stage::shaped(Shape { plan: vec![PLAYED, PUBLISHED, github], ..Shape::default() });
    let filed =
        ["blocker", "file", "v0.2.0", "--check", "3", "--title", "wait", "--summary", "not yet", "--json"];
    Ran::from(stage.gonogo(&filed).output().unwrap()).exits(0);
    for issue in stage.world.github().state().repository(REPOSITORY).issues.all.values_mut() {
        if issue.title.starts_with("Release blockers") {
            issue.labels.clear();
        }
    }
    let ran: Ran = stage.gonogo(&["run", "v0.2.0", "--json"]).output().unwrap().into();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert_ne!(ran.json()["state"], "completed");
}
