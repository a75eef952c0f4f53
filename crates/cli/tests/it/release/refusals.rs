//! Who refuses a step, or keeps it waiting, is told: this machine's git, a rule of the remote, GitHub, or a person who was
//! not asked yet. And a release goes on from there.

use super::world::{BUILD, PUBLISH, REPOSITORY, Shape, Stage, code};
use crate::support::Ran;
use gonogo_sandbox::github::Protection;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Reply, Service};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

fn protect(stage: &Stage, workflow: &str) {
    let protection = Protection {
        id: 1,
        environment: "production".to_owned(),
        users: vec!["ann".to_owned()],
        teams: vec!["Keepers".to_owned()],
        wait_minutes: 0,
    };
    let mut state = stage.world.github().state();
    state.repository(REPOSITORY).protections.insert(workflow.to_owned(), vec![protection]);
}

fn approve(stage: &Stage) {
    let mut state = stage.world.github().state();
    for run in state.repository(REPOSITORY).runs.iter_mut().filter(|run| !run.pending.is_empty()) {
        run.pending.clear();
        run.status = "queued".to_owned();
    }
}

/// Closes the blocker of a stop.
fn settle(stage: &Stage, stopped: &Value) {
    let blocker = stopped["stopped"]["blocker"].as_str().unwrap();
    let resolved = stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", blocker]).output().unwrap();
    Ran::from(resolved).exits(0);
}

/// Closes the blocker of a stop, and runs again to the end.
fn goes_on(stage: &Stage, stopped: &Value) {
    settle(stage, stopped);
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
}

#[track_caller]
fn stops(ran: Ran, exit: i32, cause: &str) -> Value {
    let document = ran.exits(exit).json();
    assert_eq!(code(&document), cause, "{document:#}");
    assert!(document["stopped"]["remedy"].is_string(), "{document:#}");
    document
}

#[test]
fn a_run_that_waits_for_an_approval_says_whose_and_goes_on_once_it_is_given() {
    let hasty = ("build-run-id}\" }\ntimeout = \"10m\"", "build-run-id}\" }\ntimeout = \"5s\"");
    let stage = Stage::shaped(Shape { plan: vec![hasty], ..Shape::default() });
    protect(&stage, PUBLISH);
    let stopped = stops(stage.run(), 3, "approval-pending");
    let said = |name: &str| stopped["stopped"][name].as_str().unwrap().to_owned();
    assert!(said("message").ends_with("waits for approval in environment production by ann or team Keepers"));
    assert!(said("remedy").contains("ask ann or team Keepers"), "{}", said("remedy"));
    assert!(said("remedy").contains(&said("run_url")));
    approve(&stage);
    goes_on(&stage, &stopped);
    assert_eq!(stage.effects().iter().filter(|effect| effect.ends_with("/dispatches")).count(), 1);
}

#[test]
fn what_is_waited_for_is_shown_while_it_is_waited_for() {
    let hasty = ("release.yml\"\ntimeout = \"10m\"", "release.yml\"\ntimeout = \"5s\"");
    let stage = Stage::shaped(Shape { plan: vec![hasty], ..Shape::default() });
    protect(&stage, BUILD);
    let ran = stage.gonogo(&["run", "v0.2.0", "--mode", "live", "--yes"]).output().unwrap();
    let ran = Ran::from(ran).exits(3);
    let waits = "run 8 waits for approval in environment production by ann or team Keepers";
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim).collect();
    let place = |wanted: &str| lines.iter().position(|line| line.starts_with(wanted));
    assert!(place(waits).is_some_and(|waited| Some(waited) < place("STOP")), "{ran:#?}");
}

#[test]
fn who_may_approve_need_not_be_known_to_wait_for_it() {
    let hasty = ("release.yml\"\ntimeout = \"10m\"", "release.yml\"\ntimeout = \"5s\"");
    let stage = Stage::shaped(Shape { plan: vec![hasty], ..Shape::default() });
    protect(&stage, BUILD);
    let pending = Matcher::of("GET", "/repos/o/r/actions/runs/8/pending_deployments");
    stage.world.fault(Service::Github, Fault::always(pending, FaultKind::status(403, "no")));
    let stopped = stops(stage.run(), 3, "approval-pending");
    let message = stopped["stopped"]["message"].as_str().unwrap();
    assert!(message.contains("could not be asked"), "{message}");
}

#[test]
fn a_rule_of_the_remote_that_refuses_the_tag_is_not_an_unreachable_remote() {
    let stage = Stage::ready();
    stage.remote(REPOSITORY, &["config", "receive.hideRefs", "refs/tags/v0.2.0"]);
    let stopped = stops(stage.run(), 1, "push-forbidden");
    assert!(stopped["stopped"]["message"].as_str().unwrap().contains("remote rejected"), "{stopped:#}");
    stage.remote(REPOSITORY, &["config", "--unset", "receive.hideRefs"]);
    goes_on(&stage, &stopped);
}

#[test]
fn what_githubs_validation_names_is_told() {
    let stage = Stage::ready();
    let errors = json!([{ "resource": "Release", "code": "custom", "message": "pre_receive Repository rule violations found" }]);
    let reply = Reply::json(422, &json!({ "message": "Validation Failed", "errors": errors }));
    let create = Matcher::of("POST", "/repos/o/r/releases");
    stage.world.fault(Service::Github, Fault::once(create, FaultKind::Reply(reply)));
    let stopped = stops(stage.run(), 1, "request-invalid");
    assert!(stopped["stopped"]["message"].as_str().unwrap().contains("rule violations"), "{stopped:#}");
    goes_on(&stage, &stopped);
}

#[test]
fn troubles_of_git_on_this_machine_have_their_own_names() {
    let stage = Stage::ready();
    let lock = stage.project.root().join(".git/refs/tags/v0.2.0.lock");
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    std::fs::write(&lock, "").unwrap();
    let stopped = stops(stage.run(), 3, "git-locked");
    assert!(stopped["stopped"]["message"].as_str().unwrap().contains("v0.2.0.lock"), "{stopped:#}");
    std::fs::remove_file(&lock).unwrap();
    settle(&stage, &stopped);

    let hook = stage.project.root().join(".git/hooks/pre-push");
    std::fs::write(&hook, "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let stopped = stops(stage.run(), 1, "hook-refused");
    assert!(stopped["stopped"]["message"].as_str().unwrap().contains("not on a Friday"), "{stopped:#}");
    std::fs::remove_file(&hook).unwrap();
    assert!(stage.effects().is_empty(), "{:?}", stage.effects());
    goes_on(&stage, &stopped);
}

#[test]
fn nobody_and_no_key_make_no_tag() {
    for cause in ["identity-missing", "signing-failed"] {
        let stage = Stage::ready();
        let mut command = stage.live();
        if cause == "identity-missing" {
            command.env("GIT_COMMITTER_NAME", "");
        }
        if cause == "signing-failed" {
            for (setting, value) in
                [("tag.gpgSign", "true"), ("gpg.format", "ssh"), ("user.signingKey", "/no/such/key")]
            {
                stage.git(&["config", setting, value]);
            }
        }
        let stopped = stops(command.output().unwrap().into(), 3, cause);
        assert!(stage.effects().is_empty() && stage.git(&["tag"]).is_empty(), "{stopped:#}");
    }
}
