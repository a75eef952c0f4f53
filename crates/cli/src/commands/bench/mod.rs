//! `gonogo bench`: measurements of benchmarks, and what they say.

pub mod judge;

use crate::error::Failure;
use crate::exit_code::Exit;
use crate::screen::Screen;

/// What `gonogo bench` can do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Judge pairs that were recorded elsewhere: is current slower than base by more than a margin?
    Judge(judge::Arguments),
}

/// Runs it.
pub fn run(command: &Command, screen: &Screen) -> Result<Exit, Failure> {
    match command {
        Command::Judge(arguments) => judge::run(arguments, screen),
    }
}
