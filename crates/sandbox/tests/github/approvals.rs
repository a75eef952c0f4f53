//! Runs that wait until somebody lets them go on, through gh's own command.

use crate::support::{REPOSITORY, every_world, success};
use gonogo_sandbox::github::Protection;
use serde_json::json;

const PENDING: &str = "repos/o/r/actions/runs/8/pending_deployments";

#[tokio::test]
async fn a_run_of_a_protected_environment_waits_until_it_is_approved() {
    for world in every_world() {
        world.add_run(success(7));
        let protection = |id, environment: &str, user: &str| Protection {
            id,
            environment: environment.to_owned(),
            users: vec![user.to_owned()],
            teams: vec!["Keepers".to_owned()],
            wait_minutes: 5,
        };
        let protections = vec![protection(3, "release", "octo"), protection(4, "mirror", "ann")];
        let path = success(7).path;
        world.github.state().repository(REPOSITORY).protections.insert(path, protections);
        world.ok(&["workflow", "run", "ci.yml"]).await;
        let status = async || world.api("actions/runs/8").await["status"].clone();
        for _ in 0..3 {
            assert_eq!(status().await, "waiting");
        }
        let pending = world.api("actions/runs/8/pending_deployments").await;
        let (first, second) = (&pending[0], &pending[1]);
        assert_eq!(
            (&first["environment"]["name"], &second["environment"]["name"]),
            (&json!("release"), &json!("mirror"))
        );
        assert_eq!(first["reviewers"][0], json!({ "type": "User", "reviewer": { "login": "octo" } }));
        assert_eq!(first["reviewers"][1]["reviewer"]["slug"], "keepers");
        assert_eq!(
            (&first["current_user_can_approve"], &second["current_user_can_approve"]),
            (&json!(true), &json!(false))
        );

        // Another's is not ours to approve.
        let approve = async |id: &str| {
            let order = ["api", "-X", "POST", PENDING, "-F", id, "-f", "state=approved", "-f", "comment=go"];
            world.gh(&order).await.succeeded()
        };
        assert!(!approve("environment_ids[]=4").await);
        assert!(approve("environment_ids[]=3").await);
        assert_eq!(status().await, "waiting");
        world.github.state().login = "ann".to_owned();
        assert!(approve("environment_ids[]=4").await);
        assert_eq!(status().await, "queued");
        assert_eq!(status().await, "in_progress");
        assert_eq!(world.api("actions/runs/8/pending_deployments").await, json!([]));
    }
}

#[tokio::test]
async fn a_run_that_is_rejected_has_failed() {
    for world in every_world() {
        world.add_run(success(7));
        let release = Protection { id: 3, users: vec!["octo".to_owned()], ..Protection::default() };
        let path = success(7).path;
        world.github.state().repository(REPOSITORY).protections.insert(path, vec![release]);
        world.ok(&["workflow", "run", "ci.yml"]).await;
        let order = ["-F", "environment_ids[]=3", "-f", "state=rejected", "-f", "comment=no"];
        assert!(world.gh(&[&["api", "-X", "POST", PENDING], &order[..]].concat()).await.succeeded());
        assert_eq!(world.api("actions/runs/8").await["conclusion"], "failure");
    }
}
