//! Blockers in ergo of every generation, through the whole program: filed once, opened again, closed by people, and
//! an ergo that gives no answer.

use crate::ergos::Ergo;
use crate::support::{NOTHING, PASSED, Project, TWO_FAILED, libtest, plan};
use serde_json::Value;

fn failing() -> Project {
    let checks = libtest("fails", "fails") + &libtest("shows-nothing", "nothing");
    let project = Project::new(&plan(&checks).replace("\"file\"", "\"ergo\"\ntimeout = \"5m\""));
    project.printing("fails", TWO_FAILED, 101);
    project.printing("nothing", NOTHING, 0);
    project
}

fn passing() -> Project {
    let project = failing();
    mend(&project);
    project
}

fn mend(project: &Project) {
    project.printing("fails", PASSED, 0);
    project.printing("nothing", PASSED, 0);
}

fn blockers(document: &Value) -> &Vec<Value> {
    document["blockers"].as_array().unwrap_or_else(|| panic!("{document:#}"))
}

fn ids(document: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = blockers(document).iter().map(|one| one["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

fn one_task_for_each_problem(ergo: Ergo) {
    let project = failing();
    ergo.install(&project);
    let first = project.poll().exits(1).json();
    assert_eq!(ids(&first).len(), 3);
    for _ in 0..2 {
        let again = project.poll().exits(1).json();
        assert_eq!(ids(&again), ids(&first), "{ergo:?}");
        assert!(blockers(&again).iter().all(|one| one["open"] == true));
    }
    assert_eq!(ergo.epics(&project), 1);

    // A person closes two of them, and nothing is mended.
    for id in &ids(&first)[..2] {
        ergo.close_by_hand(&project, id);
    }
    let document = project.poll().exits(1).json();
    let open = blockers(&document).iter().filter(|one| one["state"] == "open");
    assert_eq!((ids(&document), open.count()), (ids(&first), 3), "{ergo:?}");
    assert_eq!(ergo.epics(&project), 1);

    // All is mended: the tasks stand until they are closed.
    mend(&project);
    project.poll().exits(1);
    for id in ids(&first) {
        ergo.close_by_hand(&project, id);
    }
    let document = project.poll().exits(0).json();
    assert_eq!(document["clearance"], "granted");
    assert_eq!(ids(&document), ids(&first));
}

macro_rules! generations {
    ($($name:ident: $version:literal)*) => {
        mod stand_in {
            $(#[test]
            fn $name() {
                super::one_task_for_each_problem(super::Ergo::StandIn($version));
            })*
        }
        mod real {
            $(#[test]
            #[ignore = "needs the real ergo programs"]
            fn $name() {
                super::one_task_for_each_problem(super::Ergo::Real($version));
            })*
        }
    };
}

generations! {
    one_task_for_each_problem_in_ergo_0_9: "0.9.3"
    one_task_for_each_problem_in_ergo_1_2: "1.2.0"
    one_task_for_each_problem_in_ergo_2_0: "2.0.1"
    one_task_for_each_problem_in_ergo_4_3: "4.3.3"
    one_task_for_each_problem_in_ergo_6_0: "6.0.0"
}

/// All gates pass, and the tracker does not say what stands.
#[track_caller]
fn is_not_cleared(project: &Project, names: &str) {
    let document = project.poll().exits(3).json();
    assert_eq!((&document["verdict"], &document["clearance"]), (&"passed".into(), &"refused".into()));
    assert_eq!(document["blockers"], Value::Null);
    let obstacles = document["obstacles"].as_array().unwrap();
    assert!(
        obstacles.iter().any(|one| one.as_str().unwrap().starts_with("tracker-unreadable: ")),
        "{obstacles:?}"
    );
    let said = document["tracker_error"].as_str().unwrap();
    assert!(said.contains("ergo") && said.contains(names), "{said}");
    let text = project.run(&["poll", "v0.2.0"]).exits(3);
    assert!(text.stdout.contains("tracker-unreadable") && text.stdout.contains("ergo"), "{text:#?}");
}

#[test]
fn without_ergo_nothing_is_cleared() {
    is_not_cleared(&passing(), "not on PATH");
}

#[test]
fn without_a_backlog_nothing_is_cleared() {
    let project = passing();
    project.tool("ergo", &Ergo::StandIn("6.0.0").line());
    is_not_cleared(&project, "ergo init");
}

#[test]
fn an_ergo_that_prints_nonsense_clears_nothing() {
    for script in
        ["echo nonsense", "echo '[]'", "echo '{}'", "head -c 5000 /dev/zero", "exit 1", "kill -9 $$", "true"]
    {
        let project = passing();
        Ergo::StandIn("6.0.0").install(&project);
        project.tool("ergo", script);
        is_not_cleared(&project, "");
    }
}

#[test]
fn an_ergo_whose_list_is_nonsense_clears_nothing() {
    for list in [
        "echo nonsense",
        "echo '[]'",
        "echo '{\"version\":2,\"items\":[]}'",
        "printf '{\"version\":1,\"items\":['",
    ] {
        let project = passing();
        let ergo = Ergo::StandIn("6.0.0");
        ergo.install(&project);
        project.tool("ergo", &format!("case $1 in list) {list};; *) {};; esac", ergo.line()));
        is_not_cleared(&project, "");
    }
}

#[test]
fn an_ergo_that_hangs_clears_nothing() {
    let project = Project::new(&plan(&libtest("t", "t")).replace("\"file\"", "\"ergo\"\ntimeout = \"1s\""));
    project.printing("t", PASSED, 0);
    Ergo::StandIn("6.0.0").install(&project);
    project.tool("ergo", "sleep 600");
    is_not_cleared(&project, "1 seconds");
}

fn a_newer_backlog_clears_nothing(old: Ergo, new: Ergo) {
    let project = passing();
    new.install(&project);
    project.run(&["poll", "v0.2.0"]).exits(0);
    project
        .run(&["blocker", "file", "v0.2.0", "--check", "3", "--title", "A race", "--summary", "Seen."])
        .exits(0);
    project.tool("ergo", &old.line());
    is_not_cleared(&project, "newer");
}

#[test]
fn a_backlog_of_a_newer_ergo_clears_nothing() {
    for (old, new) in [("0.9.3", "1.2.0"), ("1.2.0", "6.0.0"), ("2.0.1", "4.3.3"), ("4.3.3", "6.0.0")] {
        a_newer_backlog_clears_nothing(Ergo::StandIn(old), Ergo::StandIn(new));
    }
}

#[test]
#[ignore = "needs the real ergo programs"]
fn a_backlog_of_a_newer_real_ergo_clears_nothing() {
    for (old, new) in [("0.9.3", "1.2.0"), ("1.2.0", "6.0.0"), ("2.0.1", "4.3.3"), ("4.3.3", "6.0.0")] {
        a_newer_backlog_clears_nothing(Ergo::Real(old), Ergo::Real(new));
    }
}
