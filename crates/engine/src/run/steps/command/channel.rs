//! Whether a channel serves what a command of the plan publishes.

use super::super::wait::{WaitNotice, Waiting};
use super::super::{Run, RunWatch};
use crate::delivery::{expected, registries};
use crate::failure::Failure;
use gonogo_core::delivery::{Channel, ChannelName, Expected, Package};
use gonogo_core::mechanics::{Cause, Code, CommandEffect, Observation, Step, StepCommand, judge_published};
use gonogo_world::registry::{Depth, Wanted};

/// Whether a channel serves what was built, for a command that publishes there.
pub(super) async fn observe(
    run: &Run<'_>,
    step: &Step,
    name: ChannelName,
    watch: &mut impl RunWatch,
) -> Result<Observation<StepCommand>, Cause> {
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
    let is_accepted = history.has_accepted(CommandEffect::Run);
    let is_ours = history.has_intended(CommandEffect::Run);
    let mut waiting = Waiting::until(step.timeout);
    let mut said = WaitNotice::default();
    loop {
        let seen = registries.observe(&wanted, Depth::Bytes, &context.session.cancel).await;
        let observation = judge_published(&expected, &seen, is_ours);
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

fn untold(failure: &Failure) -> Cause {
    Cause::new(Code::ChannelUnknown, failure.message.clone())
}

/// The channel's own package: the first of those that the plan names there, before what comes with it.
fn package(run: &Run<'_>, name: ChannelName) -> Result<Package, Cause> {
    let channel = Channel::from(name);
    let missing = || Cause::new(Code::ChannelUnknown, format!("the plan has no channel {channel}"));
    let packages = run.context.candidate.plan.packages();
    packages.into_iter().find(|package| package.channel == channel).ok_or_else(missing)
}
