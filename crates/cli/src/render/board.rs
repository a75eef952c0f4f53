//! A poll as it goes: a live board on a terminal, plain lines in a pipe, nothing in JSON mode.

use super::poll_text;
use crate::screen::Screen;
use gonogo_core::ledger::CheckFinished;
use gonogo_core::verdict::Verdict;
use gonogo_engine::context::Context;
use gonogo_engine::poll::PollEvent;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often elapsed times move.
const TICK: Duration = Duration::from_millis(100);

/// Shows a poll as it goes.
pub struct Board {
    screen: Screen,
    live: Option<Live>,
}

struct Live {
    bars: MultiProgress,
    gates: BTreeMap<u32, GateLine>,
    running: BTreeMap<(u32, String), ProgressBar>,
}

struct GateLine {
    bar: ProgressBar,
    name: String,
    checks: usize,
    ended: usize,
    worst: Verdict,
}

impl Board {
    /// A board for a screen.
    pub const fn new(screen: Screen) -> Self {
        Self { screen, live: None }
    }
}

impl Board {
    /// Shows what happened.
    pub fn see(&mut self, event: &PollEvent<'_>) {
        match event {
            PollEvent::Begins(context) => self.begins(context),
            PollEvent::Started { gate, check } => self.started(*gate, check),
            PollEvent::Finished(finished) => self.finished(finished),
            PollEvent::Note(text) => self.note(text),
            PollEvent::Ends => self.ends(),
            PollEvent::Came(context, report) => poll_text::print(&self.screen, context, report),
        }
    }

    fn begins(&mut self, context: &Context) {
        let base = context.candidate.base_tag().unwrap_or("none (first release)");
        let commit = context.candidate.commit.get(..12).unwrap_or(&context.candidate.commit);
        self.screen.line(format!(
            "{} {}  commit {commit}  base {base}  {}  {}",
            context.candidate.plan.project.name,
            context.candidate.target,
            context.session.mode,
            context.session.agent
        ));
        if self.screen.json || !self.screen.terminal {
            return;
        }
        let bars = MultiProgress::new();
        let mut gates = BTreeMap::new();
        for gate in &context.candidate.plan.gates {
            let bar = bars.add(ProgressBar::new_spinner().with_style(style("{msg}")));
            let line = GateLine {
                bar,
                name: gate.name.clone(),
                checks: gate.checks.len(),
                ended: 0,
                worst: Verdict::Passed,
            };
            line.show(self.screen, gate.id);
            gates.insert(gate.id, line);
        }
        self.live = Some(Live { bars, gates, running: BTreeMap::new() });
    }

    fn started(&mut self, gate: u32, check: &str) {
        let Some(live) = &mut self.live else { return };
        let bar = ProgressBar::new_spinner().with_style(style("       {spinner} {msg}  {elapsed}"));
        let bar = match live.gates.get(&gate) {
            Some(line) => live.bars.insert_after(&line.bar, bar),
            None => live.bars.add(bar),
        };
        bar.set_message(check.to_owned());
        bar.enable_steady_tick(TICK);
        live.running.insert((gate, check.to_owned()), bar);
    }

    fn finished(&mut self, finished: &CheckFinished) {
        let Some(live) = &mut self.live else {
            return self.screen.line(poll_text::check_line(&self.screen, finished));
        };
        if let Some(bar) = live.running.remove(&(finished.gate, finished.check.clone())) {
            bar.finish_and_clear();
        }
        if let Some(line) = live.gates.get_mut(&finished.gate) {
            line.ended += 1;
            line.worst = worse(line.worst, finished.verdict);
            line.show(self.screen, finished.gate);
        }
    }

    fn note(&mut self, text: &str) {
        match &self.live {
            // A terminal that went away is no reason to stop.
            Some(live) => drop(live.bars.println(format!("note: {text}"))),
            None => self.screen.line(format!("note: {text}")),
        }
    }

    fn ends(&mut self) {
        if let Some(live) = self.live.take() {
            live.bars.clear().ok();
        }
    }
}

impl GateLine {
    fn show(&self, screen: Screen, id: u32) {
        let state = match (self.ended, self.worst) {
            (ended, worst) if ended >= self.checks || worst != Verdict::Passed => {
                poll_text::mark(&screen, worst)
            }
            _ => "...".to_owned(),
        };
        self.bar.set_message(format!("{id:>4}  {state}  {}  {}/{}", self.name, self.ended, self.checks));
    }
}

fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
        (Verdict::Incomplete, _) | (_, Verdict::Incomplete) => Verdict::Incomplete,
        (Verdict::Passed, Verdict::Passed) => Verdict::Passed,
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
