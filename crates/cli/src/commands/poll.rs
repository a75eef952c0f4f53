//! `gonogo poll TARGET`: run the gates, file blockers, print the board.

use crate::context::{Asked, Context};
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::poll::{self, Options, Report};
use crate::render::board::Board;
use crate::render::{poll_json, poll_text};
use crate::screen::Screen;
use crate::tracker;
use gonogo_world::process::Cancel;

/// What `gonogo poll` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: Asked,
    /// Take over no earlier evidence: run everything again
    #[arg(long)]
    fresh: bool,
    /// Close blockers whose checks have passed since they were filed
    #[arg(long)]
    close_passed: bool,
    /// How many processor slots checks may share [default: the host's processors]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::capture(&arguments.asked, cancel).await?;
    let jobs = arguments.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let options = Options { fresh: arguments.fresh, jobs, close_passed: arguments.close_passed };
    let tracker = tracker::open(&context.git, &context.plan);
    let report = poll::run(&context, options, &tracker, &mut Board::new(*screen)).await?;
    show(screen, &context, &report)
}

/// Shows what a poll came to, and gives its exit.
pub fn show(screen: &Screen, context: &Context, report: &Report) -> Result<Exit, Failure> {
    let (exit, obstacles) = match &report.decision {
        _ if report.interrupted => (Exit::Interrupted, vec!["the poll was stopped".to_owned()]),
        Ok(_) => (Exit::Go, Vec::new()),
        Err(refused) => (Exit::of_refusal(refused), refused.0.iter().map(poll_text::obstacle).collect()),
    };
    poll_text::print(screen, context, report);
    let document = poll_json::document(context, report, obstacles, exit.status());
    let document =
        serde_json::to_value(document).map_err(|error| Failure::new(Exit::Internal, chain(&error)))?;
    screen.document(&document);
    Ok(exit)
}
