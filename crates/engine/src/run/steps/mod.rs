//! The steps: how each kind is observed and carried out, a file each.

mod command;
mod dispatch_workflow;
mod fetch_artifacts;
mod github_release;
mod homebrew_formula;
mod push_tag;
mod tag;
mod wait;
mod watch_workflow;
mod workflow_runs;

pub use workflow_runs::file_of;

use super::{Ending, Run, RunEvent, RunWatch, StepReport};
use crate::failure::Failure;
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{Cause, KindOfStep, Observation, Step, StepKind};
use gonogo_core::release::ResolvedTool;
use std::path::Path;

/// How the names of the folders begin that steps work in.
const SCRATCH: [&str; 3] = ["asset-", "fetch-", "tap-"];

/// A kind of step that is carried out.
pub(super) trait Acting: KindOfStep {
    /// Looks at the world.
    async fn observe(
        &self,
        run: &Run<'_>,
        step: &Step,
        watch: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause>;

    /// Brings into being what an effect needs, before anybody is asked and before the door is looked through. Gives the
    /// program that is going to be run, where there is one.
    async fn prepare(&self, _: &Run<'_>, _: &Step, _: &Self::Effect) -> Result<Option<ResolvedTool>, Cause> {
        Ok(None)
    }

    /// What has to be known before an effect, asked before the door is looked through.
    async fn before(&self, _: &Run<'_>, _: &Step, _: &Self::Effect) -> Result<Known, Cause> {
        Ok(Known::default())
    }

    /// Carries an effect out, by the pass of a look that was just made. That it gave no error proves nothing: the world is
    /// looked at after it. Gives the ID of what the answer names as made.
    async fn apply(
        &self,
        run: &Run<'_>,
        step: &Step,
        effect: &Self::Effect,
        pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause>;
}

/// What is known before an effect, and recorded with its intent.
#[derive(Default)]
pub(super) struct Known {
    /// The workflow's newest run.
    pub(super) mark: Option<u64>,
    /// What exactly is asked for.
    pub(super) detail: Option<String>,
}

/// Brings a step to its end, as its kind does.
pub(super) async fn bring_to_end(
    run: &mut Run<'_>,
    step: &Step,
    watch: &mut impl RunWatch,
) -> Result<(StepReport, Option<Ending>), Failure> {
    match &step.kind {
        StepKind::Tag(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::PushTag(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::WatchWorkflow(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::FetchArtifacts(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::HomebrewFormula(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::DispatchWorkflow(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::GithubRelease(kind) => run.bring_to_end(step, kind, watch).await,
        StepKind::Command(kind) => run.bring_to_end(step, kind, watch).await,
    }
}

/// Removes what a run that was cut short left of its work. The ledger's lock is held: no other run is under way.
pub fn remove_leftovers(work: &Path) {
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
    use super::remove_leftovers;

    #[test]
    fn what_a_cut_run_left_is_removed_and_what_was_fetched_stays() {
        let work = tempfile::tempdir().unwrap();
        for name in ["tap-a1", "fetch-b2/together", "asset-c3", "artifacts"] {
            std::fs::create_dir_all(work.path().join(name)).unwrap();
        }
        remove_leftovers(work.path());
        let left: Vec<_> =
            std::fs::read_dir(work.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["artifacts"]);
        remove_leftovers(&work.path().join("not-there"));
    }
}
