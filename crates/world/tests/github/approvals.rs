//! Who a run waits for.

use crate::support::{Cancel, every_gh, gh, stand_in};
use gonogo_core::mechanics::Approval;
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, Matcher, Protection, StoredRun};
use gonogo_world::github::GhError;
use serde_json::json;

const PENDING: &str = "/repos/o/r/actions/runs/7/pending_deployments";

fn with_run(pending: Vec<Protection>) -> GithubStandIn {
    let github = stand_in();
    let run = StoredRun::success(7, "o/r", ".github/workflows/release.yml", &"a".repeat(40));
    let run = StoredRun { pending, status: "waiting".to_owned(), conclusion: None, ..run };
    github.state().repository("o/r").runs.push(run);
    github
}

fn protection(environment: &str, users: &[&str], teams: &[&str], wait_minutes: u64) -> Protection {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Protection {
        id: 1,
        environment: environment.to_owned(),
        users: owned(users),
        teams: owned(teams),
        wait_minutes,
    }
}

#[tokio::test]
async fn everybody_who_may_let_a_run_go_on_is_named() {
    for program in every_gh() {
        let pending =
            vec![protection("release", &["ann", "bob"], &["Keepers"], 0), protection("slow", &[], &[], 30)];
        let github = with_run(pending);
        let found = gh(&program, &github).pending_approvals(7, &Cancel::default()).await.unwrap();
        let approval = |environment: &str, reviewers: &[&str], wait_minutes| Approval {
            environment: environment.to_owned(),
            reviewers: reviewers.iter().map(|name| (*name).to_owned()).collect(),
            wait_minutes,
        };
        assert_eq!(
            found,
            [approval("release", &["ann", "bob", "team Keepers"], 0), approval("slow", &[], 30)]
        );
        assert_eq!(
            gh(&program, &github).workflow_run(7, &Cancel::default()).await.unwrap().status,
            "waiting"
        );
    }
}

#[tokio::test]
async fn a_run_that_waits_for_nobody_is_told_from_one_that_cannot_be_asked_about() {
    for program in every_gh() {
        let github = with_run(Vec::new());
        let ask = async || gh(&program, &github).pending_approvals(7, &Cancel::default()).await;
        assert_eq!(ask().await.unwrap(), []);
        for answer in [
            json!({}),
            json!([{}]),
            json!([{ "environment": { "name": "x" }, "wait_timer": 0, "reviewers": [{ "type": "Robot", "reviewer": {} }] }]),
        ] {
            github.inject(Fault::once(Matcher::of("GET", PENDING), FaultKind::wrong(&answer)));
            let error = ask().await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{answer}: {error:?}");
        }
        github.inject(Fault::once(
            Matcher::of("GET", PENDING),
            FaultKind::status(403, "Resource not accessible"),
        ));
        assert!(matches!(ask().await, Err(GhError::Forbidden { .. })));
        github.state().repository("o/r").runs.clear();
        assert!(matches!(ask().await, Err(GhError::NotFound { .. })));
    }
}
