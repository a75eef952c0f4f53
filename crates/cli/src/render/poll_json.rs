//! The JSON document of a poll, `gonogo.poll/1`.

use super::next::NextPart;
use super::words::words;
use gonogo_core::blocker::TaskState;
use gonogo_core::clearance::{Obstacle, ObstacleKind};
use gonogo_core::digest::Digest;
use gonogo_core::evidence::{Counts, Finding};
use gonogo_core::gate::CheckVerdict;
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::ledger::{CheckFinished, ReviewAsked};
use gonogo_core::release::{Mode, Subject};
use gonogo_core::review::Word;
use gonogo_core::reviewers::{InForce, ReviewersFrom};
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_engine::context::Context;
use gonogo_engine::poll::{Part, PollReport};
use schemars::JsonSchema;
use serde::Serialize;

words! {
    /// Whether there is clearance.
    Granted {
        /// There is.
        Granted = "granted",
        /// There is none.
        Refused = "refused",
    }
}

/// What a poll came to.
#[derive(Serialize, JsonSchema)]
pub struct PollDocument {
    /// `gonogo.poll/1`.
    pub schema: &'static str,
    /// The target's tag.
    pub target: TagName,
    /// The base tag; null for a first release.
    pub base: Option<TagName>,
    /// The mode.
    pub mode: Mode,
    /// Who ran it.
    pub agent: String,
    /// The commit under release.
    pub commit: CommitId,
    /// The checks that alone were asked for, each as `GATE/CHECK`; empty where it is the whole plan. A part is never granted clearance.
    pub only: Vec<String>,
    /// Whether this commit may be released as this target.
    pub clearance: Granted,
    /// All required gates together.
    pub verdict: Verdict,
    /// What stands in the way, a line each; empty exactly where clearance is granted.
    pub obstacles: Vec<String>,
    /// Their kinds, each once.
    pub obstacle_codes: Vec<ObstacleKind>,
    /// The exit code of the process.
    pub exit: u8,
    /// What the evidence is about.
    pub subject: Subject,
    /// Whose reviews count; null where nobody is named, so that whoever reviews is recorded.
    pub reviewers: Option<ReviewersPart>,
    /// Every gate, by number.
    pub gates: Vec<PollGate>,
    /// Every task under the release's epic; null where the tracker could not be read.
    pub blockers: Option<Vec<PollBlocker>>,
    /// Why the tracker could not be read.
    pub tracker_error: Option<String>,
    /// What comes next.
    #[serde(flatten)]
    pub next: NextPart,
}

/// Whose reviews count.
#[derive(Serialize, JsonSchema)]
pub struct ReviewersPart {
    /// Which plan names them.
    pub from: ReviewersFrom,
    /// Their names and the fingerprints of their keys.
    pub names: Vec<String>,
    /// Whether reviews that accept are signed; waivers always are.
    pub signed: bool,
    /// Whether whoever runs the poll may not sign.
    pub not_by_runner: bool,
    /// How many different ones have to sign.
    pub count: u32,
}

impl ReviewersPart {
    /// Of those in force, where anybody is named.
    fn of(in_force: &InForce) -> Option<Self> {
        let InForce::Named(reviewers, from) = in_force else { return None };
        Some(Self {
            from: *from,
            names: reviewers.names(),
            signed: reviewers.signed,
            not_by_runner: reviewers.not_by_runner,
            count: reviewers.count,
        })
    }
}

/// One gate.
#[derive(Serialize, JsonSchema)]
pub struct PollGate {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whether the release needs it.
    pub required: bool,
    /// All its checks together.
    pub verdict: Verdict,
    /// Why it is incomplete.
    pub reason: Option<Reason>,
    /// Its checks.
    pub checks: Vec<PollCheck>,
}

/// One check.
#[derive(Serialize, JsonSchema)]
pub struct PollCheck {
    /// Its name within the gate.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is incomplete.
    pub reason: Option<Reason>,
    /// More about it.
    pub detail: Option<String>,
    /// Wall time in seconds.
    pub seconds: f64,
    /// Digests of what it left behind, in the ledger's store.
    pub evidence: Vec<Digest>,
    /// The evidence is of an earlier poll of the same subject.
    pub reused: bool,
    /// How often it ran to an end on this subject.
    pub attempts: u64,
    /// Tests, for a test runner.
    pub tests: Option<Counts>,
    /// Inputs examined, for other tools.
    pub examined: Option<u64>,
    /// The command that repeats it from the repository's root.
    pub repeat: Option<String>,
    /// What is wrong; of a check that passed, what is waived.
    pub findings: Vec<Finding>,
    /// How many findings are waived: a check of which that is not 0 passed by waivers alone.
    pub waived: usize,
    /// What a review of it is of, for a check that asks for one.
    pub review: Option<ReviewAsked>,
    /// Who reviewed it or waived what it found, when and why, and whether that counts.
    pub words: Vec<Word>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// One task under the release's epic.
#[derive(Serialize, JsonSchema)]
pub struct PollBlocker {
    /// The tracker's ID.
    pub id: String,
    /// The problem's stable name; null for a task that gonogo did not file.
    pub fingerprint: Option<String>,
    /// The gate that it is about.
    pub gate: Option<u32>,
    /// Whether it stands in the way.
    pub open: bool,
    /// What the tracker says: `open`, `done` or `canceled`. A closed task still stands in the way until its check
    /// has passed after it was filed.
    pub state: &'static str,
    /// Its title.
    pub title: String,
    /// The ledger knows it as open, and the tracker does not show it any more.
    pub gone: bool,
}

/// The document of a poll.
pub fn document(
    context: &Context,
    report: &PollReport,
    obstacles: Vec<String>,
    exit: u8,
    next: NextPart,
) -> PollDocument {
    let gates = report.poll.gates().iter().map(|gate| PollGate {
        id: gate.id,
        name: gate.name.clone(),
        required: gate.required,
        verdict: gate.outcome.verdict(),
        reason: gate.outcome.reason(),
        checks: gate.checks.iter().map(|one| check(report, gate.id, one)).collect(),
    });
    let blockers = report.standing.as_ref().ok().map(|standing| {
        let blocker = |blocker: &gonogo_core::blocker::Blocker| PollBlocker {
            id: blocker.id.clone(),
            fingerprint: blocker.fingerprint.as_ref().map(ToString::to_string),
            gate: blocker.origin.as_ref().map(|origin| origin.gate),
            open: blocker.open,
            state: state_name(blocker.state),
            title: blocker.title.clone(),
            gone: blocker.is_gone,
        };
        standing.blockers().iter().map(blocker).collect()
    });
    PollDocument {
        schema: "gonogo.poll/1",
        target: context.candidate.target.tag().to_owned(),
        base: context.candidate.base.as_ref().map(|base| base.tag.clone()),
        mode: context.session.mode,
        agent: context.session.agent.to_string(),
        commit: context.candidate.commit.clone(),
        only: report.part.iter().flat_map(Part::names).collect(),
        clearance: if report.decision.is_ok() { Granted::Granted } else { Granted::Refused },
        verdict: report.poll.outcome().verdict(),
        obstacles,
        obstacle_codes: obstacle_codes(report),
        exit,
        subject: report.subject.clone(),
        reviewers: ReviewersPart::of(&report.reviewers),
        gates: gates.collect(),
        blockers,
        tracker_error: report.standing.as_ref().err().cloned(),
        next,
    }
}

fn obstacle_codes(report: &PollReport) -> Vec<ObstacleKind> {
    let refused = report.decision.as_ref().err();
    let mut kinds: Vec<_> =
        refused.into_iter().flat_map(|refused| refused.0.iter().map(Obstacle::kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// The word for a task's state.
pub const fn state_name(state: TaskState) -> &'static str {
    match state {
        TaskState::Open => "open",
        TaskState::Done => "done",
        TaskState::Canceled => "canceled",
    }
}

fn check(report: &PollReport, gate: u32, check: &CheckVerdict) -> PollCheck {
    let finished = check.finished.as_ref();
    let attempts = report.attempts.get(&(gate, check.id.clone())).copied().unwrap_or(0);
    PollCheck {
        id: check.id.clone(),
        verdict: check.outcome.verdict(),
        reason: check.outcome.reason(),
        detail: finished.and_then(|finished| finished.detail.clone()),
        seconds: finished.map_or(0.0, |finished| finished.millis as f64 / 1000.0),
        evidence: finished
            .map_or_else(Vec::new, |finished| finished.evidence.iter().map(|one| one.digest).collect()),
        reused: finished.is_some_and(|finished| finished.reused.is_some()),
        attempts,
        tests: finished.and_then(|finished| finished.counts),
        examined: finished.and_then(|finished| finished.examined),
        repeat: finished.and_then(|finished| finished.repeat.clone()),
        findings: finished.map_or_else(Vec::new, |finished| finished.findings.clone()),
        waived: finished.map_or(0, CheckFinished::waived),
        review: finished.and_then(|finished| finished.review.clone()),
        words: finished.map_or_else(Vec::new, |finished| finished.words.clone()),
        notes: finished.map_or_else(Vec::new, |finished| finished.notes.clone()),
    }
}
