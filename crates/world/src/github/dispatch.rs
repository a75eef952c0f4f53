//! Orders to run a workflow. Each is sent once: a run that was set off cannot be called back.

use super::{Gh, GhError, Method, encoded};
use crate::process::Cancel;
use gonogo_core::door::DoorPass;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// An order that GitHub took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dispatched {
    /// The run that it set off, where GitHub names it.
    pub run: Option<u64>,
}

impl Gh {
    /// Orders a run of a workflow, by the name of its file (`release.yml`), on a branch or tag, with inputs.
    ///
    /// # Errors
    /// A refusal ([`GhError::Invalid`] for what its inputs or its branch are, with GitHub's message) set nothing off. Where the error
    /// [may have arrived](GhError::may_have_arrived), there may be a run.
    pub async fn dispatch(
        &self,
        _pass: DoorPass<'_>,
        workflow: &str,
        git_ref: &str,
        inputs: &BTreeMap<String, String>,
        cancel: &Cancel,
    ) -> Result<Dispatched, GhError> {
        let path = self.path(&format!("actions/workflows/{}/dispatches", encoded(workflow)));
        let order = json!({ "ref": git_ref, "inputs": inputs, "return_run_details": true });
        let answer = self.send(Method::Post, &path, &order, cancel).await?;
        let run = match &answer {
            // An empty answer was all there was before runs were named.
            Value::Null => None,
            answer => {
                let run = answer.get("workflow_run_id").and_then(Value::as_u64);
                Some(run.ok_or_else(|| GhError::nonsense("the answer to a dispatch names no run"))?)
            }
        };
        Ok(Dispatched { run })
    }
}
