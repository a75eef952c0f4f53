//! The build: the workflow run that the tag started, and what its metadata says of it.

use super::approval::{WAITING, waits_for_approval};
use super::{Cause, Code, Facts, Observation};
use crate::ci::{Ci, CiWanted, WorkflowRun, judge_ci};
use crate::strict_json;
use serde_json::Value;

/// Something that takes its time: not there yet, or settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Not yet; what is waited for, in one line.
    Waiting(String),
    /// Not before somebody has acted: its message says what is waited for, and it is why the release stops when the time is
    /// over.
    Held(Box<Cause>),
    /// It is settled.
    Settled(Observation),
}

/// The run that a release waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildWanted {
    /// The workflow's path.
    pub workflow: String,
    /// The tag whose push starts it.
    pub tag: String,
    /// The commit that it must run on.
    pub commit: String,
    /// `owner/name`.
    pub repository: String,
}

/// Judges the runs of the tag. `recorded` is the run that was recorded as the build, where one was: no other run takes
/// its place.
pub fn judge_build(runs: &[WorkflowRun], want: &BuildWanted, recorded: Option<u64>) -> Watched {
    let of_tag: Vec<WorkflowRun> =
        runs.iter().filter(|run| run.head_branch.as_deref() == Some(&want.tag)).cloned().collect();
    let of_workflow = |run: &&WorkflowRun| run.workflow_path.split('@').next() == Some(&want.workflow);
    if let Some(run) = of_tag.iter().filter(of_workflow).find(|run| run.head_sha != want.commit) {
        let message =
            format!("run {} of the tag is of commit {}, and not of {}", run.id, run.head_sha, want.commit);
        return conflict(Cause::new(Code::WorkflowUntrusted, message).of_run(run));
    }
    let wanted = CiWanted::on_push(want.repository.clone(), want.workflow.clone(), want.commit.clone());
    let path = &want.workflow;
    match judge_ci(&of_tag, &wanted) {
        Ci::Green { run } if recorded.is_some_and(|id| id != run.id) => {
            let message = format!("run {} is newer than the recorded build", run.id);
            conflict(Cause::new(Code::Changed, message).of_run(&run))
        }
        Ci::Green { run } => Watched::Settled(Observation::Done(Facts::Workflow {
            run: run.id,
            attempt: run.attempt,
            url: run.url,
        })),
        Ci::Red { run, conclusion } => {
            let message = format!("{path} ended as {conclusion}");
            let remedy = format!("mend what failed, then `gh run rerun {} --failed`", run.id);
            conflict(Cause::new(Code::WorkflowFailed, message).of_run(&run).remedy(remedy))
        }
        Ci::Pending { run } if run.status == WAITING => Watched::Held(Box::new(waits_for_approval(&run))),
        Ci::Pending { run } => Watched::Waiting(format!("run {} is {}", run.id, run.status)),
        Ci::Missing if recorded.is_some() => {
            conflict(Cause::new(Code::Vanished, "the recorded build run is not there any more"))
        }
        Ci::Missing => Watched::Waiting(format!("no run of {path} for {} yet", want.tag)),
        Ci::Untrusted { why } => conflict(Cause::new(Code::WorkflowUntrusted, why)),
    }
}

fn conflict(cause: Cause) -> Watched {
    Watched::Settled(Observation::Conflict(cause))
}

/// What `metadata.json` of the build must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildMetadata {
    /// The tag.
    pub tag: String,
    /// The version.
    pub version: String,
    /// The commit.
    pub source_sha: String,
    /// The run that built it.
    pub source_run_id: u64,
}

/// Judges a build's `metadata.json`: tag, version, commit and run are this release's. Fields besides those may be
/// there; `source_ref` is compared where it is.
pub fn judge_metadata(text: &str, want: &BuildMetadata) -> Result<(), Cause> {
    let wrong = |why: String| Cause::new(Code::MetadataWrong, format!("the build's metadata.json {why}"));
    let value =
        strict_json::parse(text.as_bytes()).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let field = |name: &str| match value.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let run = want.source_run_id.to_string();
    for (name, wanted) in [
        ("tag", &want.tag),
        ("version", &want.version),
        ("source_sha", &want.source_sha),
        ("source_run_id", &run),
    ] {
        match field(name) {
            None => return Err(wrong(format!("has no `{name}`"))),
            Some(found) if found != *wanted => {
                return Err(wrong(format!("says `{name}` is {found}, and this release's is {wanted}")));
            }
            Some(_) => {}
        }
    }
    let reference = format!("refs/tags/{}", want.tag);
    match field("source_ref") {
        Some(found) if found != reference && found != want.tag => {
            Err(wrong(format!("says `source_ref` is {found}, and not {reference}")))
        }
        _ => Ok(()),
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
            tag: "v1.2.3".to_owned(),
            commit: COMMIT.to_owned(),
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

    fn code(watched: &Watched) -> Option<Code> {
        match watched {
            Watched::Settled(Observation::Conflict(cause) | Observation::Unknown(cause)) => Some(cause.code),
            _ => None,
        }
    }

    #[test]
    fn only_a_green_run_of_the_tag_and_commit_is_the_build() {
        let done = judge_build(&[green(7)], &want(), None);
        assert!(matches!(done, Watched::Settled(Observation::Done(Facts::Workflow { run: 7, .. }))));
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
        assert!(matches!(done, Watched::Settled(Observation::Done(Facts::Workflow { attempt: 2, .. }))));
    }

    fn metadata() -> BuildMetadata {
        BuildMetadata {
            tag: "v1.2.3".to_owned(),
            version: "1.2.3".to_owned(),
            source_sha: COMMIT.to_owned(),
            source_run_id: 7,
        }
    }

    #[test]
    fn metadata_of_this_release_is_accepted_and_any_other_is_not() {
        let text = format!(
            r#"{{"tag":"v1.2.3","version":"1.2.3","source_sha":"{COMMIT}","source_run_id":"7","source_ref":"refs/tags/v1.2.3","source_workflow":"release"}}"#
        );
        assert_eq!(judge_metadata(&text, &metadata()), Ok(()));
        assert_eq!(judge_metadata(&text.replace("\"7\"", "7"), &metadata()), Ok(()));
        for broken in [
            text.replace("v1.2.3\",\"version", "v1.2.4\",\"version"),
            text.replace("\"1.2.3\"", "\"1.2.30\""),
            text.replace(COMMIT, &"f".repeat(40)),
            text.replace("\"7\"", "\"8\""),
            text.replace("refs/tags/v1.2.3", "refs/heads/main"),
            text.replace("\"tag\"", "\"tagg\""),
            text.replace("{\"tag\"", "{\"tag\":\"v1.2.3\",\"tag\""),
            text.replace('}', ""),
            String::new(),
        ] {
            let judged = judge_metadata(&broken, &metadata());
            assert!(judged.is_err_and(|cause| cause.code == Code::MetadataWrong), "{broken}");
        }
    }
}
