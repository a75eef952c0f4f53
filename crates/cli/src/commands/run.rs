//! `gonogo run TARGET --mode dry-run|live`: preconditions, poll, mechanics. It resumes by itself.

use crate::context::{Asked, Context};
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::poll::{self, Options};
use crate::preflight;
use crate::render::board::Board;
use crate::render::run_text::Steps;
use crate::render::{poll_text, run_json, run_text};
use crate::run::{self, hands, summary};
use crate::screen::Screen;
use gonogo_core::release::Mode;
use gonogo_world::process::Cancel;
use std::io::IsTerminal;

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
    carry_out(&context, options, arguments.yes, screen).await
}

/// Preconditions, poll, mechanics.
pub async fn carry_out(
    context: &Context,
    options: Options,
    yes: bool,
    screen: &Screen,
) -> Result<Exit, Failure> {
    let items = preflight::of_run(context).await;
    let exit = preflight::exit(&items);
    if exit != Exit::Go {
        preflight::print(screen, &items);
        let next = format!("gonogo prepare {}", context.target);
        screen.line(format!("\nnothing was begun; next: {next}"));
        document(screen, run_json::before(context, "not-ready", exit.status(), next))?;
        return Ok(exit);
    }
    let polled = poll::run(context, options, &mut Board::new(*screen)).await?;
    poll_text::print(screen, context, &polled);
    let clearance = match &polled.decision {
        Ok(clearance) => clearance,
        Err(refused) => {
            let exit = if polled.interrupted { Exit::Interrupted } else { Exit::of_refusal(refused) };
            let next = format!("gonogo poll {}", context.target);
            document(screen, run_json::before(context, "refused", exit.status(), next))?;
            return Ok(exit);
        }
    };
    let hands = hands::of_the_world(context).await?;
    let mut watch = Steps::new(*screen, context, yes || context.mode == Mode::DryRun);
    let report = run::perform(context, &hands, clearance, polled.seq, summary(&polled), &mut watch).await?;
    drop(watch);
    let exit = Exit::of_ending(&report.ending);
    run_text::print(screen, context, &report);
    document(screen, run_json::document(context, &report, exit.status()))?;
    Ok(exit)
}

fn document(screen: &Screen, document: run_json::Document) -> Result<(), Failure> {
    let document =
        serde_json::to_value(document).map_err(|error| Failure::new(Exit::Internal, chain(&error)))?;
    screen.document(&document);
    Ok(())
}
