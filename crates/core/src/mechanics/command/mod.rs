//! `command`: a program of the plan, observed by what the plan names.

mod judge;
mod plan;
mod published;

pub use judge::judge_exit;
pub use published::judge_published;

use super::kind::{Kind, KindEffect, KindFacts};
use super::planned::Undoable;
use super::record::effects;
use crate::delivery::ChannelName;
use crate::program::Program;
use crate::text::one_line;
use serde::{Deserialize, Serialize};

/// A program that is a release mechanic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepCommand {
    /// What is run, with placeholders.
    pub program: Program,
    /// How it is told whether it has been done.
    pub observe: Observe,
    /// How it is undone; a one-way door where `None`.
    pub undo: Option<String>,
}

impl StepCommand {
    /// The programs and tools that it calls, by name or by path.
    pub fn programs(&self) -> impl Iterator<Item = &str> {
        let observer = match &self.observe {
            Observe::Command { run, .. } => run.first().map(String::as_str),
            Observe::Channel(_) | Observe::Repeatable => None,
        };
        self.program.programs().chain(observer)
    }
}

/// How it is told whether a program has done its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observe {
    /// By another program's exit status.
    Command {
        /// Program and arguments, with placeholders.
        run: Vec<String>,
        /// The status for done.
        done: u8,
        /// The status for absent.
        absent: u8,
    },
    /// By what a channel serves.
    Channel(ChannelName),
    /// Not at all: doing it twice is as doing it once.
    Repeatable,
}

effects! {
    /// What a `command` step does.
    pub enum CommandEffect {
        /// Runs the plan's command.
        Run = "run-command", "run the command";
    }
}

impl KindEffect for CommandEffect {}

/// A command that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandDone {
    /// How that is known, in one line.
    pub shown_by: String,
}

impl KindFacts for CommandDone {
    /// That it is done is all that there is to it, however it is known.
    fn agrees_with(&self, _: &Self) -> bool {
        true
    }

    fn line(&self) -> String {
        one_line(&self.shown_by)
    }
}

impl Kind for StepCommand {
    type Effect = CommandEffect;
    type Facts = CommandDone;

    const NAME: &'static str = "command";

    fn words(&self, _: &str) -> String {
        format!("run {}", self.program.run.join(" "))
    }

    fn undo(&self, _: &str) -> Undoable {
        self.undo.clone().map_or(Undoable::Never, Undoable::Possible)
    }

    fn shown_by(&self, _: &dyn Fn(&str) -> String) -> String {
        let words = match &self.observe {
            Observe::Channel(_) => "whether it has been done is asked of the channel that it publishes to",
            Observe::Command { .. } => "whether it has been done is asked of another command of the plan",
            Observe::Repeatable => "the plan says that doing it twice is as doing it once",
        };
        words.to_owned()
    }
}
