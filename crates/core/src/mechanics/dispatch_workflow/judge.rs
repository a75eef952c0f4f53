//! A workflow that was started by hand: which of its runs is ours, and what became of it.
//!
//! GitHub's "create a workflow dispatch event" need not name the run that it starts. Ours is the one that was not there
//! when the intent was recorded. Two such runs are a conflict: somebody else started one too.

use super::{DispatchEffect, DispatchWorkflow};
use crate::ci::WorkflowRun;
use crate::mechanics::approval::{WAITING, waits_for_approval};
use crate::mechanics::{Cause, Code, Observation, Watched, WorkflowSucceeded};
use std::collections::BTreeSet;

/// What is known of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchSeen<'a> {
    /// The runs of the workflow, all of them or those since the mark.
    pub runs: &'a [WorkflowRun],
    /// The workflow's path.
    pub workflow: &'a str,
    /// `owner/name`.
    pub repository: &'a str,
    /// The branch or tag that it was started on.
    pub git_ref: &'a str,
    /// The newest run when the latest intent was recorded; `None` where there was no intent.
    pub mark: Option<u64>,
    /// The run that was recorded as ours, or that GitHub named when it was asked for.
    pub recorded: Option<u64>,
    /// Runs whose failure was recorded, and whose blocker has been closed since.
    pub settled_failures: &'a BTreeSet<u64>,
    /// The time in which a run that was asked for shows has passed.
    pub is_past_settling: bool,
}

/// Judges a dispatch.
pub fn judge_dispatch(seen: &DispatchSeen<'_>) -> Watched<DispatchWorkflow> {
    let Some(mark) = seen.mark else { return Watched::absent(DispatchEffect::Dispatch) };
    let is_ours = |run: &&WorkflowRun| {
        let is_new = seen.recorded.map_or(run.id > mark, |recorded| run.id == recorded);
        is_new && is_of(seen, run) && !(seen.settled_failures.contains(&run.id) && has_failed(run))
    };
    let ours: Vec<&WorkflowRun> = seen.runs.iter().filter(is_ours).collect();
    match ours[..] {
        [] if seen.recorded.is_some() && seen.is_past_settling => {
            Watched::conflict(Cause::new(Code::Vanished, "the recorded run is not there any more"))
        }
        [] if seen.is_past_settling => Watched::absent(DispatchEffect::Dispatch),
        [] => Watched::Waiting(format!("no run of {} since it was dispatched yet", seen.workflow)),
        [run] => judge_run(run, seen.workflow),
        [one, other, ..] => {
            let message =
                format!("runs {} and {} could both be the one that was dispatched", one.id, other.id);
            let remedy = "look at both on GitHub: somebody else dispatched this workflow too";
            Watched::conflict(Cause::new(Code::WorkflowUntrusted, message).of_run(one).remedy(remedy))
        }
    }
}

fn judge_run(run: &WorkflowRun, workflow: &str) -> Watched<DispatchWorkflow> {
    match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some("success")) => Watched::Settled(Observation::Done(WorkflowSucceeded {
            run: run.id,
            attempt: run.attempt,
            url: run.url.clone(),
        })),
        ("completed", conclusion) => {
            let ended = conclusion.unwrap_or("nothing that it says");
            let message = format!("{workflow} ended as {ended}");
            let remedy = format!(
                "mend what failed, and close the blocker: the next run dispatches it again from the same build; or `gh run rerun {} --failed`",
                run.id
            );
            Watched::conflict(Cause::new(Code::WorkflowFailed, message).of_run(run).remedy(remedy))
        }
        (WAITING, _) => Watched::Held(Box::new(waits_for_approval(run))),
        (status, _) => Watched::Waiting(format!("run {} is {status}", run.id)),
    }
}

fn is_of(seen: &DispatchSeen<'_>, run: &WorkflowRun) -> bool {
    run.workflow_path.split('@').next() == Some(seen.workflow)
        && run.event == "workflow_dispatch"
        && run.head_branch.as_deref() == Some(seen.git_ref)
        && run.repository.eq_ignore_ascii_case(seen.repository)
}

fn has_failed(run: &WorkflowRun) -> bool {
    run.status == "completed" && run.conclusion.as_deref() != Some("success")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: u64, status: &str, conclusion: Option<&str>) -> WorkflowRun {
        WorkflowRun {
            id,
            attempt: 1,
            workflow_path: ".github/workflows/publish.yml".to_owned(),
            event: "workflow_dispatch".to_owned(),
            status: status.to_owned(),
            conclusion: conclusion.map(str::to_owned),
            head_sha: "0".repeat(40),
            head_branch: Some("main".to_owned()),
            repository: "o/r".to_owned(),
            head_repository: Some("o/r".to_owned()),
            url: String::new(),
            created_at: String::new(),
        }
    }

    fn judge(
        runs: &[WorkflowRun],
        mark: Option<u64>,
        recorded: Option<u64>,
        failures: &[u64],
        is_past_settling: bool,
    ) -> Watched<DispatchWorkflow> {
        judge_dispatch(&DispatchSeen {
            runs,
            workflow: ".github/workflows/publish.yml",
            repository: "o/r",
            git_ref: "main",
            mark,
            recorded,
            settled_failures: &failures.iter().copied().collect(),
            is_past_settling,
        })
    }

    fn green(id: u64) -> WorkflowRun {
        run(id, "completed", Some("success"))
    }

    const ABSENT: Watched<DispatchWorkflow> = Watched::Settled(Observation::Absent(DispatchEffect::Dispatch));

    fn code(watched: &Watched<DispatchWorkflow>) -> Option<Code> {
        match watched {
            Watched::Settled(Observation::Conflict(cause) | Observation::Unknown(cause)) => Some(cause.code),
            _ => None,
        }
    }

    fn is_done(watched: &Watched<DispatchWorkflow>, id: u64) -> bool {
        matches!(watched, Watched::Settled(Observation::Done(WorkflowSucceeded { run, .. })) if *run == id)
    }

    #[test]
    fn runs_from_before_the_intent_are_not_ours() {
        assert_eq!(judge(&[green(5)], None, None, &[], false), ABSENT);
        assert!(matches!(judge(&[green(5)], Some(5), None, &[], false), Watched::Waiting(_)));
        assert_eq!(judge(&[green(5)], Some(5), None, &[], true), ABSENT);
        assert!(is_done(&judge(&[green(5), green(6)], Some(5), None, &[], false), 6));
    }

    #[test]
    fn two_new_runs_are_a_conflict() {
        let judged = judge(&[green(6), green(7)], Some(5), None, &[], true);
        assert_eq!(code(&judged), Some(Code::WorkflowUntrusted));
    }

    #[test]
    fn a_recorded_run_is_the_only_one_looked_at() {
        assert!(is_done(&judge(&[green(6), green(7)], Some(5), Some(6), &[], true), 6));
        assert_eq!(code(&judge(&[green(7)], Some(5), Some(6), &[], true)), Some(Code::Vanished));
        // The list may lag behind what GitHub named when it was asked.
        assert!(matches!(judge(&[], Some(5), Some(6), &[], false), Watched::Waiting(_)));
    }

    #[test]
    fn a_failed_run_stops_until_its_failure_is_settled_and_then_it_is_dispatched_again() {
        let failed = run(6, "completed", Some("failure"));
        assert_eq!(
            code(&judge(std::slice::from_ref(&failed), Some(5), None, &[], true)),
            Some(Code::WorkflowFailed)
        );
        assert_eq!(judge(std::slice::from_ref(&failed), Some(5), None, &[6], true), ABSENT);
        // Rerun on GitHub in the meantime: that counts.
        assert!(is_done(&judge(&[green(6)], Some(5), None, &[6], true), 6));
        let running = run(6, "in_progress", None);
        assert!(matches!(judge(&[running], Some(5), None, &[6], true), Watched::Waiting(_)));
    }

    #[test]
    fn a_run_that_waits_for_somebody_is_held() {
        let judged = judge(&[run(6, "waiting", None)], Some(5), None, &[], true);
        assert!(matches!(judged, Watched::Held(cause) if cause.code == Code::ApprovalPending));
    }

    #[test]
    fn a_completed_run_without_a_conclusion_is_no_success() {
        assert_eq!(
            code(&judge(&[run(6, "completed", None)], Some(5), None, &[], true)),
            Some(Code::WorkflowFailed)
        );
    }

    #[test]
    fn runs_of_another_event_branch_path_or_repository_are_not_ours() {
        for change in [
            |run: &mut WorkflowRun| run.event = "push".to_owned(),
            |run: &mut WorkflowRun| run.head_branch = Some("other".to_owned()),
            |run: &mut WorkflowRun| run.workflow_path = ".github/workflows/other.yml".to_owned(),
            |run: &mut WorkflowRun| run.repository = "mallory/r".to_owned(),
        ] {
            let mut other = green(6);
            change(&mut other);
            assert_eq!(judge(&[other], Some(5), None, &[], true), ABSENT);
        }
    }
}
