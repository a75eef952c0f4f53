//! The steps: each one's observation and effects, a file each.

mod artifacts;
mod build;
mod command;
mod dispatch;
mod formula;
mod release;
mod tag;
pub(super) mod wait;

pub use build::file_of;

use super::{Run, RunWatch};
use gonogo_core::mechanics::{Cause, Code, Effect, Observation};
use gonogo_core::plan::{Step, StepKind};
use std::path::Path;

/// How the names of the folders begin that steps work in.
const SCRATCH: [&str; 3] = ["asset-", "fetch-", "tap-"];

/// Looks at the world.
pub async fn observe(run: &Run<'_>, step: &Step, watch: &mut impl RunWatch) -> Observation {
    let seen = match &step.kind {
        StepKind::Tag { name } => tag::observe_local(run, name).await,
        StepKind::PushTag { name, remote } => tag::observe_remote(run, name, remote.as_deref()).await,
        StepKind::WatchWorkflow { workflow } => build::observe(run, step, workflow, watch).await,
        StepKind::FetchArtifacts { from, metadata, artifacts } => {
            artifacts::observe(run, from, metadata, artifacts, watch).await
        }
        StepKind::HomebrewFormula { template, address } => {
            formula::observe(run, template.as_deref(), address.as_deref()).await
        }
        StepKind::DispatchWorkflow { .. } => dispatch::observe(run, step, watch).await,
        StepKind::GithubRelease { .. } => release::observe(run, step, watch).await,
        StepKind::Command(command) => command::observe(run, step, command, watch).await,
    };
    seen.unwrap_or_else(Observation::Unknown)
}

/// What has to be known before an effect: the workflow's newest run, and what exactly is asked for.
pub async fn before(
    run: &Run<'_>,
    step: &Step,
    effect: &Effect,
) -> Result<(Option<u64>, Option<String>), Cause> {
    match (&step.kind, effect) {
        (StepKind::DispatchWorkflow { .. }, Effect::Dispatch) => dispatch::before(run, step).await,
        (StepKind::Command(command), _) => Ok((None, Some(command::line(run, command)?))),
        _ => Ok((None, None)),
    }
}

/// Carries an effect out. That it gave no error proves nothing: the world is looked at after it. Gives the ID of what the
/// answer names as made.
pub async fn apply(run: &Run<'_>, step: &Step, effect: &Effect) -> Result<Option<u64>, Cause> {
    let nothing_named = |()| None;
    match (&step.kind, effect) {
        (StepKind::Tag { name }, Effect::CreateTag) => tag::create(run, name).await.map(nothing_named),
        (StepKind::PushTag { name, remote }, Effect::PushTag) => {
            tag::push(run, name, remote.as_deref()).await.map(nothing_named)
        }
        (StepKind::HomebrewFormula { template, address }, Effect::PushFormula) => {
            formula::push(run, template.as_deref(), address.as_deref()).await.map(nothing_named)
        }
        (StepKind::DispatchWorkflow { .. }, Effect::Dispatch) => dispatch::start(run, step).await,
        (StepKind::GithubRelease { .. }, effect) => release::apply(run, step, effect).await,
        (StepKind::Command(command), Effect::RunCommand) => {
            command::carry_out(run, step, command).await.map(nothing_named)
        }
        (kind, effect) => Err(Cause::new(
            Code::UnreadableAnswer,
            format!("a step of kind {} does not {effect}", kind.name()),
        )),
    }
}

/// Removes what a run that was cut short left of its work. The ledger's lock is held: no other run is under way.
pub fn sweep(work: &Path) {
    // What cannot be read or removed is in nobody's way: names are never used twice.
    for entry in std::fs::read_dir(work).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if SCRATCH.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sweep;

    #[test]
    fn what_a_cut_run_left_is_swept_and_what_was_fetched_stays() {
        let work = tempfile::tempdir().unwrap();
        for name in ["tap-a1", "fetch-b2/together", "asset-c3", "artifacts"] {
            std::fs::create_dir_all(work.path().join(name)).unwrap();
        }
        sweep(work.path());
        let left: Vec<_> =
            std::fs::read_dir(work.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["artifacts"]);
        sweep(&work.path().join("not-there"));
    }
}
