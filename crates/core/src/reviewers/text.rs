//! The text that a reviewer signs: everything that the word is bound to, in one canonical spelling.

use crate::canonical::{self, NotCanonical};
use crate::digest::Digest;
use crate::evidence::Fingerprint;
use crate::ledger::{ReviewRecorded, WaiverRecorded};
use crate::release::Agent;
use crate::review::{ReviewDecision, ReviewScope};
use serde::Serialize;

/// What is signed, and in which namespace: a signature of one kind, or of another project, is no signature of this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedText {
    /// The namespace of the signature.
    pub namespace: String,
    /// The text.
    pub text: String,
}

#[derive(Serialize)]
struct Review<'a> {
    schema: &'static str,
    project: &'a str,
    target: &'a str,
    gate: u32,
    check: &'a str,
    scope: &'a Option<ReviewScope>,
    subject: Digest,
    evidence: &'a [Digest],
    agent: &'a Agent,
    decision: ReviewDecision,
    note: &'a str,
}

#[derive(Serialize)]
struct Waiver<'a> {
    schema: &'static str,
    project: &'a str,
    target: &'a str,
    gate: u32,
    check: &'a str,
    fingerprint: &'a Fingerprint,
    message: &'a str,
    agent: &'a Agent,
    note: &'a str,
    until: &'a str,
}

/// The text of a review of a project's release target.
pub fn review_text(project: &str, target: &str, review: &ReviewRecorded) -> Result<SignedText, NotCanonical> {
    let ReviewRecorded { gate, check, subject, evidence, agent, decision, note, scope, key: _, signature: _ } =
        review;
    let text = canonical::to_string(&Review {
        schema: "gonogo.signed-review/1",
        project,
        target,
        gate: *gate,
        check,
        scope,
        subject: *subject,
        evidence,
        agent,
        decision: *decision,
        note,
    })?;
    Ok(SignedText { namespace: format!("gonogo-review@{project}"), text })
}

/// The text of a waiver for a project's release target.
pub fn waiver_text(project: &str, target: &str, waiver: &WaiverRecorded) -> Result<SignedText, NotCanonical> {
    let WaiverRecorded { gate, check, fingerprint, message, agent, note, until, key: _, signature: _ } =
        waiver;
    let text = canonical::to_string(&Waiver {
        schema: "gonogo.signed-waiver/1",
        project,
        target,
        gate: *gate,
        check,
        fingerprint,
        message,
        agent,
        note,
        until,
    })?;
    Ok(SignedText { namespace: format!("gonogo-waiver@{project}"), text })
}
