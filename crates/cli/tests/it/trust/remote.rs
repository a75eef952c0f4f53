//! The remote that is looked at is the one that is pushed to, and what it says is the same here.

use super::scaffold::{poll, released};
use crate::support::Project;
use serde_json::Value;

#[test]
fn a_base_that_is_another_object_here_than_on_the_remote_is_a_conflict() {
    let project = released();
    project.git(&["tag", "-f", "-a", "-m", "mine", "v0.1.0", "HEAD"]);
    let refused = poll(&project, &[]).exits(4).json();
    let said = refused["remedy"].as_str().unwrap();
    assert!(said.contains("git tag --delete v0.1.0 && git fetch origin tag v0.1.0"), "{refused:#}");
    // The way out is one that works.
    project.git(&["tag", "--delete", "v0.1.0"]);
    project.git(&["fetch", "--quiet", "origin", "tag", "v0.1.0"]);
    poll(&project, &[]).exits(0);
}

#[test]
fn a_lightweight_tag_of_the_same_commit_is_another_object_too() {
    let project = released();
    let commit = project.git(&["rev-parse", "v0.1.0^{commit}"]);
    project.git(&["tag", "-f", "v0.1.0", commit.trim()]);
    poll(&project, &[]).exits(4);
}

#[test]
fn a_remote_that_cannot_be_reached_is_never_answered_for_by_this_clone() {
    let project = released();
    std::fs::rename(project.beside("origin.git"), project.beside("moved.git")).unwrap();
    for more in [&[][..], &["--base-tag", "v0.1.0"]] {
        let refused = poll(&project, more).exits(3).json();
        assert_eq!(refused["reason"], "baseline-missing", "{refused:#}");
    }
}

#[test]
fn a_remote_that_is_pushed_to_elsewhere_is_a_conflict() {
    let project = released();
    let elsewhere = project.beside("elsewhere.git");
    project.git(&["init", "--quiet", "--bare", elsewhere.to_str().unwrap()]);
    project.git(&["remote", "set-url", "--push", "origin", elsewhere.to_str().unwrap()]);
    let refused = poll(&project, &[]).exits(4).json();
    let said = refused["error"].as_str().unwrap();
    assert!(said.contains("elsewhere.git"), "{refused:#}");
    let origin = project.beside("origin.git");
    project.git(&["remote", "set-url", "--push", "origin", origin.to_str().unwrap()]);
    poll(&project, &[]).exits(0);
}

#[test]
fn a_push_that_gits_configuration_leads_elsewhere_is_a_conflict() {
    let project = released();
    let (origin, elsewhere) = (project.beside("origin.git"), project.beside("elsewhere.git"));
    project.git(&["config", &format!("url.{}.pushInsteadOf", elsewhere.display()), origin.to_str().unwrap()]);
    poll(&project, &[]).exits(4);
}

#[test]
fn another_way_to_the_same_repository_is_no_conflict() {
    let project = released();
    let other_way = format!("file://{}", project.beside("origin.git").display());
    project.git(&["remote", "set-url", "--push", "origin", &other_way]);
    poll(&project, &[]).exits(0);
}

/// What `prepare` found of one precondition, where it tells of it.
fn item(project: &Project, id: &str) -> Option<(String, Option<String>)> {
    let document = project.run(&["prepare", "v0.2.0", "--json"]).json();
    let items = document["preflight"].as_array().unwrap_or_else(|| panic!("{document:#}")).clone();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let found = items.iter().find(|item| item["id"] == id);
    found.map(|item| (text(&item["state"]).unwrap(), text(&item["remedy"])))
}

#[test]
fn a_base_that_is_not_known_hides_no_other_gap_of_a_release() {
    let project = released();
    project.write("left.txt", "untracked");
    assert_eq!(item(&project, "base"), None);
    assert_eq!(item(&project, "tree-clean").unwrap().0, "gap");
    std::fs::rename(project.beside("origin.git"), project.beside("moved.git")).unwrap();
    let (state, remedy) = item(&project, "base").unwrap();
    assert_eq!(state, "unknown");
    assert!(remedy.unwrap().contains("make the remote origin reachable"));
    assert_eq!(item(&project, "tree-clean").unwrap().0, "gap");
    std::fs::remove_file(project.root().join("left.txt")).unwrap();
    std::fs::rename(project.beside("moved.git"), project.beside("origin.git")).unwrap();
    project.git(&["tag", "-f", "-a", "-m", "mine", "v0.1.0", "HEAD"]);
    assert_eq!(item(&project, "base").unwrap().0, "conflict");
    assert_eq!(item(&project, "tree-clean").unwrap().0, "ok");
}
