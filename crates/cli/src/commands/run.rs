//! `gonogo run TARGET --mode dry-run|live`: preconditions, poll, mechanics. It resumes by itself.

use crate::context::{Asked, Context};
use crate::delivery;
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::poll::{self, Options};
use crate::preflight;
use crate::render::board::Board;
use crate::render::run_json::RunState;
use crate::render::run_text::Steps;
use crate::render::{delivery_text, poll_text, run_json, run_text};
use crate::run::hands::{self, Hands};
use crate::run::{self, Ending, rehearsal, summary};
use crate::screen::Screen;
use gonogo_core::mechanics::Mechanics;
use gonogo_core::release::Mode;
use gonogo_world::ledger;
use gonogo_world::process::Cancel;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// What `gonogo run` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: Asked,
    /// Go through the point of no return without being asked: live mode needs this where nobody is at a terminal
    #[arg(long)]
    yes: bool,
    /// Take over no earlier evidence: run every check again
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
    let context = Context::capture(&arguments.asked, cancel).await?;
    if context.plan.steps.is_empty() {
        return Err(Failure::usage("the plan has no steps: there is nothing to run")
            .remedy("add `[[steps]]` to the plan, or run `gonogo poll`"));
    }
    let nobody_there = !std::io::stdin().is_terminal() || !screen.terminal;
    if context.mode == Mode::Live && !arguments.yes && nobody_there {
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
    carry_out(&context, options, arguments, screen).await
}

/// Preconditions, then all else in the world that the mode names.
async fn carry_out(
    context: &Context,
    options: Options,
    arguments: &Arguments,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let items = preflight::of_run(context).await;
    let exit = preflight::exit(&items);
    if exit != Exit::Go {
        preflight::print(screen, &items);
        let next = format!("gonogo prepare {}", context.target);
        screen.line(format!("\nnothing was begun; next: {next}"));
        let past = is_past_the_door(context)?;
        let outcome = run_json::before(context, RunState::NotReady, exit.status(), past, next);
        document(screen, run_json::Document { preflight: items, ..outcome })?;
        return Ok(exit);
    }
    let (exit, outcome) = match context.mode {
        Mode::Live => {
            let hands = hands::of_the_world(context).await?;
            release(context, &hands, options, arguments.yes, screen).await?
        }
        Mode::DryRun => rehearse(context, options, arguments.keep.as_deref(), screen).await?,
    };
    document(screen, run_json::Document { preflight: items, ..outcome })?;
    Ok(exit)
}

async fn rehearse(
    context: &Context,
    options: Options,
    keep: Option<&Path>,
    screen: &Screen,
) -> Result<(Exit, run_json::Document), Failure> {
    let wrong =
        |error: std::io::Error| Failure::usage(format!("cannot make the private world's folder: {error}"));
    let temporary = match keep {
        Some(folder) => {
            std::fs::create_dir(folder).map_err(wrong)?;
            None
        }
        None => Some(tempfile::Builder::new().prefix("gonogo-rehearsal-").tempdir().map_err(wrong)?),
    };
    let folder = temporary.as_ref().map_or_else(|| keep.unwrap_or(Path::new(".")), |folder| folder.path());
    let folder = folder.canonicalize().map_err(wrong)?;
    let rehearsal = rehearsal::prime(context, &folder).await?;
    let (exit, mut outcome) = release(context, &rehearsal.hands, options, true, screen).await?;
    let effects = rehearsal.effects();
    screen.line("\nwhat changed in the private world, in order:");
    for effect in &effects {
        screen.line(format!("  {effect}"));
    }
    if rehearsal.is_remote_untouched(context).await? {
        screen.line("the real remote's branches and tags are as they were before");
    } else {
        screen.line("note: the real remote changed while this was rehearsed; not through gonogo");
    }
    outcome.world = Some(effects);
    if keep.is_some() {
        screen.line(format!("the private world is in {}", folder.display()));
    }
    Ok((exit, outcome))
}

/// Poll and mechanics, with these hands.
pub async fn release(
    context: &Context,
    hands: &Hands,
    options: Options,
    yes: bool,
    screen: &Screen,
) -> Result<(Exit, run_json::Document), Failure> {
    let polled = poll::run(context, options, &hands.tracker, &mut Board::new(*screen)).await?;
    poll_text::print(screen, context, &polled);
    let clearance = match &polled.decision {
        Ok(clearance) => clearance,
        Err(refused) => {
            let exit = if polled.interrupted { Exit::Interrupted } else { Exit::of_refusal(refused) };
            let next = format!("gonogo poll {}", context.target);
            let past = is_past_the_door(context)?;
            return Ok((exit, run_json::before(context, RunState::Refused, exit.status(), past, next)));
        }
    };
    let mut watch = Steps::new(*screen, context, yes);
    let report = run::perform(context, hands, clearance, polled.seq, summary(&polled), &mut watch).await?;
    drop(watch);
    let exit = Exit::of_ending(&report.ending);
    run_text::print(screen, context, &report);
    let mut outcome = run_json::document(context, &report, exit.status());
    if !matches!(report.ending, Ending::Completed) {
        return Ok((exit, outcome));
    }
    let Some(delivered) = delivered(context, hands, screen).await? else { return Ok((exit, outcome)) };
    let exit = Exit::of_outcome(Some(delivered.outcome));
    outcome.exit = exit.status();
    if exit != Exit::Go {
        outcome.next = delivery::next(&delivered, context.target.tag(), context.mode);
        screen.line(format!("  next: {}", outcome.next));
    }
    outcome.delivery = Some((&delivered).into());
    Ok((exit, outcome))
}

/// Delivery, after the last step. `None` where the plan names no channel.
async fn delivered(
    context: &Context,
    hands: &Hands,
    screen: &Screen,
) -> Result<Option<delivery::Delivered>, Failure> {
    let release = delivery::Release {
        context,
        mode: context.mode,
        commit: Some(context.commit.clone()),
        git: &hands.git,
        variables: &hands.variables,
        tracker: &hands.tracker,
        asked: delivery::Asked { level: None, longest_window: hands.longest_window },
    };
    let delivered = delivery::deliver(&release, |tasks| delivery_text::board(*screen, tasks)).await?;
    if let Some(delivered) = &delivered {
        delivery_text::print(screen, delivered, context.target.tag());
    }
    Ok(delivered)
}

/// Whether an earlier run may have done what cannot be undone.
fn is_past_the_door(context: &Context) -> Result<bool, Failure> {
    let tag = context.target.tag();
    let records = ledger::records(context.git.common_dir(), tag)?;
    Ok(Mechanics::fold(&records, Mode::Live).past_the_door)
}

fn document(screen: &Screen, document: run_json::Document) -> Result<(), Failure> {
    let document =
        serde_json::to_value(document).map_err(|error| Failure::new(Exit::Internal, chain(&error)))?;
    screen.document(&document);
    Ok(())
}
