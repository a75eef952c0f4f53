//! The workflow runs of a commit, all of them or an error.

use super::{Gh, GhError};
use crate::process::Cancel;
use gonogo_core::ci::WorkflowRun;
use gonogo_core::ids::CommitId;
use serde::Deserialize;

/// "List workflow runs for a repository" and "Get a workflow run" of GitHub's REST interface, the fields that are read.
#[derive(Deserialize)]
pub(super) struct Listed {
    id: u64,
    run_attempt: u64,
    path: String,
    event: String,
    status: String,
    // Present in every answer, `null` until the run has ended.
    #[serde(deserialize_with = "Option::deserialize")]
    conclusion: Option<String>,
    head_sha: String,
    head_branch: Option<String>,
    repository: Named,
    head_repository: Option<Named>,
    html_url: String,
    created_at: String,
}

#[derive(Deserialize)]
struct Named {
    full_name: String,
}

impl From<Listed> for WorkflowRun {
    fn from(run: Listed) -> Self {
        Self {
            id: run.id,
            attempt: run.run_attempt,
            workflow_path: run.path,
            event: run.event,
            status: run.status,
            conclusion: run.conclusion,
            head_sha: run.head_sha,
            head_branch: run.head_branch,
            repository: run.repository.full_name,
            head_repository: run.head_repository.map(|repository| repository.full_name),
            url: run.html_url,
            created_at: run.created_at,
        }
    }
}

impl Gh {
    /// Every workflow run that GitHub lists for a commit (its whole ID). A list that does not hold as many different
    /// runs as it says is no answer: a run may have come or gone between two pages.
    pub async fn ci_runs(&self, commit: &CommitId, cancel: &Cancel) -> Result<Vec<WorkflowRun>, GhError> {
        if commit.is_empty() || !commit.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(GhError::nonsense(format!("`{commit}` is no commit to ask for")));
        }
        self.runs_at(&self.path(&format!("actions/runs?head_sha={commit}&per_page=100")), cancel).await
    }

    pub(super) async fn runs_at(&self, path: &str, cancel: &Cancel) -> Result<Vec<WorkflowRun>, GhError> {
        let listed = self.counted(path, "workflow_runs", |run: &Listed| run.id, cancel).await?;
        Ok(listed.into_iter().map(WorkflowRun::from).collect())
    }
}
