//! Which run is the build, and what became of it.

use super::{WatchWorkflow, WorkflowSucceeded};
use crate::ci::{CiState, CiWanted, WorkflowRun, judge_ci};
use crate::ids::{CommitId, TagName};
use crate::mechanics::approval::{WAITING, waits_for_approval};
use crate::mechanics::{Cause, Code, Observation, Watched};

/// The run that a release waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildWanted {
    /// The workflow's path.
    pub workflow: String,
    /// The tag whose push starts it.
    pub tag: TagName,
    /// The commit that it must run on.
    pub commit: CommitId,
    /// `owner/name`.
    pub repository: String,
}

/// Judges the runs of the tag. `recorded` is the run that was recorded as the build, where one was: no other run takes
/// its place.
pub fn judge_build(
    runs: &[WorkflowRun],
    want: &BuildWanted,
    recorded: Option<u64>,
) -> Watched<WatchWorkflow> {
    let of_tag: Vec<WorkflowRun> =
        runs.iter().filter(|run| run.head_branch.as_deref() == Some(&want.tag)).cloned().collect();
    let of_workflow = |run: &&WorkflowRun| run.workflow_path.split('@').next() == Some(&want.workflow);
    if let Some(run) = of_tag.iter().filter(of_workflow).find(|run| want.commit != run.head_sha) {
        let message =
            format!("run {} of the tag is of commit {}, and not of {}", run.id, run.head_sha, want.commit);
        return Watched::conflict(Cause::new(Code::WorkflowUntrusted, message).of_run(run));
    }
    let wanted = CiWanted::on_push(want.repository.clone(), want.workflow.clone(), want.commit.clone());
    let path = &want.workflow;
    match judge_ci(&of_tag, &wanted) {
        CiState::Green { run } if recorded.is_some_and(|id| id != run.id) => {
            let message = format!("run {} is newer than the recorded build", run.id);
            Watched::conflict(Cause::new(Code::Changed, message).of_run(&run))
        }
        CiState::Green { run } => Watched::Settled(Observation::Done(WorkflowSucceeded {
            run: run.id,
            attempt: run.attempt,
            url: run.url,
        })),
        CiState::Red { run, conclusion } => {
            let message = format!("{path} ended as {conclusion}");
            let remedy = format!("mend what failed, then `gh run rerun {} --failed`", run.id);
            Watched::conflict(Cause::new(Code::WorkflowFailed, message).of_run(&run).remedy(remedy))
        }
        CiState::Pending { run } if run.status == WAITING => {
            Watched::Held(Box::new(waits_for_approval(&run)))
        }
        CiState::Pending { run } => Watched::Waiting(format!("run {} is {}", run.id, run.status)),
        CiState::Missing if recorded.is_some() => {
            Watched::conflict(Cause::new(Code::Vanished, "the recorded build run is not there any more"))
        }
        CiState::Missing => Watched::Waiting(format!("no run of {path} for {} yet", want.tag)),
        CiState::Untrusted { why } => Watched::conflict(Cause::new(Code::WorkflowUntrusted, why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = ".github/workflows/release.yml";
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn want() -> BuildWanted {
        BuildWanted {
            workflow: PATH.to_owned(),
            tag: "v1.2.3".parse().unwrap(),
            commit: COMMIT.parse().unwrap(),
            repository: "o/r".to_owned(),
        }
    }

    fn run(id: u64, status: &str, conclusion: Option<&str>) -> WorkflowRun {
        WorkflowRun {
            id,
            attempt: 1,
            workflow_path: PATH.to_owned(),
            event: "push".to_owned(),
            status: status.to_owned(),
            conclusion: conclusion.map(str::to_owned),
            head_sha: COMMIT.to_owned(),
            head_branch: Some("v1.2.3".to_owned()),
            repository: "o/r".to_owned(),
            head_repository: Some("o/r".to_owned()),
            url: format!("https://example.test/runs/{id}"),
            created_at: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    fn green(id: u64) -> WorkflowRun {
        run(id, "completed", Some("success"))
    }

    fn code(watched: &Watched<WatchWorkflow>) -> Option<Code> {
        match watched {
            Watched::Settled(Observation::Conflict(cause) | Observation::Unknown(cause)) => Some(cause.code),
            _ => None,
        }
    }

    #[test]
    fn only_a_green_run_of_the_tag_and_commit_is_the_build() {
        let done = judge_build(&[green(7)], &want(), None);
        assert!(matches!(done, Watched::Settled(Observation::Done(WorkflowSucceeded { run: 7, .. }))));
        for waiting in [vec![], vec![run(7, "queued", None)], vec![run(7, "in_progress", None)]] {
            assert!(matches!(judge_build(&waiting, &want(), None), Watched::Waiting(_)), "{waiting:?}");
        }
        let failed = judge_build(&[run(7, "completed", Some("failure"))], &want(), None);
        assert_eq!(code(&failed), Some(Code::WorkflowFailed));
    }

    #[test]
    fn a_run_that_waits_for_somebody_is_told_from_one_that_takes_its_time() {
        let Watched::Held(cause) = judge_build(&[run(7, "waiting", None)], &want(), None) else {
            panic!("nobody is waited for")
        };
        assert_eq!((cause.code, cause.run), (Code::ApprovalPending, Some(7)));
    }

    #[test]
    fn a_run_of_another_commit_path_or_branch_is_not_the_build() {
        let other_commit = WorkflowRun { head_sha: "f".repeat(40), ..green(7) };
        assert_eq!(code(&judge_build(&[other_commit], &want(), None)), Some(Code::WorkflowUntrusted));
        let other_path = WorkflowRun { workflow_path: ".github/workflows/evil.yml".to_owned(), ..green(7) };
        let other_branch = WorkflowRun { head_branch: Some("main".to_owned()), ..green(7) };
        for run in [other_path, other_branch] {
            assert!(matches!(judge_build(&[run], &want(), None), Watched::Waiting(_)));
        }
        let fork = WorkflowRun { head_repository: Some("mallory/r".to_owned()), ..green(7) };
        assert_eq!(code(&judge_build(&[fork], &want(), None)), Some(Code::WorkflowUntrusted));
    }

    #[test]
    fn the_recorded_build_is_not_replaced_by_a_newer_run_and_not_forgotten() {
        assert_eq!(code(&judge_build(&[green(7), green(8)], &want(), Some(7))), Some(Code::Changed));
        assert_eq!(code(&judge_build(&[], &want(), Some(7))), Some(Code::Vanished));
        let again = WorkflowRun { attempt: 2, ..green(7) };
        let done = judge_build(&[again], &want(), Some(7));
        assert!(matches!(done, Watched::Settled(Observation::Done(WorkflowSucceeded { attempt: 2, .. }))));
    }
}
