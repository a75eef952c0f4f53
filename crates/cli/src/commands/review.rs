//! `gonogo review TARGET --gate N --check ID`: records a review, bound to the latest poll's subject and evidence.

use crate::commands::flags::ReleaseFlags;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::screen::Screen;
use gonogo_core::canonical;
use gonogo_core::gate::evidence_to_review;
use gonogo_core::ledger::{CheckFinished, Event, ReviewDecision, ReviewRecorded};
use gonogo_core::standing::Verb;
use gonogo_core::text;
use gonogo_core::verdict::Reason;
use gonogo_engine::context::{Context, current_folder};
use gonogo_engine::failure::{Failure, FailureKind, chain};
use gonogo_engine::standing::{self, Looked};
use gonogo_world::ledger;
use gonogo_world::process::Cancel;
use serde_json::json;

/// What `gonogo review` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// The gate of the check that asks for a review
    #[arg(long)]
    gate: u32,
    /// The check that asks for a review
    #[arg(long)]
    check: String,
    /// Nothing speaks against the release
    #[arg(long, required_unless_present_any = ["reject", "show"], conflicts_with = "reject")]
    accept: bool,
    /// Something speaks against the release
    #[arg(long)]
    reject: bool,
    /// Print the evidence that is to be reviewed, and record nothing
    #[arg(long, conflicts_with_all = ["accept", "reject"])]
    show: bool,
    /// What was looked at, and what was found
    #[arg(long, required_unless_present = "show")]
    note: Option<String>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    let target = context.candidate.target.tag();
    let folder = context.ledger_folder();
    let poll_first = || {
        Failure::incomplete(
            Reason::NotRun,
            format!("there is no poll of {target} at this commit and plan to review"),
        )
        .remedy(context.given.line(&[Verb::Poll]))
    };
    if ledger::read(&folder, context.owner())?.is_none() {
        return Err(poll_first());
    }
    let mut ledger = context.open_ledger()?;
    let poll = ledger.state().poll.as_ref().ok_or_else(poll_first)?;
    let subject = &poll.started.subject;
    if subject.commit != context.candidate.commit || subject.plan != context.candidate.plan.digest {
        return Err(poll_first());
    }
    let about =
        canonical::digest(subject).map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;
    let asked = poll.finished.get(&(arguments.gate, arguments.check.clone()));
    if !asked.is_some_and(|finished| asks_for_review(finished, &ledger.state().reviews)) {
        return Err(Failure::usage(format!(
            "check {} of gate {} asks for no review",
            arguments.check, arguments.gate
        ))
        .remedy(format!("`{}` shows which do", context.given.line(&[Verb::Status]))));
    }
    let evidence = evidence_to_review(ledger.state(), arguments.gate, &arguments.check);
    if arguments.show {
        let bytes = evidence
            .iter()
            .map(|digest| ledger::read_blob(&folder, *digest))
            .collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<String> =
            bytes.iter().map(|bytes| text::visible(&String::from_utf8_lossy(bytes))).collect();
        screen.line(texts.join("\n"));
        let shown = json!({ "schema": "gonogo.review-evidence/1", "evidence": evidence, "texts": texts });
        screen.document(&shown)?;
        return Ok(Exit::Go);
    }
    let decision = if arguments.reject { ReviewDecision::Rejected } else { ReviewDecision::Accepted };
    let note = context.session.redactor.text(arguments.note.as_deref().unwrap_or_default());
    if note.trim().is_empty() {
        return Err(Failure::usage("a review says in --note what was looked at"));
    }
    let review = ReviewRecorded {
        gate: arguments.gate,
        check: arguments.check.clone(),
        subject: about,
        evidence,
        agent: context.session.agent.clone(),
        decision,
        note,
    };
    ledger.append(Event::ReviewRecorded(review.clone()), Vec::new())?;
    ledger.flush()?;
    screen.line("recorded");
    drop(ledger);
    let next = NextPart::told(&standing::at_the_end(&context, Looked::nowhere()).await);
    next.print(screen);
    screen.document(&next.beside(json!({ "schema": "gonogo.review/1", "review": review })))?;
    Ok(Exit::Go)
}

/// A check asks for a review where it is incomplete without one or contradicts itself, or was judged by one.
fn asks_for_review(finished: &CheckFinished, reviews: &[ReviewRecorded]) -> bool {
    let reviewed = |review: &ReviewRecorded| review.gate == finished.gate && review.check == finished.check;
    matches!(finished.reason, Some(Reason::ReviewMissing | Reason::Flaky)) || reviews.iter().any(reviewed)
}
