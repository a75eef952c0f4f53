//! The runs of one workflow, and their jobs.

use crate::support::{Cancel, at_once, every_gh, gh, stand_in};
use gonogo_sandbox::github::{
    Fault, FaultKind, GithubStandIn, Matcher, Reply, StoredJob, StoredRun, StoredWorkflow,
};
use gonogo_world::github::{GhError, RunFilter};
use serde_json::json;
use std::path::Path;

const RELEASE: &str = ".github/workflows/release.yml";
const RUNS: &str = "/repos/o/r/actions/workflows/release.yml/runs";

fn commit() -> String {
    "a".repeat(40)
}

fn run(id: u64) -> StoredRun {
    StoredRun { head_branch: Some("v1.0.0".to_owned()), ..StoredRun::success(id, "o/r", RELEASE, &commit()) }
}

fn with_runs(runs: impl IntoIterator<Item = StoredRun>) -> GithubStandIn {
    let github = stand_in();
    let mut state = github.state();
    let repository = state.repository("o/r");
    for (id, path) in [(5, ".github/workflows/ci.yml"), (6, RELEASE)] {
        repository.workflows.push(StoredWorkflow { id, name: "W".to_owned(), path: path.to_owned() });
    }
    repository.runs.push(StoredRun::success(900, "o/r", ".github/workflows/ci.yml", &commit()));
    repository.runs.extend(runs);
    drop(state);
    github
}

async fn ids(program: &Path, github: &GithubStandIn, filter: &RunFilter) -> Result<Vec<u64>, GhError> {
    let runs = gh(program, github).workflow_runs("release.yml", filter, &Cancel::default()).await?;
    Ok(runs.into_iter().map(|run| run.id).collect())
}

#[tokio::test]
async fn every_page_of_one_workflows_runs_is_read() {
    for program in every_gh() {
        let github = with_runs((1..=130).map(run));
        let listed = ids(&program, &github, &RunFilter::default()).await.unwrap();
        assert_eq!(listed, (1..=130).rev().collect::<Vec<_>>());
        assert_eq!(github.count("GET", RUNS), 2);
    }
}

#[tokio::test]
async fn runs_are_asked_for_by_event_commit_and_branch() {
    for program in every_gh() {
        let other = |id, change: fn(&mut StoredRun)| {
            let mut run = run(id);
            change(&mut run);
            run
        };
        let github = with_runs([
            run(1),
            other(2, |run| run.event = "workflow_dispatch".to_owned()),
            other(3, |run| run.head_sha = "b".repeat(40)),
            other(4, |run| run.head_branch = Some("a/b c&d".to_owned())),
        ]);
        let event = RunFilter { event: Some("workflow_dispatch".to_owned()), ..RunFilter::default() };
        assert_eq!(ids(&program, &github, &event).await.unwrap(), [2]);
        let commit = RunFilter { head_sha: Some("b".repeat(40)), ..RunFilter::default() };
        assert_eq!(ids(&program, &github, &commit).await.unwrap(), [3]);
        let branch = RunFilter { branch: Some("a/b c&d".to_owned()), ..RunFilter::default() };
        assert_eq!(ids(&program, &github, &branch).await.unwrap(), [4]);
        let none = RunFilter { branch: Some("v9".to_owned()), ..commit };
        assert_eq!(ids(&program, &github, &none).await.unwrap(), Vec::<u64>::new());
    }
}

#[tokio::test]
async fn a_filter_that_was_not_heard_is_nonsense() {
    for program in every_gh() {
        let github = with_runs([run(1)]);
        let listed = gh(&program, &github).get(&RUNS[1..], &Cancel::default()).await.unwrap();
        for filter in [
            RunFilter { event: Some("push2".to_owned()), ..RunFilter::default() },
            RunFilter { head_sha: Some("b".repeat(40)), ..RunFilter::default() },
            RunFilter { branch: Some("main".to_owned()), ..RunFilter::default() },
        ] {
            github.inject(Fault::once(Matcher::of("GET", RUNS), FaultKind::wrong(&listed)));
            let error = ids(&program, &github, &filter).await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_workflow_that_is_not_there_is_not_found_and_not_without_runs() {
    for program in every_gh() {
        let error = ids(&program, &stand_in(), &RunFilter::default()).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn one_run_is_seen_moving_to_its_end() {
    for program in every_gh() {
        let github = with_runs([run(7).on_its_way_to("failure")]);
        let gh = gh(&program, &github);
        let mut seen = Vec::new();
        for _ in 0..3 {
            let run = gh.workflow_run(7, &Cancel::default()).await.unwrap();
            seen.push((run.status, run.conclusion));
        }
        let failure = Some("failure".to_owned());
        let stage = |status: &str, conclusion: &Option<String>| (status.to_owned(), conclusion.clone());
        let stages = [stage("queued", &None), stage("in_progress", &None), stage("completed", &failure)];
        assert_eq!(seen, stages);
        let other = gh.get("repos/o/r/actions/runs/900", &Cancel::default()).await.unwrap();
        github.inject(Fault::once(Matcher::any(), FaultKind::wrong(&other)));
        let error = gh.workflow_run(7, &Cancel::default()).await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }), "another run's answer: {error:?}");
    }
}

fn with_jobs() -> GithubStandIn {
    let long = (0..40_000).map(|number| format!("line {number}\n")).collect::<String>();
    let jobs = vec![
        StoredJob::of_one_step("build", "success", "fine\n"),
        StoredJob::of_one_step("test", "failure", &long),
    ];
    with_runs([StoredRun { jobs, conclusion: Some("failure".to_owned()), ..run(7) }])
}

#[tokio::test]
async fn a_failed_step_is_named_and_the_end_of_its_log_is_read() {
    for program in every_gh() {
        let github = with_jobs();
        let gh = gh(&program, &github);
        let jobs = gh.jobs(7, 1, &Cancel::default()).await.unwrap();
        let failed: Vec<Vec<&str>> =
            jobs.iter().map(|job| job.failed_steps().map(|step| step.name.as_str()).collect()).collect();
        assert_eq!(failed, [vec![], vec!["run"]]);
        assert_eq!(jobs[1].conclusion.as_deref(), Some("failure"));
        let end = |job: usize, lines| {
            let (gh, id) = (gh.clone(), jobs[job].id);
            async move { gh.log_end(id, lines, &Cancel::default()).await.unwrap() }
        };
        assert_eq!(end(1, 2).await, ["line 39998", "line 39999"]);
        assert_eq!(end(0, 2).await, ["fine"]);
        assert_eq!(end(0, 0).await, Vec::<String>::new());
        let all = end(1, usize::MAX).await;
        assert!(all.len() < 40_000 && all.iter().all(|line| line.starts_with("line ")), "{}", all.len());
        assert_eq!(gh.annotations(jobs[1].id, &Cancel::default()).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_log_is_read_where_github_leads_to() {
    for program in every_gh() {
        let github = with_jobs();
        let gh = gh(&program, &github);
        let job = gh.jobs(7, 1, &Cancel::default()).await.unwrap()[0].id;
        let lead = |to: &str| {
            let reply = Reply::empty(302).header("Location", to);
            Fault::once(Matcher::of("GET", "/repos/o/r/actions/jobs"), FaultKind::Reply(reply))
        };
        github.inject(lead("https://store.example.test/log"));
        let stored = Reply::bytes("text/plain", b"stored\n".to_vec());
        github.inject(Fault::once(Matcher::of("GET", "/log"), FaultKind::Reply(stored)));
        assert_eq!(gh.log_end(job, 5, &Cancel::default()).await.unwrap(), ["stored"]);
        assert_eq!(github.log().last().unwrap().host, "store.example.test");
        // A store that has lost it says so, and that is no log.
        github.inject(lead("https://store.example.test/lost"));
        let error = gh.log_end(job, 5, &Cancel::default()).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_log_that_breaks_off_is_no_shorter_log() {
    for program in every_gh() {
        let github = with_jobs();
        let gh = gh(&program, &github).with_patience(at_once());
        let job = gh.jobs(7, 1, &Cancel::default()).await.unwrap()[0].id;
        github.inject(Fault::always(Matcher::any(), FaultKind::Cut(b"half a line".to_vec())));
        let error = gh.log_end(job, 5, &Cancel::default()).await.unwrap_err();
        assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn jobs_of_another_run_or_attempt_are_nonsense() {
    for program in every_gh() {
        let github = with_jobs();
        let gh = gh(&program, &github);
        let listed = gh.get("repos/o/r/actions/runs/7/attempts/1/jobs", &Cancel::default()).await.unwrap();
        for (run, attempt) in [(7, 2), (900, 1)] {
            github.inject(Fault::once(Matcher::any(), FaultKind::wrong(&listed)));
            let error = gh.jobs(run, attempt, &Cancel::default()).await.unwrap_err();
            assert!(matches!(error, GhError::Nonsense { .. }), "{error:?}");
        }
        let error = gh.jobs(7, 2, &Cancel::default()).await.unwrap_err();
        assert!(matches!(error, GhError::NotFound { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn annotations_are_read_with_their_places() {
    for program in every_gh() {
        let github = with_jobs();
        let gh = gh(&program, &github);
        let job = gh.jobs(7, 1, &Cancel::default()).await.unwrap()[1].id;
        let one =
            json!({ "path": "src/a.rs", "start_line": 3, "annotation_level": "failure", "message": "no" });
        github.inject(Fault::once(
            Matcher::of("GET", "/repos/o/r/check-runs"),
            FaultKind::wrong(&json!([one])),
        ));
        let read = gh.annotations(job, &Cancel::default()).await.unwrap();
        assert_eq!(
            (read[0].path.as_str(), read[0].start_line, read[0].message.as_str()),
            ("src/a.rs", 3, "no")
        );
    }
}
