//! What can happen in a release. Each event is one line of the ledger; every table refuses unknown keys.

use crate::basis::BASIS;
use crate::delivery::{Judgement, Level};
use crate::digest::Digest;
use crate::evidence::{Counts, Finding, Fingerprint};
use crate::ids::{CommitId, TagName};
use crate::mechanics::{Cause, Effect, Facts, Intent};
use crate::release::{Agent, Mode, ResolvedTool, Subject};
use crate::review::{ReviewDecision, ReviewScope, Word};
use crate::verdict::{Outcome, Reason, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The format version, [`super::FORMAT`] when it was written.
    pub format: u32,
    /// In the first record of each format from 2 on: the oldest format whose programs read what follows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<u32>,
    /// Its place in the ledger, from 0.
    pub seq: u64,
    /// The digest of the line before, without its line end; of the empty text for the first.
    pub prev: Digest,
    /// When it was written, RFC 3339 in UTC. For people: the order of records is their sequence, never their time.
    pub at: String,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The ledger was begun.
    Opened(Opened),
    /// A poll began.
    PollStarted(Box<PollStarted>),
    /// A check began.
    CheckStarted(CheckStarted),
    /// A check ended, or its earlier evidence was taken over.
    CheckFinished(Box<CheckFinished>),
    /// Somebody judged what a check asks to be reviewed.
    ReviewRecorded(Box<ReviewRecorded>),
    /// A reviewer accepted a finding, until a day.
    WaiverRecorded(Box<WaiverRecorded>),
    /// A blocker that this ledger did not know was read from the tracker.
    BlockerSeen(BlockerSeen),
    /// A blocker was filed, updated or opened again.
    BlockerFiled(BlockerFiled),
    /// A blocker was closed through gonogo.
    BlockerResolved(BlockerResolved),
    /// A poll came to its answer.
    PollFinished(PollFinished),
    /// A torn last line was cut off.
    Repaired(Repaired),
    /// A run of the mechanics began: the poll before it gave clearance.
    RunStarted(Box<RunStarted>),
    /// An effect is about to be carried out.
    EffectIntended(Box<EffectIntended>),
    /// What came back of an effect. No proof of anything: the world is looked at after it.
    EffectApplied(Box<EffectApplied>),
    /// The world shows that a step is done.
    StepDone(Box<StepDone>),
    /// A step stopped the run.
    StepStopped(Box<StepStopped>),
    /// A run came to its end.
    RunFinished(RunFinished),
    /// The channels were looked at, and judged.
    Delivered(Box<DeliveryRecorded>),
}

/// See [`Event::Opened`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The project's name.
    pub project: String,
    /// The target's tag.
    pub target: String,
}

/// See [`Event::PollStarted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PollStarted {
    /// What the evidence of this poll is about.
    pub subject: Subject,
    /// The base tag; `None` for a first release.
    pub base_tag: Option<TagName>,
    /// The mode.
    pub mode: Mode,
    /// Who runs it.
    pub agent: Agent,
    /// No earlier evidence is taken over.
    pub fresh: bool,
    /// The gates that are required.
    pub required_gates: Vec<u32>,
    /// The release whose plan names the reviewers: the remote's newest earlier one, whatever the base is; `None` for a first release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewers: Option<EarlierRelease>,
}

/// A release before this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierRelease {
    /// Its tag.
    pub tag: TagName,
    /// The commit that the tag stands for.
    pub commit: CommitId,
}

/// See [`Event::CheckStarted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckStarted {
    /// The sequence number of the poll's first record.
    pub poll: u64,
    /// The gate.
    pub gate: u32,
    /// The check.
    pub check: String,
}

/// A piece of evidence in the store of blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRef {
    /// What it is: `stdout`, `stderr`, `report`, `inventory`, …
    pub name: String,
    /// Its digest, after redaction.
    pub digest: Digest,
    /// Its size in bytes.
    pub bytes: u64,
}

/// See [`Event::CheckFinished`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckFinished {
    /// The sequence number of the poll's first record.
    pub poll: u64,
    /// The gate.
    pub gate: u32,
    /// The check.
    pub check: String,
    /// The digest of the subject that the evidence is about.
    pub subject: Digest,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is incomplete.
    pub reason: Option<Reason>,
    /// More about it, in one line.
    pub detail: Option<String>,
    /// Wall time in milliseconds.
    pub millis: u64,
    /// What it left behind.
    pub evidence: Vec<EvidenceRef>,
    /// Tests.
    pub counts: Option<Counts>,
    /// Inputs examined.
    pub examined: Option<u64>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What a person should know.
    pub notes: Vec<String>,
    /// The command that repeats it.
    pub repeat: Option<String>,
    /// What was run for it, as it was found right before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ResolvedTool>,
    /// The sequence number of the record whose evidence is taken over; `None` where it was made now.
    pub reused: Option<u64>,
    /// What a review of it is bound to, for a check that asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewAsked>,
    /// Who reviewed it or waived what it found, and whether that counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Word>,
}

/// A review that a check asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewAsked {
    /// What it is of.
    pub scope: ReviewScope,
    /// How many acceptances were still wanted when the check was judged.
    pub wanted: u32,
}

impl CheckFinished {
    /// A result with its outcome and nothing beside it: no evidence, no findings, no time taken.
    pub fn new(poll: u64, gate: u32, check: &str, subject: Digest, outcome: Outcome) -> Self {
        Self {
            poll,
            gate,
            check: check.to_owned(),
            subject,
            verdict: outcome.verdict(),
            reason: outcome.reason(),
            detail: None,
            millis: 0,
            evidence: Vec::new(),
            counts: None,
            examined: None,
            findings: Vec::new(),
            notes: Vec::new(),
            repeat: None,
            program: None,
            reused: None,
            review: None,
            words: Vec::new(),
        }
    }

    /// The verdict with its reason. `None` where the two contradict each other.
    pub const fn outcome(&self) -> Option<Outcome> {
        Outcome::from_parts(self.verdict, self.reason)
    }

    /// The digest of what its evidence is about by itself, where it tells.
    pub fn basis(&self) -> Option<Digest> {
        self.evidence.iter().find(|evidence| evidence.name == BASIS).map(|evidence| evidence.digest)
    }

    /// How many of its findings are waived: a check that passed in spite of findings passed by waivers alone.
    pub fn waived(&self) -> usize {
        if self.verdict == Verdict::Passed { self.findings.len() } else { 0 }
    }
}

/// See [`Event::ReviewRecorded`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewRecorded {
    /// The gate.
    pub gate: u32,
    /// The check.
    pub check: String,
    /// The digest of the subject of the poll that asked for it.
    pub subject: Digest,
    /// The digests of the evidence that the reviewer had before them, sorted.
    pub evidence: Vec<Digest>,
    /// Who reviewed.
    pub agent: Agent,
    /// What they found.
    pub decision: ReviewDecision,
    /// Their words.
    pub note: String,
    /// What it is bound to. Not told before format 3: such a review counts for nothing any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ReviewScope>,
    /// The fingerprint of the key that signed it, for people: whose signature it is, the signature says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// An SSH signature, armored, over the text that [`crate::reviewers::review_text`] makes of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// See [`Event::WaiverRecorded`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverRecorded {
    /// The gate.
    pub gate: u32,
    /// The check.
    pub check: String,
    /// The finding.
    pub fingerprint: Fingerprint,
    /// What the finding said when it was waived, for people.
    pub message: String,
    /// Who recorded it.
    pub agent: Agent,
    /// Why it is accepted.
    pub note: String,
    /// The last day on which it counts, in UTC: `2026-12-31`.
    pub until: String,
    /// The fingerprint of the key that signed it, for people: whose signature it is, the signature says.
    pub key: String,
    /// An SSH signature, armored, over the text that [`crate::reviewers::waiver_text`] makes of it.
    pub signature: String,
}

/// See [`Event::BlockerSeen`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockerSeen {
    /// The tracker's ID.
    pub id: String,
    /// The problem's stable name.
    pub fingerprint: Fingerprint,
}

/// See [`Event::BlockerFiled`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockerFiled {
    /// The tracker's ID.
    pub id: String,
    /// The problem's stable name.
    pub fingerprint: Fingerprint,
    /// The task's title.
    pub title: String,
}

/// See [`Event::BlockerResolved`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockerResolved {
    /// The tracker's ID.
    pub id: String,
    /// The problem's stable name, for a blocker that gonogo filed.
    pub fingerprint: Option<Fingerprint>,
    /// Who closed it.
    pub agent: Agent,
    /// Why.
    pub note: String,
}

/// See [`Event::PollFinished`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PollFinished {
    /// The sequence number of the poll's first record.
    pub poll: u64,
    /// All required gates together.
    pub verdict: Verdict,
    /// Whether the poll gave clearance.
    pub cleared: bool,
    /// How many blockers stand; `None` where the tracker could not be read.
    pub standing_blockers: Option<u64>,
}

/// See [`Event::Repaired`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repaired {
    /// How many bytes were cut off.
    pub bytes: u64,
    /// Their digest.
    pub digest: Digest,
}

/// See [`Event::RunStarted`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunStarted {
    /// The mode.
    pub mode: Mode,
    /// Who runs it.
    pub agent: Agent,
    /// The sequence number of the first record of the poll that gave clearance.
    pub poll: u64,
    /// The digest of the subject that was cleared.
    pub subject: Digest,
    /// The commit that is released.
    pub commit: CommitId,
    /// The plan's steps, by name and in order.
    pub steps: Vec<String>,
}

/// See [`Event::EffectIntended`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectIntended {
    /// The sequence number of the run's first record.
    pub run: u64,
    /// The step.
    pub step: String,
    /// The effect.
    pub effect: Effect,
    /// It is of a step that cannot be undone.
    pub one_way: bool,
    /// For a dispatch: the workflow's newest run before it; 0 where there was none.
    pub mark: Option<u64>,
    /// What exactly is asked for, in one line.
    pub detail: Option<String>,
    /// The program that does it, as it was found right before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<ResolvedTool>,
}

impl EffectIntended {
    /// What a step's history keeps of it.
    pub fn intent(&self) -> Intent {
        Intent { effect: self.effect.clone(), one_way: self.one_way, mark: self.mark }
    }
}

/// See [`Event::EffectApplied`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectApplied {
    /// The sequence number of the run's first record.
    pub run: u64,
    /// The step.
    pub step: String,
    /// The effect.
    pub effect: Effect,
    /// What went wrong, as far as the answer says; `None` where it was accepted.
    pub error: Option<Cause>,
    /// What the answer names as made: a workflow run's ID, or a draft's.
    pub made: Option<u64>,
}

/// See [`Event::StepDone`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepDone {
    /// The sequence number of the run's first record.
    pub run: u64,
    /// The step.
    pub step: String,
    /// What was seen.
    pub facts: Facts,
}

/// See [`Event::StepStopped`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepStopped {
    /// The sequence number of the run's first record.
    pub run: u64,
    /// The step.
    pub step: String,
    /// Why.
    pub cause: Cause,
    /// Whether anything that cannot be undone may have happened, as far as the ledger knows.
    pub past_the_door: bool,
    /// The blocker that was filed for it, by the tracker's ID; `None` where none could be.
    pub blocker: Option<String>,
}

/// See [`Event::RunFinished`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunFinished {
    /// The sequence number of the run's first record.
    pub run: u64,
    /// Whether every step is done.
    pub completed: bool,
}

/// See [`Event::Delivered`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryRecorded {
    /// In which world: a rehearsal's channels are its own.
    pub mode: Mode,
    /// Who looked.
    pub agent: Agent,
    /// The commit that is released, where it is known.
    pub commit: Option<CommitId>,
    /// The verdict on all of it.
    pub verdict: Verdict,
    /// Why it is incomplete.
    pub reason: Option<Reason>,
    /// Each package on each channel.
    pub channels: Vec<DeliveredChannel>,
    /// The blocker that was filed for it, by the tracker's ID.
    pub blocker: Option<String>,
}

/// One package on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveredChannel {
    /// The level that was asked for.
    pub asked: Level,
    /// What is concluded.
    pub judgement: Judgement,
}
