//! Something holds the release back before anything is out: a failing gate, a missing tool, a tracker that is down, a tag
//! that is somebody else's.

use super::agent::{Agent, End};
use crate::release::rehearsal::played;
use crate::release::world::{REPOSITORY, Stage};
use crate::support::{FAILED, PASSED, Ran};
use serde_json::{Value, json};

#[track_caller]
fn nothing_is_out(stage: &Stage) {
    assert!(stage.effects().is_empty(), "{:#?}", stage.effects());
    assert!(stage.git(&["tag", "--list", "v0.2.0"]).is_empty());
}

/// The agent is told to go on in spite of all: the live command does nothing.
#[track_caller]
fn the_live_command_does_nothing(agent: &mut Agent<'_>, stage: &Stage) -> Value {
    let document = agent.run(3, "gonogo run", "--mode live --yes");
    let state = document["state"].as_str().unwrap_or_default().to_owned();
    assert!(["refused", "not-ready"].contains(&state.as_str()), "{document:#}");
    assert_ne!(agent.ran.last().unwrap().1, 0);
    nothing_is_out(stage);
    document
}

fn items(document: &Value) -> Vec<&Value> {
    let list = document.get("items").or_else(|| document.get("preflight")).unwrap();
    list.as_array().unwrap().iter().filter(|item| item["state"] != "ok").collect()
}

#[test]
fn a_failing_gate_ends_with_its_blocker_until_it_is_mended_and_the_blocker_closed() {
    let stage = played();
    stage.project.printing("run-tests", FAILED, 101);
    let mut agent = Agent::told(&stage, "live");
    let End::Blocked(polled) = agent.follow() else { panic!("{:#?}", agent.ran) };
    assert_eq!(agent.ran.last().unwrap().1, 1);
    let codes = polled["obstacle_codes"].as_array().unwrap();
    assert_eq!(codes, &[json!("gate-failed"), json!("blocker-stands")], "{polled:#}");
    for code in codes {
        agent.explain(code.as_str().unwrap());
    }
    assert!(polled["blockers"].as_array().unwrap().iter().all(|one| one["open"] == true), "{polled:#}");
    the_live_command_does_nothing(&mut agent, &stage);
    assert_eq!(agent.status()["state"], "no-go");

    // Mended: the gate passes, and its blocker holds the release back until it is closed.
    stage.project.printing("run-tests", PASSED, 0);
    let mut agent = Agent::told(&stage, "dry-run");
    let End::Blocked(polled) = agent.follow() else { panic!("{:#?}", agent.ran) };
    assert_eq!(
        (&polled["verdict"], &polled["obstacle_codes"]),
        (&json!("passed"), &json!(["blocker-stands"]))
    );
    let next = agent.explain("blocker-stands")["entries"][0]["next"].as_str().unwrap().to_owned();
    let resolve = next.split('`').find(|part| part.starts_with("gonogo blocker resolve")).unwrap();
    Ran::from(agent.shell(&resolve.replace("TARGET", "\"$release_target\"")).output().unwrap()).exits(0);
    let end = agent.follow();
    assert!(matches!(end, End::Rehearsed), "{end:#?}");
    nothing_is_out(&stage);
}

#[test]
fn a_missing_tool_ends_with_its_name_and_its_remedy() {
    let stage = played();
    std::fs::remove_file(stage.project.beside("tools/run-tests")).unwrap();
    let mut agent = Agent::told(&stage, "live");
    let End::NotReady(document) = agent.follow() else { panic!("{:#?}", agent.ran) };
    let missing = items(&document);
    assert_eq!(missing.len(), 1, "{document:#}");
    assert_eq!((&missing[0]["id"], &missing[0]["state"]), (&json!("tool:run-tests"), &json!("gap")));
    assert!(missing[0]["remedy"].as_str().unwrap().contains("install run-tests"));
    agent.explain("tool:run-tests");
    nothing_is_out(&stage);

    // A poll all the same is incomplete, for this reason.
    let polled = agent.run(2, "gonogo poll", "");
    assert_eq!(agent.ran.last().unwrap().1, 3, "{polled:#}");
    assert_eq!(polled["gates"][0]["checks"][0]["reason"], "tool-missing");
    let status = agent.status();
    assert!(status["not_known"].to_string().contains("tool-missing"), "{status:#}");
    the_live_command_does_nothing(&mut agent, &stage);
}

#[test]
fn a_tracker_that_is_down_ends_without_clearance_whatever_else_passes() {
    let stage = played();
    let store = stage.project.root().join(".git/gonogo/tracker.json");
    std::fs::create_dir_all(store.parent().unwrap()).unwrap();
    std::fs::write(&store, "{ not a tracker").unwrap();
    let mut agent = Agent::told(&stage, "live");
    let End::NotReady(document) = agent.follow() else { panic!("{:#?}", agent.ran) };
    let down = items(&document);
    assert_eq!((down.len(), &down[0]["id"], &down[0]["state"]), (1, &json!("tracker"), &json!("unknown")));
    agent.explain("tracker");

    let polled = agent.run(2, "gonogo poll", "");
    assert_eq!((agent.ran.last().unwrap().1, &polled["verdict"]), (3, &json!("passed")), "{polled:#}");
    assert_eq!(polled["obstacle_codes"], json!(["tracker-unreadable"]));
    agent.explain("tracker-unreadable");
    assert_eq!(polled["blockers"], Value::Null);
    assert!(agent.status()["not_known"].to_string().contains("whether a blocker stands"));
    the_live_command_does_nothing(&mut agent, &stage);

    // The script says so too, and does not claim to have filed anything.
    let line =
        format!("'{}' --release-target v0.2.0 --check 3 --title t --summary s", agent.script().display());
    let filed = Ran::from(agent.shell(&line).output().unwrap()).exits(3);
    assert!(filed.stdout.is_empty(), "{filed:?}");
}

#[test]
fn a_tag_that_is_at_another_commit_already_is_a_conflict_and_stays_where_it_is() {
    let stage = played();
    let tree = stage.git(&["rev-parse", "HEAD^{tree}"]);
    let other = stage.remote(REPOSITORY, &["commit-tree", "-m", "theirs", tree.trim()]).trim().to_owned();
    stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &other]);
    let mut agent = Agent::told(&stage, "live");
    let End::NotReady(document) = agent.follow() else { panic!("{:#?}", agent.ran) };
    let taken = items(&document);
    assert_eq!(agent.ran.last().unwrap().1, 4);
    assert_eq!(
        (taken.len(), &taken[0]["id"], &taken[0]["state"]),
        (1, &json!("tag-remote"), &json!("conflict"))
    );
    agent.explain("tag-remote");
    agent.explain("conflict");

    let document = agent.run(3, "gonogo run", "--mode live --yes");
    assert_eq!((agent.ran.last().unwrap().1, &document["stopped"]["code"]), (4, &json!("tag-elsewhere")));
    assert_eq!(stage.remote(REPOSITORY, &["rev-parse", "v0.2.0^{commit}"]).trim(), other);
    assert!(stage.effects().is_empty(), "{:#?}", stage.effects());
}
