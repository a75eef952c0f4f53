//! A command of the plan: carried out as it is written there, and observed by what the plan names.

mod channel;

use super::{Acting, Known, Run, RunWatch};
use crate::causes;
use crate::failure::chain;
use gonogo_core::mechanics::{
    Cause, Code, CommandDone, CommandEffect, Observation, Observe, Step, StepCommand, judge_exit,
};
use gonogo_world::process::{Captured, End, Invocation, run as run_process};
use gonogo_world::tools;
use std::time::Duration;

/// How much of a failed command's output goes into its blocker, in lines.
const LOG_LINES: usize = 40;

impl Acting for StepCommand {
    async fn observe(
        &self,
        run: &Run<'_>,
        step: &Step,
        watch: &mut impl RunWatch,
    ) -> Result<Observation<Self>, Cause> {
        match &self.observe {
            Observe::Repeatable => Ok(by_the_ledger(run, step)),
            Observe::Channel(channel) => channel::observe(run, step, *channel, watch).await,
            Observe::Command { run: arguments, done, absent } => {
                let filled = filled(run, arguments)?;
                let ended = execute(run, self, &filled, step.timeout).await?;
                let status = match ended.end {
                    End::Exited(status) => u8::try_from(status).ok(),
                    End::Signaled(_) | End::TimedOut | End::Cancelled => None,
                };
                let judged = judge_exit(status, *done, *absent, &shown(run, &filled));
                Ok(match judged {
                    Observation::Unknown(cause) => {
                        Observation::Unknown(Cause { log: Some(tail(run, &ended)), ..cause })
                    }
                    judged => judged,
                })
            }
        }
    }

    /// The command as it is run, for people.
    async fn before(&self, run: &Run<'_>, _: &Step, _: &CommandEffect) -> Result<Known, Cause> {
        Ok(Known { mark: None, detail: Some(shown(run, &filled(run, &self.run)?)) })
    }

    async fn apply(&self, run: &Run<'_>, step: &Step, effect: &CommandEffect) -> Result<Option<u64>, Cause> {
        let CommandEffect::Run = effect;
        let arguments = filled(run, &self.run)?;
        let ended = execute(run, self, &arguments, step.timeout).await?;
        if ended.succeeded() {
            return Ok(None);
        }
        let line = shown(run, &arguments);
        let cause = Cause::new(Code::CommandFailed, format!("`{line}` {}", ended.end))
            .remedy("mend what its output says, close the blocker, and run again");
        Err(Cause { command: Some(line), log: Some(tail(run, &ended)), ..cause })
    }
}

/// Nothing but the ledger shows a command that may be repeated: it is done once it has ended well. One that was cut short
/// is carried out again.
fn by_the_ledger(run: &Run<'_>, step: &Step) -> Observation<StepCommand> {
    let history = run.mechanics.step(&step.id);
    if history.done.is_none() && !history.has_accepted(CommandEffect::Run) {
        return Observation::Absent(CommandEffect::Run);
    }
    Observation::Done(CommandDone { shown_by: "the ledger: it ended well".to_owned() })
}

fn filled(run: &Run<'_>, arguments: &[String]) -> Result<Vec<String>, Cause> {
    let filled = arguments.iter().map(|argument| run.values.fill(argument));
    filled.collect::<Result<_, _>>().map_err(|error| causes::of_placeholder(&error))
}

fn shown(run: &Run<'_>, arguments: &[String]) -> String {
    let line = shlex::try_join(arguments.iter().map(String::as_str)).unwrap_or_else(|_| arguments.join(" "));
    run.redacted(&line)
}

async fn execute(
    run: &Run<'_>,
    command: &StepCommand,
    arguments: &[String],
    timeout: Duration,
) -> Result<Captured, Cause> {
    let root = run.world.git.root();
    let folder = command.cwd.as_ref().map_or_else(|| root.to_owned(), |cwd| root.join(cwd));
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Cause::new(Code::CommandFailed, "the command is empty"));
    };
    let program = if name.contains('/') {
        root.join(name)
    } else {
        tools::find_on_path(name, Some(root)).map_err(|error| {
            Cause::new(Code::ToolMissing, error.to_string()).remedy(format!("install {name}"))
        })?
    };
    let mut environment =
        run.world.environment.clone().letting_through(command.env.iter().map(String::as_str));
    environment = environment.with_all(run.world.variables.iter().cloned());
    for (name, value) in &command.set_env {
        let value = run.values.fill(value).map_err(|error| causes::of_placeholder(&error))?;
        environment = environment.with(name, value);
    }
    let invocation = Invocation::tool(&program, &folder, environment).args(rest.iter().map(String::as_str));
    let invocation = Invocation { timeout, ..invocation };
    run_process(&invocation, &run.context.session.cancel)
        .await
        .map_err(|error| Cause::new(Code::ToolMissing, chain(&error)))
}

/// The end of what a command said, redacted.
fn tail(run: &Run<'_>, ended: &Captured) -> String {
    let text = format!("{}{}", ended.stdout.text(), ended.stderr.text());
    let text = run.redacted(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}
