//! One poll: all checks of the plan on one subject, then blockers, then the answer.
//!
//! Data flows one way: the world is observed, core decides, the ledger records, the watcher shows.

mod benchmark;
mod builtin;
mod command;
mod drift;
mod event;
mod execute;
mod reviews;
mod settle;

pub use event::{PollEvent, PollWatch};
pub use reviews::matching_paths;

use crate::context::{Candidate, Context, host_name};
use crate::failure::FailureKind;
use crate::failure::{Failure, chain};
use crate::launch::{Launcher, Toolbox, child_environment};
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{Standing, epic_title};
use gonogo_core::canonical;
use gonogo_core::clearance::{self, Clearance, Refused};
use gonogo_core::gate::Poll;
use gonogo_core::ledger::{Event, PollFinished, PollStarted, State};
use gonogo_core::release::Subject;
use gonogo_core::reviewers::InForce;
use gonogo_core::stale;
use gonogo_core::verdict::Reason;
use gonogo_world::git::Git;
use gonogo_world::process::Environment;
use gonogo_world::tree::TreeWatch;
use reviews::Reviews;
use std::collections::BTreeMap;
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
pub struct Report {
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
    /// Whose reviews count.
    pub reviewers: InForce,
    /// What is another than in the poll before, so that its evidence is about another subject.
    pub changed: Vec<String>,
}

/// Runs a poll.
pub async fn run(
    context: &Context,
    options: Options,
    tracker: &OpenTracker,
    watch: &mut impl PollWatch,
) -> Result<Report, Failure> {
    let Context { candidate, session, .. } = context;
    let git = &session.git;
    let environment = child_environment(&candidate.plan, git.root());
    let (tree, toolbox, drift) = tokio::join!(
        unchanged_tree(git, candidate),
        Toolbox::of_checks(&candidate.plan, git.root(), &environment, &session.cancel),
        drift::since_base(git, candidate),
    );
    if session.cancel.is_cancelled() {
        // A tool that was stopped while it said its version is not one that is missing.
        return Err(Failure::new(FailureKind::Interrupted, "stopped before any check began"));
    }
    let (mut tree, drift) = (tree?, drift?);
    let subject = subject(candidate, &toolbox, &environment);
    let about =
        canonical::digest(&subject).map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;

    let mut ledger = context.open_ledger()?;
    if let Some(bytes) = ledger.repaired_bytes() {
        let note =
            format!("the ledger's last line was torn: {bytes} bytes were cut off, and that is recorded");
        watch.poll(PollEvent::Note(&note));
    }
    let changed = changed_since(ledger.state(), &subject);
    let reviews = Reviews::before(context, ledger.state()).await?;
    let started = PollStarted {
        subject: subject.clone(),
        base_tag: candidate.base.as_ref().map(|base| base.tag.clone()),
        mode: session.mode,
        agent: session.agent.clone(),
        fresh: options.fresh,
        required_gates: drift.required.keys().copied().collect(),
    };
    let poll_seq = ledger.append(Event::PollStarted(Box::new(started)), Vec::new())?.seq;
    watch.poll(PollEvent::Begins(context));
    announce(watch, candidate, &reviews.in_force, &changed);

    let epic = epic_title(candidate.target.tag());
    let unsettled =
        settle::checks_to_repeat(&candidate.plan, &session.cancel, &mut ledger, tracker, &epic).await?;
    let limit = candidate.plan.policy.output_limit;
    let launcher = Launcher { toolbox: Arc::new(toolbox), environment, limit };
    let run = execute::Run {
        context,
        options,
        launcher: &launcher,
        about,
        poll_seq,
        unsettled,
        drift: &drift,
        reviews: &reviews,
    };
    execute::all(&run, &mut ledger, watch, &mut tree).await?;
    ledger.flush()?;
    watch.poll(PollEvent::Ends);

    let finished = ledger.state().poll.as_ref().map(|poll| poll.finished.clone()).unwrap_or_default();
    let poll = Poll::evaluate(&candidate.plan, &drift.required, about, &finished);
    let attempts = finished.keys().map(|key| (key.clone(), ledger.state().attempts(key, about))).collect();
    let standing = if session.cancel.is_cancelled() {
        Err("the poll was stopped before its blockers were filed".to_owned())
    } else {
        settle::blockers(context, &mut ledger, tracker, &epic, &poll, options, watch).await?
    };
    let decision =
        clearance::decide(candidate.target.tag(), &poll, standing.as_ref().map_err(String::as_str));
    let ended = PollFinished {
        poll: poll_seq,
        verdict: poll.outcome().verdict(),
        cleared: decision.is_ok(),
        standing_blockers: standing.as_ref().ok().map(|standing| standing.count() as u64),
    };
    ledger.append(Event::PollFinished(ended), Vec::new())?;
    ledger.flush()?;
    let interrupted = session.cancel.is_cancelled();
    let report = Report {
        poll,
        subject,
        standing,
        decision,
        interrupted,
        seq: poll_seq,
        attempts,
        reviewers: reviews.in_force,
        changed,
    };
    watch.poll(PollEvent::Came(context, &report));
    Ok(report)
}

/// Evidence is about a commit, so the tree has to be that commit's. The watch begins before the comparison, so that a
/// change after it does not go unseen.
async fn unchanged_tree(git: &Git, candidate: &Candidate) -> Result<TreeWatch, Failure> {
    let (tree, hidden) = TreeWatch::begin(git, &candidate.commit, candidate.own_paths()).await?;
    if let Some(path) = hidden.first() {
        return Err(Failure::incomplete(Reason::TreeChanged, format!("git is told not to look at {path}"))
            .remedy(format!("git update-index --no-assume-unchanged --no-skip-worktree {path}")));
    }
    let dirty = git.dirty(&candidate.own_paths()).await?;
    let Some(first) = dirty.first() else { return Ok(tree) };
    let more = if dirty.len() > 1 { format!(" and {} more", dirty.len() - 1) } else { String::new() };
    Err(Failure::incomplete(
        Reason::TreeChanged,
        format!("the checkout is not what its commit says: {first}{more}"),
    )
    .remedy("commit the changes, or stash or remove them; ignore what builds leave behind"))
}

/// Says at a poll's beginning whose reviews count, and why evidence of the poll before is not used again.
fn announce(watch: &mut impl PollWatch, candidate: &Candidate, in_force: &InForce, changed: &[String]) {
    if let Some(line) = in_force.line(candidate.base_tag()) {
        watch.poll(PollEvent::Note(&line));
    }
    if !changed.is_empty() {
        let note = format!("evidence of the poll before is about another subject: {}", changed.join("; "));
        watch.poll(PollEvent::Note(&note));
    }
}

/// What changed since the poll before.
fn changed_since(state: &State, now: &Subject) -> Vec<String> {
    state.poll.as_ref().map_or_else(Vec::new, |poll| stale::changes(&poll.started.subject, now))
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
        variables: environment.fingerprints(),
        host: format!("{} {} {}", host_name(), std::env::consts::OS, std::env::consts::ARCH),
    }
}
