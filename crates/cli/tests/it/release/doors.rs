//! What changes between the poll and an effect stops the release, with its reason, and nothing follows it.

use super::world::{BUILD, CI, REPOSITORY, Shape, Stage, code};
use crate::support::{Ran, Running, until};
use gonogo_core::digest::Digest;
use gonogo_sandbox::github::StoredRun;
use gonogo_sandbox::write_program;
use serde_json::Value;

/// Runs to the moment when the tag was just made in the checkout, changes something, and lets the run go on.
fn between(stage: &Stage, change: impl FnOnce(&Stage)) -> Ran {
    let (began, go) = (stage.project.beside("began"), stage.project.beside("go"));
    let hook = stage.project.root().join(".git/hooks/reference-transaction");
    let script = format!(
        "#!/bin/sh\nread -r old new name\n[ \"$1 $name\" = 'committed refs/tags/v0.2.0' ] || exit 0\ntouch '{0}'\nwhile [ -e '{0}' ] && ! [ -e '{1}' ]; do sleep 0.02; done\n",
        began.display(),
        go.display()
    );
    write_program(&hook, &script).unwrap();
    let mut running = Running::start(&mut stage.live());
    until("the tag is made", || began.exists() || running.has_ended());
    assert!(began.exists(), "{:?}", running.end());
    // What is changed here is no transaction of the run's.
    std::fs::remove_file(&hook).unwrap();
    change(stage);
    std::fs::write(&go, "").unwrap();
    running.end()
}

#[track_caller]
fn stops(ran: Ran, exit: i32, cause: &str) -> Value {
    let document = ran.exits(exit).json();
    assert_eq!(code(&document), cause, "{document:#}");
    document
}

fn other_commit(stage: &Stage) -> String {
    let tree = stage.git(&["rev-parse", "HEAD^{tree}"]);
    stage.remote(REPOSITORY, &["commit-tree", "-m", "somebody else's", tree.trim()]).trim().to_owned()
}

fn no_effect(stage: &Stage) {
    let effects: Vec<String> =
        stage.effects().into_iter().filter(|effect| !effect.starts_with("PUSH o/r refs/heads/")).collect();
    assert!(effects.is_empty(), "{effects:#?}");
}

#[test]
fn a_tag_that_somebody_pushed_in_between_is_not_pushed_over() {
    let stage = Stage::ready();
    let ran = between(&stage, |stage| {
        let other = other_commit(stage);
        stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &other]);
    });
    let theirs = stage.remote(REPOSITORY, &["rev-parse", "v0.2.0"]);
    stops(ran, 4, "tag-elsewhere");
    assert_eq!(stage.remote(REPOSITORY, &["rev-parse", "v0.2.0"]), theirs);
    assert_eq!(stage.effects().iter().filter(|effect| !effect.starts_with("PUSH")).count(), 0);
}

#[test]
fn a_tag_of_another_ledger_at_this_very_commit_is_a_conflict() {
    let stage = Stage::ready();
    let commit = stage.commit();
    let ran = between(&stage, |stage| {
        stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &commit]);
    });
    stops(ran, 4, "tag-not-ours");
}

#[test]
fn a_branch_that_was_pushed_over_stops_before_the_tag_is_pushed() {
    let stage = Stage::ready();
    let ran = between(&stage, |stage| {
        let other = other_commit(stage);
        stage.remote(REPOSITORY, &["update-ref", "refs/heads/main", &other]);
    });
    stops(ran, 4, "branch-lacks-commit");
    no_effect(&stage);
}

#[test]
fn a_blocker_that_was_opened_in_between_stops_before_the_tag_is_pushed() {
    let stage = Stage::ready();
    let tracker = stage.project.root().join(".git/gonogo/tracker.json");
    let filed = ["blocker", "file", "v0.2.0", "--check", "3", "--title", "wait", "--summary", "not yet"];
    Ran::from(stage.gonogo(&filed).output().unwrap()).exits(0);
    let open = std::fs::read(&tracker).unwrap();
    std::fs::remove_file(&tracker).unwrap();
    std::fs::remove_dir_all(stage.project.ledger("v0.2.0")).unwrap();
    let ran = between(&stage, |_| std::fs::write(&tracker, &open).unwrap());
    let document = stops(ran, 1, "blocker-open");
    assert!(document["stopped"]["blocker"].is_null(), "no blocker is filed for a blocker: {document:#}");
    no_effect(&stage);
}

#[test]
fn ci_that_turned_red_or_runs_again_in_between_stops_before_the_tag_is_pushed() {
    for (status, conclusion) in [("completed", Some("failure")), ("in_progress", None)] {
        let stage = Stage::ready();
        let ran = between(&stage, |stage| {
            let mut state = stage.world.github().state();
            let run = &mut state.repository(REPOSITORY).runs[0];
            (run.attempt, run.status) = (2, status.to_owned());
            run.conclusion = conclusion.map(str::to_owned);
        });
        stops(ran, 1, "ci-not-green");
        no_effect(&stage);
    }
}

#[test]
fn a_commit_or_a_change_in_between_stops_before_the_tag_is_pushed() {
    let stage = Stage::ready();
    let ran = between(&stage, |stage| {
        stage.project.write("more", "more");
        stage.project.commit("more");
    });
    stops(ran, 4, "head-moved");
    no_effect(&stage);

    let stage = Stage::ready();
    let ran = between(&stage, |stage| stage.project.write("payload", "another\n"));
    stops(ran, 1, "tree-changed");
    no_effect(&stage);
}

#[test]
fn a_ledger_that_somebody_edits_in_between_stops_before_the_tag_is_pushed() {
    let stage = Stage::ready();
    let ran = between(&stage, |stage| {
        let path = stage.project.ledger("v0.2.0").join("ledger.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("tester", "tamper", 1)).unwrap();
    });
    stops(ran, 4, "ledger-moved");
    no_effect(&stage);
}

#[test]
fn a_local_tag_at_another_commit_or_not_of_this_ledger_is_a_conflict() {
    let stage = Stage::ready();
    stage.git(&["tag", "-a", "-m", "mine", "v0.2.0", "HEAD"]);
    stops(stage.run(), 4, "tag-not-ours");
    no_effect(&stage);

    let stage = Stage::ready();
    let other = other_commit(&stage);
    stage.git(&["fetch", "--quiet", stage.world.remote(REPOSITORY).unwrap().to_str().unwrap(), &other]);
    stage.git(&["tag", "-a", "-m", "mine", "v0.2.0", &other]);
    stops(stage.run(), 4, "tag-elsewhere");
    no_effect(&stage);
}

#[test]
fn a_workflow_of_the_same_name_in_another_path_is_not_the_build() {
    let stage = Stage::shaped(Shape {
        plan: vec![("release.yml\"\ntimeout = \"10m\"", "release-2.yml\"\ntimeout = \"2s\"")],
        ..Shape::default()
    });
    stops(stage.run(), 1, "workflow-missing");
    assert_eq!(stage.effects(), ["PUSH o/r refs/tags/v0.2.0"]);
}

#[test]
fn a_run_of_the_tag_for_another_commit_is_not_the_build() {
    let other = StoredRun {
        head_branch: Some("v0.2.0".to_owned()),
        ..StoredRun::success(90, REPOSITORY, BUILD, "ffffffffffffffffffffffffffffffffffffffff")
    };
    let stage = Stage::shaped(Shape { ci: vec![other], ..Shape::default() });
    stops(stage.run(), 4, "workflow-untrusted");
    assert_eq!(stage.effects(), ["PUSH o/r refs/tags/v0.2.0"]);
}

#[test]
fn ci_of_another_commit_or_path_never_begins_a_release() {
    let stage = Stage::ready();
    let commit = stage.commit();
    for run in [
        StoredRun::success(8, REPOSITORY, CI, "ffffffffffffffffffffffffffffffffffffffff"),
        StoredRun::success(8, REPOSITORY, ".github/workflows/ci-2.yml", &commit),
    ] {
        stage.world.github().state().repository(REPOSITORY).runs = vec![run];
        let document = stage.run().exits(1).json();
        assert_eq!(document["state"], "not-ready", "{document:#}");
        no_effect(&stage);
    }
}

#[test]
fn an_asset_that_was_replaced_after_the_release_is_found_out() {
    let stage = Stage::ready();
    stage.run().exits(0);
    let before = stage.effects();
    {
        let mut state = stage.world.github().state();
        let release = state.repository(REPOSITORY).releases.all.values_mut().next().unwrap();
        let asset = release.assets.values_mut().next().unwrap();
        asset.bytes = b"something else".to_vec();
        asset.digest = Some(Digest::of(&asset.bytes).to_string());
    }
    stops(stage.run(), 4, "asset-differs");
    assert_eq!(stage.effects(), before);
}

#[test]
fn a_tag_that_was_moved_or_deleted_after_the_release_is_found_out() {
    let stage = Stage::ready();
    stage.run().exits(0);
    stage.remote(REPOSITORY, &["update-ref", "-d", "refs/tags/v0.2.0"]);
    let document = stops(stage.run(), 4, "vanished");
    // Its blocker holds the next run back, which says that this release is out.
    let refused = stage.run().exits(1).json();
    assert_eq!(refused["state"], "refused");
    assert_eq!(refused["past_the_point_of_no_return"], true, "{document:#}");

    let stage = Stage::ready();
    stage.run().exits(0);
    let other = other_commit(&stage);
    stage.remote(REPOSITORY, &["update-ref", "refs/tags/v0.2.0", &other]);
    stops(stage.run(), 4, "tag-elsewhere");
}
