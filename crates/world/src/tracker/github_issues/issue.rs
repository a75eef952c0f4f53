//! One issue, as GitHub's REST interface gives it ("Get an issue"), the fields that are read.

use super::body;
use crate::tracker::TrackerError;
use gonogo_core::blocker::TaskState;
use serde::Deserialize;
use serde_json::Value;

/// One issue or pull request.
#[derive(Clone, Debug)]
pub(super) struct Issue {
    pub(super) number: u64,
    pub(super) title: String,
    /// Cleaned of what GitHub or a browser puts into texts.
    pub(super) body: String,
    pub(super) state: TaskState,
    pub(super) is_pull_request: bool,
    labels: Vec<String>,
}

#[derive(Deserialize)]
struct Given {
    number: u64,
    title: String,
    // Both are present in every answer, `null` where there is nothing.
    #[serde(deserialize_with = "Option::deserialize")]
    body: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    state_reason: Option<String>,
    state: State,
    labels: Vec<Label>,
    pull_request: Option<Value>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Closed,
}

impl Issue {
    pub(super) fn read(value: &Value) -> Result<Self, TrackerError> {
        let given = Given::deserialize(value)
            .map_err(|error| TrackerError::unreadable(format!("GitHub's answer is no issue: {error}")))?;
        let state = match (given.state, given.state_reason.as_deref()) {
            (State::Open, _) => TaskState::Open,
            (State::Closed, Some("not_planned")) => TaskState::Canceled,
            (State::Closed, _) => TaskState::Done,
        };
        Ok(Self {
            number: given.number,
            title: given.title,
            body: body::clean(&given.body.unwrap_or_default()),
            state,
            is_pull_request: given.pull_request.is_some(),
            labels: given.labels.into_iter().map(|label| label.name).collect(),
        })
    }

    /// Whether it has a label; GitHub's labels are the same in capitals.
    pub(super) fn has_label(&self, label: &str) -> bool {
        self.labels.iter().any(|known| known.eq_ignore_ascii_case(label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn given(state: &str, reason: Value) -> Value {
        json!({ "number": 1, "title": "t", "body": null, "labels": [{ "name": "Release-Blocker" }],
                "state": state, "state_reason": reason })
    }

    #[test]
    fn not_planned_is_canceled_and_every_other_end_is_done() {
        let state = |state: &str, reason: Value| Issue::read(&given(state, reason)).unwrap().state;
        assert_eq!(state("open", json!("reopened")), TaskState::Open);
        assert_eq!(state("closed", json!("not_planned")), TaskState::Canceled);
        assert_eq!(state("closed", json!("completed")), TaskState::Done);
        assert_eq!(state("closed", Value::Null), TaskState::Done);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error_and_not_a_closed_issue() {
        for name in ["number", "title", "body", "labels", "state", "state_reason"] {
            let mut value = given("closed", Value::Null);
            value.as_object_mut().unwrap().remove(name);
            assert!(Issue::read(&value).is_err(), "{name}");
        }
        assert!(Issue::read(&given("merged", Value::Null)).is_err());
    }
}
