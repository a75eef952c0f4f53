//! One poll: all checks of the plan on one subject, then blockers, then the answer.
//!
//! Data flows one way: the world is observed, core decides, the ledger records, the watcher shows.

mod basis;
mod benchmark;
mod builtin;
mod command;
mod drift;
mod event;
mod execute;
mod judge;
mod look;
mod part;
mod reviews;
mod rooms;
mod searched;
mod settle;

pub use event::{PollEvent, PollWatch};
pub use look::{OpenRoom, RoomRequest, open_room};
pub use part::Part;
pub use reviews::matching_paths;

use self::drift::Drift;
use self::reviews::Reviews;
use self::rooms::{PollRooms, Watches};
use crate::context::{Candidate, Context, host_name};
use crate::failure::FailureKind;
use crate::failure::{Failure, chain};
use crate::launch::{Ground, Launcher, Toolbox, child_environment};
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{Standing, epic_title};
use gonogo_core::canonical;
use gonogo_core::clearance::{self, Clearance, Refused};
use gonogo_core::digest::Digest;
use gonogo_core::gate::Poll;
use gonogo_core::ledger::{CheckFinished, CheckKey, Event, PollFinished, PollStarted};
use gonogo_core::plan::Plan;
use gonogo_core::release::Subject;
use gonogo_core::reviewers::InForce;
use gonogo_core::verdict::Reason;
use gonogo_world::ledger::Ledger;
use gonogo_world::process::Environment;
use gonogo_world::room::Room;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How a poll is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Ignore earlier evidence.
    pub fresh: bool,
    /// How many processor slots there are.
    pub jobs: usize,
    /// Close blockers whose checks have passed since they were filed.
    pub close_passed: bool,
}

/// What a poll came to.
pub struct PollReport {
    /// All gates.
    pub poll: Poll,
    /// The subject.
    pub subject: Subject,
    /// What stands in the tracker, or why that is not known.
    pub standing: Result<Standing, String>,
    /// Clearance, or why not.
    pub decision: Result<Clearance, Refused>,
    /// The poll was stopped before its end.
    pub interrupted: bool,
    /// The sequence number of its first record.
    pub seq: u64,
    /// How often each check ran on this subject.
    pub attempts: BTreeMap<(u32, String), u64>,
    /// The checks that failed on this very subject before, whatever they came to now.
    pub failed_before: BTreeSet<(u32, String)>,
    /// Whose reviews count.
    pub reviewers: InForce,
    /// The part that was asked for; `None` where it was all.
    pub part: Option<Part>,
}

/// Runs a poll.
pub async fn run(
    context: &Context,
    options: Options,
    tracker: &OpenTracker,
    watch: &mut impl PollWatch,
) -> Result<PollReport, Failure> {
    run_part(context, None, options, tracker, watch).await
}

/// Runs a part of a poll, or all of it where no part is named. Evidence is recorded as in any poll, and a part gives no clearance.
pub async fn run_part(
    context: &Context,
    part: Option<Part>,
    options: Options,
    tracker: &OpenTracker,
    watch: &mut impl PollWatch,
) -> Result<PollReport, Failure> {
    let Context { candidate, session, .. } = context;
    let git = &session.git;
    let environment = child_environment(&candidate.plan, git.root());
    let ground = Ground::of(git);
    refuse_what_leads_in(&ground, &environment)?;
    let (mut rooms, drift) = (ready_rooms(context).await?, drift::since_base(candidate));
    let root = rooms.main().map_or_else(|| git.root(), Room::root);
    let toolbox = Toolbox::of_checks(&candidate.plan, root, &environment, &session.cancel).await;
    if session.cancel.is_cancelled() {
        // A tool that was stopped while it said its version is not one that is missing.
        return Err(Failure::new(FailureKind::Interrupted, "stopped before any check began"));
    }
    rooms.key_caches(&toolbox).await?;
    let subject = subject(candidate, &toolbox, &environment);
    let about =
        canonical::digest(&subject).map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;

    let mut ledger = context.open_ledger()?;
    let reviews = Reviews::before(context, ledger.state()).await?;
    note_what_was_found(&ledger, &ground, watch);
    let started = started(context, options, &drift, &subject, &reviews);
    let poll_seq = ledger.append(Event::PollStarted(Box::new(started)), Vec::new())?.seq;
    // Whoever looks after a kill finds the poll that began, and no check runs that is of none.
    ledger.flush()?;
    watch.poll(PollEvent::Begins(context));
    let notes = candidate.baseline.notes.iter().cloned().chain(reviews.line());
    notes.for_each(|note| watch.poll(PollEvent::Note(&note)));

    let epic = epic_title(candidate.target.tag());
    let unsettled =
        settle::unsettled_checks(&candidate.plan, &session.cancel, &mut ledger, tracker, &epic).await?;
    let limit = candidate.plan.policy.output_limit;
    let held = context.session.variables.clone();
    let launcher = Launcher { toolbox: Arc::new(toolbox), environment, held, limit };
    let run = execute::PollContext {
        context,
        options,
        launcher: &launcher,
        about,
        poll_seq,
        unsettled,
        drift: &drift,
        rooms: &rooms,
        reviews: &reviews,
        part: part.as_ref(),
    };
    execute::all(&run, &mut ledger, watch, &mut Watches::begin(&rooms, &candidate.plan)).await?;
    ledger.flush()?;
    watch.poll(PollEvent::Ends);

    let finished = ledger.state().poll.as_ref().map(|poll| poll.finished.clone()).unwrap_or_default();
    let poll = Poll::evaluate(&candidate.plan, &drift.required, about, &finished);
    let poll = match &part {
        Some(part) => poll.part(part.checks()),
        None => poll,
    };
    let attempts = finished.keys().map(|key| (key.clone(), ledger.state().attempts(key, about))).collect();
    let failed_before = failed_before(&ledger, &finished, about);
    let standing = if session.cancel.is_cancelled() {
        Err("the poll was stopped before its blockers were filed".to_owned())
    } else {
        settle::blockers(context, &mut ledger, tracker, &epic, &poll, options, watch).await?
    };
    let decision =
        clearance::decide(candidate.target.tag(), &poll, standing.as_ref().map_err(String::as_str));
    ledger.append(ended(poll_seq, &poll, decision.is_ok(), &standing), Vec::new())?;
    ledger.flush()?;
    let interrupted = session.cancel.is_cancelled();
    let report = PollReport {
        poll,
        subject,
        standing,
        decision,
        interrupted,
        seq: poll_seq,
        attempts,
        failed_before,
        reviewers: reviews.in_force,
        part,
    };
    watch.poll(PollEvent::Came(context, &report));
    Ok(report)
}

fn started(
    Context { candidate, session, .. }: &Context,
    options: Options,
    drift: &Drift,
    subject: &Subject,
    reviews: &Reviews,
) -> PollStarted {
    PollStarted {
        subject: subject.clone(),
        base_tag: candidate.base.as_ref().map(|base| base.tag.clone()),
        mode: session.mode,
        agent: session.agent.clone(),
        fresh: options.fresh,
        required_gates: drift.required.keys().copied().collect(),
        reviewers: reviews.newest.clone(),
    }
}

/// The checks that failed before on this very subject, or about the very same.
fn failed_before(
    ledger: &Ledger,
    finished: &BTreeMap<CheckKey, CheckFinished>,
    about: Digest,
) -> BTreeSet<CheckKey> {
    let has_failed = |key: &CheckKey, about| ledger.state().contradiction(key, about).is_some();
    let is_one = |(key, one): &(&CheckKey, &CheckFinished)| {
        has_failed(key, about) || one.basis().is_some_and(|basis| has_failed(key, basis))
    };
    finished.iter().filter(is_one).map(|(key, _)| key.clone()).collect()
}

/// That a poll came to its end. What stands in the way of all, a part does not say.
fn ended(poll_seq: u64, poll: &Poll, cleared: bool, standing: &Result<Standing, String>) -> Event {
    let standing = standing.as_ref().ok().filter(|_| !poll.is_part());
    Event::PollFinished(PollFinished {
        poll: poll_seq,
        verdict: poll.outcome().verdict(),
        cleared,
        standing_blockers: standing.map(|standing| standing.count() as u64),
    })
}

/// Variables that would lead a tool to the project's own files.
fn refuse_what_leads_in(ground: &Ground, environment: &Environment) -> Result<(), Failure> {
    let Some((name, path)) = ground.led_in(environment) else { return Ok(()) };
    let message = format!("{name} leads to {}: the project would bring its own judge", path.display());
    Err(Failure::incomplete(Reason::HostUnfit, message)
        .remedy(format!("unset {name}, or set it to a place outside the checkout")))
}

/// What of the ledger and the search path a person should know before anything runs.
fn note_what_was_found(ledger: &Ledger, ground: &Ground, watch: &mut impl PollWatch) {
    if let Some(bytes) = ledger.repaired_bytes() {
        let note =
            format!("the ledger's last line was torn: {bytes} bytes were cut off, and that is recorded");
        watch.poll(PollEvent::Note(&note));
    }
    for entry in ground.entries(&std::env::var_os("PATH").unwrap_or_default()) {
        let note =
            format!("PATH leads to {}, where the project's own files are: not searched", entry.display());
        watch.poll(PollEvent::Note(&note));
    }
}

/// The rooms of a commit whose plan is the one that was read.
async fn ready_rooms(context: &Context) -> Result<PollRooms, Failure> {
    let (git, candidate) = (&context.session.git, &context.candidate);
    if let Some(path) = &candidate.plan_path {
        // A plan that the commit has is the commit's; one that it is not to have may lie in the checkout.
        let differs = match git.file_at(&candidate.commit, path).await? {
            Some(text) => {
                Plan::parse(&String::from_utf8_lossy(&text)).ok().map(|plan| plan.digest)
                    != Some(candidate.plan.digest)
            }
            None => git.dirty(&candidate.own_paths()).await?.contains(path),
        };
        if differs {
            let message = format!("the plan {path} is not what the commit says");
            return Err(Failure::incomplete(Reason::TreeChanged, message)
                .remedy(format!("commit {path}, or put its change aside")));
        }
    }
    PollRooms::make(context).await
}

fn subject(candidate: &Candidate, toolbox: &Toolbox, environment: &Environment) -> Subject {
    // What any one check may see counts for all: a change too many runs a check again, one too few would not.
    let seen = candidate.plan.checks().filter_map(|(_, check)| check.program()).flat_map(|one| &one.env);
    let environment = environment.clone().letting_through(seen.map(String::as_str));
    Subject {
        commit: candidate.commit.clone(),
        tree: candidate.tree.clone(),
        plan: candidate.plan.digest,
        base_commit: candidate.base.as_ref().map(|base| base.commit.clone()),
        toolchain: toolbox.found.clone(),
        environment: Some(environment.digest()),
        host: format!("{} {} {}", host_name(), std::env::consts::OS, std::env::consts::ARCH),
    }
}
