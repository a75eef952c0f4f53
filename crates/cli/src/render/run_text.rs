//! A run for people: what is planned and where its point of no return is, each step as it goes, and how it ended.

use crate::screen::{Screen, open};
use comfy_table::{ContentArrangement, Table, presets};
use gonogo_core::door::Consent;
use gonogo_core::mechanics::{Cause, Effect, Facts, Planned, Severity, Undoable};
use gonogo_core::release::Mode;
use gonogo_core::text::{one_line, visible};
use gonogo_engine::blockers::Filed;
use gonogo_engine::context::Context;
use gonogo_engine::run::{Ending, RunEvent, RunReport};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{BufRead, IsTerminal, Write};
use std::time::Duration;
use tokio::sync::oneshot;

const TICK: Duration = Duration::from_millis(100);

/// Shows a run as it goes.
pub struct RunProgress {
    screen: Screen,
    live: Option<ProgressBar>,
}

impl RunProgress {
    /// For a screen.
    pub const fn new(screen: Screen) -> Self {
        Self { screen, live: None }
    }

    /// Shows what happened.
    pub fn see(&mut self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Begins { context, planned } => self.begins(context, planned),
            RunEvent::Step(step) => self.step(step),
            RunEvent::Waits(text) => self.waits(text),
            RunEvent::Effect { step, effect } => {
                let arrow = self.screen.paint("36", "->   ");
                self.line(format!("  {arrow} {step:<18} {effect}"));
            }
            RunEvent::Done { step, facts, by_this_run } => self.done(step, facts, *by_this_run),
            RunEvent::Stopped { step, cause } => self.stopped(step, cause),
            RunEvent::Came(context, report) => {
                self.still();
                print(&self.screen, context, report);
            }
        }
    }

    fn still(&mut self) {
        if let Some(bar) = self.live.take() {
            bar.finish_and_clear();
        }
    }

    fn line(&mut self, text: impl std::fmt::Display) {
        match &self.live {
            Some(bar) => bar.suspend(|| self.screen.line(&text)),
            None => self.screen.line(&text),
        }
    }

    fn begins(&self, context: &Context, planned: &[Planned]) {
        let words = match context.session.mode {
            Mode::Live => "live",
            Mode::DryRun => "a rehearsal, in a private world",
        };
        self.screen
            .line(format!("\n{} {}  {words}", context.candidate.plan.project.name, context.candidate.target));
        let mut past = false;
        for one in planned {
            if one.undo == Undoable::Never && !past {
                past = true;
                self.screen.line(self.screen.paint("1;33", "  ---- point of no return ----"));
            }
            let undo = match &one.undo {
                Undoable::Nothing => "changes nothing".to_owned(),
                Undoable::Possible(how) => format!("undo: {how}"),
                Undoable::Never => "cannot be undone".to_owned(),
            };
            self.screen.line(format!("  {:<18} {}  ({undo})", one.step, one.effect));
        }
        self.screen.line("");
    }

    fn step(&mut self, step: &str) {
        if self.screen.json || !self.screen.terminal {
            return;
        }
        let style = ProgressStyle::with_template("  {spinner} {msg}  {elapsed}");
        let bar =
            ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.set_message(step.to_owned());
        bar.enable_steady_tick(TICK);
        self.live = Some(bar);
    }

    fn waits(&mut self, text: &str) {
        match &self.live {
            Some(bar) => bar.set_message(visible(text)),
            None => self.screen.line(format!("           {}", one_line(text))),
        }
    }

    fn done(&mut self, step: &str, facts: &Facts, by_this_run: bool) {
        self.still();
        let already = if by_this_run { "" } else { "  (was there already)" };
        let already = if facts.workflow_run().is_some() { "" } else { already };
        let mark = self.screen.paint("32", "done ");
        self.screen.line(format!("  {mark} {step:<18} {}{already}", facts.line()));
    }

    fn stopped(&mut self, step: &str, cause: &Cause) {
        self.still();
        let mark = self.screen.paint("31", "STOP ");
        self.screen.line(format!("  {mark} {step:<18} {}: {}", cause.code, one_line(&cause.message)));
    }

    /// Asks at the point of no return.
    pub async fn ask(&mut self, context: &Context, step: &str, effect: &Effect) -> Consent {
        self.still();
        let tag = context.candidate.target.tag();
        let asked = {
            let effect = visible(&open(&effect.to_string()));
            let mut out = std::io::stderr().lock();
            let asked = write!(
                out,
                "\n{}\n  step {step}: {effect}. Nothing after this can be undone.\n  Type {tag} to go on, anything else to stop: ",
                self.screen.paint("1;33", "The point of no return.")
            );
            asked.and_then(|()| out.flush())
        };
        if asked.is_err() || !std::io::stdin().is_terminal() {
            return Consent::Withheld;
        }
        match line().await {
            Some(answer) if *tag == *answer.trim() => Consent::Given,
            Some(_) | None => Consent::Withheld,
        }
    }
}

/// The next line of standard input; `None` where it cannot be read. It is read by a thread of its own, since nothing can call
/// a read of a terminal off: a stop order ends the program, and the thread with it.
async fn line() -> Option<String> {
    let (say, said) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // Where nobody waits any more, nobody is told.
        say.send(read.ok().map(|_| line)).ok();
    });
    said.await.ok().flatten()
}

/// Prints how a run ended: what was planned beside what was carried out, and what to do next.
pub fn print(screen: &Screen, context: &Context, report: &RunReport) {
    if screen.json {
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    if !screen.terminal {
        table.set_width(140);
    }
    table.set_header(["step", "planned", "carried out now", "shown by the world"]);
    for planned in &report.planned {
        let step = report.steps.iter().find(|step| step.step == planned.step);
        let effects =
            step.map(|step| step.effects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
        let shown = step.and_then(|step| step.facts.as_ref()).map(Facts::line);
        table.add_row([
            planned.step.clone(),
            planned.effect.clone(),
            effects.filter(|text| !text.is_empty()).unwrap_or_else(|| "-".to_owned()),
            shown.unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    screen.line(format!("\n{table}\n"));
    let (tag, mode) = (context.candidate.target.tag(), context.session.mode);
    match &report.ending {
        Ending::Completed => {
            let what =
                if mode == Mode::Live { "is released" } else { "has every step of the rehearsal done" };
            screen.line(format!("{} {tag} {what}", screen.paint("1;32", "DONE")));
        }
        Ending::Declined { step } => screen.line(format!(
            "stopped before {step}: not confirmed. {}",
            if report.past_the_door {
                "The tag is on the remote already: do not move it, and do not start over."
            } else {
                "Nothing that cannot be undone has happened."
            }
        )),
        Ending::Interrupted => screen.line("stopped by a signal"),
        Ending::Stopped { step, cause } => print_stop(screen, context, report, step, cause),
    }
}

fn print_stop(screen: &Screen, context: &Context, report: &RunReport, step: &str, cause: &Cause) {
    let word = match cause.code.severity() {
        Severity::Failed => "FAILED",
        Severity::Conflict => "CONFLICT",
        Severity::Unknown => "INCOMPLETE",
    };
    screen.line(format!(
        "{} {} at step {step}: {}",
        screen.paint("1;31", word),
        context.candidate.target,
        cause.code
    ));
    screen.line(format!("  {}", one_line(&cause.message)));
    for (name, value) in [("run", &cause.url), ("command", &cause.command)] {
        if let Some(value) = value {
            screen.line(format!("  {name}: {}", one_line(value)));
        }
    }
    if let Some(log) = &cause.log {
        screen.line("  the end of its log:");
        for line in log.lines() {
            screen.line(format!("  | {}", visible(line)));
        }
    }
    if let Some(remedy) = &cause.remedy {
        screen.line(format!("  remedy: {}", one_line(remedy)));
    }
    let out = if report.past_the_door {
        "something that cannot be undone may have happened: do not move the tag, and do not start over"
    } else {
        "nothing that cannot be undone has happened"
    };
    screen.line(format!("  {out}"));
    for line in &report.channels.lines {
        screen.line(format!("  channel {}", one_line(line)));
    }
    if !report.channels.recovery.is_empty() {
        screen.line(screen.paint("1;31", "  INCIDENT: some channels serve the version and others do not"));
        for line in &report.channels.recovery {
            screen.line(format!("    {}", one_line(line)));
        }
    }
    match &report.filed {
        Some(Filed::As(id)) => screen.line(format!("  blocker: {id}")),
        Some(Filed::Not(why)) => screen.line(format!("  no blocker could be filed: {}", one_line(why))),
        Some(Filed::AlreadyThere) | None => {}
    }
}
