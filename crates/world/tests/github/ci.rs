//! The workflow runs of a commit: every page of them, or no answer.

use crate::support::{Cancel, every_gh, gh, stand_in};
use gonogo_core::ci::{CiState, CiWanted, judge_ci};
use gonogo_core::ids::CommitId;
use gonogo_sandbox::github::{Fault, FaultKind, GithubStandIn, Matcher, StoredRun, StoredWorkflow};
use gonogo_world::github::GhError;
use serde_json::json;
use std::path::Path;

const RUNS: &str = "/repos/o/r/actions/runs";
const CI: &str = ".github/workflows/ci.yml";

fn commit() -> CommitId {
    "a".repeat(40).parse().unwrap()
}

fn with_runs(count: u64) -> GithubStandIn {
    let github = stand_in();
    let mut state = github.state();
    let repository = state.repository("o/r");
    repository.workflows.push(StoredWorkflow { id: 5, name: "CI".to_owned(), path: CI.to_owned() });
    repository.runs = (1..=count).map(|id| StoredRun::success(id, "o/r", CI, &commit())).collect();
    repository.runs.push(StoredRun::success(count + 1, "o/r", CI, &"b".repeat(40)));
    drop(state);
    github
}

async fn runs(program: &Path, github: &GithubStandIn) -> Result<Vec<gonogo_core::ci::WorkflowRun>, GhError> {
    gh(program, github).ci_runs(&commit(), &Cancel::default()).await
}

#[tokio::test]
async fn every_page_is_read_and_other_commits_are_not_asked_for() {
    for program in every_gh() {
        let github = with_runs(205);
        let runs = runs(&program, &github).await.unwrap();
        let ids: Vec<u64> = runs.iter().map(|run| run.id).collect();
        assert_eq!(ids, (1..=205).rev().collect::<Vec<_>>());
        assert_eq!(github.count("GET", RUNS), 3);
        assert!(runs.iter().all(|run| commit() == run.head_sha));
    }
}

#[tokio::test]
async fn a_run_is_read_whole_and_judged_by_the_core() {
    for program in every_gh() {
        let github = with_runs(2);
        let want = CiWanted::on_push("o/r", CI, commit());
        let read = runs(&program, &github).await.unwrap();
        let CiState::Green { run } = judge_ci(&read, &want) else { panic!("{read:?}") };
        assert_eq!((run.id, run.attempt, run.workflow_path.as_str()), (2, 1, CI));
        assert_eq!((run.repository.as_str(), run.head_repository.as_deref()), ("o/r", Some("o/r")));
        assert_eq!(run.url, "https://github.com/o/r/actions/runs/2");

        let mut newest = StoredRun::success(9, "o/r", CI, &commit());
        (newest.status, newest.conclusion) = ("in_progress".to_owned(), None);
        newest.head_repository = Some("mallory/r".to_owned());
        github.state().repository("o/r").runs.push(newest.clone());
        let read = runs(&program, &github).await.unwrap();
        assert!(
            matches!(judge_ci(&read, &want), CiState::Green { run } if run.id == 2),
            "a fork's run does not count"
        );
        newest.id = 10;
        newest.head_repository = Some("o/r".to_owned());
        github.state().repository("o/r").runs.push(newest);
        let read = runs(&program, &github).await.unwrap();
        assert!(matches!(judge_ci(&read, &want), CiState::Pending { run } if run.id == 10));
    }
}

#[tokio::test]
async fn a_commit_without_runs_has_none() {
    for program in every_gh() {
        assert_eq!(runs(&program, &stand_in()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_total_that_is_not_what_was_listed_is_nonsense() {
    for program in every_gh() {
        for total in [0, 2] {
            let github = with_runs(1);
            let listed = gh(&program, &github).get(&RUNS[1..], &Cancel::default()).await.unwrap();
            let one = json!({ "total_count": total, "workflow_runs": [listed["workflow_runs"][0]] });
            github.inject(Fault::once(Matcher::of("GET", RUNS), FaultKind::wrong(&one)));
            let error = runs(&program, &github).await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_run_that_is_listed_twice_is_nonsense() {
    for program in every_gh() {
        let github = with_runs(1);
        let twice = StoredRun::success(1, "o/r", CI, &commit());
        github.state().repository("o/r").runs.push(twice);
        let error = runs(&program, &github).await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_later_page_that_fails_is_no_shorter_list() {
    for program in every_gh() {
        let github = with_runs(150);
        github.inject(Fault::always(Matcher::of("GET", RUNS), FaultKind::status(403, "no")).after(1));
        let error = runs(&program, &github).await.unwrap_err();
        assert!(matches!(error, GhError::Forbidden { .. }), "{error:?}");
        assert_eq!(github.count("GET", RUNS), 2);
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_is_nonsense_and_not_an_empty_list() {
    let answers = [
        json!({}),
        json!([]),
        json!(null),
        json!({ "total_count": 0 }),
        json!({ "total_count": 1, "workflow_runs": [{ "id": 1 }] }),
        json!({ "total_count": "0", "workflow_runs": [] }),
    ];
    for program in every_gh() {
        for answer in &answers {
            let github = with_runs(1);
            github.inject(Fault::once(Matcher::of("GET", RUNS), FaultKind::wrong(answer)));
            let error = runs(&program, &github).await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{answer}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_run_without_a_conclusion_field_is_nonsense() {
    for program in every_gh() {
        let github = with_runs(1);
        let mut listed = gh(&program, &github).get(&RUNS[1..], &Cancel::default()).await.unwrap();
        listed["workflow_runs"][0].as_object_mut().unwrap().remove("conclusion");
        github.inject(Fault::once(Matcher::of("GET", RUNS), FaultKind::wrong(&listed)));
        let error = runs(&program, &github).await.unwrap_err();
        assert!(error.to_string().contains("conclusion"), "{error:?}");
    }
}

#[tokio::test]
async fn a_repository_that_is_not_there_is_not_found_and_not_without_runs() {
    for program in every_gh() {
        let github = stand_in();
        github.state().repositories.clear();
        let error = runs(&program, &github).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
    }
}
