//! Workflow runs that move on, their jobs and their logs, through gh's own commands.

use crate::support::{World, commit, every_world, success};
use gonogo_sandbox::github::{Fault, FaultKind, Matcher, StoredJob, StoredRun};
use serde_json::{Value, json};

const RUN: &str = "/repos/o/r/actions/runs/7";

async fn status(world: &World) -> (String, String) {
    let seen = world.json(&["run", "view", "7", "--json", "status,conclusion"]).await;
    let text = |name: &str| seen[name].as_str().unwrap().to_owned();
    (text("status"), text("conclusion"))
}

fn pair(status: &str, conclusion: &str) -> (String, String) {
    (status.to_owned(), conclusion.to_owned())
}

#[tokio::test]
async fn a_run_moves_one_stage_with_each_read_and_stays_at_its_end() {
    for world in every_world() {
        world.add_run(success(7).on_its_way_to("failure"));
        assert_eq!(status(&world).await, pair("queued", ""));
        assert_eq!(status(&world).await, pair("in_progress", ""));
        assert_eq!(status(&world).await, pair("completed", "failure"));
        assert_eq!(status(&world).await, pair("completed", "failure"));
    }
}

#[tokio::test]
async fn a_list_reads_the_runs_that_it_is_about_and_no_others() {
    for world in every_world() {
        world.add_run(success(7).on_its_way_to("success"));
        let other = StoredRun::success(8, "o/r", ".github/workflows/other.yml", &"b".repeat(40));
        world.add_run(other.on_its_way_to("success"));
        let list = ["run", "list", "--workflow", "ci.yml", "--branch", "main", "--json", "databaseId,status"];
        for status in ["queued", "in_progress", "completed"] {
            assert_eq!(world.json(&list).await, json!([{ "databaseId": 7, "status": status }]));
        }
        assert_eq!(
            world
                .json(
                    &list[..2]
                        .iter()
                        .chain(&["--branch", "other", "--json", "status"])
                        .copied()
                        .collect::<Vec<_>>()
                )
                .await,
            json!([])
        );
        assert_eq!(world.api("actions/runs/8").await["status"], "queued");
    }
}

#[tokio::test]
async fn watching_ends_with_the_run_and_says_how_it_ended() {
    for (conclusion, ends_well) in [("success", true), ("failure", false), ("cancelled", false)] {
        for world in every_world() {
            let run = StoredRun { jobs: vec![StoredJob::of_one_step("build", conclusion, "")], ..success(7) };
            world.add_run(run.on_its_way_to(conclusion));
            // gh waits between its looks, a second at least: the second look, without a wait, is the last one here.
            world.github.state().repository("o/r").runs[0].next.pop_front();
            let watched =
                world.gh(&["run", "watch", "7", "--exit-status", "--interval", "1", "-R", "o/r"]).await;
            assert_eq!(watched.succeeded(), ends_well, "{conclusion}: {}", watched.stdout.text());
            assert_eq!(world.github.count("GET", RUN), 2);
            assert!(watched.stdout.text().contains("build"), "{}", watched.stdout.text());
        }
    }
}

#[tokio::test]
async fn jobs_have_ended_when_their_run_has() {
    for world in every_world() {
        let jobs = vec![
            StoredJob::of_one_step("build", "success", ""),
            StoredJob::of_one_step("test", "failure", ""),
        ];
        world.add_run(StoredRun { jobs, ..success(7) }.on_its_way_to("failure"));
        let jobs = async || world.json(&["run", "view", "7", "--json", "jobs"]).await["jobs"].clone();
        for status in ["queued", "in_progress"] {
            let seen = jobs().await;
            assert_eq!((&seen[1]["status"], &seen[1]["conclusion"]), (&json!(status), &json!("")));
        }
        let seen = jobs().await;
        let ends: Vec<(&str, &str)> = seen
            .as_array()
            .unwrap()
            .iter()
            .map(|job| (job["name"].as_str().unwrap(), job["conclusion"].as_str().unwrap()))
            .collect();
        assert_eq!(ends, [("build", "success"), ("test", "failure")]);
        assert_eq!(seen[1]["steps"][0]["conclusion"], "failure");
        let refusal = world.refused(&["run", "view", "7", "--exit-status"]).await;
        assert!(refusal.contains("test"), "{refusal}");
    }
}

#[tokio::test]
async fn logs_are_there_once_the_run_is_completed() {
    for world in every_world() {
        let log = "2026-01-01T00:00:00.0000000Z said so\n";
        world.add_run(
            StoredRun { jobs: vec![StoredJob::of_one_step("build", "success", log)], ..success(7) }
                .on_its_way_to("success"),
        );
        let refusal = world.refused(&["run", "view", "7", "--log"]).await;
        assert!(refusal.contains("still in progress"), "{refusal}");
        assert!(world.api_refusal("actions/runs/7/logs").await.contains("404"));
        status(&world).await;
        let shown = world.ok(&["run", "view", "7", "--log"]).await;
        assert!(shown.starts_with("build\t") && shown.contains("said so"), "{shown}");
    }
}

#[tokio::test]
async fn logs_that_are_gone_or_no_archive_are_an_error() {
    for world in every_world() {
        world
            .add_run(StoredRun { jobs: vec![StoredJob::of_one_step("build", "success", "x")], ..success(7) });
        let logs = || Matcher::of("GET", "/repos/o/r/actions/runs/7/logs");
        world.github.inject(Fault::once(logs(), FaultKind::status(410, "gone")));
        assert!(world.refused(&["run", "view", "7", "--log"]).await.contains("410"));
        world.github.inject(Fault::once(logs(), FaultKind::html(200)));
        assert!(world.refused(&["run", "view", "7", "--log"]).await.contains("zip"));
    }
}

#[tokio::test]
async fn a_rerun_is_one_attempt_more_of_the_same_run() {
    for world in every_world() {
        world.add_run(StoredRun { conclusion: Some("failure".to_owned()), ..success(7) });
        world.ok(&["run", "rerun", "7"]).await;
        let refusal = world.refused(&["run", "rerun", "7"]).await;
        assert!(refusal.contains("cannot be rerun") || refusal.contains("already running"), "{refusal}");
        let runs = world.api("actions/runs").await;
        assert_eq!(runs["total_count"], 1);
        let latest = &runs["workflow_runs"][0];
        assert_eq!((&latest["id"], &latest["run_attempt"]), (&json!(7), &json!(2)));
        assert_eq!(latest["head_sha"], commit());
        assert_eq!(world.api("actions/runs/7/attempts/1").await["conclusion"], "failure");
        assert_eq!(world.api("actions/runs/7").await["conclusion"], "success");
    }
}

#[tokio::test]
async fn a_stale_look_at_a_run_shows_the_attempt_before_and_moves_nothing() {
    for world in every_world() {
        world.add_run(success(7));
        world.ok(&["run", "rerun", "7"]).await;
        world.github.inject(Fault::once(Matcher::of("GET", RUN), FaultKind::Stale(1)));
        let attempt = |run: Value| run["run_attempt"].as_u64().unwrap();
        assert_eq!(attempt(world.api("actions/runs/7").await), 1);
        let now = world.api("actions/runs/7").await;
        assert_eq!((now["status"].as_str(), attempt(now.clone())), (Some("queued"), 2));
    }
}

#[tokio::test]
async fn a_run_that_flaps_while_it_is_watched_proves_nothing() {
    for world in every_world() {
        world.add_run(success(7).on_its_way_to("failure"));
        world.github.inject(Fault::flapping(Matcher::of("GET", RUN)).after(1));
        let watched = world.gh(&["run", "watch", "7", "--exit-status", "--interval", "1", "-R", "o/r"]).await;
        assert_eq!(world.github.count("GET", RUN), 2);
        // Debian's gh loses the error and ends well: what it says of a run it watched is to be read again.
        assert_eq!(watched.succeeded(), !world.is_current(), "{}", watched.stderr.text());
        assert_eq!(watched.stderr.text().contains("404"), world.is_current());
    }
}

#[tokio::test]
async fn a_run_that_is_not_there_is_not_found() {
    for world in every_world() {
        world.add_run(success(7));
        for path in ["8", "8/jobs", "8/logs", "8/artifacts", "7/attempts/2"] {
            assert!(world.api_refusal(&format!("actions/runs/{path}")).await.contains("404"), "{path}");
        }
        assert!(world.refused(&["run", "view", "8"]).await.contains("404"));
    }
}
