//! `gonogo review TARGET --gate N --check ID`: shows what a check asks to be reviewed, or records a review of it.

use crate::commands::flags::ReleaseFlags;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::render::review_text;
use crate::screen::Screen;
use gonogo_core::gate::{digests_of, shown_evidence};
use gonogo_core::ledger::{CheckFinished, Event, LedgerState, PollState, ReviewAsked};
use gonogo_core::review::ReviewDecision;
use gonogo_engine::context::{Context, current_folder};
use gonogo_engine::failure::Failure;
use gonogo_engine::reviewed::{self, Statement};
use gonogo_engine::standing::{self, Looked};
use gonogo_world::process::Cancel;
use serde_json::json;

/// The most of a difference that goes into a document, in bytes.
const MOST_IN_DOCUMENT: usize = 256 << 10;
/// The most of it that is shown to people.
const MOST_ON_SCREEN: usize = 64 << 20;

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
    /// Show what changed since the base tag in what is to be reviewed, and record nothing
    #[arg(long, conflicts_with_all = ["accept", "reject"])]
    show: bool,
    /// What was looked at, and what was found
    #[arg(long, required_unless_present = "show")]
    note: Option<String>,
    /// The SSH key to sign with, where a signature is asked for: a private key, or a public one whose private half an agent holds
    /// [default: git's signing key, where git signs by SSH]
    #[arg(long, value_name = "FILE", conflicts_with = "show")]
    key: Option<String>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    // A release without a ledger is not given one by a look at it.
    let state = LedgerState::fold(&context.records()?);
    let poll = reviewed::polled(&context, &state)?;
    let asked = reviewed::asked(&context, poll, arguments.gate, &arguments.check)?;
    if arguments.show {
        return show(&context, (&state, poll), asked, screen).await;
    }
    let mut ledger = context.open_ledger()?;
    let state = ledger.state();
    let poll = reviewed::polled(&context, state)?;
    let asked = reviewed::asked(&context, poll, arguments.gate, &arguments.check)?;
    let decision = if arguments.reject { ReviewDecision::Rejected } else { ReviewDecision::Accepted };
    let note = arguments.note.as_deref().unwrap_or_default();
    let statement = Statement { decision, note, key: arguments.key.as_deref() };
    let review = reviewed::review(&context, state, asked, &statement).await?;
    ledger.append(Event::ReviewRecorded(Box::new(review.clone())), Vec::new())?;
    ledger.flush()?;
    screen.line("recorded");
    drop(ledger);
    let next = NextPart::told(&standing::at_the_end(&context, Looked::nowhere()).await);
    next.print(screen);
    screen.document(&next.beside(json!({ "schema": "gonogo.review/1", "review": review })))?;
    Ok(Exit::Go)
}

async fn show(
    context: &Context,
    (state, poll): (&LedgerState, &PollState),
    (finished, asked): (&CheckFinished, &ReviewAsked),
    screen: &Screen,
) -> Result<Exit, Failure> {
    let limit = if screen.json { MOST_IN_DOCUMENT } else { MOST_ON_SCREEN };
    let shown = reviewed::shown(context, state, (finished, asked), limit).await?;
    if !screen.json {
        let pager = if screen.terminal { context.session.git.pager().await? } else { None };
        screen.paged(review_text::shown(screen, poll, (finished, asked), &shown), pager.as_deref());
    }
    let evidence = digests_of(&shown_evidence(state, finished.gate, &finished.check));
    let texts: Vec<&str> = shown.evidence.iter().map(|one| one.text.as_str()).collect();
    let cut: u64 = shown.evidence.iter().map(|one| one.cut).sum();
    screen.document(&json!({
        "schema": "gonogo.review-evidence/1",
        "gate": finished.gate,
        "check": finished.check,
        "scope": asked.scope,
        "wanted": asked.wanted,
        "words": finished.words,
        "evidence": evidence,
        "texts": texts,
        "texts_cut_bytes": cut,
        "diff": shown.difference.text,
        "diff_cut_bytes": shown.difference.cut,
    }))?;
    Ok(Exit::Go)
}
