//! Whether what was said counts.
//!
//! Invariant: where reviewers sign, an acceptance counts only with a signature that holds, by a key that is in force, of somebody
//! who does not run the poll. A rejection counts whoever says it, until it is answered by as many acceptances as are asked for.

use super::InForce;
use crate::evidence::{Finding, Fingerprint};
use crate::ledger::{ReviewRecorded, WaiverRecorded};
use crate::plan::{ReviewerKey, Reviewers};
use crate::release::Agent;
use crate::review::{ReviewDecision, ReviewScope, Word, WordKind};
use jiff::civil::Date;

/// A review or a waiver, as the ledger has it, with what was found of its signature.
#[derive(Clone, Debug)]
pub struct Heard<'a, W> {
    /// When it was recorded.
    pub at: &'a str,
    /// What was recorded.
    pub word: &'a W,
    /// The key that signed it, as the plan in force names it; or why it has no signature that holds.
    pub signer: Result<&'a ReviewerKey, String>,
}

/// What the reviews of a check come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// What they come to; `None` where there are not enough.
    pub decision: Option<ReviewDecision>,
    /// How many acceptances are still wanted.
    pub wanted: u32,
    /// Who said what: the reviews of this very scope, or the latest that was of another.
    pub words: Vec<Word>,
}

/// Weighs the reviews of a check, in the order of the ledger. `runner` is who runs the poll.
pub fn weigh(
    (gate, check): (u32, &str),
    scope: &ReviewScope,
    heard: &[Heard<'_, ReviewRecorded>],
    in_force: &InForce,
    runner: &Agent,
) -> Weighed {
    let rule = in_force.signing();
    let asked = rule.map_or(1, |rule| rule.count);
    let mut acceptors: Vec<&ReviewerKey> = Vec::new();
    let (mut decision, mut wanted) = (None, asked);
    let mut words = Vec::new();
    let mut earlier = None;
    for one in heard.iter().filter(|one| one.word.gate == gate && one.word.check == check) {
        let of = one.word.scope.as_ref();
        if let Some(why) =
            of.map_or(Some("it does not say what it is of".to_owned()), |of| of.differs_from(scope))
        {
            earlier = Some(review_word(one, Some(why)));
            continue;
        }
        let void = match (one.word.decision, rule) {
            (ReviewDecision::Rejected, _) => {
                acceptors.clear();
                (decision, wanted) = (Some(ReviewDecision::Rejected), asked);
                None
            }
            (ReviewDecision::Accepted, None) => {
                (decision, wanted) = (Some(ReviewDecision::Accepted), 0);
                None
            }
            (ReviewDecision::Accepted, Some(rule)) => {
                match counts(one, &one.word.agent, rule, runner, &mut acceptors) {
                    Ok(lacking) => {
                        wanted = lacking;
                        if lacking == 0 {
                            decision = Some(ReviewDecision::Accepted);
                        }
                        None
                    }
                    Err(why) => Some(why),
                }
            }
        };
        words.push(review_word(one, void));
    }
    if words.is_empty() {
        words.extend(earlier);
    }
    Weighed { decision, wanted, words }
}

/// Which findings of a check are waived, with who said so. `today` is the day in UTC.
pub fn waived(
    (gate, check): (u32, &str),
    findings: &[Finding],
    heard: &[Heard<'_, WaiverRecorded>],
    in_force: &InForce,
    runner: &Agent,
    today: Date,
) -> (Vec<Fingerprint>, Vec<Word>) {
    let (mut waived, mut words) = (Vec::new(), Vec::new());
    for finding in findings {
        let mut acceptors: Vec<&ReviewerKey> = Vec::new();
        let of = |one: &&Heard<'_, WaiverRecorded>| {
            one.word.gate == gate && one.word.check == check && one.word.fingerprint == finding.fingerprint
        };
        for one in heard.iter().filter(of) {
            let lacking = match (in_force.waiving(), expiry(&one.word.until)) {
                (Err(why), _) => Err(why.to_owned()),
                (_, None) => Err("its last day is no date".to_owned()),
                (_, Some(until)) if until < today => Err(format!("it expired on {until}")),
                (Ok(rule), Some(_)) => counts(one, &one.word.agent, rule, runner, &mut acceptors),
            };
            if lacking == Ok(0) && !waived.contains(&finding.fingerprint) {
                waived.push(finding.fingerprint.clone());
            }
            words.push(waiver_word(one, lacking.err()));
        }
    }
    (waived, words)
}

/// The last day of a waiver, as it is written: `2026-12-31`.
pub fn expiry(text: &str) -> Option<Date> {
    text.parse::<Date>().ok().filter(|date| date.to_string() == text)
}

/// Counts a signed word in, and says how many more are wanted. The error says why it does not count.
fn counts<'a, W>(
    one: &Heard<'a, W>,
    agent: &Agent,
    rule: &Reviewers,
    runner: &Agent,
    acceptors: &mut Vec<&'a ReviewerKey>,
) -> Result<u32, String> {
    let key = one.signer.clone()?;
    rule.refuses(key, agent, runner).map_or(Ok(()), Err)?;
    if acceptors.iter().any(|other| other.is_same_person(key)) {
        return Err(format!(
            "{} has said so already, and {} different reviewers are asked for",
            key.name(),
            rule.count
        ));
    }
    acceptors.push(key);
    Ok(rule.count.saturating_sub(u32::try_from(acceptors.len()).unwrap_or(u32::MAX)))
}

fn review_word(one: &Heard<'_, ReviewRecorded>, void: Option<String>) -> Word {
    let ReviewRecorded { agent, decision, note, .. } = one.word;
    Word {
        kind: WordKind::Review,
        decision: *decision,
        fingerprint: None,
        by: by(one, agent),
        key: one.signer.as_ref().ok().map(|key| key.fingerprint.clone()),
        at: one.at.to_owned(),
        until: None,
        note: note.clone(),
        void,
    }
}

fn waiver_word(one: &Heard<'_, WaiverRecorded>, void: Option<String>) -> Word {
    let WaiverRecorded { agent, note, until, fingerprint, .. } = one.word;
    Word {
        kind: WordKind::Waiver,
        decision: ReviewDecision::Accepted,
        fingerprint: Some(fingerprint.clone()),
        by: by(one, agent),
        key: one.signer.as_ref().ok().map(|key| key.fingerprint.clone()),
        at: one.at.to_owned(),
        until: Some(until.clone()),
        note: note.clone(),
        void,
    }
}

fn by<W>(one: &Heard<'_, W>, agent: &Agent) -> String {
    one.signer.as_ref().map_or_else(|_| agent.to_string(), |key| key.name())
}
