//! One release from end to end: preconditions, poll, mechanics, delivery; in the real world, or in a private one.

use crate::context::Context;
use crate::delivery::{self, Delivered, DeliveryWatch};
use crate::failure::Failure;
use crate::poll::{self, Options, PollWatch};
use crate::preflight::{self, Item, ItemState};
use crate::rehearsal::{self, Rehearsal};
use crate::run::{self, Ending, RunWatch, World, summary, world};
use crate::standing;
use gonogo_core::ledger::Mechanics;
use gonogo_core::release::Mode;
use gonogo_core::standing::Position;
use std::path::PathBuf;

/// Watches all of a release.
pub trait Watch: PollWatch + RunWatch + DeliveryWatch {}

impl<T: PollWatch + RunWatch + DeliveryWatch> Watch for T {}

/// How far a release came.
pub struct Released {
    /// What the poll came to.
    pub polled: poll::PollReport,
    /// What the mechanics came to; `None` without clearance.
    pub ran: Option<run::RunReport>,
    /// What every channel serves; `None` where the mechanics did not end well, or the plan names no channel.
    pub delivered: Option<Delivered>,
    /// Whether anything that cannot be undone may have happened in the real world, now or in an earlier run.
    pub past_the_door: bool,
}

/// What a rehearsal left behind.
pub struct Rehearsed {
    /// How far it came.
    pub released: Released,
    /// What changed in the private world, in order.
    pub effects: Vec<String>,
    /// Whether the real remote's branches and tags are as they were before.
    pub is_remote_untouched: bool,
}

/// What came of a whole run.
pub enum ReleaseOutcome {
    /// A precondition does not hold: nothing was begun.
    NotReady {
        /// Whether an earlier run may have done what cannot be undone.
        past_the_door: bool,
    },
    /// A live run.
    Live(Released),
    /// A dry run.
    Rehearsed(Rehearsed),
}

/// Preconditions, then all else in the world that the mode names. `folder` makes the folder of a rehearsal's private world,
/// once it is needed.
pub async fn whole(
    context: &Context,
    options: Options,
    folder: impl FnOnce() -> Result<PathBuf, Failure>,
    watch: &mut impl Watch,
) -> Result<(Vec<Item>, ReleaseOutcome), Failure> {
    let items = preflight::of_run(context).await;
    if preflight::worst(&items) != ItemState::Ok {
        let past_the_door = is_out(context).await?;
        return Ok((items, ReleaseOutcome::NotReady { past_the_door }));
    }
    let outcome = match context.session.mode {
        Mode::Live => {
            let world = world::of_the_context(context).await?;
            ReleaseOutcome::Live(release(context, &world, options, watch).await?)
        }
        Mode::DryRun => {
            let rehearsal = rehearsal::prime(context, &folder()?).await?;
            ReleaseOutcome::Rehearsed(rehearse(context, &rehearsal, options, watch).await?)
        }
    };
    Ok((items, outcome))
}

async fn rehearse(
    context: &Context,
    rehearsal: &Rehearsal,
    options: Options,
    watch: &mut impl Watch,
) -> Result<Rehearsed, Failure> {
    let released = release(context, &rehearsal.world, options, watch).await?;
    let effects = rehearsal.effects();
    let is_remote_untouched = rehearsal.is_remote_untouched(context).await?;
    Ok(Rehearsed { released, effects, is_remote_untouched })
}

/// Poll, mechanics and delivery, in a world.
pub async fn release(
    context: &Context,
    world: &World,
    options: Options,
    watch: &mut impl Watch,
) -> Result<Released, Failure> {
    let polled = poll::run(context, options, &world.tracker, watch).await?;
    let Ok(clearance) = &polled.decision else {
        let past_the_door = is_out(context).await?;
        return Ok(Released { polled, ran: None, delivered: None, past_the_door });
    };
    let ran = run::perform(context, world, clearance, polled.seq, summary(&polled), watch).await?;
    let mut delivered = None;
    if matches!(ran.ending, Ending::Completed) {
        let release = delivery::AwaitedRelease {
            context,
            mode: context.session.mode,
            commit: Some(context.candidate.commit.clone()),
            git: &world.git,
            variables: &world.variables,
            tracker: &world.tracker,
            asked: delivery::Effort { level: None, longest_window: world.longest_window },
        };
        delivered = delivery::deliver(&release, watch).await?;
    }
    let past_the_door = ran.past_the_door;
    Ok(Released { polled, ran: Some(ran), delivered, past_the_door })
}

/// Whether an earlier run may have done what cannot be undone, as the ledger says.
pub fn is_past_the_door(context: &Context) -> Result<bool, Failure> {
    Ok(Mechanics::fold(&context.records()?, Mode::Live).past_the_door)
}

/// The same as the world says too: a ledger can be lost, and a tag that is out is out.
async fn is_out(context: &Context) -> Result<bool, Failure> {
    let live = Mechanics::fold(&context.records()?, Mode::Live);
    if !Position::hangs_on_remote(&live) {
        return Ok(true);
    }
    let tag = context.candidate.target.tag();
    Ok(standing::is_tag_on_remote(&context.session.git, tag).await == Some(true))
}
