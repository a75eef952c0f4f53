//! `gonogo waive TARGET --finding FINGERPRINT`: a reviewer accepts one finding of this release, until a day.

use crate::commands::flags::ReleaseFlags;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::screen::Screen;
use gonogo_core::evidence::Fingerprint;
use gonogo_core::ledger::Event;
use gonogo_core::review::ReviewDecision;
use gonogo_engine::context::{Context, current_folder};
use gonogo_engine::failure::Failure;
use gonogo_engine::reviewed::{self, Accepted, Statement};
use gonogo_engine::standing::{self, Looked};
use gonogo_world::process::Cancel;
use serde_json::json;

/// What `gonogo waive` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// The finding, by its fingerprint: 16 hexadecimal digits
    #[arg(long, value_name = "FINGERPRINT", value_parser = fingerprint)]
    finding: Fingerprint,
    /// The last day on which it is accepted, in UTC
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: String,
    /// Why it is accepted
    #[arg(long)]
    reason: String,
    /// The SSH key to sign with: a private key, or a public one whose private half an agent holds
    /// [default: git's signing key, where git signs by SSH]
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
}

fn fingerprint(text: &str) -> Result<Fingerprint, String> {
    Fingerprint::parse(text).ok_or_else(|| "a fingerprint is 16 lower-case hexadecimal digits".to_owned())
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    if context.records()?.is_empty() {
        // Nothing was polled, so that nothing can be waived; and no ledger is made by saying so.
        reviewed::polled(&context, &gonogo_core::ledger::LedgerState::default())?;
    }
    let mut ledger = context.open_ledger()?;
    let given = Statement {
        decision: ReviewDecision::Accepted,
        note: &arguments.reason,
        key: arguments.key.as_deref(),
    };
    let asked = Accepted { fingerprint: &arguments.finding, until: &arguments.until, given };
    let waiver = reviewed::waiver(&context, ledger.state(), &asked).await?;
    ledger.append(Event::WaiverRecorded(Box::new(waiver.clone())), Vec::new())?;
    ledger.flush()?;
    screen.line("recorded");
    drop(ledger);
    let next = NextPart::told(&standing::at_the_end(&context, Looked::nowhere()).await);
    next.print(screen);
    screen.document(&next.beside(json!({ "schema": "gonogo.waive/1", "waiver": waiver })))?;
    Ok(Exit::Go)
}
