//! Who a workflow run waits for, and in which environment.

use super::{Gh, GhError, typed};
use crate::process::Cancel;
use gonogo_core::mechanics::Approval;
use serde::Deserialize;

/// "Get pending deployments for a workflow run" of GitHub's REST interface, the fields that are read.
#[derive(Deserialize)]
struct Pending {
    environment: Environment,
    wait_timer: u64,
    reviewers: Vec<Reviewer>,
}

#[derive(Deserialize)]
struct Environment {
    name: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "reviewer")]
enum Reviewer {
    User { login: String },
    Team { name: String },
}

impl From<Pending> for Approval {
    fn from(pending: Pending) -> Self {
        let named = |reviewer| match reviewer {
            Reviewer::User { login } => login,
            Reviewer::Team { name } => format!("team {name}"),
        };
        Self {
            environment: pending.environment.name,
            reviewers: pending.reviewers.into_iter().map(named).collect(),
            wait_minutes: pending.wait_timer,
        }
    }
}

impl Gh {
    /// The environments that a run waits for, as it is now; none where it waits for none.
    pub async fn pending_approvals(&self, run: u64, cancel: &Cancel) -> Result<Vec<Approval>, GhError> {
        let path = self.path(&format!("actions/runs/{run}/pending_deployments"));
        let pending = typed::<Vec<Pending>>(self.get(&path, cancel).await?, "a list of pending deployments")?;
        Ok(pending.into_iter().map(Approval::from).collect())
    }
}
