//! `gonogo poll TARGET`: run the gates, file blockers, print the board.

use crate::commands::flags::ReleaseFlags;
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::render::terminal::Terminal;
use crate::render::{poll_json, poll_text};
use crate::screen::Screen;
use gonogo_engine::context::Context;
use gonogo_engine::failure::Failure;
use gonogo_engine::poll::{self, Options, Part, PollReport};
use gonogo_engine::standing::{self, Looked};
use gonogo_engine::tracker;
use gonogo_world::process::Cancel;

/// What `gonogo poll` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: ReleaseFlags,
    /// Ignore earlier evidence: run everything again
    #[arg(long)]
    fresh: bool,
    /// Close blockers whose checks have passed since they were filed
    #[arg(long)]
    close_passed: bool,
    /// Run a part alone: a gate, GATE/CHECK, or a check's name; may be given again. A part is never a go
    #[arg(long, value_name = "GATE[/CHECK]")]
    only: Vec<String>,
    /// How many processor slots checks may share [default: the host's processors]
    #[arg(long, value_name = "N")]
    jobs: Option<std::num::NonZeroUsize>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::capture(&arguments.asked.to_engine(), cancel).await?;
    let jobs = arguments.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, usize::from);
    let options = Options { fresh: arguments.fresh, jobs, close_passed: arguments.close_passed };
    let part = Part::named(&context.candidate.plan, &arguments.only)?;
    let tracker = tracker::open(&context.session.git, &context.candidate.plan);
    let report =
        poll::run_part(&context, part, options, &tracker, &mut Terminal::new(*screen, false)).await?;
    show(screen, &context, &report).await
}

/// Shows what a poll came to, and gives its exit.
async fn show(screen: &Screen, context: &Context, report: &PollReport) -> Result<Exit, Failure> {
    let next = NextPart::told(&standing::at_the_end(context, Looked::of_poll(report)).await);
    let (exit, obstacles) = match &report.decision {
        // A stop order outranks whatever it led to, also one that came while the next command was looked for.
        _ if context.session.cancel.is_cancelled() => {
            (Exit::Interrupted, vec!["the poll was stopped".to_owned()])
        }
        Ok(_) => (Exit::Go, Vec::new()),
        Err(refused) => (Exit::of_refusal(refused), refused.0.iter().map(poll_text::obstacle).collect()),
    };
    next.print(screen);
    let document = poll_json::document(context, report, obstacles, exit.status(), next);
    screen.document(&to_json(&document)?)?;
    Ok(exit)
}
