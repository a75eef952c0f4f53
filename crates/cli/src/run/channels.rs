//! What the channels say while a run is under way: whether a command has published, and what is out at a stop.

use super::stop::Channels;
use super::{Run, Watch};
use crate::error::chain;
use crate::run::steps::wait::{Said, Waiting};
use gonogo_core::delivery::{self, Channel, Expected, Level};
use gonogo_core::mechanics::{Cause, Code, Effect, Facts, Observation};
use gonogo_core::plan::{ChannelName, Step};
use gonogo_core::verdict::Verdict;
use gonogo_world::http::{Http, Patience};
use gonogo_world::registry::{Configuration, Depth, Registries, Wanted, client_environment};

/// Whether a channel serves what was built, for a command that publishes there.
pub async fn observe(
    run: &Run<'_>,
    step: &Step,
    name: ChannelName,
    watch: &mut impl Watch,
) -> Result<Observation, Cause> {
    let (channel, package) = package(run, name)?;
    let registries = registries(run)?;
    // What was accepted may take its time to show. What was refused, or cut short, is looked at once: a registry takes
    // no version twice.
    let is_accepted = run.mechanics.step(&step.id).accepted.contains(&Effect::RunCommand);
    let mut waiting = Waiting::until(step.timeout);
    let mut said = Said::default();
    loop {
        let seen = look(run, &registries, channel, package, Depth::Bytes).await;
        let observation = match &seen {
            delivery::Observation::Absent { .. } => Observation::Absent(Effect::RunCommand),
            seen => judged(run, channel, package, seen),
        };
        if !is_accepted || !matches!(observation, Observation::Absent(_)) {
            return Ok(observation);
        }
        said.say(&format!("{channel} does not serve {package} {} yet", run.values.version), watch);
        if !waiting.pause(run).await {
            return Ok(observation);
        }
    }
}

fn judged(run: &Run<'_>, channel: Channel, package: &str, seen: &delivery::Observation) -> Observation {
    let expected = Expected::unrecorded(channel, package, run.context.target.version());
    let expected = match run.mechanics.manifest() {
        Some((_, manifest)) => expected.built(manifest),
        None => expected,
    };
    let judgement = delivery::judge(&expected, seen, Level::Bytes);
    let is_partial = !judgement.problems.is_empty()
        && judgement.doubts.is_empty()
        && judgement.problems.iter().all(|problem| problem.code == delivery::Code::FileMissing);
    let why = judgement
        .problems
        .iter()
        .map(|problem| problem.said.clone())
        .chain(judgement.doubts.iter().map(|doubt| doubt.said.clone()))
        .collect::<Vec<_>>()
        .join("; ");
    let message = format!("{channel} {package} {}: {why}", run.values.version);
    match judgement.verdict {
        Verdict::Passed => {
            let shown_by = format!("{channel} serves {package} {} as it was built", run.values.version);
            Observation::Done(Facts::Command { shown_by })
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

/// What every channel of the plan says, where something that cannot be undone may have happened.
pub async fn at_the_stop(run: &Run<'_>) -> Channels {
    if !run.mechanics.past_the_door {
        return Channels { lines: vec!["no channel was touched".to_owned()], recovery: Vec::new() };
    }
    let version = &run.values.version;
    let mut channels = Channels::default();
    let (mut live, mut absent) = (Vec::new(), Vec::new());
    let registries = registries(run);
    for name in [ChannelName::CratesIo, ChannelName::Npm, ChannelName::Pypi] {
        let Ok((channel, package)) = package(run, name) else { continue };
        let seen = match &registries {
            Ok(registries) => look(run, registries, channel, package, Depth::Index).await,
            Err(cause) => {
                channels.lines.push(format!("{channel} {package} {version}: unknown: {}", cause.message));
                continue;
            }
        };
        let said = match seen {
            delivery::Observation::Live(_) => {
                live.push((name, channel, package));
                "live".to_owned()
            }
            delivery::Observation::Absent { .. } => {
                absent.push((channel, package));
                "absent".to_owned()
            }
            delivery::Observation::Conflict { said } => format!("conflict: {said}"),
            delivery::Observation::Unknown { reason, said } => format!("unknown ({reason}): {said}"),
        };
        channels.lines.push(format!("{channel} {package} {version}: {said}"));
    }
    for step in &run.context.plan.steps {
        let line = match run.mechanics.step(&step.id).done {
            Some(Facts::RemoteTag { remote, object, .. }) => format!("tag on {remote}: pushed as {object}"),
            Some(Facts::Formula { commit, .. }) => format!("Homebrew tap: formula at {commit}"),
            Some(Facts::Release { url, .. }) => format!("GitHub release: published, {url}"),
            _ => continue,
        };
        channels.lines.push(line);
    }
    if !live.is_empty() && !absent.is_empty() {
        channels.recovery = recovery(version, &live, &absent);
    }
    channels
}

fn recovery(version: &str, live: &[(ChannelName, Channel, &str)], absent: &[(Channel, &str)]) -> Vec<String> {
    let mut lines = vec![format!("do not tag {version} again: the tag names what is out already")];
    for (channel, package) in absent {
        lines.push(format!(
            "fix forward: settle the cause and run again; {channel} {package} is published from the same build"
        ));
    }
    for (name, channel, package) in live {
        let how = match name {
            ChannelName::CratesIo => format!("cargo yank --version {version} {package}"),
            ChannelName::Npm => format!("npm deprecate {package}@{version} \"incomplete release\""),
            ChannelName::Pypi => format!("yank {version} of {package} in the project's settings"),
        };
        lines.push(format!("if it cannot be completed: {channel}: {how}; then release the next version"));
    }
    lines
}

async fn look(
    run: &Run<'_>,
    registries: &Registries,
    channel: Channel,
    package: &str,
    depth: Depth,
) -> delivery::Observation {
    let version = run.context.target.version().clone();
    let wanted = Wanted {
        channel,
        package: package.to_owned(),
        version,
        tag: run.values.tag.clone(),
        holds: Vec::new(),
    };
    registries.observe(&wanted, depth, &run.context.cancel).await
}

fn registries(run: &Run<'_>) -> Result<Registries, Cause> {
    let environment = run
        .hands
        .variables
        .iter()
        .fold(client_environment(), |environment, (name, value)| environment.with(name, value));
    let http = Http::new(&environment, Patience::default(), 0)
        .map_err(|error| Cause::new(Code::ChannelUnknown, chain(&error)))?;
    Ok(Registries::new(http, Configuration::new(environment, run.hands.git.root())))
}

fn package<'a>(run: &Run<'a>, name: ChannelName) -> Result<(Channel, &'a str), Cause> {
    let channels = &run.context.plan.channels;
    let (channel, package) = match name {
        ChannelName::CratesIo => (Channel::CratesIo, &channels.crates_io),
        ChannelName::Npm => (Channel::Npm, &channels.npm),
        ChannelName::Pypi => (Channel::Pypi, &channels.pypi),
    };
    let missing = || Cause::new(Code::ChannelUnknown, format!("the plan has no channel {channel}"));
    package.as_ref().map(|package| (channel, package.package.as_str())).ok_or_else(missing)
}
