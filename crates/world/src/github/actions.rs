//! The runs of one workflow, and one run by its ID.

use super::runs::Listed;
use super::{Gh, GhError, encoded, typed};
use crate::process::Cancel;
use gonogo_core::ci::WorkflowRun;

/// Which runs of a workflow are listed: those that have all of what is named here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// What set them off: `push`, `workflow_dispatch`, …
    pub event: Option<String>,
    /// The commit that they run on, whole.
    pub head_sha: Option<String>,
    /// The branch or tag that they run for.
    pub branch: Option<String>,
}

impl Gh {
    /// Every run that GitHub lists of a workflow, by the name of its file (`release.yml`), newest first. GitHub filters
    /// by its own index, which may be behind: a run that was just set off need not be there yet. It lists no more than
    /// 1000 runs; where there are more, there is no answer, and the filter is to be narrowed.
    pub async fn workflow_runs(
        &self,
        file: &str,
        filter: &RunFilter,
        cancel: &Cancel,
    ) -> Result<Vec<WorkflowRun>, GhError> {
        let parts = [("event", &filter.event), ("head_sha", &filter.head_sha), ("branch", &filter.branch)];
        let filters: String = parts
            .iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={}&", encoded(value))))
            .collect();
        let path = self.path(&format!("actions/workflows/{}/runs?{filters}per_page=100", encoded(file)));
        let runs = self.runs_at(&path, cancel).await?;
        // A filter that was not understood would be left out without a word.
        let is_asked_for = |run: &WorkflowRun| {
            filter.event.as_ref().is_none_or(|event| run.event == *event)
                && filter.head_sha.as_ref().is_none_or(|commit| run.head_sha == *commit)
                && filter.branch.as_ref().is_none_or(|branch| run.head_branch.as_ref() == Some(branch))
        };
        match runs.iter().find(|run| !is_asked_for(run)) {
            Some(run) => {
                Err(GhError::nonsense(format!("run {} was listed, which is not of {filter:?}", run.id)))
            }
            None => Ok(runs),
        }
    }

    /// One run as it is now, its latest attempt.
    pub async fn workflow_run(&self, id: u64, cancel: &Cancel) -> Result<WorkflowRun, GhError> {
        let answer = self.get(&self.path(&format!("actions/runs/{id}")), cancel).await?;
        let run = WorkflowRun::from(typed::<Listed>(answer, "a workflow run")?);
        if run.id != id {
            return Err(GhError::nonsense(format!("run {} was given for run {id}", run.id)));
        }
        Ok(run)
    }
}
