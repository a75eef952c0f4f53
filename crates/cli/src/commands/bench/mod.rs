//! `gonogo bench`: measurements of benchmarks, and what they say.

pub mod judge;
pub mod show;

use crate::exit_code::Exit;
use crate::screen::Screen;
use gonogo_engine::failure::Failure;
use gonogo_world::process::Cancel;

/// What `gonogo bench` can do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Judge pairs that were recorded elsewhere: is current slower than base by more than a margin?
    Judge(judge::Arguments),
    /// Show what the benchmark checks of the latest poll measured
    Show(show::Arguments),
}

/// Runs it.
pub async fn run(command: &Command, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    match command {
        Command::Judge(arguments) => judge::run(arguments, screen),
        Command::Show(arguments) => show::run(arguments, screen, cancel).await,
    }
}
