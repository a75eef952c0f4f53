//! What is out is never said not to be: a tag of somebody else's, and a ledger that is lost.

use super::follower::{Follower, Next};
use crate::release::world::{REPOSITORY, Shape, Stage};
use crate::support::Ran;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use serde_json::json;

const NOTHING_IS_OUT: &str = "nothing that cannot be undone has happened";

/// Somebody else's tag on the remote, at another commit.
fn foreign_tag(stage: &Stage) {
    let tree = stage.git(&["rev-parse", "HEAD^{tree}"]);
    let other = stage.remote(REPOSITORY, &["commit-tree", "-m", "theirs", tree.trim()]).trim().to_owned();
    stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &other]);
}

#[test]
fn a_foreign_tag_is_for_a_maintainer_and_its_blocker_can_be_accepted() {
    let stage = Stage::shaped(Shape::default());
    foreign_tag(&stage);
    let mut follower = Follower::in_world(&stage);
    let prepared = follower.run("gonogo prepare v0.2.0");
    let next = Next::of(&prepared);
    assert_eq!((next.kind.as_str(), next.line.as_str()), ("decide", "gonogo audit v0.2.0"), "{prepared:#}");

    let stopped = follower.run("gonogo run v0.2.0 --mode live --yes");
    assert_eq!(stopped["stopped"]["code"], "tag-elsewhere", "{stopped:#}");
    assert_eq!(
        (Next::of(&stopped).kind.as_str(), &stopped["past_the_point_of_no_return"]),
        ("decide", &json!(true))
    );
    let store = std::fs::read_to_string(stage.project.root().join(".git/gonogo/tracker.json")).unwrap();
    assert!(
        store.contains("or another version is released") && !store.contains("Nothing that cannot be undone"),
        "{store}"
    );

    // What is reported by hand, of no check, does not wait for a check that there is not.
    let report =
        ["blocker", "file", "v0.2.0", "--check", "tag-remote", "--title", "x", "--summary", "y", "--dry-run"];
    let filed = Ran::from(stage.gonogo(&report).output().unwrap()).exits(0).stdout;
    assert!(filed.contains("another version is released") && !filed.contains("The check passes"), "{filed}");
}

#[test]
fn with_the_ledger_lost_after_the_push_nobody_says_that_nothing_is_out() {
    let stage = Stage::ready();
    let path = "/repos/o/r/actions/workflows/publish.yml/dispatches";
    stage.world.fault(Service::Github, Fault::once(Matcher::of("POST", path), FaultKind::status(403, "no")));
    let mut follower = Follower::in_world(&stage);
    let stopped = follower.run("gonogo run v0.2.0 --mode live --yes");
    std::fs::remove_dir_all(stage.project.ledger("v0.2.0")).unwrap();
    let blocker = stopped["stopped"]["blocker"].as_str().unwrap();

    let status = follower.status();
    assert_eq!(
        (&status["state"], &status["past_the_point_of_no_return"]),
        (&json!("not-begun"), &json!(true))
    );
    for document in [&status, &follower.run("gonogo prepare v0.2.0")] {
        let next = Next::of(document);
        assert_eq!(
            (next.kind.as_str(), next.line.as_str()),
            ("decide", "gonogo audit v0.2.0"),
            "{document:#}"
        );
        assert!(next.first.contains("find the ledger"), "{next:?}");
    }
    // And whoever goes on in spite of that is told so too.
    follower.run(&format!("gonogo blocker resolve v0.2.0 --id {blocker}"));
    let ran =
        Ran::from(stage.gonogo(&["run", "v0.2.0", "--mode", "live", "--yes"]).output().unwrap()).exits(4);
    assert!(
        !ran.stdout.contains(NOTHING_IS_OUT) && ran.stdout.contains("do not move the tag"),
        "{}",
        ran.stdout
    );
}

#[test]
fn with_ledger_and_tag_lost_after_the_release_every_command_says_that_it_is_out() {
    let stage = Stage::ready();
    let mut follower = Follower::in_world(&stage);
    follower.run("gonogo run v0.2.0 --mode live --yes");
    std::fs::remove_dir_all(stage.project.ledger("v0.2.0")).unwrap();
    stage.git(&["tag", "-d", "v0.2.0"]);
    let out = |document: &serde_json::Value| document["past_the_point_of_no_return"].clone();
    let status = follower.status();
    assert_eq!((&out(&status), Next::of(&status).kind.as_str()), (&json!(true), "decide"), "{status:#}");
    // A ledger that is begun anew does not make it undone.
    let polled = follower.run("gonogo poll v0.2.0");
    assert_eq!(Next::of(&polled).kind, "decide", "{polled:#}");
    let status = follower.status();
    assert_eq!((&out(&status), Next::of(&status).kind.as_str()), (&json!(true), "decide"), "{status:#}");
    let ran = follower.run("gonogo run v0.2.0 --mode live --yes");
    assert_eq!(out(&ran), json!(true), "{ran:#}");
    // Nor is anything out where the remote has no tag.
    stage.remote(REPOSITORY, &["update-ref", "-d", "refs/tags/v0.2.0"]);
    assert_eq!(out(&follower.status()), json!(false));
}

#[test]
fn a_remote_that_does_not_tell_is_not_said_to_have_nothing() {
    let stage = Stage::ready();
    let remote = stage.world.remote(REPOSITORY).unwrap();
    std::fs::rename(remote, remote.with_extension("gone")).unwrap();
    let mut follower = Follower::in_world(&stage);
    let status = follower.status();
    assert!(status["not_known"].to_string().contains("whether the tag is on the remote"), "{status:#}");
}
