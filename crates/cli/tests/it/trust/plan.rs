//! The plan of the base is found where it stood, and what it asked is asked.

use super::scaffold::{BAD, GOOD, STRICT, accept, asks, poll, unpublished, weak};
use crate::support::Project;

/// A project whose v0.1.0 was held to a plan that was put there by `prepare`, and whose plan is in the root by now.
fn moved(prepare: impl FnOnce(&Project), now: &str) -> Project {
    let project = Project::unborn();
    project.write("src.txt", GOOD);
    prepare(&project);
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "x", "v0.1.0"]);
    project.publish();
    std::fs::remove_file(project.root().join("gonogo.toml")).ok();
    project.write("gonogo.toml", now);
    project.write("src.txt", BAD);
    project.commit("lower the bar");
    project
}

fn link(project: &Project, to: &str) {
    std::os::unix::fs::symlink(to, project.root().join("gonogo.toml")).unwrap();
}

#[test]
fn a_plan_of_the_base_behind_a_link_is_compared() {
    let project = moved(
        |project| {
            project.write("release/plan.toml", STRICT);
            link(project, "release/plan.toml");
        },
        &weak(),
    );
    assert!(asks(&poll(&project, &[]).exits(3).json(), "plan-unweakened").contains("`finding`"));
}

#[test]
fn a_plan_of_the_base_at_another_path_or_of_another_name_is_compared() {
    for path in ["release/gonogo.toml", "ops/release-plan.toml", "plan"] {
        let project = moved(|project| project.write(path, STRICT), &weak());
        let said = asks(&poll(&project, &[]).exits(3).json(), "plan-unweakened");
        assert!(said.contains("`finding`"), "{path}: {said}");
    }
}

#[test]
fn a_plan_of_the_base_that_leads_out_of_its_tree_cannot_be_told_to_ask_for_less() {
    for to in ["/etc/passwd", "nowhere.toml", "gonogo.toml"] {
        let project = moved(|project| link(project, to), STRICT);
        let said = asks(&poll(&project, &[]).json(), "plan-unweakened");
        assert!(said.contains("leads to no file"), "{to}: {said}");
    }
}

#[test]
fn of_two_plans_of_the_base_none_is_guessed_at() {
    let project = moved(
        |project| {
            project.write("a/plan.toml", STRICT);
            project.write("b/plan.toml", weak());
        },
        &weak(),
    );
    assert!(
        asks(&poll(&project, &[]).exits(3).json(), "plan-unweakened").contains("a/plan.toml, b/plan.toml")
    );
}

#[test]
fn a_base_without_a_plan_is_told_and_asks_for_nothing() {
    let project = moved(|_| (), STRICT);
    project.write("src.txt", GOOD);
    project.commit("mend");
    let said = project.run(&["poll", "v0.2.0"]).exits(0);
    let all = said.stdout + &said.stderr;
    assert!(all.contains("v0.1.0 has no plan"), "{all}");
}

#[test]
fn what_was_dropped_from_the_plan_since_the_base_asks_for_a_review() {
    let full = STRICT.replace("name = \"sample\"\n", "name = \"sample\"\nchangelog = \"CHANGELOG.md\"\n")
        + "\n[[versions]]\nfile = \"VERSION.toml\"\nkey = \"version\"\n\n[[tools]]\nname = \"cat\"\n\n\
           [[steps]]\nkind = \"tag\"\nsigned = true\n";
    for (dropped, said) in [
        (
            "[[versions]]\nfile = \"VERSION.toml\"\nkey = \"version\"\n",
            "versions has `VERSION.toml, key version` no longer",
        ),
        ("changelog = \"CHANGELOG.md\"\n", "project.changelog is nothing now"),
        ("[[tools]]\nname = \"cat\"\n", "tool cat is no longer asked for"),
        ("[[steps]]\nkind = \"tag\"\nsigned = true\n", "step tag: it is gone"),
        ("signed = true\n", "step tag: `signed` is off now"),
    ] {
        let project = Project::unborn();
        project.write("gonogo.toml", &full);
        project.write("src.txt", GOOD);
        project.write("VERSION.toml", "version = \"0.2.0\"\n");
        project.commit("begin");
        project.git(&["tag", "-a", "-m", "x", "v0.1.0"]);
        project.publish();
        poll(&project, &[]).exits(0);
        assert!(full.contains(dropped), "{dropped}");
        project.write("gonogo.toml", full.replace(dropped, ""));
        project.commit("drop something");
        let told = asks(&poll(&project, &["--close-passed"]).exits(3).json(), "plan-unweakened");
        assert!(told.contains(said), "{told}");
        accept(&project, "plan-unweakened", &[]);
        poll(&project, &["--close-passed"]).exits(0);
    }
}

#[test]
fn a_check_of_the_plan_cannot_take_the_name_of_one_of_gonogos_own() {
    for id in ["plan-unweakened", "base-tag", "required-tools"] {
        let project = unpublished();
        project.write("gonogo.toml", STRICT.replace("\"words\"", &format!("\"{id}\"")));
        project.commit("take a name");
        poll(&project, &[]).exits(2);
    }
}

/// A blocker is filed, then the plan has another tracker, and what was wrong is mended.
fn with_other_tracker(change: impl Fn(&str) -> String) {
    let project = unpublished();
    project.publish();
    project.write("src.txt", BAD);
    project.commit("worse");
    let blockers = poll(&project, &[]).exits(1).json()["blockers"].clone();
    assert_eq!(blockers.as_array().unwrap().len(), 1, "{blockers:#}");
    project.write("gonogo.toml", change(STRICT));
    project.write("src.txt", GOOD);
    project.write(".gitignore", "/other.json\n");
    project.commit("another tracker");
    poll(&project, &[]);
    let tag = poll(&project, &["--close-passed"]).json()["target"].as_str().unwrap().to_owned();
    let review =
        ["review", tag.as_str(), "--gate", "3", "--check", "plan-unweakened", "--accept", "--note", "Yes."];
    project.run(&review).exits(0);
    let document = poll(&project, &["--close-passed"]).exits(1).json();
    assert_eq!(document["clearance"], "refused", "{document:#}");
    let open: Vec<&str> = document["blockers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|blocker| blocker["open"] == true)
        .map(|blocker| blocker["id"].as_str().unwrap())
        .collect();
    assert_eq!(open.len(), 1, "{document:#}");
    assert!(open[0].contains(" in "), "{open:?}");
    // Closed where it stands, it stands no longer.
    let old = project.root().join(".git/gonogo/tracker.json");
    let text = std::fs::read_to_string(&old).unwrap();
    std::fs::write(&old, text.replace("\"open\"", "\"done\"")).unwrap();
    poll(&project, &["--close-passed"]).exits(0);
}

#[test]
fn a_blocker_stands_in_the_tracker_that_the_plan_had_at_the_base() {
    with_other_tracker(|plan| plan.replace("kind = \"file\"\n", "kind = \"file\"\npath = \"other.json\"\n"));
}

#[test]
fn a_blocker_stands_under_the_epic_that_the_tags_of_the_base_name() {
    with_other_tracker(|plan| {
        plan.replace("name = \"sample\"\n", "name = \"sample\"\ntag = \"r{version}\"\n")
    });
}
