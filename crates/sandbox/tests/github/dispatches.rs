//! Workflow dispatches through gh's own command.

use crate::support::{REPOSITORY, World, commit, every_world, success};
use gonogo_sandbox::github::{Dispatch, Fault, FaultKind, Matcher, Stage};
use serde_json::json;

const DISPATCHES: &str = "/repos/o/r/actions/workflows/5/dispatches";

fn dispatches(world: &World) -> Vec<Dispatch> {
    world.github.state().repository(REPOSITORY).dispatches.clone()
}

#[tokio::test]
async fn a_dispatch_makes_a_queued_run_of_the_reference_with_its_inputs() {
    for world in every_world() {
        world.add_run(success(7));
        let printed = world
            .ok(&["workflow", "run", "ci.yml", "--ref", "main", "-f", "version=1.2.3", "-f", "dry=true"])
            .await;
        // Only newer ghs ask which run it became.
        let address = if world.is_current() { "https://github.com/o/r/actions/runs/8" } else { "" };
        assert_eq!(printed.trim(), address);
        let [dispatch] = dispatches(&world).try_into().unwrap();
        assert_eq!((dispatch.reference.as_str(), dispatch.run), ("main", 8));
        assert_eq!(json!(dispatch.inputs), json!({ "version": "1.2.3", "dry": "true" }));

        let seen = async || world.api("actions/runs/8").await;
        let first = seen().await;
        assert_eq!((&first["status"], &first["event"]), (&json!("queued"), &json!("workflow_dispatch")));
        assert_eq!((&first["head_sha"], &first["head_branch"]), (&json!(commit()), &json!("main")));
        assert_eq!(seen().await["status"], "in_progress");
        assert_eq!(seen().await["conclusion"], "success");
    }
}

#[tokio::test]
async fn a_dispatch_without_a_reference_is_of_the_default_branch() {
    for world in every_world() {
        world.add_run(success(7));
        world.ok(&["workflow", "run", "ci.yml"]).await;
        assert_eq!(dispatches(&world)[0].reference, "main");
    }
}

#[tokio::test]
async fn a_dispatch_of_an_annotated_tag_runs_its_commit() {
    for world in every_world() {
        world.add_run(success(7));
        world.github.state().repository(REPOSITORY).add_annotated_tag("v1", &"b".repeat(40), &commit());
        world.ok(&["workflow", "run", "ci.yml", "--ref", "v1"]).await;
        let run = world.api("actions/runs/8").await;
        assert_eq!((&run["head_sha"], &run["head_branch"]), (&json!(commit()), &json!("v1")));
    }
}

#[tokio::test]
async fn what_runs_go_through_is_set_beforehand() {
    for world in every_world() {
        world.add_run(success(7));
        world.github.state().repository(REPOSITORY).new_runs.next = Stage::to("timed_out");
        world.ok(&["workflow", "run", "ci.yml", "--ref", "main"]).await;
        for _ in 0..2 {
            world.api("actions/runs/8").await;
        }
        assert_eq!(world.api("actions/runs/8").await["conclusion"], "timed_out");
    }
}

#[tokio::test]
async fn a_workflow_or_a_reference_that_is_not_there_sets_nothing_off() {
    for world in every_world() {
        world.add_run(success(7));
        let refusal = world.refused(&["workflow", "run", "other.yml", "--ref", "main"]).await;
        assert!(refusal.contains("404"), "{refusal}");
        let refusal = world.refused(&["workflow", "run", "ci.yml", "--ref", "nowhere"]).await;
        assert!(refusal.contains("No ref found for: nowhere"), "{refusal}");
        assert_eq!(dispatches(&world), []);
        assert_eq!(world.api("actions/runs").await["total_count"], 1);
    }
}

#[tokio::test]
async fn a_dispatch_whose_reply_is_lost_ran_and_one_that_was_dropped_did_not() {
    for world in every_world() {
        world.add_run(success(7));
        for (trouble, runs) in [(FaultKind::Dropped, 0), (FaultKind::Lost, 1)] {
            world.github.inject(Fault::once(Matcher::of("POST", DISPATCHES), trouble));
            world.refused(&["workflow", "run", "ci.yml", "--ref", "main"]).await;
            assert_eq!(dispatches(&world).len(), runs);
        }
    }
}

#[tokio::test]
async fn a_run_list_that_lags_does_not_show_the_new_run() {
    for world in every_world() {
        world.add_run(success(7));
        world.ok(&["workflow", "run", "ci.yml", "--ref", "main"]).await;
        world.github.inject(Fault::once(Matcher::of("GET", "/repos/o/r/actions/runs"), FaultKind::Stale(1)));
        assert_eq!(world.api("actions/runs").await["total_count"], 1);
        assert_eq!(world.api("actions/runs").await["total_count"], 2);
    }
}
