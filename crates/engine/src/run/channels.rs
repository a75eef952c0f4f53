//! What the channels say while a run is under way: whether a command has published, and what is out at a stop.

use super::stop::Channels;
use super::{Run, RunWatch};
use crate::delivery::{Package, audit, expected, named, packages, registries};
use crate::failure::Failure;
use crate::run::steps::wait::{Said, Waiting};
use gonogo_core::delivery::{
    Channel, Code as Problem, Expected, ExpectedFiles, Level, Observation as Seen, Partial, judge, partial,
};
use gonogo_core::mechanics::{Cause, Code, Effect, Facts, Observation};
use gonogo_core::plan::{ChannelName, Step};
use gonogo_core::verdict::Verdict;
use gonogo_world::registry::{Depth, Wanted};

/// Whether a channel serves what was built, for a command that publishes there.
pub async fn observe(
    run: &Run<'_>,
    step: &Step,
    name: ChannelName,
    watch: &mut impl RunWatch,
) -> Result<Observation, Cause> {
    let package = package(run, name)?;
    let registries =
        registries(run.world.git.root(), &run.world.variables).map_err(|error| untold(&error))?;
    let context = run.context;
    let expected = expected(
        &package,
        &context.candidate.plan,
        &context.candidate.target,
        Some(&context.candidate.commit),
        &run.mechanics,
    );
    // A dist-tag is set after the version is there, and is delivery's to look at.
    let expected = Expected { dist_tag: None, ..expected };
    let wanted = Wanted::of(&expected, context.candidate.target.tag());
    // What was accepted may take its time to show. What was refused, or cut short, is looked at once: a registry takes
    // no version twice.
    let history = run.mechanics.step(&step.id);
    let is_accepted = history.accepted.contains(&Effect::RunCommand);
    let is_ours = history.has_intended(&Effect::RunCommand);
    let mut waiting = Waiting::until(step.timeout);
    let mut said = Said::default();
    loop {
        let seen = registries.observe(&wanted, Depth::Bytes, &context.session.cancel).await;
        let observation = judged(&expected, &seen, is_ours);
        if !is_accepted || !matches!(observation, Observation::Absent(_)) {
            return Ok(observation);
        }
        let text =
            format!("{} does not serve {} {} yet", expected.channel, expected.package, expected.version);
        said.say(&text, watch);
        if !waiting.pause(run).await {
            return Ok(observation);
        }
    }
}

/// Judges what a channel serves. `is_ours` says that this ledger holds the intent to publish it: without that, and
/// without a manifest to compare with, nothing says that it is ours.
fn judged(expected: &Expected, seen: &Seen, is_ours: bool) -> Observation {
    if matches!(seen, Seen::Absent { .. }) {
        return Observation::Absent(Effect::RunCommand);
    }
    let judgement = judge(expected, seen, Level::Bytes);
    let is_partial = !judgement.problems.is_empty()
        && judgement.doubts.is_empty()
        && judgement.problems.iter().all(|problem| problem.code == Problem::FileMissing);
    let problems = judgement.problems.iter().map(|problem| problem.said.as_str());
    let why: Vec<&str> = problems.chain(judgement.doubts.iter().map(|doubt| doubt.said.as_str())).collect();
    let name = format!("{} {} {}", expected.channel, expected.package, expected.version);
    let message = format!("{name}: {}", why.join("; "));
    match judgement.verdict {
        Verdict::Passed if expected.files == ExpectedFiles::NotRecorded && !is_ours => Observation::Conflict(
            Cause::new(
                Code::ChannelDiffers,
                format!("{name} is there already: this ledger did not publish it, and what was built is not recorded"),
            )
            .remedy("find out who published it; release another version"),
        ),
        Verdict::Passed => {
            let as_what = match expected.files {
                ExpectedFiles::NotRecorded => "published by this release",
                _ => "as it was built",
            };
            Observation::Done(Facts::Command { shown_by: format!("{name} is served, {as_what}") })
        }
        // Some of the files are there, each as it was built: the command is to bring the others.
        Verdict::Failed if is_partial => Observation::Absent(Effect::RunCommand),
        Verdict::Failed => Observation::Conflict(
            Cause::new(Code::ChannelDiffers, message)
                .remedy("a published version is not replaced: yank it, and release another one"),
        ),
        Verdict::Incomplete => Observation::Unknown(Cause::new(Code::ChannelUnknown, message)),
    }
}

/// What the plan's registries say, and what the steps have shown, where something that cannot be undone may have
/// happened.
pub async fn at_the_stop(run: &Run<'_>) -> Channels {
    if !run.mechanics.past_the_door {
        return Channels { lines: vec!["no channel was touched".to_owned()], recovery: Vec::new() };
    }
    let mut channels = match look_at_all(run).await {
        Ok(partial) => Channels {
            lines: partial
                .places
                .iter()
                .flat_map(|place| [place.line()].into_iter().chain(place.undo_lines()))
                .collect(),
            recovery: if partial.is_partial { partial.way_out() } else { Vec::new() },
        },
        Err(failure) => {
            Channels { lines: vec![format!("not told: {}", failure.message)], recovery: Vec::new() }
        }
    };
    for step in &run.context.candidate.plan.steps {
        let line = match run.mechanics.step(&step.id).done {
            Some(Facts::RemoteTag { remote, object, .. }) => format!("tag on {remote}: pushed as {object}"),
            Some(Facts::Formula { commit, .. }) => format!("Homebrew tap: formula at {commit}"),
            Some(Facts::Release { url, .. }) => format!("GitHub release: published, {url}"),
            _ => continue,
        };
        channels.lines.push(line);
    }
    channels
}

/// The registries that forget no version. A Go proxy is not among them: where it is asked before the module's tag is there,
/// it keeps its "not found".
async fn look_at_all(run: &Run<'_>) -> Result<Partial, Failure> {
    let context = run.context;
    let registries = registries(run.world.git.root(), &run.world.variables)?;
    let packages =
        packages(&context.candidate.plan.channels, context.candidate.plan.project.repository.as_deref());
    let is_asked =
        |package: &Package| matches!(package.channel, Channel::CratesIo | Channel::Npm | Channel::Pypi);
    let asked: Vec<Package> = packages.into_iter().filter(is_asked).collect();
    let tasks = named(None, &asked, &context.candidate.target, Level::Resolvable).await;
    let audits = audit(&registries, tasks, &context.candidate.target, &context.session.cancel).await?;
    let judgements: Vec<_> = audits.into_iter().map(|audit| audit.judgement).collect();
    Ok(partial(&judgements))
}

fn untold(failure: &Failure) -> Cause {
    Cause::new(Code::ChannelUnknown, failure.message.clone())
}

fn package(run: &Run<'_>, name: ChannelName) -> Result<Package, Cause> {
    let plan = &run.context.candidate.plan;
    let (channel, own) = match name {
        ChannelName::CratesIo => (Channel::CratesIo, &plan.channels.crates_io),
        ChannelName::Npm => (Channel::Npm, &plan.channels.npm),
        ChannelName::Pypi => (Channel::Pypi, &plan.channels.pypi),
    };
    let all = packages(&plan.channels, plan.project.repository.as_deref());
    let is_own = |package: &Package| {
        package.channel == channel && own.as_ref().is_some_and(|own| own.package == package.name)
    };
    let missing = || Cause::new(Code::ChannelUnknown, format!("the plan has no channel {channel}"));
    all.into_iter().find(is_own).ok_or_else(missing)
}
