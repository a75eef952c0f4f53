//! Reviews and waivers by hand: what a reviewer looks at, and what is recorded of them.
//!
//! Invariant: nothing is recorded that would not count, as far as that is known: its scope is the latest poll's, its signature holds, and
//! its signer may sign.

use crate::context::Context;
use crate::failure::{Failure, FailureKind, chain};
use crate::poll::matching_paths;
use crate::reviewers::{Spoken, in_force, sign};
use gonogo_core::canonical;
use gonogo_core::evidence::Fingerprint;
use gonogo_core::gate::{digests_of, shown_evidence};
use gonogo_core::ledger::{
    CheckFinished, LedgerState, Noted, PollState, ReviewAsked, ReviewDecision, ReviewRecorded, WaiverRecorded,
};
use gonogo_core::plan::CheckKind;
use gonogo_core::release::Agent;
use gonogo_core::review::Word;
use gonogo_core::reviewers::{InForce, expiry, review_text, waived, waiver_text, weigh};
use gonogo_core::standing::Verb;
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_world::clock;
use gonogo_world::git::Difference;
use gonogo_world::ledger;

/// The most of one piece of evidence that is shown, in bytes.
const MOST_OF_EVIDENCE: usize = 64 << 10;

/// The most bytes of paths that are given to git on its command line.
const MOST_OF_PATHS: usize = 256 << 10;

/// The latest poll of the commit that is checked out.
pub fn polled<'a>(context: &Context, state: &'a LedgerState) -> Result<&'a PollState, Failure> {
    let target = context.candidate.target.tag();
    let poll_first = || {
        Failure::incomplete(
            Reason::NotRun,
            format!("there is no poll of {target} at this commit and plan to go by"),
        )
        .remedy(context.given.line(&[Verb::Poll]))
    };
    let poll = state.poll.as_ref().ok_or_else(poll_first)?;
    let subject = &poll.started.subject;
    if subject.commit != context.candidate.commit || subject.plan != context.candidate.plan.digest {
        return Err(poll_first());
    }
    Ok(poll)
}

/// A check of a poll that asks for a review, with what that is of.
pub fn asked<'a>(
    context: &Context,
    poll: &'a PollState,
    gate: u32,
    check: &str,
) -> Result<(&'a CheckFinished, &'a ReviewAsked), Failure> {
    let finished = poll.finished.get(&(gate, check.to_owned()));
    finished.and_then(|finished| Some((finished, finished.review.as_ref()?))).ok_or_else(|| {
        Failure::usage(format!("check {check} of gate {gate} asks for no review"))
            .remedy(format!("`{}` shows which do", context.given.line(&[Verb::Status])))
    })
}

/// One piece of evidence, as a reviewer sees it.
pub struct ShownEvidence {
    /// The check that left it, and what it is.
    pub name: String,
    /// Its text, up to a limit.
    pub text: String,
    /// How many bytes there were beyond it.
    pub cut: u64,
}

/// What a reviewer looks at.
pub struct ToReview {
    /// The evidence: the check's own where it has any, else that of the other checks of its gate.
    pub evidence: Vec<ShownEvidence>,
    /// What changed since the base in what is reviewed.
    pub difference: Difference,
}

/// What a review of a check is to look at; of the difference up to `limit` bytes.
pub async fn shown(
    context: &Context,
    state: &LedgerState,
    (finished, asked): (&CheckFinished, &ReviewAsked),
    limit: usize,
) -> Result<ToReview, Failure> {
    let folder = context.ledger_folder();
    let mut evidence = Vec::new();
    for (name, digest) in shown_evidence(state, finished.gate, &finished.check) {
        let bytes = ledger::read_blob(&folder, digest)?;
        let kept = bytes.get(..MOST_OF_EVIDENCE).unwrap_or(&bytes);
        evidence.push(ShownEvidence {
            name: format!("{name} ({digest})"),
            text: String::from_utf8_lossy(kept).into_owned(),
            cut: (bytes.len() - kept.len()) as u64,
        });
    }
    let (git, scope) = (&context.session.git, &asked.scope);
    let base = scope.base.as_ref();
    let check = context.candidate.plan.gate(finished.gate);
    let check = check.and_then(|gate| gate.checks.iter().find(|check| check.id == finished.check));
    let difference = match check.map(|check| &check.kind) {
        // It is about lines alone.
        _ if scope.changed == 0 => Difference { text: String::new(), cut: 0 },
        Some(CheckKind::Inventory(searched)) => {
            let paths = matching_paths(git, (base, &scope.commit), searched).await?;
            // More paths than a command line takes are shown with what is beside them; no path at all would stand for every path.
            let bytes: usize = paths.iter().map(|path| path.len() + 1).sum();
            let paths = if bytes > MOST_OF_PATHS { &scope.paths } else { &paths };
            if bytes == 0 {
                Difference { text: String::new(), cut: 0 }
            } else {
                git.difference(base, &scope.commit, paths, limit).await?
            }
        }
        _ => git.difference(base, &scope.commit, &scope.paths, limit).await?,
    };
    let difference = Difference { text: context.session.redactor.text(&difference.text), ..difference };
    Ok(ToReview { evidence, difference })
}

/// What somebody says of a check.
pub struct Statement<'a> {
    /// What they decided.
    pub decision: ReviewDecision,
    /// Why.
    pub note: &'a str,
    /// The key to sign with, where one was given.
    pub key: Option<&'a str>,
}

/// The review to record: signed where that is asked for.
pub async fn review(
    context: &Context,
    state: &LedgerState,
    (finished, asked): (&CheckFinished, &ReviewAsked),
    given: &Statement<'_>,
) -> Result<ReviewRecorded, Failure> {
    let poll = polled(context, state)?;
    let note = reason_given(context, given.note, "a review says in --note what was looked at")?;
    let evidence = digests_of(&shown_evidence(state, finished.gate, &finished.check));
    let mut review = ReviewRecorded {
        gate: finished.gate,
        check: finished.check.clone(),
        subject: canonical::digest(&poll.started.subject).map_err(|error| internal(&error))?,
        evidence,
        agent: context.session.agent.clone(),
        decision: given.decision,
        note,
        scope: Some(asked.scope.clone()),
        key: None,
        signature: None,
    };
    let newest = poll.started.reviewers.as_ref();
    let who = in_force(&context.session.git, &context.candidate, newest).await?;
    let signs = who.signing().is_some() && given.decision == ReviewDecision::Accepted;
    if !signs {
        return match given.key {
            None => Ok(review),
            Some(_) if given.decision == ReviewDecision::Rejected => {
                Err(Failure::usage("a review that rejects needs no signature").remedy("leave --key out"))
            }
            Some(_) => Err(Failure::usage("no signature is asked for: no reviewers who sign are in force")
                .remedy("leave --key out")),
        };
    }
    let runner = &poll.started.agent;
    not_the_runner(&who, &review.agent, runner)?;
    let (project, target) = (&context.candidate.plan.project.name, context.candidate.target.tag());
    let text = review_text(project, target, &review).map_err(|error| internal(&error))?;
    let signature = sign(context, &who, given.key, &text).await?;
    (review.key, review.signature) = (Some(signature.signer.fingerprint), Some(signature.armored));
    let mut later = state.clone();
    later.reviews.push(said(review.clone()));
    let spoken = Spoken::of(&later, context, &who).await?;
    let weighed = weigh((review.gate, &review.check), &asked.scope, &spoken.reviews(), &who, runner);
    counts(weighed.words.last())?;
    Ok(review)
}

/// A finding that is to be accepted, until a day.
pub struct Accepted<'a> {
    /// The finding.
    pub fingerprint: &'a Fingerprint,
    /// The last day on which it is accepted: `2026-12-31`.
    pub until: &'a str,
    /// What they say, with the key to sign with.
    pub given: Statement<'a>,
}

/// The waiver to record, signed.
pub async fn waiver(
    context: &Context,
    state: &LedgerState,
    asked: &Accepted<'_>,
) -> Result<WaiverRecorded, Failure> {
    let poll = polled(context, state)?;
    let newest = poll.started.reviewers.as_ref();
    let who = in_force(&context.session.git, &context.candidate, newest).await?;
    who.waiving().map_err(|why| {
        Failure::usage(format!("nothing can be waived: {why}"))
            .remedy("mend what was found; or name reviewers in `policy.reviewers`, who may waive from the next release on")
    })?;
    let is_of =
        |finished: &&CheckFinished| finished.findings.iter().any(|one| one.fingerprint == *asked.fingerprint);
    let found = poll.finished.values().find(is_of).ok_or_else(|| {
        Failure::usage(format!("no check of the latest poll found {}", asked.fingerprint)).remedy(format!(
            "`{} --json` names each finding by its fingerprint",
            context.given.line(&[Verb::Poll])
        ))
    })?;
    if found.review.is_some() {
        return Err(Failure::usage("a review that rejects is answered by a review, and not by a waiver"));
    }
    if found.verdict == Verdict::Incomplete {
        return Err(Failure::usage("a check that is incomplete has shown nothing that could be waived"));
    }
    let note =
        reason_given(context, asked.given.note, "a waiver says in --reason why the finding is accepted")?;
    let today = clock::today();
    expiry(asked.until)
        .filter(|until| *until >= today)
        .ok_or_else(|| Failure::usage(format!("--until is a day, as in {today}, and not before it")))?;
    let finding = found.findings.iter().find(|one| one.fingerprint == *asked.fingerprint);
    let mut waiver = WaiverRecorded {
        gate: found.gate,
        check: found.check.clone(),
        fingerprint: asked.fingerprint.clone(),
        message: finding.map(|one| one.message.clone()).unwrap_or_default(),
        agent: context.session.agent.clone(),
        note,
        until: asked.until.to_owned(),
        key: String::new(),
        signature: String::new(),
    };
    let runner = &poll.started.agent;
    not_the_runner(&who, &waiver.agent, runner)?;
    let (project, target) = (&context.candidate.plan.project.name, context.candidate.target.tag());
    let text = waiver_text(project, target, &waiver).map_err(|error| internal(&error))?;
    let signature = sign(context, &who, asked.given.key, &text).await?;
    (waiver.key, waiver.signature) = (signature.signer.fingerprint, signature.armored);
    let mut later = state.clone();
    later.waivers.push(said(waiver.clone()));
    let spoken = Spoken::of(&later, context, &who).await?;
    let (_, words) = waived(
        (waiver.gate, &waiver.check),
        finding.map(std::slice::from_ref).unwrap_or_default(),
        &spoken.waivers(),
        &who,
        runner,
        today,
    );
    counts(words.last())?;
    Ok(waiver)
}

/// Before a key is touched: whoever runs the poll need not try.
fn not_the_runner(who: &InForce, agent: &Agent, runner: &Agent) -> Result<(), Failure> {
    let forbids = matches!(who, InForce::Named(reviewers, _) if reviewers.not_by_runner);
    if forbids && agent == runner {
        return Err(Failure::new(
            FailureKind::NoGo,
            format!("{runner} ran the poll, and somebody else has to say this"),
        )
        .remedy("a reviewer says it, under a name of their own: --agent NAME@HOST"));
    }
    Ok(())
}

fn counts(word: Option<&Word>) -> Result<(), Failure> {
    match word.and_then(|word| word.void.clone()) {
        None => Ok(()),
        Some(why) => Err(Failure::new(FailureKind::NoGo, format!("this would not count: {why}"))
            .remedy("have another reviewer sign")),
    }
}

fn reason_given(context: &Context, note: &str, lacking: &str) -> Result<String, Failure> {
    let note = context.session.redactor.text(note);
    if note.trim().is_empty() { Err(Failure::usage(lacking)) } else { Ok(note) }
}

fn said<W>(word: W) -> Noted<W> {
    Noted { seq: u64::MAX, at: clock::spelled(clock::now()), word }
}

fn internal(error: &dyn std::error::Error) -> Failure {
    Failure::new(FailureKind::Internal, chain(error))
}
