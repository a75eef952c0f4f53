//! The delivery of a release: waited for, recorded in the ledger, and filed as one blocker where it does not hold.

use super::base::names_of_base;
use super::event::{DeliveryEvent, DeliveryWatch};
use super::registries;
use super::verify::{PackageDelivery, verify};
use super::wanted::{Effort, tasks};
use crate::blockers::{Filed, file_stop};
use crate::context::Context;
use crate::failure::Failure;
use crate::tracker::OpenTracker;
use gonogo_core::blocker::Stopped;
use gonogo_core::delivery::{Doubt, Expected, ExpectedFiles, Install, Judgement, Partial, Sighting, partial};
use gonogo_core::ids::CommitId;
use gonogo_core::ledger::Mechanics;
use gonogo_core::ledger::{self, DeliveredChannel, Event};
use gonogo_core::mechanics::{Cause, Code};
use gonogo_core::plan::StepKind;
use gonogo_core::redact::Redactor;
use gonogo_core::release::Mode;
use gonogo_core::standing::Verb;
use gonogo_core::verdict::{Outcome, Reason, combine};
use gonogo_world::git::Git;
use gonogo_world::ledger::{Ledger, read};
use std::ffi::OsString;

/// The step that a blocker of a delivery names.
const STEP: &str = "delivery";

/// A release whose delivery is waited for.
pub struct AwaitedRelease<'a> {
    /// Its context.
    pub context: &'a Context,
    /// In which world.
    pub mode: Mode,
    /// The commit that is released, where it is known.
    pub commit: Option<CommitId>,
    /// The checkout that has its tags, in which clients are configured.
    pub git: &'a Git,
    /// Variables that lead every client elsewhere.
    pub variables: &'a [(OsString, OsString)],
    /// Where blockers are filed.
    pub tracker: &'a OpenTracker,
    /// How deep to look, and how long.
    pub asked: Effort,
}

/// What came of it.
pub struct Delivered {
    /// Whether what was built is recorded.
    pub has_manifest: bool,
    /// Each package on each channel.
    pub deliveries: Vec<PackageDelivery>,
    /// All of it.
    pub outcome: Outcome,
    /// Who has what, and the way out.
    pub partial: Partial,
    /// What was filed, where it does not hold.
    pub filed: Option<Filed>,
}

impl Delivered {
    /// What is concluded of each package.
    pub fn judgements(&self) -> Vec<Judgement> {
        self.deliveries.iter().map(|delivery| delivery.judgement.clone()).collect()
    }
}

/// Waits for the delivery of a release. `None` where the plan names no channel.
pub async fn deliver(
    release: &AwaitedRelease<'_>,
    watch: &mut impl DeliveryWatch,
) -> Result<Option<Delivered>, Failure> {
    let AwaitedRelease { context, mode, .. } = release;
    let records = read(&context.ledger_folder(), context.owner())?;
    let mechanics = Mechanics::fold(records.iter().flatten(), *mode);
    let mut tasks = tasks(
        release.git,
        &context.candidate.plan,
        &context.candidate.target,
        release.commit.as_ref(),
        &mechanics,
        release.asked,
    )
    .await;
    if tasks.is_empty() {
        return Ok(None);
    }
    // Where the plan fetches what is built, a channel that agrees with itself alone proves nothing.
    let builds =
        context.candidate.plan.steps.iter().any(|step| matches!(step.kind, StepKind::FetchArtifacts(_)));
    if builds && mechanics.manifest().is_none() {
        for task in &mut tasks {
            let doubt = Doubt::new(Reason::BaselineMissing, "what was built is not recorded here");
            task.expected.doubts.push(doubt);
        }
    }
    let registries = registries(release.git.root(), release.variables)?;
    for task in tasks.iter_mut().filter(|task| is_unsaid(&task.expected)) {
        let (candidate, cancel) = (&context.candidate, &context.session.cancel);
        match names_of_base(&registries, candidate, &task.package, cancel).await {
            Ok(Some(names)) => task.expected.names = names,
            Ok(None) => {
                let said = "which files there have to be is said nowhere: nothing that was built is recorded, the channel has no base \
                            release, and the plan names no `files`";
                task.expected.doubts.push(Doubt::new(Reason::BaselineMissing, said));
            }
            Err(doubt) => task.expected.doubts.push(doubt),
        }
    }
    watch.delivery(DeliveryEvent::Begins(&tasks));
    let mut deliveries =
        verify(&registries, tasks, &context.candidate.target, watch, &context.session.cancel).await?;
    for delivery in &mut deliveries {
        redact(delivery, &context.session.redactor);
    }
    let judgements: Vec<Judgement> = deliveries.iter().map(|delivery| delivery.judgement.clone()).collect();
    let outcome = combine(judgements.iter().map(Judgement::outcome));
    let mut delivered = Delivered {
        has_manifest: mechanics.manifest().is_some(),
        partial: match mode {
            Mode::DryRun => partial(&judgements, context.candidate.target.tag()).rehearsed(),
            Mode::Live => partial(&judgements, context.candidate.target.tag()),
        },
        deliveries,
        outcome,
        filed: None,
    };
    // Without a ledger here, the release was made elsewhere: it is looked at, and nothing is written.
    if records.is_some() {
        let mut ledger = context.open_ledger()?;
        if outcome != Outcome::Passed {
            delivered.filed = Some(file(release, &mut ledger, &delivered).await?);
        }
        ledger.append(Event::Delivered(Box::new(event(release, &delivered))), Vec::new())?;
        ledger.flush()?;
    }
    watch.delivery(DeliveryEvent::Came { target: context.candidate.target.tag(), delivered: &delivered });
    Ok(Some(delivered))
}

/// Whether a file may be missing there unseen: nothing is recorded, and the plan says nothing.
fn is_unsaid(expected: &Expected) -> bool {
    expected.files == ExpectedFiles::NotRecorded
        && !expected.names.is_stated()
        && expected.channel.has_files_by_platform()
}

fn event(release: &AwaitedRelease<'_>, delivered: &Delivered) -> ledger::DeliveryRecorded {
    let channels = delivered
        .deliveries
        .iter()
        .map(|delivery| DeliveredChannel { asked: delivery.asked, judgement: delivery.judgement.clone() });
    ledger::DeliveryRecorded {
        mode: release.mode,
        agent: release.context.session.agent.clone(),
        commit: release.commit.clone(),
        verdict: delivered.outcome.verdict(),
        reason: delivered.outcome.reason(),
        channels: channels.collect(),
        blocker: delivered.filed.as_ref().and_then(Filed::id).map(str::to_owned),
    }
}

async fn file(
    release: &AwaitedRelease<'_>,
    ledger: &mut Ledger,
    delivered: &Delivered,
) -> Result<Filed, Failure> {
    let context = release.context;
    let target = context.candidate.target.tag();
    let wrong: Vec<String> = delivered.deliveries.iter().filter_map(why).collect();
    let message = context.session.redactor.text(&wrong.join("\n"));
    let stopped = Stopped {
        target,
        commit: release.commit.as_ref().unwrap_or(&context.candidate.commit),
        mode: release.mode,
        step: STEP,
        cause: &Cause::new(Code::Undelivered, message),
        past_the_door: release.mode == Mode::Live,
        channels: &delivered.partial.lines(),
        recovery: &delivered.partial.way_out(),
        next: &context.given.for_others().line(&[looks_again(release.mode)]),
    };
    file_stop(&context.session.cancel, ledger, release.tracker, &stopped).await
}

/// The command that looks at the channels again: those of a rehearsal are gone with it.
const fn looks_again(mode: Mode) -> Verb {
    match mode {
        Mode::Live => Verb::Verify,
        Mode::DryRun => Verb::Run(Mode::DryRun),
    }
}

/// Why one package is not delivered, in one line.
fn why(delivery: &PackageDelivery) -> Option<String> {
    let judgement = &delivery.judgement;
    let problems = judgement.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.said));
    let doubts = judgement.doubts.iter().map(|doubt| format!("{}: {}", doubt.reason, doubt.said));
    let all: Vec<String> = problems.chain(doubts).collect();
    let name = format!("{} {} {}", judgement.channel, judgement.package, judgement.version);
    (judgement.outcome() != Outcome::Passed).then(|| format!("{name}: {}", all.join("; ")))
}

/// Takes secrets out of what clients and programs said, before any of it is stored.
fn redact(delivery: &mut PackageDelivery, redactor: &Redactor) {
    let judgement = &mut delivery.judgement;
    let problems = judgement.problems.iter_mut().map(|problem| &mut problem.said);
    let doubts = judgement.doubts.iter_mut().map(|doubt| &mut doubt.said);
    for said in problems.chain(doubts) {
        *said = redactor.text(said);
    }
    if let Sighting::Live(facts) = &mut delivery.seen
        && let Some(
            Install::NotInstalled { said } | Install::DoesNotRun { said } | Install::NotTried { said, .. },
        ) = facts.install.as_mut().map(|install| &mut install.came)
    {
        *said = redactor.text(said);
    }
}
