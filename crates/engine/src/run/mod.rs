//! One run of the mechanics: step by step, each observed, intended, carried out and observed again.
//!
//! Invariant: an effect is carried out only after its intent is on disk and the door has been looked through, and a step
//! is recorded as done only from what the world shows.

mod channels;
mod door;
mod drive;
mod event;
mod steps;
mod stop;
pub mod world;

use crate::blockers::Filed;
use crate::context::Context;
use crate::failure::{Failure, FailureKind};
use crate::launch::{Launcher, Toolbox};
use crate::poll;
pub use event::{RunEvent, RunWatch};
use gonogo_core::clearance::Clearance;
use gonogo_core::digest::Digest;
use gonogo_core::ledger::Mechanics;
use gonogo_core::ledger::{Event, RunFinished, RunStarted};
use gonogo_core::mechanics::{Cause, Effect, Facts, Planned, Values, planned};
use gonogo_core::release::Mode;
use gonogo_world::ledger::Ledger;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
pub use steps::file_of;
pub use stop::ChannelsAtStop;
use tokio::sync::OnceCell;
pub use world::World;

/// What became of one step.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// The step.
    pub step: String,
    /// What this run carried out for it, in order.
    pub effects: Vec<Effect>,
    /// What the world shows; `None` where it was not reached or stopped.
    pub facts: Option<Facts>,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Every step is done.
    Completed,
    /// A step stopped it.
    Stopped {
        /// The step.
        step: String,
        /// Why.
        cause: Cause,
    },
    /// Not confirmed at the first one-way door.
    Declined {
        /// The step behind the door.
        step: String,
    },
    /// A signal stopped it.
    Interrupted,
}

/// What a run came to.
pub struct RunReport {
    /// What was planned, in order.
    pub planned: Vec<Planned>,
    /// What became of each step that was reached.
    pub steps: Vec<StepReport>,
    /// How it ended.
    pub ending: Ending,
    /// Whether anything that cannot be undone has happened, now or in an earlier run.
    pub past_the_door: bool,
    /// What the channels say, where a step stopped it.
    pub channels: stop::ChannelsAtStop,
    /// What was filed, where a step stopped it.
    pub filed: Option<Filed>,
}

/// One run, under way.
pub struct Run<'a> {
    context: &'a Context,
    world: &'a World,
    clearance: &'a Clearance,
    ledger: Ledger,
    lines: HashSet<Digest>,
    mechanics: Mechanics,
    values: Values,
    summary: String,
    launcher: Launcher,
    /// The repository's default branch, once it was asked for.
    default_branch: OnceCell<String>,
    seq: u64,
}

/// Runs the plan's steps. `poll` is the sequence number of the first record of the poll that gave clearance; `summary`
/// is what it said, for the tag's message.
pub async fn perform(
    context: &Context,
    world: &World,
    clearance: &Clearance,
    poll: u64,
    summary: String,
    watch: &mut impl RunWatch,
) -> Result<RunReport, Failure> {
    let launcher = launcher(context, world).await;
    let mut run = Run::open(context, world, clearance, launcher, poll, summary)?;
    let planned = planned(&context.candidate.plan.steps, &run.values);
    watch.run(RunEvent::Begins { context, planned: &planned });
    let mut steps = Vec::new();
    let mut ending = Ending::Completed;
    for step in &context.candidate.plan.steps {
        watch.run(RunEvent::Step(&step.id));
        let (report, ended) = steps::bring_to_end(&mut run, step, watch).await?;
        steps.push(report);
        if let Some(ended) = ended {
            ending = ended;
            break;
        }
    }
    let mut filed = None;
    let mut channels = stop::ChannelsAtStop::default();
    let mut past_the_door = run.is_past_the_door();
    if let Ending::Stopped { step, cause } = &ending {
        watch.run(RunEvent::Stopped { step, cause });
        past_the_door = run.is_out(Some(cause)).await;
        channels = channels::at_the_stop(&run).await;
        filed = Some(run.stop(step, cause, &channels, past_the_door).await?);
    }
    if let Ending::Declined { .. } = &ending {
        past_the_door = run.is_out(None).await;
    }
    if !matches!(ending, Ending::Interrupted) {
        let completed = matches!(ending, Ending::Completed);
        run.record(Event::RunFinished(RunFinished { run: run.seq, completed }))?;
    }
    let report = RunReport { planned, steps, ending, past_the_door, channels, filed };
    watch.run(RunEvent::Came(context, &report));
    Ok(report)
}

/// What starts the programs of the plan's steps, in the world that the run acts on.
async fn launcher(context: &Context, world: &World) -> Launcher {
    let plan = &context.candidate.plan;
    let environment = world.environment.clone().with_all(world.variables.iter().cloned());
    let (names, root, cancel) = (plan.step_tool_names(), world.git.root(), &context.session.cancel);
    let toolbox = Toolbox::resolve(&names, &plan.tools, root, &environment, cancel).await;
    let held = world.variables.clone();
    Launcher { toolbox: Arc::new(toolbox), environment, held, limit: plan.policy.output_limit }
}

impl<'a> Run<'a> {
    fn open(
        context: &'a Context,
        world: &'a World,
        clearance: &'a Clearance,
        launcher: Launcher,
        poll: u64,
        summary: String,
    ) -> Result<Self, Failure> {
        let mut ledger = context.open_ledger()?;
        let records = context.records()?;
        // Between the poll and now the ledger was free: what was cleared must still be its last word.
        let cleared = ledger.state().poll.as_ref().is_some_and(|latest| {
            latest.seq == poll && latest.ended.as_ref().is_some_and(|ended| ended.cleared)
        });
        let is_target = *clearance.target() == **context.candidate.target.tag();
        if !cleared || !is_target {
            return Err(Failure::new(FailureKind::Conflict, "another poll of this release came in between")
                .remedy("run again"));
        }
        let mut mechanics = Mechanics::fold(&records, context.session.mode);
        let lines = records.iter().map(|record| record.prev).chain([ledger.anchor().head]).collect();
        let started = RunStarted {
            mode: context.session.mode,
            agent: context.session.agent.clone(),
            poll,
            subject: clearance.subject(),
            commit: context.candidate.commit.clone(),
            steps: context.candidate.plan.steps.iter().map(|step| step.id.clone()).collect(),
        };
        let record = ledger.append(Event::RunStarted(Box::new(started)), Vec::new())?;
        ledger.flush()?;
        mechanics.apply(&record);
        let mut values = Values::of(&context.candidate.target, &context.candidate.commit);
        values.artifacts = Some(world.folder.join("artifacts").display().to_string());
        steps::remove_leftovers(&world.folder);
        let (default_branch, seq) = (OnceCell::new(), record.seq);
        Ok(Self {
            launcher,
            context,
            world,
            clearance,
            ledger,
            lines,
            mechanics,
            values,
            summary,
            default_branch,
            seq,
        })
    }

    /// Appends an event, and waits until it is on disk.
    fn record(&mut self, event: Event) -> Result<(), Failure> {
        let record = self.ledger.append(event, Vec::new())?;
        self.ledger.flush()?;
        self.mechanics.apply(&record);
        self.lines.insert(self.ledger.anchor().head);
        Ok(())
    }

    /// Whether something that cannot be undone may have happened in the real world, in this run or an earlier one. What a
    /// rehearsal did is gone with its world.
    fn is_past_the_door(&self) -> bool {
        self.mechanics.past_the_door && self.context.session.mode == Mode::Live
    }

    /// The workflow runs of a step whose failure was recorded before this run: their blocker has been closed since,
    /// else there were no clearance.
    fn settled_failures(&self, step: &str) -> BTreeSet<u64> {
        self.mechanics.step(step).failed_runs()
    }

    fn is_ours(&self, digest: Digest) -> bool {
        self.lines.contains(&digest)
    }

    fn redacted(&self, text: &str) -> String {
        self.context.session.redactor.text(text)
    }
}

/// What the poll said, for the tag's message.
pub fn summary(polled: &poll::PollReport) -> String {
    let required: Vec<_> = polled.poll.gates().iter().filter(|gate| gate.required).collect();
    let passed = required.iter().filter(|gate| gate.outcome == gonogo_core::verdict::Outcome::Passed).count();
    let mut lines = vec![format!("{passed} of {} required gates passed:", required.len())];
    for gate in required {
        lines.push(format!("- {} {}", gate.id, gonogo_core::text::one_line(&gate.name)));
        let finished = gate.checks.iter().filter_map(|check| check.finished.as_ref());
        let words = finished.flat_map(|one| one.words.iter().map(move |word| (&one.check, word)));
        let counting = words.filter(|(_, word)| word.void.is_none());
        lines.extend(counting.map(|(check, word)| format!("  - {check}: {}", word.line())));
    }
    lines.join("\n")
}
