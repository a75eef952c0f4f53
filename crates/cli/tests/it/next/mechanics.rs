//! After a live run began: what stopped, what was taken back, and what goes on.

use super::follower::{Follower, Next};
use crate::release::world::{REPOSITORY, Stage};
use crate::support::Ran;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

/// The remote takes no tag.
fn refuse_tags(stage: &Stage) -> std::path::PathBuf {
    let hook = stage.world.remote(REPOSITORY).unwrap().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\necho 'tags are closed' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    hook
}

/// A release that stopped once its tag was pushed, for a cause that has gone by now.
fn stopped_after_the_push(follower: &mut Follower<'_>, stage: &Stage) -> Value {
    let path = "/repos/o/r/actions/workflows/publish.yml/dispatches";
    let refusal = FaultKind::status(403, "Resource not accessible by personal access token");
    stage.world.fault(Service::Github, Fault::once(Matcher::of("POST", path), refusal));
    follower.run("gonogo run v0.2.0 --mode live --yes")
}

#[test]
fn a_stop_past_the_door_goes_on_by_next_alone_once_its_cause_is_settled() {
    let stage = Stage::ready();
    let mut follower = Follower::in_world(&stage);
    let stopped = stopped_after_the_push(&mut follower, &stage);
    assert_eq!(stopped["stopped"]["code"], "forbidden", "{stopped:#}");
    let blocker = stopped["stopped"]["blocker"].as_str().unwrap();
    let (close, run) =
        (format!("gonogo blocker resolve v0.2.0 --id {blocker}"), "gonogo run v0.2.0 --mode live");
    // Who said yes once has said it for the same command; past the door nobody is asked again.
    assert_eq!(Next::of(&stopped).line, format!("{close} && {run} --yes"));
    let status = follower.status();
    assert_eq!(
        (Next::of(&status).kind.as_str(), Next::of(&status).line),
        ("settle", format!("{close} && {run}"))
    );
    // Run again with nothing settled, it is refused, and says the same.
    let refused = follower.run(run);
    assert_eq!(
        (&refused["state"], Next::of(&refused)),
        (&json!("refused"), Next::of(&status)),
        "{refused:#}"
    );
    let released = follower.follow(refused, |_| Some(""));
    assert_eq!(released["state"], "completed", "{released:#}");
    assert_eq!(follower.status()["state"], "delivered");
}

#[test]
fn a_tag_that_is_taken_back_by_the_printed_line_is_made_again_and_the_release_goes_on() {
    let stage = Stage::ready();
    let hook = refuse_tags(&stage);
    let mut follower = Follower::in_world(&stage);
    let stopped = follower.run("gonogo run v0.2.0 --mode live --yes");
    assert_eq!(stopped["stopped"]["step"], "push-tag", "{stopped:#}");
    assert_eq!(stopped["past_the_point_of_no_return"], true, "a push that was refused may have arrived");
    let undo = stopped["planned"][0]["undo"]["possible"].as_str().unwrap().to_owned();
    assert_eq!(undo, "git tag --delete v0.2.0");
    let undone = stage.project.command("bash").args(["-c", &undo]).output().unwrap();
    assert!(undone.status.success(), "{undone:?}");
    std::fs::remove_file(hook).unwrap();
    let status = follower.status();
    let released = follower.follow(status, |next| {
        assert!(["settle", "decide"].contains(&next.kind.as_str()), "{next:?}");
        Some("")
    });
    assert_eq!(released["state"], "completed", "{released:#}");
    assert_eq!(stage.effects().iter().filter(|effect| effect.starts_with("PUSH o/r ")).count(), 1);
}

#[test]
fn a_live_release_is_led_back_to_the_commit_whose_tag_is_out() {
    let stage = Stage::ready();
    let mut follower = Follower::in_world(&stage);
    stopped_after_the_push(&mut follower, &stage);
    let commit = stage.commit();
    stage.project.commit("more");
    let status = follower.status();
    let next = Next::of(&status);
    assert_eq!((&status["state"], next.kind.as_str()), (&json!("stopped"), "settle"), "{status:#}");
    assert!(next.first.contains(&format!("git checkout {commit}")), "{next:?}");
    assert_eq!(next.line, "gonogo run v0.2.0 --mode live");
}

#[test]
fn without_a_terminal_and_past_the_door_nobody_has_to_say_yes_again() {
    let stage = Stage::ready();
    let mut follower = Follower::in_world(&stage);
    let refused = Ran::from(stage.gonogo(&["run", "v0.2.0", "--mode", "live"]).output().unwrap()).exits(2);
    assert!(refused.stderr.contains("--yes"), "{refused:?}");
    let stopped = stopped_after_the_push(&mut follower, &stage);
    let blocker = stopped["stopped"]["blocker"].as_str().unwrap();
    follower.run(&format!("gonogo blocker resolve v0.2.0 --id {blocker}"));
    assert_eq!(follower.run("gonogo run v0.2.0 --mode live")["state"], "completed");
}
