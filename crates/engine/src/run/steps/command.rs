//! A command of the plan: carried out as it is written there, and observed by what the plan names.

mod channel;

use super::{Acting, Known, Run, RunWatch};
use crate::causes;
use crate::failure::chain;
use crate::launch::{Lack, Launch, Prevented};
use gonogo_core::door::DoorPass;
use gonogo_core::mechanics::{
    Cause, Code, CommandDone, CommandEffect, Observation, Observe, Step, StepCommand, judge_exit,
};
use gonogo_core::program::Program;
use gonogo_core::release::ResolvedTool;
use gonogo_world::process::{Captured, End};

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
                let ended = execute(run, &launch(self, run, step)?, &filled).await?;
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

    /// Builds what is run, and finds it.
    async fn prepare(
        &self,
        run: &Run<'_>,
        step: &Step,
        _: &CommandEffect,
    ) -> Result<Option<ResolvedTool>, Cause> {
        match launch(self, run, step)?.prepare(&run.context.session.cancel).await {
            Ok(ready) => Ok(Some(ready.program)),
            Err(Prevented::Lack(lack)) => Err(of_lack(&lack)),
            Err(Prevented::Process(error)) => Err(Cause::new(Code::ToolMissing, chain(&error))),
            Err(Prevented::Before { argv, captured }) => {
                let line = shown(run, &argv);
                let message = format!("`{line}`, which comes before it, {}", captured.end);
                let cause = Cause::new(Code::CommandFailed, message)
                    .remedy("mend what its output says, close the blocker, and run again");
                Err(Cause { command: Some(line), log: Some(tail(run, &captured)), ..cause })
            }
        }
    }

    /// The command as it is run, for people.
    async fn before(&self, run: &Run<'_>, _: &Step, _: &CommandEffect) -> Result<Known, Cause> {
        Ok(Known { mark: None, detail: Some(shown(run, &filled(run, &self.program.run)?)) })
    }

    async fn apply(
        &self,
        run: &Run<'_>,
        step: &Step,
        effect: &CommandEffect,
        _pass: DoorPass<'_>,
    ) -> Result<Option<u64>, Cause> {
        let CommandEffect::Run = effect;
        let arguments = filled(run, &self.program.run)?;
        let ended = execute(run, &launch(self, run, step)?, &arguments).await?;
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

/// The step's program, in the checkout that is acted from.
fn launch(command: &StepCommand, run: &Run<'_>, step: &Step) -> Result<Launch, Cause> {
    let filled = command.program.filled(|text| run.values.fill(text));
    let filled = filled.map_err(|error| causes::of_placeholder(&error))?;
    let program = Program { timeout: step.timeout, ..filled };
    run.launcher.launch(&program, run.world.git.root()).map_err(|lack| of_lack(&lack))
}

async fn execute(run: &Run<'_>, launch: &Launch, arguments: &[String]) -> Result<Captured, Cause> {
    let cancel = &run.context.session.cancel;
    let ready = launch.find(arguments, cancel).await.map_err(|lack| of_lack(&lack))?;
    ready.run(cancel).await.map_err(|error| Cause::new(Code::ToolMissing, chain(&error)))
}

fn of_lack(lack: &Lack) -> Cause {
    Cause::new(Code::ToolMissing, lack.message.clone())
        .remedy("install it outside the checkout, and run again")
}

/// The end of what a command said, redacted.
fn tail(run: &Run<'_>, ended: &Captured) -> String {
    let text = format!("{}{}", ended.stdout.text(), ended.stderr.text());
    let text = run.redacted(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}
