//! Up to the go: failing checks, reviews, blockers of all kinds, and flags that were given once.

use super::follower::{Follower, Next};
use crate::support::{FAILED, PASSED, Project, libtest, plan, until};
use serde_json::{Value, json};

const REVIEWED: &str = "[[gates.checks]]\nid = \"r\"\nkind = \"review\"\nfocus = \"what is written\"\n";

fn project(checks: &str) -> Project {
    let project = Project::new(&plan(checks));
    project.printing("run-tests", PASSED, 0);
    project
}

fn tests() -> Project {
    project(&libtest("t", "run-tests"))
}

/// Changes the tracker's file, as whoever uses the tracker does.
fn edit_tasks(project: &Project, change: impl FnOnce(&mut Vec<Value>)) {
    let path = project.root().join(".git/gonogo/tracker.json");
    let mut store: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(store["epics"][0]["tasks"].as_array_mut().unwrap());
    std::fs::write(&path, store.to_string()).unwrap();
}

/// Somebody has a task of their own under the release's epic. Its ID.
fn own_task(project: &Project) -> String {
    let store = r#"{"schema":1,"next":3,"epics":[{"id":"B1","title":"Release blockers: v0.2.0","tasks":[
        {"id":"B2","title":"STOP","body":"Wait for me.","state":"open"}]}]}"#;
    let folder = project.root().join(".git/gonogo");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("tracker.json"), store).unwrap();
    "B2".to_owned()
}

fn close_by_hand(project: &Project, id: &str) {
    edit_tasks(project, |tasks| {
        tasks.iter_mut().filter(|task| task["id"] == id).for_each(|task| task["state"] = json!("done"));
    });
}

#[test]
fn a_failing_check_leads_through_its_mending_to_go_and_then_to_nothing() {
    let project = tests();
    project.printing("run-tests", FAILED, 101);
    let mut follower = Follower::of(&project);
    let refused = follower.run("gonogo poll v0.2.0");
    assert_eq!(Next::of(&refused).kind, "mend", "{refused:#}");
    let went = follower.follow(refused, |next| {
        assert_eq!(next.kind, "mend");
        project.printing("run-tests", PASSED, 0);
        Some("")
    });
    assert_eq!(went["clearance"], "granted", "{went:#}");
    assert_eq!(follower.verbs(), ["poll", "poll", "blocker resolve --passed", "poll"]);
    assert_eq!(Next::of(&follower.status()), Next::of(&went));
}

#[test]
fn status_after_a_refusal_does_not_say_poll_where_a_poll_would_only_be_refused_again() {
    let project = tests();
    let own = own_task(&project);
    let mut follower = Follower::of(&project);
    let polled = follower.run("gonogo poll v0.2.0");
    let status = follower.status();
    for document in [&polled, &status] {
        let next = Next::of(document);
        assert_eq!((next.kind.as_str(), next.line.as_str()), ("close", "gonogo poll v0.2.0"), "{document:#}");
        assert!(next.first.contains(&own), "{document:#}");
    }
    let went = follower.follow(status, |_| {
        close_by_hand(&project, &own);
        Some("")
    });
    assert_eq!(went["clearance"], "granted", "{went:#}");
}

#[test]
fn resolve_is_only_named_for_blockers_that_it_closes() {
    let project = tests();
    let own = own_task(&project);
    project.printing("run-tests", FAILED, 101);
    let mut follower = Follower::of(&project);
    follower.run("gonogo poll v0.2.0");
    project.printing("run-tests", PASSED, 0);
    let passed = follower.run("gonogo poll v0.2.0");
    let next = Next::of(&passed);
    assert_eq!(next.kind, "command", "{passed:#}");
    let (resolve, poll) = next.line.split_once(" && ").unwrap();
    assert!(
        resolve.starts_with("gonogo blocker resolve v0.2.0 --id ") && !resolve.contains(&own),
        "{resolve}"
    );
    let resolved = follower.run(resolve);
    assert_eq!((follower.ran.last().unwrap().1, &resolved["refused"]), (0, &json!([])), "{resolved:#}");
    assert_eq!(Next::of(&follower.run(poll)).kind, "close");
}

#[test]
fn a_blocker_that_is_still_open_says_what_closes_it() {
    let project = tests();
    let own = own_task(&project);
    let refused = project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(1);
    assert!(
        refused.stdout.contains(&format!("{own}: still open; it was not filed by gonogo")),
        "{refused:?}"
    );
    let listed = project.run(&["blocker", "list", "v0.2.0", "--json"]).exits(1).json();
    assert!(listed["blockers"][0]["closing"].as_str().unwrap().contains("in the tracker"), "{listed:#}");
}

#[test]
fn a_blocker_that_is_filed_after_the_go_takes_it_back_until_its_check_has_passed() {
    let project = tests();
    let mut follower = Follower::of(&project);
    assert_eq!(follower.run("gonogo poll v0.2.0")["clearance"], "granted");
    let filed =
        follower.run("gonogo blocker file v0.2.0 --check t --title 'it is flaky' --summary 'seen twice'");
    let status = follower.status();
    assert_eq!((&status["state"], follower.ran.last().unwrap().1), (&json!("no-go"), 1), "{status:#}");
    assert_eq!(status["open_blockers"].as_array().unwrap().len(), 1);
    assert_eq!(Next::of(&filed), Next::of(&status));
    let went = follower.follow(status, |next| panic!("{next:?}"));
    assert_eq!(went["clearance"], "granted");
}

#[test]
fn a_review_is_a_persons_and_is_asked_for_once() {
    let project = project(&format!("{}{REVIEWED}", libtest("t", "run-tests")));
    let mut follower = Follower::of(&project);
    let polled = follower.run("gonogo poll v0.2.0 --agent me@host");
    let next = Next::of(&polled);
    assert_eq!(next.kind, "review", "{polled:#}");
    let show = "gonogo review v0.2.0 --gate 3 --check r --show --agent me@host";
    assert!(next.first.contains(show), "{next:?}");
    assert_eq!(follower.run(show)["schema"], "gonogo.review-evidence/1");
    let recorded = follower.run(&format!("{} --accept --note 'read it'", show.replace(" --show", "")));
    assert_eq!(
        Next::of(&recorded),
        Next {
            line: "gonogo poll v0.2.0 --agent me@host".into(),
            kind: "command".into(),
            first: String::new()
        }
    );
    let went = follower.follow(recorded, |next| panic!("{next:?}"));
    assert_eq!(went["clearance"], "granted", "{went:#}");
}

#[test]
fn what_was_given_once_is_in_every_command_that_comes_next() {
    let project = tests();
    std::fs::rename(project.root().join("gonogo.toml"), project.root().join("my plan.toml")).unwrap();
    project.commit("another place for the plan");
    project.git(&["tag", "-a", "-m", "x", "v0.1.5"]);
    project.printing("run-tests", FAILED, 101);
    let mut follower = Follower::of(&project);
    let flags = "--base-tag v0.1.0 --agent drill@host --plan 'my plan.toml'";
    let first = follower.run(&format!("gonogo status v0.2.0 {flags}"));
    assert_eq!(Next::of(&first).line, format!("gonogo prepare v0.2.0 {flags}"));
    let polled = follower.run(&format!("gonogo poll v0.2.0 {flags}"));
    assert_eq!(Next::of(&polled).line, format!("gonogo poll v0.2.0 {flags}"));
    project.printing("run-tests", PASSED, 0);
    let went = follower.follow(polled, |next| {
        if next.kind == "review" {
            let review =
                "review v0.2.0 --gate 3 --check base-tag --accept --note Meant. --agent ann@host --plan";
            project.run(&[&review.split(' ').collect::<Vec<_>>()[..], &["my plan.toml"]].concat()).exits(0);
        }
        Some("")
    });
    assert_eq!((&went["base"], &went["agent"]), (&json!("v0.1.0"), &json!("drill@host")), "{went:#}");
    for (line, code) in &follower.ran[2..] {
        let kept = if line.contains("resolve") { "--agent drill@host --plan 'my plan.toml'" } else { flags };
        assert!(line.ends_with(kept), "{line} ({code})");
    }
}

#[test]
fn the_base_tag_that_was_polled_with_is_kept_by_whoever_comes_next_without_it() {
    let project = tests();
    project.git(&["tag", "-a", "-m", "x", "v0.1.5"]);
    project.printing("run-tests", FAILED, 101);
    let mut follower = Follower::of(&project);
    follower.run("gonogo poll v0.2.0 --base-tag v0.1.0");
    assert_eq!(Next::of(&follower.status()).line, "gonogo poll v0.2.0 --base-tag v0.1.0");
    // One that is derived goes without saying.
    follower.run("gonogo poll v0.2.0");
    assert_eq!(Next::of(&follower.status()).line, "gonogo poll v0.2.0");
}

#[test]
fn a_poll_that_is_under_way_is_waited_for_and_one_that_was_killed_is_run_again() {
    let project = tests();
    let (begun, go) = (project.beside("begun"), project.beside("go"));
    let waits = format!(
        "touch '{0}'\nwhile [ -e '{0}' ] && ! [ -e '{1}' ]; do sleep 0.02; done",
        begun.display(),
        go.display()
    );
    project.tool("run-tests", &waits);
    let mut follower = Follower::of(&project);
    let running = project.start(&["poll", "v0.2.0", "--json"]);
    until("the check runs", || begun.exists());
    until("its beginning is on disk", || {
        String::from_utf8_lossy(&project.records()).contains("check-started")
    });
    let status = follower.status();
    assert_eq!((&status["state"], &status["under_way"]), (&json!("polling"), &json!(true)), "{status:#}");
    let next = Next::of(&status);
    assert_eq!((next.kind.as_str(), next.line.as_str()), ("wait", "gonogo status v0.2.0"));
    running.kill();
    let status = follower.status();
    assert_eq!((&status["state"], &status["under_way"]), (&json!("polling"), &json!(false)), "{status:#}");
    let next = Next::of(&status);
    assert_eq!((next.kind.as_str(), next.line.as_str()), ("command", "gonogo poll v0.2.0"));
    std::fs::write(&go, "").unwrap();
}

#[test]
fn doctor_looks_behind_cargo_and_python_for_what_explain_sends_to_it_for() {
    let through = |id: &str, run: &str| {
        format!(
            "[[gates.checks]]\nid = \"{id}\"\nrun = {run}\nreader = \"text\"\nexpect = \"x\"\nfinding = \"y\"\n\n"
        )
    };
    let checks =
        through("a", "[\"cargo\", \"audit\"]") + &through("p", "[\"python3\", \"-m\", \"no_such_module\"]");
    let project = project(&checks);
    project.tool("cargo", "if [ \"$1\" = --list ]; then echo 'Installed Commands:'; echo '    build   Compile'; exit 0; fi\necho \"error: no such command: \\`$1\\`\" >&2; exit 101");
    let mut follower = Follower::of(&project);
    let explained = follower.run("gonogo explain tool-missing");
    assert!(explained["entries"][0]["next"].as_str().unwrap().contains("gonogo doctor"), "{explained:#}");
    let doctor = follower.run("gonogo doctor");
    let gaps = |document: &Value| -> Vec<String> {
        let items = document["items"].as_array().unwrap().iter();
        items
            .filter(|item| item["state"] != "ok")
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(gaps(&doctor), ["tool:cargo-audit", "tool:python3 -m no_such_module"], "{doctor:#}");
    project.tool("cargo", "echo '    audit   Audit'");
    std::fs::create_dir_all(project.root().join("no_such_module")).unwrap();
    assert_eq!(gaps(&follower.run("gonogo doctor")), Vec::<String>::new());
}
