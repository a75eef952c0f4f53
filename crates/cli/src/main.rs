//! gonogo: a fail-closed release manager. This is its program: it reads the command line, wires rules and world
//! together, and shows what came of it.

mod commands;
#[cfg(test)]
mod documented;
mod exit_code;
mod explain;
mod log;
mod render;
#[cfg(test)]
mod schemas;
mod screen;
mod skill;

use clap::{Parser, Subcommand};
use exit_code::Exit;
use gonogo_engine::failure::{Failure, FailureKind, chain};
use gonogo_world::process::Cancel;
use screen::{Color, Screen, wrong_use};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// A fail-closed release manager: go only on positive evidence.
#[derive(Parser)]
#[command(name = "gonogo", version, arg_required_else_help = true, infer_subcommands = false)]
#[command(
    after_help = "Exit codes: 0 go · 1 no-go · 2 usage or plan error · 3 incomplete · 4 world conflict · \
                        70 internal error · 130 interrupted"
)]
struct Arguments {
    /// Print one JSON document on standard output, and nothing else there
    #[arg(long, global = true)]
    json: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t)]
    color: Color,
    #[command(flatten)]
    log: log::LogFlags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Look at the repository and write gonogo.toml
    Init(commands::init::Arguments),
    /// Which tools, logins and versions are there: every gap with its remedy
    Doctor(commands::doctor::Arguments),
    /// Capture the context of a release, and show every gap at once
    Prepare(commands::prepare::Arguments),
    /// Run the gates, file blockers, print the board; exits 0 only on go
    Poll(commands::poll::Arguments),
    /// Open a shell in the clean room of a check, or run one program there
    Room(commands::room::Arguments),
    /// Run a whole release: preconditions, poll, mechanics; resumes by itself
    Run(commands::run::Arguments),
    /// Prove delivery on every channel of the plan, waiting out propagation
    Verify(commands::verify::Arguments),
    /// What every channel serves of a release; works with no ledger and no plan
    Audit(commands::audit::Arguments),
    /// Where a release stands, and the one next command
    Status(commands::status::Arguments),
    /// Record a review that a check asks for
    Review(commands::review::Arguments),
    /// Accept one finding of this release until a day, as a reviewer
    Waive(commands::waive::Arguments),
    /// File, list or resolve release blockers
    #[command(subcommand)]
    Blocker(commands::blocker::Command),
    /// What a code that was printed means, why it blocks, and the next command
    Explain(commands::explain::Arguments),
    /// The release runbook for coding agents, rendered from the plan
    #[command(subcommand)]
    Skill(commands::skill::Command),
    /// Check a plan, or print the plan's JSON Schema
    #[command(subcommand)]
    Plan(commands::plan::Command),
    /// Judge measurements of benchmarks, or show what a poll measured
    #[command(subcommand)]
    Bench(commands::bench::Command),
    /// Watch a sample project go from no-go to go, in a folder of its own
    Demo(commands::demo::Arguments),
}

impl Command {
    /// Its name, where what it does is kept in a file beside the ledger.
    const fn logged(&self) -> Option<&'static str> {
        match self {
            Self::Poll(_) => Some("poll"),
            Self::Run(_) => Some("run"),
            Self::Verify(_) => Some("verify"),
            Self::Init(_)
            | Self::Doctor(_)
            | Self::Prepare(_)
            | Self::Room(_)
            | Self::Audit(_)
            | Self::Status(_)
            | Self::Review(_)
            | Self::Waive(_)
            | Self::Blocker(_)
            | Self::Explain(_)
            | Self::Skill(_)
            | Self::Plan(_)
            | Self::Bench(_)
            | Self::Demo(_) => None,
        }
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let screen = Screen::new(arguments.json, arguments.color);
    if let Err(failure) = log::start(&arguments.log, arguments.command.logged()) {
        return end(&screen, Err(failure));
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(&screen, Err(Failure::new(FailureKind::Internal, chain(&error)))),
    };
    // Two of them: a poll that ends itself stops its children too, and that is no interruption.
    let (cancel, ordered) = (Cancel::default(), Cancel::default());
    let result = runtime.block_on(async {
        match listen(&cancel, &ordered) {
            Ok(()) => run(arguments.command, &screen, cancel.clone()).await,
            Err(error) => Err(Failure::new(FailureKind::Internal, chain(&error))),
        }
    });
    // A stop order outranks whatever it led to.
    let result =
        if ordered.is_cancelled() { result.map(|_| Exit::Interrupted).map_err(stopped) } else { result };
    end(&screen, result)
}

fn stopped(failure: Failure) -> Failure {
    match failure.kind {
        FailureKind::Conflict | FailureKind::Internal | FailureKind::Usage => failure,
        FailureKind::NoGo | FailureKind::Incomplete | FailureKind::Interrupted => {
            Failure { kind: FailureKind::Interrupted, ..failure }
        }
    }
}

async fn run(command: Command, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    match command {
        Command::Init(arguments) => commands::init::run(&arguments, screen, cancel).await,
        Command::Doctor(arguments) => commands::doctor::run(&arguments, screen, cancel).await,
        Command::Prepare(arguments) => commands::prepare::run(&arguments, screen, cancel).await,
        Command::Poll(arguments) => commands::poll::run(&arguments, screen, cancel).await,
        Command::Room(arguments) => commands::room::run(&arguments, cancel).await,
        Command::Run(arguments) => commands::run::run(&arguments, screen, cancel).await,
        Command::Verify(arguments) => commands::verify::run(&arguments, screen, cancel).await,
        Command::Audit(arguments) => commands::audit::run(&arguments, screen, cancel).await,
        Command::Status(arguments) => commands::status::run(&arguments, screen, cancel).await,
        Command::Review(arguments) => commands::review::run(&arguments, screen, cancel).await,
        Command::Waive(arguments) => commands::waive::run(&arguments, screen, cancel).await,
        Command::Blocker(command) => commands::blocker::run(&command, screen, cancel).await,
        Command::Explain(arguments) => commands::explain::run(&arguments, screen),
        Command::Skill(command) => commands::skill::run(&command, screen, cancel).await,
        Command::Plan(command) => commands::plan::run(&command, screen, cancel).await,
        Command::Bench(command) => commands::bench::run(&command, screen, cancel).await,
        Command::Demo(arguments) => commands::demo::run(&arguments, screen, cancel).await,
    }
}

/// Ctrl-C and a polite kill stop every child and end the command in order.
fn listen(cancel: &Cancel, ordered: &Cancel) -> std::io::Result<()> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let mut signals = signal(kind)?;
        let (cancel, ordered) = (cancel.clone(), ordered.clone());
        tokio::spawn(async move {
            if signals.recv().await.is_some() {
                ordered.cancel();
                cancel.cancel();
            }
        });
    }
    Ok(())
}

fn end(screen: &Screen, result: Result<Exit, Failure>) -> ExitCode {
    match result {
        Ok(exit) => {
            log::ends(exit, "");
            exit.into()
        }
        Err(failure) => {
            let exit = Exit::of_failure(&failure);
            screen.failure(&failure);
            log::ends(exit, &failure.message);
            exit.into()
        }
    }
}

/// clap's own words, under our exit codes.
fn usage(error: &clap::Error) -> ExitCode {
    let wanted = !error.use_stderr();
    let mut flags = std::env::args_os().skip(1).take_while(|word| word != "--");
    wrong_use(error, !wanted && flags.any(|word| word == "--json"));
    if wanted { Exit::Go.into() } else { Exit::Usage.into() }
}
