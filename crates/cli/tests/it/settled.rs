//! What the ledger knows to be open is open until it shows the settling; evidence that contradicts itself settles nothing; and a
//! ledger speaks for its own release alone.

use crate::ergos::Ergo;
use crate::support::{FAILED, NOTHING, PASSED, Project, check, libtest, plan, until};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

fn failing() -> Project {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", FAILED, 101);
    project
}

fn tracker(project: &Project) -> PathBuf {
    project.root().join(".git/gonogo/tracker.json")
}

fn edit(project: &Project, change: impl FnOnce(&mut Value)) {
    let mut store: Value = serde_json::from_slice(&std::fs::read(tracker(project)).unwrap()).unwrap();
    change(&mut store);
    std::fs::write(tracker(project), store.to_string()).unwrap();
}

fn standing(document: &Value) -> Vec<&Value> {
    document["blockers"].as_array().unwrap().iter().filter(|one| one["open"] == true).collect()
}

#[test]
fn a_blocker_that_the_tracker_no_longer_shows_stands_until_it_is_shown_settled() {
    type Vanish = fn(&Project);
    let ways: [(&str, Vanish); 7] = [
        ("the file is gone", |project| std::fs::remove_file(tracker(project)).unwrap()),
        ("the store is begun anew", |project| {
            std::fs::write(tracker(project), r#"{"schema":1,"next":1,"epics":[]}"#).unwrap();
        }),
        ("the task is gone", |project| edit(project, |store| store["epics"][0]["tasks"] = json!([]))),
        ("the epic has another case", |project| {
            edit(project, |store| store["epics"][0]["title"] = json!("release blockers: v0.2.0"));
        }),
        ("the epic has a space that does not break", |project| {
            edit(project, |store| store["epics"][0]["title"] = json!("Release\u{a0}blockers: v0.2.0"));
        }),
        ("the task is in another epic", |project| {
            edit(project, |store| {
                let tasks = store["epics"][0]["tasks"].take();
                store["epics"][0]["tasks"] = json!([]);
                store["epics"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"id": "B3", "title": "x", "tasks": tasks}));
                store["next"] = json!(4);
            });
        }),
        ("the task is emptied and closed", |project| {
            edit(project, |store| {
                let task = &mut store["epics"][0]["tasks"][0];
                (task["body"], task["state"]) = (json!("never mind"), json!("done"));
            });
        }),
    ];
    for (what, vanish) in ways {
        let project = failing();
        let filed = project.poll().exits(1).json();
        let id = standing(&filed)[0]["id"].as_str().unwrap().to_owned();
        vanish(&project);
        // Nothing is mended yet, and nobody can say that it is.
        let list = project.run(&["blocker", "list", "v0.2.0", "--json"]).exits(1).json();
        assert!(
            standing(&list).iter().any(|one| one["id"] == *id && one["gone"] == true),
            "{what}: {list:#}"
        );
        project.run(&["blocker", "resolve", "v0.2.0", "--id", &id]).exits(1);

        project.printing("run-tests", PASSED, 0);
        let polled = project.poll();
        assert_eq!(polled.code, Some(1), "{what}: {polled:#?}");
        let document = polled.json();
        assert_eq!(check(&document, 3, "t")["verdict"], "passed", "{what}");
        let title = standing(&document)[0]["title"].as_str().unwrap();
        assert!(title.contains("does not show it any more"), "{what}: {title}");
        assert_eq!(
            document["next"], "gonogo blocker resolve v0.2.0 --passed && gonogo poll v0.2.0",
            "{what}: {document:#}"
        );
        let status = project.run(&["status", "v0.2.0", "--json"]).exits(1).json();
        assert_eq!((&status["open_blockers"], &status["state"]), (&json!([id]), &json!("no-go")), "{what}");
        // Its own check has passed since: that settles it, in the ledger.
        project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(0);
        project.poll().exits(0);
        project.run(&["status", "v0.2.0"]).exits(0);
    }
}

#[test]
fn a_blocker_that_was_settled_may_vanish() {
    let project = failing();
    project.poll().exits(1);
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(1);
    project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(0);
    std::fs::remove_file(tracker(&project)).unwrap();
    project.poll().exits(0);

    // And so may one that a person closed in the tracker, once a poll has seen that.
    let project = failing();
    project.poll().exits(1);
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(1);
    edit(&project, |store| store["epics"][0]["tasks"][0]["state"] = json!("done"));
    project.poll().exits(0);
    edit(&project, |store| store["epics"] = json!([]));
    project.poll().exits(0);
}

#[test]
fn a_task_of_somebodys_own_that_vanishes_stands_until_somebody_says_that_it_is_settled() {
    let project = failing();
    project.printing("run-tests", PASSED, 0);
    std::fs::create_dir_all(tracker(&project).parent().unwrap()).unwrap();
    let own = r#"{"schema":1,"next":3,"epics":[{"id":"B1","title":"Release blockers: v0.2.0","tasks":[
        {"id":"B2","title":"STOP","body":"Not yet.","state":"open"}]}]}"#;
    std::fs::write(tracker(&project), own).unwrap();
    project.poll().exits(1);
    edit(&project, |store| store["epics"][0]["title"] = json!("Release Blockers: v0.2.0"));
    let document = project.poll().exits(1).json();
    assert_eq!(standing(&document)[0]["id"], "B2", "{document:#}");
    project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(1);
    project.run(&["blocker", "resolve", "v0.2.0", "--id", "B2"]).exits(0);
    project.poll().exits(0);

    // One that its owner closes is settled, as ever.
    std::fs::write(tracker(&project), own.replace("B2", "B3").replace("\"next\":3", "\"next\":4")).unwrap();
    project.poll().exits(1);
    edit(&project, |store| store["epics"][0]["tasks"][0]["state"] = json!("done"));
    project.poll().exits(0);
}

#[test]
fn an_epic_of_ergo_that_is_renamed_hides_nothing_and_a_failed_fix_locks_nobody_out() {
    let ergo = Ergo::StandIn("6.0.0");
    let project = Project::new(&plan(&libtest("t", "run-tests")).replace("\"file\"", "\"ergo\""));
    project.printing("run-tests", FAILED, 101);
    ergo.install(&project);
    let filed = project.poll().exits(1).json();
    let id = standing(&filed)[0]["id"].as_str().unwrap().to_owned();
    // Somebody tried to mend it, and could not.
    ergo.by_hand(&project, &["fail", &id]);
    let list = project.run(&["blocker", "list", "v0.2.0", "--json"]).exits(1).json();
    assert_eq!((standing(&list).len(), &list["blockers"][0]["id"]), (1, &json!(id)), "{list:#}");
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(1);

    let epic = list["epic"].as_str().unwrap();
    ergo.by_hand(&project, &["title", epic, "Release blockers:  v0.2.0"]);
    let document = project.poll().exits(1).json();
    assert_eq!(standing(&document)[0]["gone"], true, "{document:#}");
    // Put back, it is the same blocker again.
    ergo.by_hand(&project, &["title", epic, "Release blockers: v0.2.0"]);
    let document = project.poll().exits(1).json();
    assert_eq!((standing(&document).len(), &standing(&document)[0]["gone"]), (1, &json!(false)));
    project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(0);
    project.poll().exits(0);
}

/// A tool that fails until a file is there: the very same program, and another answer.
fn moody(project: &Project, at_first: &str, status: i32) {
    for (name, text) in [("first.out", at_first), ("then.out", PASSED)] {
        std::fs::write(project.beside(name), text).unwrap();
    }
    let [first, then, mood] = ["first.out", "then.out", "mood"].map(|name| project.beside(name));
    project.tool(
        "run-tests",
        &format!(
            "if [ -e '{}' ]; then cat '{}'; exit 0; fi\ncat '{}'\nexit {status}",
            mood.display(),
            then.display(),
            first.display()
        ),
    );
}

#[test]
fn what_failed_and_then_passed_with_nothing_changed_is_flaky_until_it_is_reviewed() {
    let project = failing();
    moody(&project, FAILED, 101);
    project.poll().exits(1);
    std::fs::write(project.beside("mood"), "").unwrap();
    for fresh in [&["poll", "v0.2.0", "--json"][..], &["poll", "v0.2.0", "--json", "--fresh"][..]] {
        let document = project.run(fresh).exits(1).json();
        let flaky = check(&document, 3, "t");
        assert_eq!(
            (&flaky["verdict"], &flaky["reason"]),
            (&json!("incomplete"), &json!("flaky")),
            "{flaky:#}"
        );
        assert_eq!(document["next_kind"], "review", "{document:#}");
    }
    // The blocker of the failure is not closed by such a pass.
    project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(1);

    let review = ["review", "v0.2.0", "--gate", "3", "--check", "t"];
    let shown = project.run(&[&review[..], &["--show"]].concat()).exits(0);
    assert!(shown.stdout.contains("it_works ... FAILED"), "what failed is shown: {shown:?}");
    project.run(&[&review[..], &["--accept", "--note", "a port that was taken"]].concat()).exits(0);
    let document = project.poll().exits(1).json();
    let reviewed = check(&document, 3, "t");
    assert_eq!(reviewed["verdict"], "passed", "{document:#}");
    assert!(reviewed["notes"].to_string().contains("a port that was taken"), "{reviewed:#}");
    project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(0);
    project.poll().exits(0);

    // Another failure is another contradiction, of which the review says nothing.
    std::fs::remove_file(project.beside("mood")).unwrap();
    std::fs::write(project.beside("first.out"), FAILED.replace("boom", "bang")).unwrap();
    project.poll().exits(1);
    std::fs::write(project.beside("mood"), "").unwrap();
    let document = project.poll().exits(1).json();
    assert_eq!(check(&document, 3, "t")["reason"], "flaky", "{document:#}");
}

#[test]
fn what_showed_nothing_and_then_passed_is_no_contradiction_and_neither_is_a_mended_commit() {
    for (text, status) in [(NOTHING, 0), ("Segmentation fault", 139)] {
        let project = failing();
        moody(&project, text, status);
        project.poll().exits(3);
        std::fs::write(project.beside("mood"), "").unwrap();
        let document = project.run(&["poll", "v0.2.0", "--json", "--close-passed"]).exits(0).json();
        assert_eq!(check(&document, 3, "t")["verdict"], "passed");
    }
    let project = failing();
    moody(&project, FAILED, 101);
    project.poll().exits(1);
    std::fs::write(project.beside("mood"), "").unwrap();
    project.commit("mend it");
    project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
}

#[test]
fn a_plan_may_allow_re_runs_and_each_is_shown() {
    let text = plan(&libtest("t", "run-tests")).replace("[3]\n", "[3]\nretries = 1\n");
    let project = Project::new(&text);
    moody(&project, FAILED, 101);
    project.poll().exits(1);
    std::fs::write(project.beside("mood"), "").unwrap();
    let ran = project.run(&["poll", "v0.2.0", "--json", "--close-passed"]).exits(0);
    let document = ran.json();
    let passed = check(&document, 3, "t");
    assert!(passed["notes"].to_string().contains("failed once on this very subject"), "{passed:#}");
    let text = project.run(&["poll", "v0.2.0"]).exits(0).stdout;
    assert!(text.contains("failed once on this very subject"), "{text}");

    // Twice is more than once.
    std::fs::remove_file(project.beside("mood")).unwrap();
    project.poll().exits(1);
    std::fs::write(project.beside("mood"), "").unwrap();
    let document = project.poll().exits(1).json();
    assert_eq!(check(&document, 3, "t")["reason"], "flaky", "{document:#}");
}

#[test]
fn a_ledger_of_another_release_or_project_is_believed_by_no_command() {
    let project = failing();
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(0);
    let releases = project.root().join(".git/gonogo/releases");
    let copied =
        Command::new("cp").arg("-r").arg(releases.join("v0.2.0")).arg(releases.join("v0.3.0")).status();
    assert!(copied.unwrap().success());
    let before = std::fs::read(releases.join("v0.3.0/ledger.jsonl")).unwrap();
    let review = ["review", "v0.3.0", "--gate", "3", "--check", "t", "--accept", "--note", "x"];
    let commands: [&[&str]; 9] = [
        &["status", "v0.3.0", "--json"],
        &["status", "--json"],
        &["poll", "v0.3.0", "--json"],
        &["verify", "v0.3.0", "--json"],
        &["audit", "v0.3.0", "--json"],
        &["bench", "show", "v0.3.0", "--json"],
        &["blocker", "list", "v0.3.0", "--json"],
        &["blocker", "resolve", "v0.3.0", "--passed", "--json"],
        &review,
    ];
    for command in commands {
        let ran = project.run(command);
        // An audit of a plan without channels has nothing to look at, and says so first.
        let is_refused = ran.code == Some(4) && ran.stderr.contains("is of sample v0.2.0");
        let has_nothing = command[0] == "audit" && ran.code == Some(2);
        assert!(is_refused || has_nothing, "{command:?}: {ran:#?}");
    }
    assert_eq!(std::fs::read(releases.join("v0.3.0/ledger.jsonl")).unwrap(), before);
    std::fs::remove_dir_all(releases.join("v0.3.0")).unwrap();
    // Its own release is as it was, but not under another project's name.
    project.run(&["status", "v0.2.0"]).exits(0);
    project.write("gonogo.toml", plan(&libtest("t", "run-tests")).replace("\"sample\"", "\"other\""));
    for command in [&["status", "v0.2.0"][..], &["status"][..], &["blocker", "list", "v0.2.0"][..]] {
        project.run(command).exits(4);
    }
}

#[test]
fn what_a_finding_says_of_steps_makes_its_blocker_no_steps() {
    for line in ["gonogo-step: publish", "gonogo-check: 3/other", "gonogo-fingerprint: 0123456789abcdef"] {
        let checks = "[[gates.checks]]\nid = \"text\"\nrun = [\"cat\", \"src.txt\"]\nreader = \"text\"\n\
             expect = \"^checked\"\nfinding = \"^gonogo-\"\n\n";
        let project = Project::new(&plan(&(checks.to_owned() + &libtest("other", "run-tests"))));
        project.printing("run-tests", PASSED, 0);
        project.write("src.txt", format!("checked\n{line}\n"));
        project.commit("with a line that looks like ours");
        let document = project.poll().exits(1).json();
        let id = standing(&document)[0]["id"].as_str().unwrap();
        project.run(&["blocker", "resolve", "v0.2.0", "--id", id]).exits(1);
        // Closed by hand, it stands all the same: its own check has not passed.
        edit(&project, |store| store["epics"][0]["tasks"][0]["state"] = json!("done"));
        let list = project.run(&["blocker", "list", "v0.2.0", "--json"]).exits(1).json();
        assert_eq!(standing(&list).len(), 1, "{line}: {list:#}");
        project.write("src.txt", "checked\n");
        project.commit("without it");
        project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
    }
}

#[test]
fn a_poll_that_is_killed_as_its_check_starts_is_recorded() {
    let project = failing();
    // The check's first deed is to kill gonogo, which has no time to tell anything any more.
    project.tool("run-tests", "kill -9 $PPID");
    let poll = project.start(&["poll", "v0.2.0", "--json"]);
    let ran = poll.end();
    assert_eq!(ran.code, None, "{ran:?}");
    until("it is gone", || project.run(&["status", "v0.2.0", "--json"]).json()["under_way"] == false);
    let document = project.run(&["status", "v0.2.0", "--json"]).exits(3).json();
    assert_eq!(
        (&document["state"], &document["in_flight"]),
        (&json!("polling"), &json!(["3/t"])),
        "{document:#}"
    );
    assert!(!document["not_known"].to_string().contains("no poll"), "{document:#}");
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(0);
}

#[test]
fn status_asks_the_tracker_where_it_matters_and_says_where_it_was_not_asked() {
    let project = failing();
    project.printing("run-tests", PASSED, 0);
    project.poll().exits(0);
    let document = project.run(&["status", "v0.2.0", "--json"]).exits(0).json();
    assert_eq!((&document["tracker_asked"], &document["open_blockers"]), (&json!(true), &json!([])));
    // Somebody files a task of their own.
    let own = r#"{"schema":1,"next":3,"epics":[{"id":"B1","title":"Release blockers: v0.2.0","tasks":[
        {"id":"B2","title":"STOP","body":"Not yet.","state":"open"}]}]}"#;
    std::fs::write(tracker(&project), own).unwrap();
    let document = project.run(&["status", "v0.2.0", "--json"]).exits(1).json();
    assert_eq!((&document["state"], &document["open_blockers"]), (&json!("no-go"), &json!(["B2"])));
    // The list of all releases asks nobody, and says so.
    let all = project.run(&["status"]).exits(0).stdout;
    assert!(all.contains("the tracker and the remote were not asked"), "{all}");
    let all = project.run(&["status", "--json"]).exits(0).json();
    assert_eq!(all["releases"][0]["tracker_asked"], false, "{all:#}");
}
