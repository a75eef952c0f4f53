//! What the channels say where a run stops.

use super::Run;
use super::stop::ChannelsAtStop;
use crate::delivery::{audit, named, registries};
use crate::failure::Failure;
use gonogo_core::delivery::{Level, Package, Partial, partial};
use gonogo_core::release::Mode;

/// What the plan's registries say, and what the steps have shown, where something that cannot be undone may have
/// happened.
pub async fn at_the_stop(run: &Run<'_>) -> ChannelsAtStop {
    if !run.mechanics.past_the_door {
        return ChannelsAtStop { lines: vec!["no channel was touched".to_owned()], recovery: Vec::new() };
    }
    let mut channels = match look_at_all(run).await {
        Ok(partial) => ChannelsAtStop {
            lines: partial
                .places
                .iter()
                .flat_map(|place| [place.line()].into_iter().chain(place.undo_lines()))
                .collect(),
            recovery: if partial.is_partial { partial.way_out() } else { Vec::new() },
        },
        Err(failure) => {
            ChannelsAtStop { lines: vec![format!("not told: {}", failure.message)], recovery: Vec::new() }
        }
    };
    let steps = run.context.candidate.plan.steps.iter();
    let done = steps.filter_map(|step| run.mechanics.step(&step.id).done);
    channels.lines.extend(done.filter_map(|facts| facts.public_line()));
    channels
}

/// The registries that forget no version. A Go proxy is not among them: where it is asked before the module's tag is there,
/// it keeps its "not found".
async fn look_at_all(run: &Run<'_>) -> Result<Partial, Failure> {
    let context = run.context;
    let registries = registries(run.world.git.root(), &run.world.variables)?;
    let packages = context.candidate.plan.packages().into_iter();
    let asked: Vec<Package> = packages.filter(|package| package.channel.is_askable_early()).collect();
    let tasks = named(None, &asked, &context.candidate.target, Level::Resolvable).await;
    let audits = audit(&registries, tasks, &context.candidate.target, &context.session.cancel).await?;
    let judgements: Vec<_> = audits.into_iter().map(|audit| audit.judgement).collect();
    let partial = partial(&judgements, context.candidate.target.tag());
    Ok(match context.session.mode {
        Mode::DryRun => partial.rehearsed(),
        Mode::Live => partial,
    })
}
