//! Every new question meets every trouble: each trouble is named, and none is an answer or an absence.

use crate::support::{Cancel, current_gh, every_gh, gh, once_only, stand_in};
use gonogo_sandbox::github::{
    Fault, FaultKind, GithubStandIn, Matcher, Reply, StoredArtifact, StoredJob, StoredRun, StoredWorkflow,
};
use gonogo_world::github::{Gh, GhError, RunFilter};
use gonogo_world::unpack::Bounds;
use std::path::Path;

/// A repository in which every question has an answer.
fn full() -> GithubStandIn {
    let github = stand_in();
    let mut state = github.state();
    let repository = state.repository("o/r");
    let path = ".github/workflows/release.yml";
    repository.workflows.push(StoredWorkflow { id: 5, name: "R".to_owned(), path: path.to_owned() });
    let artifacts = vec![StoredArtifact {
        id: 3,
        name: "a".to_owned(),
        files: vec![("f".to_owned(), b"x".to_vec())],
        is_expired: false,
    }];
    let jobs = vec![StoredJob::of_one_step("build", "failure", "said\n")];
    repository.runs.push(StoredRun {
        artifacts,
        jobs,
        ..StoredRun::success(7, "o/r", path, &"a".repeat(40))
    });
    drop(state);
    github
}

const QUESTIONS: [&str; 11] = [
    "repository",
    "runs of a workflow",
    "run",
    "jobs",
    "log",
    "annotations",
    "artifacts",
    "artifact's bytes",
    "release of a tag",
    "releases of a tag",
    "release",
];

/// Asks one of them; only whether there is an answer counts here.
async fn ask(question: &str, gh: &Gh, folder: &Path) -> Result<(), GhError> {
    let cancel = &Cancel::default();
    match question {
        "repository" => gh.facts(cancel).await.map(drop),
        "runs of a workflow" => {
            gh.workflow_runs("release.yml", &RunFilter::default(), cancel).await.map(drop)
        }
        "run" => gh.workflow_run(7, cancel).await.map(drop),
        "jobs" => gh.jobs(7, 1, cancel).await.map(drop),
        "log" => gh.log_end(70_100, 5, cancel).await.map(drop),
        "annotations" => gh.annotations(70_100, cancel).await.map(drop),
        "artifacts" => gh.artifacts(7, cancel).await.map(drop),
        "artifact's bytes" => {
            let listed = r#"{"id":3,"name":"a","size_in_bytes":1,"expired":false,"workflow_run":{"id":7}}"#;
            let artifact = serde_json::from_str(listed).unwrap();
            let into = folder.join("into");
            std::fs::create_dir(&into).unwrap();
            gh.download_artifact(&artifact, &into, Bounds { entries: 9, bytes: 9999 }, cancel).await.map(drop)
        }
        "release of a tag" => gh.published_release("v1", cancel).await.map(drop),
        "releases of a tag" => gh.releases_of_tag("v1", cancel).await.map(drop),
        "release" => gh.release(1, cancel).await.map(drop),
        other => unreachable!("{other}"),
    }
}

async fn asked(question: &str, gh: &Gh) -> Result<(), GhError> {
    let folder = tempfile::tempdir().unwrap();
    ask(question, gh, folder.path()).await
}

#[tokio::test]
async fn without_trouble_every_question_has_an_answer() {
    for program in every_gh() {
        let github = full();
        for question in QUESTIONS {
            let answer = asked(question, &gh(&program, &github)).await;
            assert!(answer.is_ok(), "{question}: {answer:?}");
        }
    }
}

type Named = fn(&GhError) -> bool;

fn troubles() -> Vec<(&'static str, FaultKind, Named)> {
    let limited = Reply::message(429, "slow down").header("Retry-After", "3600");
    vec![
        ("unknown token", FaultKind::status(401, "Bad credentials"), |e| {
            matches!(e, GhError::Unauthorized { .. })
        }),
        ("no scope", FaultKind::status(403, "Resource not accessible"), |e| {
            matches!(e, GhError::Forbidden { .. })
        }),
        ("rate", FaultKind::Reply(limited), |e| matches!(e, GhError::RateLimited { .. })),
        ("no repository", FaultKind::status(404, "Not Found"), |e| matches!(e, GhError::NotFound { .. })),
        ("server", FaultKind::status(503, "oops"), |e| matches!(e, GhError::Server { .. })),
        ("broken off", FaultKind::Dropped, |e| matches!(e, GhError::Network { .. })),
        ("cut", FaultKind::Cut(b"[]".to_vec()), |e| matches!(e, GhError::Nonsense { .. })),
    ]
}

#[tokio::test]
async fn every_trouble_is_named_for_every_question() {
    for program in every_gh() {
        let github = full();
        let gh = gh(&program, &github).with_patience(once_only());
        for (name, trouble, is_named) in troubles() {
            github.state().faults = vec![Fault::always(Matcher::any(), trouble)];
            for question in QUESTIONS {
                let error = asked(question, &gh).await.unwrap_err();
                assert!(is_named(&error), "{name}, {question}: {error:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_for_people_and_json_of_another_shape_answer_no_question() {
    // What is read is the same, whichever gh brings it.
    for program in [current_gh()] {
        let github = full();
        let gh = gh(&program, &github).with_patience(once_only());
        let wrong = [
            serde_json::json!({}),
            serde_json::json!([{}]),
            serde_json::json!({ "total_count": 0 }),
            serde_json::json!(null),
        ];
        let troubles = wrong.iter().map(FaultKind::wrong).chain([FaultKind::html(200)]);
        for trouble in troubles {
            github.state().faults = vec![Fault::always(Matcher::any(), trouble.clone())];
            // A log is any text.
            for question in QUESTIONS.into_iter().filter(|question| *question != "log") {
                let error = asked(question, &gh).await.unwrap_err();
                let is_named = matches!(error, GhError::Nonsense { .. } | GhError::Archive { .. });
                assert!(is_named, "{trouble:?}, {question}: {error:?}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_logged_in_nobody_there_and_a_wrong_host_are_named_for_every_question() {
    for program in every_gh() {
        let github = full();
        let logged_out = gh(&program, &github).with_variables([("GH_TOKEN", "")]);
        for question in QUESTIONS {
            let error = asked(question, &logged_out).await.unwrap_err();
            assert!(matches!(error, GhError::Unauthorized { .. }), "{question}: {error:?}");
        }
        assert_eq!(github.log(), []);
        let elsewhere =
            gh(&program, &github).with_variables([("GH_HOST", "ghe.example.test"), ("GH_REPO", "x/y")]);
        for question in QUESTIONS {
            assert!(asked(question, &elsewhere).await.is_ok(), "{question}");
        }
        assert!(
            github
                .log()
                .iter()
                .all(|entry| entry.host == "api.github.com" && entry.path.starts_with("/repos/o/r"))
        );
        std::fs::remove_file(github.socket()).unwrap();
        let offline = gh(&program, &github).with_patience(once_only());
        for question in QUESTIONS {
            let error = asked(question, &offline).await.unwrap_err();
            assert!(matches!(error, GhError::Network { .. }), "{question}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_repository_that_was_renamed_or_says_little_of_us_shows() {
    for program in every_gh() {
        let github = full();
        let gh = gh(&program, &github);
        let facts = gh.facts(&Cancel::default()).await.unwrap();
        assert_eq!((facts.full_name.as_str(), facts.default_branch.as_str()), ("o/r", "main"));
        assert_eq!((facts.private, facts.can_push), (false, Some(true)));
        let renamed = serde_json::json!({ "full_name": "o/new", "default_branch": "trunk", "private": true });
        github.inject(Fault::once(Matcher::any(), FaultKind::wrong(&renamed)));
        let facts = gh.facts(&Cancel::default()).await.unwrap();
        assert_eq!((facts.full_name.as_str(), facts.private, facts.can_push), ("o/new", true, None));
    }
}
