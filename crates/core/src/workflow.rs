//! Workflows of GitHub Actions, by their path.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};

/// The path of a workflow in its repository, such as `.github/workflows/publish.yml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(transparent)]
pub struct WorkflowPath(String);

impl WorkflowPath {
    /// What is wrong with a text that is none.
    pub(crate) const WRONG: &str = "a workflow is `.github/workflows/NAME.yml`";

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A path from its text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let file = text.strip_prefix(".github/workflows/")?;
        let is_file = (file.ends_with(".yml") || file.ends_with(".yaml")) && !file.contains('/');
        is_file.then(|| Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for WorkflowPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(Self::WRONG))
    }
}
