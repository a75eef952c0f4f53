//! What somebody said of a check.

use crate::evidence::Fingerprint;
use crate::text::one_line;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a reviewer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewDecision {
    /// Nothing speaks against the release.
    Accepted,
    /// Something does.
    Rejected,
}

/// What kind of word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WordKind {
    /// A review of a check.
    Review,
    /// The acceptance of one finding.
    Waiver,
}

/// Who said what of a check, and whether it counts: as it is shown wherever the check is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// A review or a waiver.
    pub kind: WordKind,
    /// What was decided.
    pub decision: ReviewDecision,
    /// For a waiver: the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Who: the reviewer as the plan names them, where they signed; else the agent that recorded it.
    pub by: String,
    /// The fingerprint of the key that signed it, where that holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// When it was recorded, RFC 3339 in UTC.
    pub at: String,
    /// For a waiver: the last day on which it counts, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Why.
    pub note: String,
    /// Why it does not count; not there where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<String>,
}

impl Word {
    /// In one line.
    pub fn line(&self) -> String {
        let what = match (self.kind, self.decision) {
            (WordKind::Waiver, _) => "waived",
            (WordKind::Review, ReviewDecision::Accepted) => "accepted",
            (WordKind::Review, ReviewDecision::Rejected) => "rejected",
        };
        let finding = self.fingerprint.as_ref().map(|one| format!(" {one}")).unwrap_or_default();
        let until = self.until.as_ref().map(|day| format!(" until {day}")).unwrap_or_default();
        let key = self.key.as_ref().map(|key| format!(" ({key})")).unwrap_or_default();
        let day = self.at.get(..10).unwrap_or(&self.at);
        let void = self.void.as_ref().map(|why| format!(" [does not count: {why}]")).unwrap_or_default();
        one_line(&format!("{what}{finding}{until} by {}{key} on {day}: {}{void}", self.by, self.note))
    }
}
