//! CI: whether the runs of one workflow speak for a commit.
//!
//! Invariant: only a completed run that says exactly `success`, of that workflow's path, that commit, that repository
//! (no fork) and a wanted event, with no newer such run, is green. What looks like it is not.

use crate::ids::CommitId;
use serde::{Deserialize, Serialize};

/// One workflow run, as GitHub's REST interface lists it ("List workflow runs for a repository"). An observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowRun {
    /// The run's ID; a newer run has a higher one, a re-run keeps it.
    pub id: u64,
    /// Which attempt of the run this is, from 1.
    pub attempt: u64,
    /// The workflow's file in the repository, such as `.github/workflows/ci.yml`; may carry `@ref` at its end.
    pub workflow_path: String,
    /// What set it off: `push`, `pull_request`, `schedule`, …
    pub event: String,
    /// `completed`, or how far it is.
    pub status: String,
    /// How it ended; `None` before it has.
    pub conclusion: Option<String>,
    /// The commit that it ran on.
    pub head_sha: String,
    /// The branch or tag that it ran for, where there is one.
    pub head_branch: Option<String>,
    /// `owner/name` of the repository that it ran in.
    pub repository: String,
    /// `owner/name` of the repository that its commit came from; `None` where that one is gone.
    pub head_repository: Option<String>,
    /// Where a person can look at it.
    pub url: String,
    /// When it was made, as GitHub writes it (RFC 3339).
    pub created_at: String,
}

/// What a release wants of CI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CiWanted {
    /// The workflow's file, such as `.github/workflows/ci.yml`. Its name does not count: two can have one name.
    pub workflow_path: String,
    /// The commit under release, all 40 (or 64) hexadecimal digits.
    pub commit: CommitId,
    /// `owner/name` of the repository.
    pub repository: String,
    /// The events whose runs count.
    pub events: Vec<String>,
}

impl CiWanted {
    /// Runs of a workflow for a commit that were set off by a push.
    pub fn on_push(
        repository: impl Into<String>,
        workflow_path: impl Into<String>,
        commit: CommitId,
    ) -> Self {
        Self {
            workflow_path: workflow_path.into(),
            commit,
            repository: repository.into(),
            events: vec!["push".to_owned()],
        }
    }
}

/// What CI says of a commit. Only `Green` speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CiState {
    /// The newest run that counts ended in `success`.
    Green {
        /// That run.
        run: WorkflowRun,
    },
    /// The newest run that counts ended in something else: `failure`, and `skipped`, `neutral`, `cancelled` too.
    Red {
        /// That run.
        run: WorkflowRun,
        /// How it ended, as GitHub spells it.
        conclusion: String,
    },
    /// The newest run that counts has not ended.
    Pending {
        /// That run.
        run: WorkflowRun,
    },
    /// The workflow has no run for the commit.
    Missing,
    /// There are runs, and none can be believed or counted.
    Untrusted {
        /// Why, in one line.
        why: String,
    },
}

/// How GitHub says that a run has not ended.
const PENDING: &[&str] = &["queued", "in_progress", "waiting", "requested", "pending"];

/// Judges a commit by the workflow runs that were listed for it.
pub fn judge_ci(runs: &[WorkflowRun], want: &CiWanted) -> CiState {
    let of_commit: Vec<&WorkflowRun> = runs
        .iter()
        .filter(|run| want.commit == run.head_sha && is_of_workflow(run, &want.workflow_path))
        .collect();
    let counting = || of_commit.iter().copied().filter(|run| reason_against(run, want).is_none());
    let Some(newest) = counting().max_by_key(|run| (run.id, run.attempt)) else {
        let why = of_commit.iter().max_by_key(|run| (run.id, run.attempt));
        return why.and_then(|run| reason_against(run, want)).map_or(CiState::Missing, untrusted);
    };
    let contradicts =
        |run: &WorkflowRun| (run.id, run.attempt) == (newest.id, newest.attempt) && run != newest;
    if counting().any(contradicts) {
        return untrusted(format!("run {} is listed twice, with different contents", newest.id));
    }
    judge_run(newest)
}

fn judge_run(run: &WorkflowRun) -> CiState {
    let id = run.id;
    match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some("success")) => CiState::Green { run: run.clone() },
        ("completed", Some(other)) => CiState::Red { run: run.clone(), conclusion: other.to_owned() },
        ("completed", None) => untrusted(format!("run {id} is completed without a conclusion")),
        (status, None) if PENDING.contains(&status) => CiState::Pending { run: run.clone() },
        (status, conclusion) => untrusted(format!(
            "run {id} has the status `{status}` with {}",
            conclusion.map_or_else(|| "no conclusion".to_owned(), |text| format!("the conclusion `{text}`"))
        )),
    }
}

/// Why a run of the workflow and commit does not count.
fn reason_against(run: &WorkflowRun, want: &CiWanted) -> Option<String> {
    let (id, wanted) = (run.id, &want.repository);
    let is_wanted = |name: &str| name.eq_ignore_ascii_case(wanted);
    if !is_wanted(&run.repository) {
        return Some(format!("run {id} ran in `{}`, not in `{wanted}`", run.repository));
    }
    match run.head_repository.as_deref() {
        None => return Some(format!("run {id} is of a repository that is gone")),
        Some(head) if !is_wanted(head) => {
            return Some(format!("run {id} is of the fork `{head}`"));
        }
        Some(_) => {}
    }
    (!want.events.contains(&run.event))
        .then(|| format!("run {id} was set off by `{}`, not by {}", run.event, want.events.join(" or ")))
}

/// Whether a run is of the workflow in that file. GitHub may write `@ref` after the path; the part after the `@` is
/// then the run's own branch or tag, so that no other file's name can pass for it.
fn is_of_workflow(run: &WorkflowRun, path: &str) -> bool {
    let Some(rest) = run.workflow_path.strip_prefix(path) else { return false };
    let Some(reference) = rest.strip_prefix('@') else { return rest.is_empty() };
    let is_file = reference.ends_with(".yml") || reference.ends_with(".yaml");
    let name = ["refs/heads/", "refs/tags/"]
        .iter()
        .find_map(|kind| reference.strip_prefix(kind))
        .unwrap_or(reference);
    !is_file && run.head_branch.as_deref() == Some(name)
}

fn untrusted(why: String) -> CiState {
    CiState::Untrusted { why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATH: &str = ".github/workflows/ci.yml";
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn want() -> CiWanted {
        CiWanted::on_push("o/r", PATH, COMMIT.parse().unwrap())
    }

    fn green(id: u64) -> WorkflowRun {
        WorkflowRun {
            id,
            attempt: 1,
            workflow_path: PATH.to_owned(),
            event: "push".to_owned(),
            status: "completed".to_owned(),
            conclusion: Some("success".to_owned()),
            head_sha: COMMIT.to_owned(),
            head_branch: Some("main".to_owned()),
            repository: "o/r".to_owned(),
            head_repository: Some("o/r".to_owned()),
            url: format!("https://example.test/o/r/actions/runs/{id}"),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    fn changed(id: u64, change: impl FnOnce(&mut WorkflowRun)) -> WorkflowRun {
        let mut run = green(id);
        change(&mut run);
        run
    }

    fn why(ci: CiState) -> String {
        match ci {
            CiState::Untrusted { why } => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_completed_success_of_the_wanted_shape_is_green() {
        assert_eq!(judge_ci(&[green(7)], &want()), CiState::Green { run: green(7) });
        let cased = changed(7, |run| run.repository = "O/R".to_owned());
        assert_eq!(judge_ci(std::slice::from_ref(&cased), &want()), CiState::Green { run: cased });
    }

    #[test]
    fn no_run_at_all_is_missing() {
        assert_eq!(judge_ci(&[], &want()), CiState::Missing);
    }

    #[test]
    fn every_other_conclusion_is_red() {
        for conclusion in [
            "failure",
            "skipped",
            "neutral",
            "cancelled",
            "timed_out",
            "action_required",
            "stale",
            "startup_failure",
            "Success",
            "success ",
            "",
        ] {
            let run = changed(7, |run| run.conclusion = Some(conclusion.to_owned()));
            let red = CiState::Red { run: run.clone(), conclusion: conclusion.to_owned() };
            assert_eq!(judge_ci(&[run], &want()), red);
        }
    }

    #[test]
    fn a_run_that_has_not_ended_is_pending() {
        for status in PENDING {
            let run = changed(7, |run| (run.status, run.conclusion) = ((*status).to_owned(), None));
            assert_eq!(judge_ci(&[green(6), run.clone()], &want()), CiState::Pending { run });
        }
    }

    #[test]
    fn a_state_that_contradicts_itself_or_is_not_known_is_untrusted() {
        let states = [
            ("completed", None),
            ("in_progress", Some("success")),
            ("", Some("success")),
            ("finished", None),
        ];
        for (status, conclusion) in states {
            let run = changed(7, |run| {
                run.status = status.to_owned();
                run.conclusion = conclusion.map(str::to_owned);
            });
            assert!(why(judge_ci(&[green(6), run], &want())).contains("run 7"), "{status}");
        }
    }

    #[test]
    fn an_older_green_run_does_not_count_wherever_it_is_listed() {
        let red = changed(9, |run| run.conclusion = Some("failure".to_owned()));
        for runs in [[green(8), red.clone()], [red.clone(), green(8)]] {
            assert!(matches!(judge_ci(&runs, &want()), CiState::Red { run, .. } if run.id == 9));
        }
    }

    #[test]
    fn a_newer_attempt_of_the_same_run_is_the_one_that_counts() {
        let again = changed(7, |run| (run.attempt, run.conclusion) = (2, Some("failure".to_owned())));
        assert!(
            matches!(judge_ci(&[again, green(7)], &want()), CiState::Red { run, .. } if run.attempt == 2)
        );
    }

    #[test]
    fn another_workflow_of_the_same_name_does_not_count() {
        for path in [
            ".github/workflows/ci2.yml",
            ".github/workflows/ci.yaml",
            "github/workflows/ci.yml",
            "x/.github/workflows/ci.yml",
            ".github/workflows/CI.yml",
            ".github/workflows/ci.yml@evil.yml",
            ".github/workflows/ci.yml@other",
            "dynamic/ci",
            "",
        ] {
            let run = changed(7, |run| run.workflow_path = path.to_owned());
            assert_eq!(judge_ci(&[run], &want()), CiState::Missing, "{path}");
        }
    }

    #[test]
    fn a_branch_that_is_named_like_a_file_does_not_make_another_file_pass() {
        let run = changed(7, |run| {
            run.workflow_path = format!("{PATH}@evil.yml");
            run.head_branch = Some("evil.yml".to_owned());
        });
        assert_eq!(judge_ci(&[run], &want()), CiState::Missing);
    }

    #[test]
    fn a_path_that_carries_the_runs_own_reference_is_the_same_workflow() {
        for reference in ["main", "refs/heads/main", "refs/tags/main"] {
            let run = changed(7, |run| run.workflow_path = format!("{PATH}@{reference}"));
            assert!(matches!(judge_ci(&[run], &want()), CiState::Green { .. }), "{reference}");
        }
    }

    #[test]
    fn a_run_of_another_commit_is_missing() {
        for sha in
            ["f".repeat(40), COMMIT[..39].to_owned(), COMMIT.to_uppercase(), "main".to_owned(), String::new()]
        {
            let run = changed(7, |run| run.head_sha = sha);
            assert_eq!(judge_ci(&[run], &want()), CiState::Missing);
        }
    }

    #[test]
    fn a_run_of_a_fork_or_another_repository_is_untrusted() {
        let fork = changed(7, |run| run.head_repository = Some("mallory/r".to_owned()));
        assert!(why(judge_ci(std::slice::from_ref(&fork), &want())).contains("fork `mallory/r`"));
        let gone = changed(7, |run| run.head_repository = None);
        assert!(why(judge_ci(&[gone], &want())).contains("gone"));
        let elsewhere = changed(7, |run| run.repository = "o/other".to_owned());
        assert!(why(judge_ci(&[elsewhere], &want())).contains("o/other"));
        // A fork can neither open the release nor hide that our own run is red.
        let red = changed(6, |run| run.conclusion = Some("failure".to_owned()));
        assert!(matches!(judge_ci(&[red, fork], &want()), CiState::Red { .. }));
    }

    #[test]
    fn a_run_of_another_event_does_not_count_unless_it_is_wanted() {
        let run = changed(7, |run| run.event = "schedule".to_owned());
        assert!(why(judge_ci(std::slice::from_ref(&run), &want())).contains("schedule"));
        let both = CiWanted { events: vec!["push".to_owned(), "schedule".to_owned()], ..want() };
        assert!(matches!(judge_ci(&[run], &both), CiState::Green { .. }));
        why(judge_ci(&[green(7)], &CiWanted { events: Vec::new(), ..want() }));
    }

    #[test]
    fn a_run_that_is_listed_twice_with_different_contents_is_untrusted() {
        let other = changed(7, |run| run.conclusion = Some("failure".to_owned()));
        for runs in [[green(7), other.clone()], [other.clone(), green(7)]] {
            assert!(why(judge_ci(&runs, &want())).contains("twice"));
        }
        assert!(matches!(judge_ci(&[green(7), green(7)], &want()), CiState::Green { .. }));
    }

    fn any_run() -> impl Strategy<Value = WorkflowRun> {
        let pick = |texts: &'static [&'static str]| proptest::sample::select(texts).prop_map(str::to_owned);
        let some = |texts| proptest::option::weighted(0.8, pick(texts));
        (
            (1..4u64, 1..3u64),
            pick(&[PATH, PATH, PATH, ".github/workflows/ci2.yml"]),
            pick(&["push", "push", "push", "pull_request"]),
            pick(&["completed", "completed", "completed", "queued", "odd"]),
            some(&["success", "success", "success", "failure", "skipped", "neutral"]),
            pick(&[COMMIT, COMMIT, COMMIT, "ffffffffffffffffffffffffffffffffffffffff"]),
            pick(&["o/r", "o/r", "o/r", "o/x"]),
            some(&["o/r", "o/r", "o/r", "mallory/r"]),
        )
            .prop_map(|((id, attempt), path, event, status, conclusion, sha, repository, head)| {
                changed(id, |run| {
                    run.attempt = attempt;
                    run.workflow_path = path;
                    run.event = event;
                    run.status = status;
                    run.conclusion = conclusion;
                    run.head_sha = sha;
                    run.repository = repository;
                    run.head_repository = head;
                })
            })
    }

    proptest! {
        #[test]
        fn green_is_exactly_the_green_shape_with_nothing_newer_or_beside_it(
            runs in proptest::collection::vec(any_run(), 0..6)
        ) {
            let ours = |run: &&WorkflowRun| {
                run.workflow_path == PATH && run.event == "push" && run.head_sha == COMMIT
                    && run.repository == "o/r" && run.head_repository.as_deref() == Some("o/r")
            };
            let newest = runs.iter().filter(ours).map(|run| (run.id, run.attempt)).max();
            let at_newest: Vec<_> =
                runs.iter().filter(ours).filter(|run| Some((run.id, run.attempt)) == newest).collect();
            let expected = !at_newest.is_empty() && at_newest.iter().all(|run| {
                run.status == "completed" && run.conclusion.as_deref() == Some("success")
            });
            let judged = judge_ci(&runs, &want());
            prop_assert_eq!(matches!(judged, CiState::Green { .. }), expected, "{:?}", judged);
        }
    }
}
