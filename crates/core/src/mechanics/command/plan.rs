//! A command as it is typed, and as it is meant.

use super::{Observe, StepCommand};
use crate::delivery::ChannelName;
use crate::mechanics::reading::{FromPlan, Reading};
use crate::program::{DEFAULT_TIMEOUT, Program};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The keys of a `command` step.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Table {
    /// For `command`: program and arguments. Never a shell line.
    #[schemars(with = "Option<Vec<String>>")]
    run: Option<Spanned<Vec<String>>>,
    /// For `command`: programs that are run first, one after the other, such as the build of what is run. They change
    /// nothing that others see.
    #[serde(default)]
    #[schemars(with = "Vec<Vec<String>>")]
    before: Vec<Spanned<Vec<String>>>,
    /// For `command`: tools that it calls by itself. Where one is lacking, nothing is begun.
    #[serde(default)]
    needs: Vec<String>,
    /// For `command`: the folder to run in, relative to the repository's root.
    #[schemars(with = "Option<String>")]
    cwd: Option<Spanned<String>>,
    /// For `command`: environment variables that it may see, besides the policy's.
    #[serde(default)]
    env: Vec<String>,
    /// For `command`: environment variables that are set for it. `{artifacts}` is the folder of what was fetched.
    #[serde(default)]
    set_env: BTreeMap<String, String>,
    /// For `command`: how to tell whether it has been done. One of `observe`, `channel` and `repeatable`.
    observe: Option<Observer>,
    /// For `command`: it has been done when this channel serves the version.
    #[schemars(with = "Option<ChannelName>")]
    channel: Option<Spanned<ChannelName>>,
    /// For `command`: doing it twice is as doing it once.
    repeatable: Option<bool>,
    /// For `command`: how it is undone. Without this it is a one-way door.
    undo: Option<String>,
}

/// A program that says whether a step has been done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Observe")]
struct Observer {
    /// Program and arguments.
    #[schemars(with = "Vec<String>")]
    run: Spanned<Vec<String>>,
    /// The exit status that says: it has been done.
    #[schemars(with = "u8")]
    done: Spanned<u8>,
    /// The exit status that says: it has not been done. Every other one is unknown.
    #[schemars(with = "u8")]
    absent: Spanned<u8>,
}

impl FromPlan for StepCommand {
    type Table = Table;

    fn from_plan(table: Table, reading: &mut Reading<'_>) -> Option<Self> {
        let Some(run) =
            table.run.filter(|run| run.get_ref().first().is_some_and(|program| !program.is_empty()))
        else {
            reading.refuse("a command step says in `run` what is run", None);
            return None;
        };
        let repeatable = table.repeatable.unwrap_or(false);
        let observe = match (table.observe, table.channel, repeatable) {
            (Some(observe), None, false) => observed_by(observe, reading)?,
            (None, Some(channel), false) => {
                if !reading.channels.has((*channel.get_ref()).into()) {
                    reading.problems.at(&channel, "the plan's `channels` do not have this one", None);
                }
                Observe::Channel(channel.into_inner())
            }
            (None, None, true) => Observe::Repeatable,
            _ => {
                let help = "without it, nobody can tell after a crash whether the command was carried out";
                reading.refuse(
                    "a command step has exactly one of `observe`, `channel` and `repeatable = true`",
                    Some(help),
                );
                return None;
            }
        };
        Some(Self {
            program: Program {
                run: reading.words(run.span(), run.get_ref()),
                before: table.before.iter().map(|one| reading.words(one.span(), one.get_ref())).collect(),
                needs: table.needs,
                cwd: table.cwd.as_ref().map(|path| reading.problems.path(path)),
                env: table.env,
                set_env: table.set_env,
                timeout: DEFAULT_TIMEOUT,
                report: None,
                locks: Vec::new(),
                inputs: Vec::new(),
                bring: Vec::new(),
            },
            observe,
            undo: table.undo,
        })
    }
}

fn observed_by(observer: Observer, reading: &mut Reading<'_>) -> Option<Observe> {
    let Observer { run, done, absent } = observer;
    if run.get_ref().first().is_none_or(String::is_empty) {
        reading.problems.at(&run, "says what is run", None);
        return None;
    }
    if done.get_ref() == absent.get_ref() {
        let message = "done and absent have the same status: nothing could be told apart";
        reading.problems.at(&absent, message, None);
    }
    let run = reading.words(run.span(), run.get_ref());
    Some(Observe::Command { run, done: done.into_inner(), absent: absent.into_inner() })
}
