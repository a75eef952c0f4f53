//! `gonogo run TARGET --mode dry-run|live`: preconditions, poll, mechanics. It resumes by itself.

use super::flags::ReleaseFlags;
use super::to_json;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::render::run_json::RunState;
use crate::render::terminal::Terminal;
use crate::render::{preflight_text, run_json};
use crate::screen::Screen;
use gonogo_core::release::Mode;
use gonogo_engine::context::{Context, ReleaseRequest};
use gonogo_engine::failure::Failure;
use gonogo_engine::poll::Options;
use gonogo_engine::preflight::{self, Item};
use gonogo_engine::release::{self, Rehearsed, ReleaseOutcome, Released};
use gonogo_engine::standing::{self, Looked};
use gonogo_world::process::Cancel;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What `gonogo run` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// Go through the point of no return without being asked: live mode needs this where nobody is at a terminal
    #[arg(long)]
    yes: bool,
    /// Ignore earlier evidence: run every check again
    #[arg(long)]
    fresh: bool,
    /// In dry-run mode: keep the private world in this folder, which is not there yet
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// How many processor slots checks may share [default: the host's processors]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context =
        Context::capture(&ReleaseRequest { yes: arguments.yes, ..arguments.asked.to_engine() }, cancel)
            .await?;
    if context.candidate.plan.steps.is_empty() {
        return Err(Failure::usage("the plan has no steps: there is nothing to run")
            .remedy("add `[[steps]]` to the plan, or run `gonogo poll`"));
    }
    let nobody_there = !std::io::stdin().is_terminal() || !screen.terminal;
    // Past the point of no return nobody is asked any more.
    let may_be_asked = context.session.mode == Mode::Live && !arguments.yes;
    if may_be_asked && nobody_there && !release::is_past_the_door(&context)? {
        return Err(Failure::usage(
            "a live run goes through a point of no return, and nobody is here to be asked",
        )
        .remedy("give --yes"));
    }
    let options = Options {
        fresh: arguments.fresh,
        jobs: arguments.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from),
        close_passed: false,
    };
    let mut temporary = None;
    let keep = arguments.keep.as_deref();
    let folder = || private_folder(keep, &mut temporary);
    let mut watch = Terminal::new(*screen, arguments.yes || context.session.mode == Mode::DryRun);
    let (items, outcome) = release::whole(&context, options, folder, &mut watch).await?;
    let (exit, outcome) = match outcome {
        ReleaseOutcome::NotReady { past_the_door } => {
            not_ready(&context, &items, past_the_door, screen).await?
        }
        ReleaseOutcome::Live(released) => end(&context, &released).await?,
        ReleaseOutcome::Rehearsed(rehearsed) => {
            let (exit, outcome) = end(&context, &rehearsed.released).await?;
            print_world(screen, &rehearsed, keep);
            (exit, run_json::RunDocument { world: Some(rehearsed.effects), ..outcome })
        }
    };
    outcome.next.print(screen);
    screen.document(&to_json(&run_json::RunDocument { preflight: items, ..outcome })?)?;
    Ok(exit)
}

/// The folder of a rehearsal's private world: the one that was named, or one that goes when the command ends.
fn private_folder(keep: Option<&Path>, temporary: &mut Option<TempDir>) -> Result<PathBuf, Failure> {
    let made = match keep {
        Some(folder) => std::fs::create_dir(folder).map(|()| folder.to_owned()),
        None => tempfile::Builder::new()
            .prefix("gonogo-rehearsal-")
            .tempdir()
            .map(|folder| temporary.insert(folder).path().to_owned()),
    };
    made.and_then(|folder| folder.canonicalize())
        .map_err(|error| Failure::usage(format!("cannot make the private world's folder: {error}")))
}

async fn not_ready(
    context: &Context,
    items: &[Item],
    past_the_door: bool,
    screen: &Screen,
) -> Result<(Exit, run_json::RunDocument), Failure> {
    preflight_text::print(screen, items);
    screen.line("\nnothing was begun");
    let next = NextPart::told(&standing::at_the_end(context, Looked::of_preflight(items)).await);
    let exit = Exit::of_preflight(preflight::worst(items)).unless_stopped(&context.session.cancel);
    Ok((exit, run_json::before(context, RunState::NotReady, exit.status(), past_the_door, next)))
}

fn print_world(screen: &Screen, rehearsed: &Rehearsed, keep: Option<&Path>) {
    screen.line("\nwhat changed in the private world, in order:");
    for effect in &rehearsed.effects {
        screen.line(format!("  {effect}"));
    }
    if rehearsed.is_remote_untouched {
        screen.line("the real remote's branches and tags are as they were before");
    } else {
        screen.line("note: the real remote changed while this was rehearsed; not through gonogo");
    }
    if let Some(folder) = keep {
        screen.line(format!("the private world is in {}", folder.display()));
    }
}

/// How a release ended: its exit and its document.
pub async fn end(context: &Context, released: &Released) -> Result<(Exit, run_json::RunDocument), Failure> {
    let polled = &released.polled;
    let looked = if released.ran.is_some() { Looked::nowhere() } else { Looked::of_poll(polled) };
    let next = NextPart::told(&standing::at_the_end(context, looked).await);
    let (Ok(_), Some(ran)) = (&polled.decision, &released.ran) else {
        let refused = polled.decision.as_ref().err().map_or(Exit::Internal, Exit::of_refusal);
        let exit = refused.unless_stopped(&context.session.cancel);
        let past = released.past_the_door;
        return Ok((exit, run_json::before(context, RunState::Refused, exit.status(), past, next)));
    };
    let exit = Exit::of_run(&ran.ending, released.delivered.as_ref().map(|delivered| delivered.outcome));
    let exit = exit.unless_stopped(&context.session.cancel);
    let outcome = run_json::document(context, ran, exit.status(), next);
    let Some(delivered) = &released.delivered else { return Ok((exit, outcome)) };
    let state = if exit == Exit::Go { outcome.state } else { RunState::Undelivered };
    Ok((exit, run_json::RunDocument { state, delivery: Some(delivered.into()), ..outcome }))
}
