//! Deliveries for people: a live board with what each channel says now and the time left, plain lines in a pipe.

use super::audit_text;
use crate::screen::Screen;
use gonogo_core::delivery::{Judgement, Level};
use gonogo_core::text::{one_line, visible};
use gonogo_core::verdict::{Outcome, Verdict};
use gonogo_engine::blockers::Filed;
use gonogo_engine::delivery::{Delivered, DeliveryEvent, DeliveryTask};
use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::time::{Duration, Instant};

const TICK: Duration = Duration::from_millis(200);

/// Shows deliveries as they come.
pub struct Deliveries {
    screen: Screen,
    names: Vec<String>,
    bars: Option<(MultiProgress, Vec<ProgressBar>)>,
    /// What was said last of each: a line is not said twice.
    said: Vec<String>,
}

impl Deliveries {
    /// For a screen.
    pub const fn new(screen: Screen) -> Self {
        Self { screen, names: Vec::new(), bars: None, said: Vec::new() }
    }

    /// Shows what happened.
    pub fn see(&mut self, event: &DeliveryEvent<'_>) {
        match event {
            DeliveryEvent::Begins(tasks) => self.begins(tasks),
            DeliveryEvent::Waits { place, judgement, until } => self.waits(*place, judgement, *until),
            DeliveryEvent::Settled { place, delivery } => self.settled(*place, &delivery.judgement),
            DeliveryEvent::Came { target, delivered } => {
                self.bars = None;
                print(&self.screen, delivered, target);
            }
        }
    }

    fn begins(&mut self, tasks: &[DeliveryTask]) {
        let name =
            |task: &DeliveryTask| format!("{:<15} {}", task.package.channel, visible(&task.package.name));
        self.names = tasks.iter().map(name).collect();
        self.said = vec![String::new(); self.names.len()];
        self.screen.line("\nwhat every channel serves:");
        let is_live = self.screen.terminal && !self.screen.json;
        self.bars = is_live.then(|| {
            let all = MultiProgress::new();
            let each = self.names.iter().map(|name| {
                let bar = all.add(ProgressBar::new_spinner().with_style(style("  {spinner} {msg}")));
                bar.set_message(format!("{name}  is looked at"));
                bar.enable_steady_tick(TICK);
                bar
            });
            let each = each.collect();
            (all, each)
        });
    }

    fn waits(&mut self, place: usize, judgement: &Judgement, until: Instant) {
        let says = format!("{}  {}", self.names[place], one_line(&short(judgement)));
        if let Some((_, bars)) = &self.bars {
            let left = move |_: &ProgressState, to: &mut dyn Write| {
                let seconds = until.saturating_duration_since(Instant::now()).as_secs();
                // A terminal that went away is no reason to stop.
                write!(to, "{}:{:02} left", seconds / 60, seconds % 60).ok();
            };
            bars[place].set_style(style("  {spinner} {msg}  {left}").with_key("left", left));
            bars[place].set_message(says);
            return;
        }
        let said = &mut self.said[place];
        if *said != says {
            let left = until.saturating_duration_since(Instant::now()).as_secs();
            self.screen.line(format!("  wait  {says}  ({left} s left)"));
            *said = says;
        }
    }

    fn settled(&self, place: usize, judgement: &Judgement) {
        let mark = match judgement.verdict {
            Verdict::Passed => self.screen.paint("32", "PASS "),
            Verdict::Failed => self.screen.paint("31", "FAIL "),
            Verdict::Incomplete => self.screen.paint("33", "INCOM"),
        };
        let text = format!("  {mark} {}  {}", self.names[place], one_line(&short(judgement)));
        match &self.bars {
            Some((all, bars)) => {
                bars[place].finish_and_clear();
                all.println(text).ok();
            }
            None => self.screen.line(text),
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn short(judgement: &Judgement) -> String {
    let reached = judgement.reached.map_or("nothing", Level::name);
    let first = judgement.problems.first().map(|problem| format!("{}: {}", problem.code, problem.said));
    let doubt = || judgement.doubts.first().map(|doubt| format!("{}: {}", doubt.reason, doubt.said));
    match first.or_else(doubt) {
        None => format!("proven: {reached}"),
        Some(why) => format!("proven: {reached}; {why}"),
    }
}

/// What came of it.
fn print(screen: &Screen, delivered: &Delivered, target: &str) {
    if !delivered.has_manifest {
        screen.line("note: no manifest of what was built is recorded here: what each channel states is compared with what it serves");
    }
    if delivered.deliveries.iter().any(|delivery| delivery.asked < Level::Installs) {
        screen.line("note: a clean install is tried where the plan names a `smoke` command; elsewhere the bytes are what is proven");
    }
    if delivered.outcome != Outcome::Passed {
        audit_text::table(screen, &delivered.judgements(), &delivered.partial);
    }
    match &delivered.filed {
        Some(Filed::As(id)) => screen.line(format!("  blocker: {id}")),
        Some(Filed::Not(why)) => screen.line(format!("  no blocker could be filed: {}", one_line(why))),
        Some(Filed::AlreadyThere) | None => {}
    }
    let (mark, words) = match delivered.outcome {
        Outcome::Passed => (screen.paint("1;32", "DELIVERED"), "every channel serves what was built"),
        Outcome::Failed => (screen.paint("1;31", "NOT DELIVERED"), "a channel is wrong"),
        Outcome::Incomplete(_) => {
            (screen.paint("1;33", "NOT SHOWN"), "a channel is not shown to serve what was built")
        }
    };
    screen.line(format!("{mark} {target}: {words}"));
}
