//! A part of a poll: its evidence is as good as any, and it grants nothing.

use crate::support::{FAILED, PASSED, Project, check, libtest, plan};

const OTHER_GATE: &str = "[[gates]]\nid = 5\nname = \"Other\"\n\n[[gates.checks]]\nid = \"c\"\nrun = [\"third\"]\nreader = \"libtest\"\n";

/// Two gates, three checks; the second check fails, and the third has no tool.
fn project() -> Project {
    let text = plan(&(libtest("a", "first") + &libtest("b", "second") + OTHER_GATE))
        .replace("required-gates = [3]", "required-gates = [3, 5]");
    let project = Project::new(&text);
    project.printing("first", PASSED, 0);
    project.printing("second", FAILED, 101);
    project
}

#[test]
fn a_part_runs_what_it_names_and_grants_nothing() {
    let project = project();
    let ran = project.run(&["poll", "v0.2.0", "--json", "--only", "3/a"]).exits(3);
    let document = ran.json();
    assert_eq!((&document["clearance"], &document["verdict"]), (&"refused".into(), &"incomplete".into()));
    assert_eq!(document["only"], serde_json::json!(["3/a"]));
    assert_eq!(document["obstacle_codes"], serde_json::json!(["part-only"]));
    assert_eq!(check(&document, 3, "a")["verdict"], "passed");
    assert_eq!(document["gates"].as_array().unwrap().len(), 1, "{document:#}");
    assert_eq!(document["gates"][0]["checks"].as_array().unwrap().len(), 1);
    assert_eq!(document["blockers"], serde_json::json!([]), "nothing is filed for what was left out");
    assert_eq!(document["next"], "gonogo poll v0.2.0");
    // The next whole poll uses its evidence.
    let whole = project.poll().exits(1).json();
    assert_eq!(check(&whole, 3, "a")["reused"], true);
    assert_eq!(whole["only"], serde_json::json!([]));
}

#[test]
fn a_part_that_fails_is_a_no_go_and_files_what_it_found_alone() {
    let project = project();
    let document = project.run(&["poll", "v0.2.0", "--json", "--only", "b"]).exits(1).json();
    let blockers = document["blockers"].as_array().unwrap();
    assert_eq!((blockers.len(), &blockers[0]["gate"]), (1, &3.into()), "{document:#}");
    // Another part is not held up by it, and says as little of the whole.
    project.run(&["poll", "v0.2.0", "--only", "3/a"]).exits(3);
    project.run(&["poll", "v0.2.0", "--only", "5", "--only", "3/a"]).exits(3);
}

#[test]
fn a_part_that_is_everything_is_no_go_either() {
    let project = Project::new(&plan(&libtest("a", "first")));
    project.printing("first", PASSED, 0);
    for only in ["3", "3/a", "a"] {
        let ran = project.run(&["poll", "v0.2.0", "--only", only]).exits(3);
        assert!(!ran.stdout.contains("GO "), "{}", ran.stdout);
        assert!(ran.stdout.contains("a part was polled (3/a)"), "{}", ran.stdout);
        assert!(ran.stdout.contains("gonogo poll v0.2.0"), "{}", ran.stdout);
        let status = project.run(&["status", "v0.2.0", "--json"]).exits(3).json();
        assert_eq!(status["next"], "gonogo poll v0.2.0", "{status:#}");
    }
    project.poll().exits(0);
    // And a go that there was is not one any more.
    project.run(&["poll", "v0.2.0", "--only", "a"]).exits(3);
    project.run(&["status", "v0.2.0"]).exits(3);
    project.poll().exits(0);
}

#[test]
fn a_name_that_is_none_of_the_plans_is_refused_with_those_that_are() {
    let project = project();
    for wrong in ["4", "3/c", "d", "", "3/", "3/a/b", "judge", "3/judge"] {
        let ran = project.run(&["poll", "v0.2.0", "--only", wrong]).exits(2);
        assert!(ran.stderr.contains("3/a, 3/b, 5/c"), "{wrong}: {}", ran.stderr);
        assert!(project.records().is_empty(), "{wrong}");
    }
}
