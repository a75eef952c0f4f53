//! `gonogo status`, for somebody who comes in the middle: what is true, what is not known, and the one next command.

use crate::support::{FAILED, NOTHING, PASSED, Project, libtest, plan, until};
use serde_json::{Value, json};

fn project(output: &str, status: i32) -> Project {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", output, status);
    project
}

#[track_caller]
fn status(project: &Project, exit: i32) -> Value {
    project.run(&["status", "v0.2.0", "--json"]).exits(exit).json()
}

#[test]
fn before_the_first_poll_nothing_is_known_and_it_says_so() {
    let document = status(&project(PASSED, 0), 3);
    assert_eq!(
        (&document["state"], &document["next"]),
        (&json!("not-begun"), &json!("gonogo prepare v0.2.0"))
    );
    assert!(document["not_known"][0].as_str().unwrap().starts_with("anything"), "{document:#}");
    assert_eq!(document["rehearsed"], false);
}

#[test]
fn a_check_that_showed_nothing_is_not_known_and_one_that_failed_is() {
    for (output, code, exit, lines) in [(NOTHING, 0, 3, 1), (FAILED, 101, 1, 0), (PASSED, 0, 0, 0)] {
        let project = project(output, code);
        project.poll();
        let document = status(&project, exit);
        assert_eq!(document["not_known"].as_array().unwrap().len(), lines, "{document:#}");
    }
}

#[test]
fn a_go_for_another_commit_says_nothing_of_this_one() {
    let project = project(PASSED, 0);
    project.poll().exits(0);
    // The plan has no steps: there is nothing to run after a go.
    let document = status(&project, 0);
    assert_eq!((&document["next"], &document["next_kind"]), (&json!(""), &json!("nothing")));
    project.commit("more");
    let document = status(&project, 3);
    assert_eq!((&document["state"], &document["next"]), (&json!("stale"), &json!("gonogo poll v0.2.0")));
    assert!(document["not_known"].to_string().contains("checked out"), "{document:#}");
}

#[test]
fn a_poll_that_was_killed_leaves_its_check_and_the_blockers_unknown() {
    let project = project(PASSED, 0);
    let (begun, go) = (project.beside("begun"), project.beside("go"));
    // It outlives the poll, and ends with the test's folder at the latest.
    let (begins, goes) = (begun.display(), go.display());
    let waits =
        format!("touch '{begins}'\nwhile [ -e '{begins}' ] && ! [ -e '{goes}' ]; do sleep 0.02; done");
    project.tool("run-tests", &waits);
    let running = project.start(&["poll", "v0.2.0", "--json"]);
    until("the check runs", || begun.exists());
    until("its beginning is on disk", || {
        String::from_utf8_lossy(&project.records()).contains("check-started")
    });
    running.kill();
    std::fs::write(&go, "").unwrap();

    let document = status(&project, 3);
    assert_eq!((&document["state"], &document["next"]), (&json!("polling"), &json!("gonogo poll v0.2.0")));
    assert_eq!(document["in_flight"], json!(["3/t"]));
    let not_known = document["not_known"].to_string();
    for part in ["was cut short", "how check t of gate 3 ended", "whether a blocker stands"] {
        assert!(not_known.contains(part), "{part}: {document:#}");
    }
}

#[test]
fn the_next_command_brings_the_plan_that_was_asked_for() {
    let project = project(PASSED, 0);
    let document = project.run(&["status", "v0.2.0", "--plan", "gonogo.toml", "--json"]).exits(3).json();
    assert_eq!(document["next"], "gonogo prepare v0.2.0 --plan gonogo.toml");
}
