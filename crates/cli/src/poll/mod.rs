//! One poll: all checks of the plan on one subject, then blockers, then the answer.
//!
//! Data flows one way: the world is observed, core decides, the ledger records, the watcher shows.

mod benchmark;
mod builtin;
mod command;
mod drift;
mod execute;
pub mod settle;

pub use command::repeat_line;

use crate::context::{Context, host_name};
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::toolbox::Toolbox;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::{Standing, epic_title};
use gonogo_core::canonical;
use gonogo_core::clearance::{self, Clearance, Refused};
use gonogo_core::digest::Digest;
use gonogo_core::gate::Poll;
use gonogo_core::ledger::{CheckFinished, Event, Opened, PollFinished, PollStarted};
use gonogo_core::release::Subject;
use gonogo_core::verdict::Reason;
use gonogo_world::ledger::{self, Ledger};
use gonogo_world::process::Environment;
use gonogo_world::tree::TreeWatch;
use std::collections::BTreeMap;

/// Watches a poll as it goes.
pub trait Watch {
    /// The poll begins: so many checks.
    fn begins(&mut self, context: &Context);
    /// A check starts.
    fn started(&mut self, gate: u32, check: &str);
    /// A check has ended, or its earlier evidence was taken over.
    fn finished(&mut self, finished: &CheckFinished);
    /// Something that the watcher should know.
    fn note(&mut self, text: &str);
    /// All checks have ended.
    fn ends(&mut self);
}

/// How a poll is run.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Take over no earlier evidence.
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
}

/// Runs a poll.
pub async fn run(
    context: &Context,
    options: Options,
    tracker: &OpenTracker,
    watch: &mut impl Watch,
) -> Result<Report, Failure> {
    let environment = child_environment(context);
    let (tree, toolbox, drift) = tokio::join!(
        unchanged_tree(context),
        Toolbox::resolve(&context.plan, context.git.root(), &environment, &context.cancel),
        drift::since_base(context),
    );
    if context.cancel.is_cancelled() {
        // A tool that was stopped while it said its version is not one that is missing.
        return Err(Failure::new(Exit::Interrupted, "stopped before any check began"));
    }
    let (mut tree, drift) = (tree?, drift?);
    let subject = subject(context, &toolbox, &environment);
    let about = canonical::digest(&subject).map_err(|error| Failure::new(Exit::Internal, chain(&error)))?;

    let folder = ledger::folder(context.git.common_dir(), context.target.tag());
    let opened =
        Opened { project: context.plan.project.name.clone(), target: context.target.tag().to_owned() };
    let mut ledger = Ledger::open(&folder, opened)?;
    if let Some(bytes) = ledger.repaired_bytes() {
        watch.note(&format!(
            "the ledger's last line was torn: {bytes} bytes were cut off, and that is recorded"
        ));
    }
    let started = PollStarted {
        subject: subject.clone(),
        base_tag: context.base.as_ref().map(|base| base.tag.clone()),
        mode: context.mode,
        agent: context.agent.clone(),
        fresh: options.fresh,
        required_gates: drift.required.keys().copied().collect(),
    };
    let poll_seq = ledger.append(Event::PollStarted(Box::new(started)), Vec::new())?.seq;
    watch.begins(context);

    let epic = epic_title(context.target.tag());
    let unsettled = settle::checks_to_repeat(context, &mut ledger, tracker, &epic).await?;
    let run = execute::Run {
        context,
        options,
        toolbox: &toolbox,
        environment: &environment,
        about,
        poll_seq,
        unsettled,
        drift: &drift,
    };
    execute::all(&run, &mut ledger, watch, &mut tree).await?;
    ledger.flush()?;
    watch.ends();

    let finished = ledger.state().poll.as_ref().map(|poll| poll.finished.clone()).unwrap_or_default();
    let poll = Poll::evaluate(&context.plan, &drift.required, about, &finished);
    let attempts = finished.keys().map(|key| (key.clone(), ledger.state().attempts(key, about))).collect();
    let standing = if context.cancel.is_cancelled() {
        Err("the poll was stopped before its blockers were filed".to_owned())
    } else {
        settle::blockers(context, &mut ledger, tracker, &epic, &poll, options, watch).await?
    };
    let decision = clearance::decide(context.target.tag(), &poll, standing.as_ref().map_err(String::as_str));
    let ended = PollFinished {
        poll: poll_seq,
        verdict: poll.outcome().verdict(),
        cleared: decision.is_ok(),
        standing_blockers: standing.as_ref().ok().map(|standing| standing.count() as u64),
    };
    ledger.append(Event::PollFinished(ended), Vec::new())?;
    ledger.flush()?;
    let interrupted = context.cancel.is_cancelled();
    Ok(Report { poll, subject, standing, decision, interrupted, seq: poll_seq, attempts })
}

/// Evidence is about a commit, so the tree has to be that commit's. The watch begins before the comparison, so that a
/// change after it does not go unseen.
async fn unchanged_tree(context: &Context) -> Result<TreeWatch, Failure> {
    let (tree, hidden) = TreeWatch::begin(&context.git, &context.commit, context.own_paths()).await?;
    if let Some(path) = hidden.first() {
        return Err(Failure::incomplete(Reason::TreeChanged, format!("git is told not to look at {path}"))
            .remedy(format!("git update-index --no-assume-unchanged --no-skip-worktree {path}")));
    }
    let dirty = context.git.dirty(&context.own_paths()).await?;
    let Some(first) = dirty.first() else { return Ok(tree) };
    let more = if dirty.len() > 1 { format!(" and {} more", dirty.len() - 1) } else { String::new() };
    Err(Failure::incomplete(
        Reason::TreeChanged,
        format!("the checkout is not what its commit says: {first}{more}"),
    )
    .remedy("commit the changes, or stash or remove them; ignore what builds leave behind"))
}

/// The environment that every check starts from. Its search path holds nothing of the checkout.
pub fn child_environment(context: &Context) -> Environment {
    let environment = Environment::allowing(context.plan.policy.env.iter().map(String::as_str));
    let search = environment.get("PATH").unwrap_or_default().to_owned();
    let outside = std::env::split_paths(&search)
        .filter(|folder| folder.is_absolute() && !folder.starts_with(context.git.root()));
    // With a path that cannot be written, no program is found.
    environment.with("PATH", std::env::join_paths(outside).unwrap_or_default())
}

fn subject(context: &Context, toolbox: &Toolbox, environment: &Environment) -> Subject {
    // What any one check may see counts for all: a change too many runs a check again, one too few would not.
    let seen = context.plan.checks().flat_map(|(_, check)| check.env());
    let environment = environment.clone().letting_through(seen.map(String::as_str)).digest();
    Subject {
        commit: context.commit.clone(),
        tree: context.tree.clone(),
        plan: context.plan.digest,
        base_commit: context.base.as_ref().map(|base| base.commit.clone()),
        toolchain: toolbox.found.clone(),
        environment: Some(environment),
        host: format!("{} {} {}", host_name(), std::env::consts::OS, std::env::consts::ARCH),
    }
}

/// The digests of the evidence that a reviewer of a check has before them, sorted: the check's own where it has any
/// (a search, a comparison of plans), else that of all other checks of its gate.
pub fn reviewed_evidence<'a>(
    finished: impl IntoIterator<Item = &'a CheckFinished>,
    gate: u32,
    check: &str,
) -> Vec<Digest> {
    let of_gate: Vec<&CheckFinished> =
        finished.into_iter().filter(|finished| finished.gate == gate).collect();
    let digests = |of: &[&CheckFinished]| -> Vec<Digest> {
        let all = of.iter().flat_map(|finished| finished.evidence.iter().map(|evidence| evidence.digest));
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    let own: Vec<&CheckFinished> =
        of_gate.iter().copied().filter(|finished| finished.check == check).collect();
    let own = digests(&own);
    if own.is_empty() { digests(&of_gate) } else { own }
}
