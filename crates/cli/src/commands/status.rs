//! `gonogo status TARGET`: where a release stands, and the one next command, for somebody who comes in the middle.

use crate::commands::flags::{AGENT, PlanFlags, says};
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::render::words::words;
use crate::render::{poll_text, review_text};
use crate::screen::Screen;
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::ledger::{LedgerState, Mechanics, Owner, PollState};
use gonogo_core::mechanics::Code;
use gonogo_core::release::Agent;
use gonogo_core::review::Word;
use gonogo_core::standing::{Blockers, Folded, Given, Position, RehearsalState, ReleaseState, Releasing};
use gonogo_core::text::one_line;
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_engine::context::{load_plan, open_checkout, target};
use gonogo_engine::failure::Failure;
use gonogo_engine::standing::{Standpoint, in_the_middle};
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
    /// The previous release's tag, for the next command [default: the latest poll's]
    #[arg(long, value_name = "TAG")]
    base_tag: Option<String>,
    /// Who asks, as model@host, for the next command
    #[arg(long, value_name = "MODEL@HOST", env = AGENT)]
    agent: Option<Agent>,
    #[command(flatten)]
    plan: PlanFlags,
}

impl Arguments {
    fn given(&self, tag: &str) -> Given {
        Given {
            base_tag: self.base_tag.clone(),
            agent: self.agent.clone().filter(|agent| says(Some(agent))),
            plan: self.plan.plan.clone(),
            ..Given::target(tag)
        }
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
    pub target: TagName,
    /// How many polls there were.
    pub polls: u64,
    /// Where the release is.
    pub state: ReleaseState,
    /// The commit that the latest poll was about.
    pub polled_commit: Option<CommitId>,
    /// The commit that is checked out.
    pub commit: CommitId,
    /// Checks of the latest poll.
    pub checks: Vec<StatusCheck>,
    /// Checks that began in the latest poll and have no end.
    pub in_flight: Vec<String>,
    /// Blockers that stood at the end of the latest poll; null where that is not known.
    pub standing_blockers: Option<u64>,
    /// Blockers that stand now, by the tracker's IDs; null where the tracker was not asked, or could not be read.
    pub open_blockers: Option<Vec<String>>,
    /// Whether the tracker was asked for them. It is not where nothing that comes next hangs on it.
    pub tracker_asked: bool,
    /// Whether another command writes this release's ledger now; null where that is not known.
    pub under_way: Option<bool>,
    /// The live mechanics; null where no live run began.
    pub mechanics: Option<StatusSteps>,
    /// Whether the latest dry run was of the commit that is checked out, and went through to a delivery on every channel.
    pub rehearsed: bool,
    /// What stopped the latest dry run of the commit that is checked out.
    pub rehearsal: Option<RehearsalStop>,
    /// Whether something that cannot be undone may have happened; a tag on the remote of which the ledger knows nothing is
    /// such a thing.
    pub past_the_point_of_no_return: bool,
    /// What is not known, a line each. The world may have changed since the ledger was written.
    pub not_known: Vec<String>,
    /// What comes next.
    #[serde(flatten)]
    pub next: NextPart,
}

/// What the ledger says of a release's live mechanics.
#[derive(Serialize, JsonSchema)]
pub struct StatusSteps {
    /// The commit that is released.
    pub commit: CommitId,
    /// How many live runs there were for it.
    pub runs: usize,
    /// Whether something that cannot be undone may have happened.
    pub past_the_point_of_no_return: bool,
    /// The plan's steps, in order.
    pub steps: Vec<StatusStep>,
    /// What stopped the latest run.
    pub stopped: Option<StatusStop>,
}

/// One step.
#[derive(Serialize, JsonSchema)]
pub struct StatusStep {
    /// Its name.
    pub id: String,
    /// Where it stands.
    pub state: StepProgress,
}

/// What stopped a run.
#[derive(Serialize, JsonSchema)]
pub struct StatusStop {
    /// The step.
    pub step: String,
    /// The code of the cause.
    pub code: Code,
    /// What happened.
    pub message: String,
    /// The blocker that was filed.
    pub blocker: Option<String>,
}

/// Why a dry run did not go through.
#[derive(Serialize, JsonSchema)]
pub struct RehearsalStop {
    /// The code of the cause.
    pub code: Code,
    /// The blocker that was filed.
    pub blocker: Option<String>,
}

/// One check of the latest poll.
#[derive(Serialize, JsonSchema)]
pub struct StatusCheck {
    /// Its gate.
    pub gate: u32,
    /// Its name within the gate.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is incomplete.
    pub reason: Option<Reason>,
    /// How many findings are waived: a check of which that is not 0 passed by waivers alone.
    pub waived: usize,
    /// Who reviewed it or waived what it found, when and why, and whether that counted.
    pub words: Vec<Word>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let git = open_checkout(cancel.clone()).await?;
    let (commit, _) = git.head().await?;
    let Some(typed) = arguments.target.as_deref().or(arguments.release_target.as_deref()) else {
        return all(arguments, &git, &commit, screen);
    };
    let plan = load_plan(arguments.plan.plan.as_deref(), git.root())?.plan;
    let target = target(typed, &plan)?;
    let found = in_the_middle(&git, &plan, &arguments.given(target.tag()), &commit, &cancel).await?;
    let document = document(target.tag(), commit, &found);
    show(screen, &found.folded.state, &document);
    screen.document(&to_json(&document)?)?;
    Ok(Exit::of_standing(found.position.held))
}

/// Every release that has a ledger here, a line each: from the ledgers alone.
fn all(arguments: &Arguments, git: &Git, commit: &CommitId, screen: &Screen) -> Result<Exit, Failure> {
    // A plan that is not there, or cannot be read, says nothing of what a release has.
    let plan = load_plan(arguments.plan.plan.as_deref(), git.root()).ok();
    let project = plan.as_ref().map(|loaded| loaded.plan.project.name.clone());
    let releasing = plan.map_or_else(Releasing::all, |loaded| Releasing::of(&loaded.plan));
    let mut rows = Vec::new();
    for tag in ledger::releases(git.common_dir())? {
        let owner = Owner { project: project.as_deref(), target: &tag };
        let folded = Folded::of(&ledger::records(git.common_dir(), owner)?);
        let position = Position::of(&folded.seen(commit, releasing));
        let (state, polls) = (position.state, folded.state.polls);
        let next = NextPart::of(&position.next, &arguments.given(&tag));
        screen.line(format!("{tag}  {}  after {polls} polls; next: {}", state.name(), next.words()));
        rows.push(
            next.beside(json!({ "target": tag, "state": state, "polls": polls, "tracker_asked": false })),
        );
    }
    if !rows.is_empty() {
        screen.line("the tracker and the remote were not asked: `gonogo status TARGET` asks them");
    }
    if rows.is_empty() {
        screen.line("no release has been polled for here; next: gonogo prepare TARGET");
    }
    screen.document(&json!({ "schema": "gonogo.releases/1", "releases": rows }))?;
    Ok(Exit::Go)
}

fn document(target: &TagName, commit: CommitId, found: &Standpoint) -> Document {
    let (state, live) = (&found.folded.state, &found.folded.live);
    let position = &found.position;
    let poll = state.poll.as_ref();
    let finished = poll.iter().flat_map(|poll| poll.finished.values());
    let checks = finished.map(|one| StatusCheck {
        gate: one.gate,
        id: one.check.clone(),
        verdict: one.verdict,
        reason: one.reason,
        waived: one.waived(),
        words: one.words.clone(),
    });
    let in_flight = poll.iter().flat_map(|poll| {
        poll.begun
            .iter()
            .filter(|key| !poll.finished.contains_key(*key))
            .map(|(gate, check)| format!("{gate}/{check}"))
    });
    let open_blockers = match &found.blockers {
        Blockers::Standing(standing) => Some(standing.iter().map(|(id, _)| id.clone()).collect()),
        Blockers::NotAsked | Blockers::Unreadable => None,
    };
    Document {
        schema: "gonogo.status/1",
        target: target.to_owned(),
        polls: state.polls,
        state: position.state,
        polled_commit: poll.map(|poll| poll.started.subject.commit.clone()),
        checks: checks.collect(),
        in_flight: in_flight.collect(),
        standing_blockers: poll
            .and_then(|poll| poll.ended.as_ref())
            .and_then(|ended| ended.standing_blockers),
        open_blockers,
        tracker_asked: found.blockers != Blockers::NotAsked,
        under_way: found.is_written,
        commit,
        mechanics: steps(live),
        rehearsed: position.rehearsed.is_through(),
        rehearsal: rehearsal(&position.rehearsed),
        past_the_point_of_no_return: position.is_out,
        not_known: not_known(position.state, poll, live, found),
        next: NextPart::of(&position.next, &found.given),
    }
}

fn rehearsal(rehearsed: &RehearsalState) -> Option<RehearsalStop> {
    let (code, blocker) = match rehearsed {
        RehearsalState::Stopped(halt) => (halt.code, &halt.blocker),
        RehearsalState::Undelivered { blocker, .. } => (Code::Undelivered, blocker),
        RehearsalState::Not | RehearsalState::CutShort | RehearsalState::Through => return None,
    };
    Some(RehearsalStop { code, blocker: blocker.clone() })
}

/// What cannot be told.
fn not_known(
    word: ReleaseState,
    poll: Option<&PollState>,
    live: &Mechanics,
    found: &Standpoint,
) -> Vec<String> {
    let untold = Position::hangs_on_remote(live) && found.is_tag_on_remote.is_none();
    let tag = untold.then(|| "whether the tag is on the remote, and so whether anything is out".to_owned());
    let Some(poll) = poll else {
        let nothing = "anything: no poll of this release is recorded here".to_owned();
        return [nothing].into_iter().chain(tag).collect();
    };
    let ended = |what: &str| match found.is_written {
        Some(true) => format!("what {what} comes to: it is under way"),
        Some(false) => format!("what {what} would have come to: it was cut short"),
        None => format!("whether {what} is still under way, or was cut short"),
    };
    let mut lines: Vec<String> = tag.into_iter().collect();
    if word == ReleaseState::Stale {
        lines.push("whether the commit that is checked out passes: another one was polled".to_owned());
    }
    if poll.ended.is_none() {
        lines.push(ended("the latest poll"));
    }
    let begun = poll.begun.iter().filter(|key| !poll.finished.contains_key(*key));
    lines.extend(begun.map(|(gate, check)| format!("how check {check} of gate {gate} ended")));
    lines.extend(poll.finished.values().filter_map(|one| {
        one.reason.map(|reason| format!("whether check {} of gate {} passes: {reason}", one.check, one.gate))
    }));
    let was_told = poll.ended.as_ref().is_some_and(|ended| ended.standing_blockers.is_some());
    let is_told = match &found.blockers {
        Blockers::NotAsked => was_told,
        Blockers::Unreadable => false,
        Blockers::Standing(_) => true,
    };
    if !is_told {
        lines.push("whether a blocker stands".to_owned());
    }
    if let Some(run) = &live.run {
        if run.ended.is_none() {
            lines.push(ended("the latest live run"));
        }
        let in_flight = run.started.steps.iter().filter(|id| !live.step(id).in_flight.is_empty());
        lines.extend(in_flight.map(|id| format!("whether what step {id} began has happened")));
    }
    lines
}

fn steps(live: &Mechanics) -> Option<StatusSteps> {
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
    Some(StatusSteps {
        commit: run.started.commit.clone(),
        runs: live.runs(),
        past_the_point_of_no_return: live.past_the_door,
        steps: run.started.steps.iter().map(|id| StatusStep { id: id.clone(), state: state(id) }).collect(),
        stopped: live.stopped.as_ref().map(|stopped| StatusStop {
            step: stopped.step.clone(),
            code: stopped.cause.code,
            message: stopped.cause.message.clone(),
            blocker: stopped.blocker.clone(),
        }),
    })
}

fn show(screen: &Screen, state: &LedgerState, document: &Document) {
    screen.line(format!("{}  {}  after {} polls", document.target, document.state.name(), document.polls));
    if let Some(polled) = document.polled_commit.as_ref().filter(|polled| **polled != document.commit) {
        screen.line(format!("  the latest poll was about {polled}; checked out is {}", document.commit));
    }
    for finished in state.poll.iter().flat_map(|poll| poll.finished.values()) {
        screen.line(format!("  {}", poll_text::check_line(screen, finished)));
        review_text::words(&finished.words).for_each(|line| screen.line(line));
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
    }
    if document.past_the_point_of_no_return {
        screen.line("  past the point of no return: do not move the tag, and do not start over");
    }
    if let Some(standing) = document.standing_blockers {
        screen.line(format!("  {standing} blockers stood at the end of the latest poll"));
    }
    match (&document.open_blockers, document.tracker_asked) {
        (Some(open), _) if !open.is_empty() => {
            screen.line(format!("  open now: {}", one_line(&open.join(", "))));
        }
        (None, false) if document.polls > 0 => {
            screen.line("  whether a blocker stands now was not asked: nothing that comes next hangs on it");
        }
        (Some(_) | None, _) => {}
    }
    for line in &document.not_known {
        screen.line(format!("  not known: {line}"));
    }
    if document.rehearsed {
        screen.line("  a dry run of this commit went through");
    }
    if let Some(rehearsal) = &document.rehearsal {
        screen.line(format!("  the latest dry run of this commit did not go through: {}", rehearsal.code));
    }
    document.next.print(screen);
}
