//! `gonogo status TARGET`: where a release stands, from its ledger alone, and the one next command.

use crate::commands::asked::PlanAsked;
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::poll_text;
use crate::render::words::words;
use crate::screen::Screen;
use gonogo_core::ledger::{PollState, Record, State};
use gonogo_core::mechanics::{Code, Mechanics};
use gonogo_core::plan::Channels;
use gonogo_core::release::Mode;
use gonogo_core::text::one_line;
use gonogo_core::verdict::{Outcome, Reason, Verdict};
use gonogo_engine::context::{load_plan, open_checkout, target};
use gonogo_engine::failure::Failure;
use gonogo_engine::next::go_on;
use gonogo_world::git::Git;
use gonogo_world::ledger;
use gonogo_world::process::Cancel;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

/// What `gonogo status` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The version or tag, such as 0.9.0 or v0.9.0 [default: every release that has a ledger here]
    #[arg(value_name = "TARGET", conflicts_with = "release_target")]
    target: Option<String>,
    /// The same as TARGET
    #[arg(long, value_name = "TARGET")]
    release_target: Option<String>,
    #[command(flatten)]
    plan: PlanAsked,
}

words! {
    /// Where a release is.
    ReleaseState {
        /// The ledger knows nothing of it.
        NotBegun = "not-begun",
        /// A poll is under way, or was cut short.
        Polling = "polling",
        /// The latest poll refused clearance.
        NoGo = "no-go",
        /// The latest poll gave clearance for the commit that is checked out.
        Go = "go",
        /// The latest poll gave clearance for a commit that is not checked out any more.
        Stale = "stale",
        /// A live run is under way, or was cut short.
        Releasing = "releasing",
        /// A live run stopped at a step.
        Stopped = "stopped",
        /// Every step of a live run is done.
        Released = "released",
        /// Every step is done, and every channel was shown to serve what was built.
        Delivered = "delivered",
    }
}

words! {
    /// Where a step stands.
    StepProgress {
        /// The world showed it as done.
        Done = "done",
        /// An effect was intended, and what became of it is not known.
        InFlight = "in-flight",
        /// An effect was carried out, and there are more.
        Begun = "begun",
        /// Nothing of it was carried out.
        NotBegun = "not-begun",
    }
}

/// The JSON document of `gonogo status`, `gonogo.status/1`.
#[derive(Serialize, JsonSchema)]
pub struct Document {
    /// `gonogo.status/1`.
    pub schema: &'static str,
    /// The target's tag.
    pub target: String,
    /// How many polls there were.
    pub polls: u64,
    /// Where the release is.
    pub state: ReleaseState,
    /// The commit that the latest poll was about.
    pub polled_commit: Option<String>,
    /// The commit that is checked out.
    pub commit: String,
    /// Checks of the latest poll.
    pub checks: Vec<Check>,
    /// Checks that began in the latest poll and have no end.
    pub in_flight: Vec<String>,
    /// Blockers that stood at the end of the latest poll; null where that is not known.
    pub standing_blockers: Option<u64>,
    /// The live mechanics; null where no live run began.
    pub mechanics: Option<Steps>,
    /// Whether the latest dry run was of the commit that is checked out, and went through.
    pub rehearsed: bool,
    /// What the ledger cannot say, a line each. It alone is read: the world may have changed since.
    pub not_known: Vec<String>,
    /// The one next command.
    pub next: String,
}

/// What the ledger says of a release's live mechanics.
#[derive(Serialize, JsonSchema)]
pub struct Steps {
    /// The commit that is released.
    pub commit: String,
    /// How many live runs there were for it.
    pub runs: usize,
    /// Whether something that cannot be undone may have happened.
    pub past_the_point_of_no_return: bool,
    /// The plan's steps, in order.
    pub steps: Vec<Step>,
    /// What stopped the latest run.
    pub stopped: Option<Stop>,
}

/// One step.
#[derive(Serialize, JsonSchema)]
pub struct Step {
    /// Its name.
    pub id: String,
    /// Where it stands.
    pub state: StepProgress,
}

/// What stopped a run.
#[derive(Serialize, JsonSchema)]
pub struct Stop {
    /// The step.
    pub step: String,
    /// The code of the cause.
    pub code: Code,
    /// What happened.
    pub message: String,
    /// The blocker that was filed.
    pub blocker: Option<String>,
}

/// One check of the latest poll.
#[derive(Serialize, JsonSchema)]
pub struct Check {
    /// Its gate.
    pub gate: u32,
    /// Its name within the gate.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is incomplete.
    pub reason: Option<Reason>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let git = open_checkout(cancel).await?;
    let (commit, _) = git.head().await?;
    let Some(typed) = arguments.target.as_deref().or(arguments.release_target.as_deref()) else {
        return all(&git, &commit, screen);
    };
    let plan = load_plan(arguments.plan.plan.as_deref(), git.root())?.plan;
    let target = target(typed, &plan)?;
    let records = ledger::records(git.common_dir(), target.tag())?;
    let state = State::fold(&records);
    let live = Mechanics::fold(&records, Mode::Live);
    let has_channels = plan.channels != Channels::default();
    let plan_flag = arguments.plan.plan.as_deref().map(|plan| format!(" --plan {plan}")).unwrap_or_default();
    let document = document(target.tag(), commit, &records, &plan_flag);
    show(screen, &state, &document);
    screen.document(&to_json(&document)?)?;
    Ok(match (document.state, &live.stopped) {
        (ReleaseState::Released, _) => match &live.delivered {
            Some(delivered) => Exit::of_outcome(Outcome::from_parts(delivered.verdict, delivered.reason)),
            None if has_channels => Exit::Incomplete,
            None => Exit::Go,
        },
        (ReleaseState::Go | ReleaseState::Delivered, _) => Exit::Go,
        (ReleaseState::Stopped, Some(stopped)) => Exit::of_cause(&stopped.cause),
        (ReleaseState::NoGo, _) => {
            state.poll.and_then(|poll| poll.ended).map_or(Exit::Incomplete, |ended| match ended.verdict {
                Verdict::Incomplete => Exit::Incomplete,
                Verdict::Passed | Verdict::Failed => Exit::NoGo,
            })
        }
        _ => Exit::Incomplete,
    })
}

/// Every release that has a ledger here, a line each.
fn all(git: &Git, commit: &str, screen: &Screen) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for tag in ledger::releases(git.common_dir())? {
        let records = ledger::records(git.common_dir(), &tag)?;
        let document = document(&tag, commit.to_owned(), &records, "");
        screen.line(format!(
            "{tag}  {}  after {} polls; next: {}",
            document.state.name(),
            document.polls,
            document.next
        ));
        rows.push(
            json!({ "target": tag, "state": document.state, "polls": document.polls, "next": document.next }),
        );
    }
    if rows.is_empty() {
        screen.line("no release has been polled for here; next: gonogo prepare TARGET");
    }
    screen.document(&json!({ "schema": "gonogo.releases/1", "releases": rows }))?;
    Ok(Exit::Go)
}

fn document(target: &str, commit: String, records: &[Record], plan_flag: &str) -> Document {
    let state = &State::fold(records);
    let live = &Mechanics::fold(records, Mode::Live);
    let rehearsed = is_rehearsed(records, &commit);
    let poll = state.poll.as_ref();
    let (word, next) =
        released(target, live).unwrap_or_else(|| word_and_next(target, &commit, poll, rehearsed));
    let next = if plan_flag.is_empty() { next } else { with_plan(&next, plan_flag) };
    let finished = poll.iter().flat_map(|poll| poll.finished.values());
    let checks = finished.map(|one| Check {
        gate: one.gate,
        id: one.check.clone(),
        verdict: one.verdict,
        reason: one.reason,
    });
    let in_flight = poll.iter().flat_map(|poll| {
        poll.begun
            .iter()
            .filter(|key| !poll.finished.contains_key(*key))
            .map(|(gate, check)| format!("{gate}/{check}"))
    });
    Document {
        schema: "gonogo.status/1",
        target: target.to_owned(),
        polls: state.polls,
        state: word,
        polled_commit: poll.map(|poll| poll.started.subject.commit.clone()),
        checks: checks.collect(),
        in_flight: in_flight.collect(),
        standing_blockers: poll
            .and_then(|poll| poll.ended.as_ref())
            .and_then(|ended| ended.standing_blockers),
        commit,
        mechanics: steps(live),
        rehearsed,
        not_known: not_known(word, poll, live),
        next,
    }
}

/// The same commands with the plan that was asked for.
fn with_plan(next: &str, flag: &str) -> String {
    next.split(" && ").map(|command| format!("{command}{flag}")).collect::<Vec<_>>().join(" && ")
}

/// Whether the latest dry run was of this commit, and every step of it was done.
fn is_rehearsed(records: &[Record], commit: &str) -> bool {
    let run = Mechanics::fold(records, Mode::DryRun).run;
    run.is_some_and(|run| run.started.commit == commit && run.ended.is_some_and(|ended| ended.completed))
}

/// What cannot be told from the ledger.
fn not_known(word: ReleaseState, poll: Option<&PollState>, live: &Mechanics) -> Vec<String> {
    let Some(poll) = poll else {
        return vec!["anything: no poll of this release is recorded here".to_owned()];
    };
    let mut lines = Vec::new();
    if word == ReleaseState::Stale {
        lines.push("whether the commit that is checked out passes: another one was polled".to_owned());
    }
    if poll.ended.is_none() {
        lines.push("whether the latest poll is still under way, or was cut short".to_owned());
    }
    let begun = poll.begun.iter().filter(|key| !poll.finished.contains_key(*key));
    lines.extend(begun.map(|(gate, check)| format!("how check {check} of gate {gate} ended")));
    lines.extend(poll.finished.values().filter_map(|one| {
        one.reason.map(|reason| format!("whether check {} of gate {} passes: {reason}", one.check, one.gate))
    }));
    if poll.ended.as_ref().is_none_or(|ended| ended.standing_blockers.is_none()) {
        lines.push("whether a blocker stands".to_owned());
    }
    if let Some(run) = &live.run {
        if run.ended.is_none() {
            lines.push("whether the latest live run is still under way, or was cut short".to_owned());
        }
        let in_flight = run.started.steps.iter().filter(|id| !live.step(id).in_flight.is_empty());
        lines.extend(in_flight.map(|id| format!("whether what step {id} began has happened")));
    }
    lines
}

/// Where the live mechanics stand, where they began.
fn released(target: &str, live: &Mechanics) -> Option<(ReleaseState, String)> {
    let run = live.run.as_ref()?;
    let again = go_on(target, Mode::Live);
    let stopped = live.stopped.as_ref();
    Some(match &run.ended {
        Some(ended) if ended.completed => match &live.delivered {
            Some(delivered) if delivered.verdict == Verdict::Passed => {
                (ReleaseState::Delivered, format!("gonogo audit {target}"))
            }
            _ => (ReleaseState::Released, format!("gonogo verify {target}")),
        },
        Some(_) if stopped.is_some() => {
            let settled = stopped.and_then(|stopped| stopped.blocker.as_ref());
            let first = settled.map(|id| format!("gonogo blocker resolve {target} --id {id} && "));
            (ReleaseState::Stopped, format!("{}{again}", first.unwrap_or_default()))
        }
        // Nobody said yes at the door, or the run was cut short.
        _ if live.has_intents() => (ReleaseState::Releasing, again),
        _ => return None,
    })
}

fn steps(live: &Mechanics) -> Option<Steps> {
    let run = live.run.as_ref()?;
    let state = |id: &str| {
        let step = live.step(id);
        match () {
            () if step.done.is_some() => StepProgress::Done,
            () if !step.in_flight.is_empty() => StepProgress::InFlight,
            () if !step.intents.is_empty() => StepProgress::Begun,
            () => StepProgress::NotBegun,
        }
    };
    Some(Steps {
        commit: run.started.commit.clone(),
        runs: live.runs(),
        past_the_point_of_no_return: live.past_the_door,
        steps: run.started.steps.iter().map(|id| Step { id: id.clone(), state: state(id) }).collect(),
        stopped: live.stopped.as_ref().map(|stopped| Stop {
            step: stopped.step.clone(),
            code: stopped.cause.code,
            message: stopped.cause.message.clone(),
            blocker: stopped.blocker.clone(),
        }),
    })
}

fn word_and_next(
    target: &str,
    commit: &str,
    poll: Option<&PollState>,
    rehearsed: bool,
) -> (ReleaseState, String) {
    let again = format!("gonogo poll {target}");
    let Some(poll) = poll else { return (ReleaseState::NotBegun, format!("gonogo prepare {target}")) };
    match &poll.ended {
        None => (ReleaseState::Polling, again),
        Some(ended) if !ended.cleared => (ReleaseState::NoGo, again),
        Some(_) if poll.started.subject.commit != commit => (ReleaseState::Stale, again),
        Some(_) if rehearsed => (ReleaseState::Go, go_on(target, Mode::Live)),
        Some(_) => (ReleaseState::Go, go_on(target, Mode::DryRun)),
    }
}

fn show(screen: &Screen, state: &State, document: &Document) {
    screen.line(format!("{}  {}  after {} polls", document.target, document.state.name(), document.polls));
    if let Some(polled) = document.polled_commit.as_ref().filter(|polled| **polled != document.commit) {
        screen.line(format!("  the latest poll was about {polled}; checked out is {}", document.commit));
    }
    for finished in state.poll.iter().flat_map(|poll| poll.finished.values()) {
        screen.line(format!("  {}", poll_text::check_line(screen, finished)));
    }
    for check in &document.in_flight {
        screen.line(format!("  began and has no end: {check}"));
    }
    if let Some(mechanics) = &document.mechanics {
        screen.line(format!("  live mechanics of {} after {} runs", mechanics.commit, mechanics.runs));
        for step in &mechanics.steps {
            screen.line(format!("    {:<10} {}", step.state.name(), step.id));
        }
        if let Some(stopped) = &mechanics.stopped {
            screen.line(format!(
                "    stopped at {}: {}: {}",
                stopped.step,
                stopped.code,
                one_line(&stopped.message)
            ));
        }
        if mechanics.past_the_point_of_no_return {
            screen.line("    past the point of no return: do not move the tag, and do not start over");
        }
    }
    if let Some(standing) = document.standing_blockers {
        screen.line(format!("  {standing} blockers stood at its end"));
    }
    for line in &document.not_known {
        screen.line(format!("  not known: {line}"));
    }
    if document.rehearsed {
        screen.line("  a dry run of this commit went through");
    }
    screen.line(format!("next: {}", document.next));
}
