//! Orders to run a workflow: each is sent once.

use crate::clearance_support::{cleared, pass};
use crate::support::{Cancel, every_gh, gh, stand_in};
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, Matcher, Reply, StoredWorkflow};
use gonogo_world::github::{Dispatched, GhError};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

const DISPATCHES: &str = "/repos/o/r/actions/workflows/publish.yml/dispatches";

fn with_workflow() -> GithubStandIn {
    let github = stand_in();
    let mut state = github.state();
    let repository = state.repository("o/r");
    let path = ".github/workflows/publish.yml".to_owned();
    repository.workflows.push(StoredWorkflow { id: 5, name: "Publish".to_owned(), path });
    repository.refs.insert("heads/main".to_owned(), "a".repeat(40));
    drop(state);
    github
}

async fn dispatch_on(program: &Path, github: &GithubStandIn, git_ref: &str) -> Result<Dispatched, GhError> {
    let inputs = [("release_tag", "v1.0.0"), ("rehearsal", "false")];
    let inputs: BTreeMap<String, String> =
        inputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    gh(program, github)
        .dispatch(pass(&cleared("v1.0.0")), "publish.yml", git_ref, &inputs, &Cancel::default())
        .await
}

#[tokio::test]
async fn a_dispatch_sets_off_one_run_with_its_inputs_and_names_it() {
    for program in every_gh() {
        let github = with_workflow();
        let run = dispatch_on(&program, &github, "main").await.unwrap().run.unwrap();
        let state = &mut *github.state();
        let repository = state.repository("o/r");
        assert_eq!((repository.dispatches.len(), repository.dispatches[0].run), (1, run));
        let inputs = serde_json::Value::from(repository.dispatches[0].inputs.clone());
        assert_eq!(inputs, json!({ "release_tag": "v1.0.0", "rehearsal": "false" }));
        assert_eq!(repository.runs[0].head_sha, "a".repeat(40));
    }
}

#[tokio::test]
async fn an_answer_without_a_run_is_an_order_whose_run_is_not_known() {
    for program in every_gh() {
        let github = with_workflow();
        github.inject(Fault::once(Matcher::of("POST", DISPATCHES), FaultKind::Reply(Reply::empty(204))));
        assert_eq!(dispatch_on(&program, &github, "main").await.unwrap(), Dispatched { run: None });
        github.inject(Fault::once(Matcher::of("POST", DISPATCHES), FaultKind::wrong(&json!({}))));
        let error = dispatch_on(&program, &github, "main").await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }) && error.may_have_arrived(), "{error:?}");
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_set_nothing_off() {
    for program in every_gh() {
        let github = with_workflow();
        let error = dispatch_on(&program, &github, "nowhere").await.unwrap_err();
        let GhError::Invalid { message, .. } = &error else { panic!("{error:?}") };
        assert_eq!(message, "No ref found for: nowhere");
        let unexpected = "Unexpected inputs provided: [\"rehearsal\"]";
        github.inject(Fault::once(Matcher::of("POST", DISPATCHES), FaultKind::status(422, unexpected)));
        let error = dispatch_on(&program, &github, "main").await.unwrap_err();
        assert!(error.to_string().contains(unexpected) && !error.may_have_arrived(), "{error:?}");
        for status in [401, 403, 404] {
            github.inject(Fault::once(Matcher::of("POST", DISPATCHES), FaultKind::status(status, "no")));
            let error = dispatch_on(&program, &github, "main").await.unwrap_err();
            assert!(!error.may_have_arrived(), "{error:?}");
        }
        assert_eq!(github.state().repository("o/r").dispatches, []);
    }
}

#[tokio::test]
async fn an_order_whose_fate_is_not_known_is_never_sent_again() {
    for program in every_gh() {
        for (trouble, arrived) in [
            (FaultKind::Lost, 1),
            (FaultKind::Dropped, 0),
            (FaultKind::status(500, "oops"), 0),
            (FaultKind::status(502, "oops"), 0),
            (FaultKind::Cut(b"{".to_vec()), 0),
            (FaultKind::html(200), 0),
        ] {
            let github = with_workflow();
            github.inject(Fault::once(Matcher::of("POST", DISPATCHES), trouble));
            let error = dispatch_on(&program, &github, "main").await.unwrap_err();
            assert!(error.may_have_arrived(), "{error:?}");
            assert_eq!(github.count("POST", DISPATCHES), 1);
            assert_eq!(github.state().repository("o/r").dispatches.len(), arrived);
        }
    }
}

#[tokio::test]
async fn a_repository_that_moved_is_not_followed_to_another_order() {
    for program in every_gh() {
        let github = with_workflow();
        for status in [301, 302, 307, 308] {
            let lead = Reply::json(status, &json!({ "message": "Moved Permanently" }))
                .header("Location", "https://api.github.com/repositories/1/actions/workflows/5/dispatches");
            github.inject(Fault::once(Matcher::of("POST", DISPATCHES), FaultKind::Reply(lead)));
            let error = dispatch_on(&program, &github, "main").await.unwrap_err();
            assert!(!matches!(error, GhError::Network { .. }), "{status}: {error:?}");
        }
        assert_eq!(github.state().repository("o/r").dispatches, []);
    }
}
