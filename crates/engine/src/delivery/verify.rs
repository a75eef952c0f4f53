//! Deliveries waited for: each package is looked at again, ever more slowly, until it is right, wrong for good, or late.
//!
//! Invariant: nothing is said to be delivered that was not seen so; what does not come in its window is incomplete.

use super::event::{DeliveryEvent, DeliveryWatch};
use super::wanted::DeliveryTask;
use super::{AT_ONCE, installed, side_by_side};
use crate::failure::Failure;
use gonogo_core::delivery::{Judgement, Level, Sighting, judge};
use gonogo_core::release::Target;
use gonogo_core::verdict::Verdict;
use gonogo_world::http::Jitter;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Registries, Wanted};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

/// The wait before the second look, on average; each next one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait between two looks, on average.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What came of waiting for one package.
#[derive(Clone, Debug)]
pub struct PackageDelivery {
    /// The level that was asked for.
    pub asked: Level,
    /// How long it may take to show.
    pub window: Duration,
    /// How long was waited.
    pub waited: Duration,
    /// How often was looked.
    pub looks: u32,
    /// What was seen last.
    pub seen: Sighting,
    /// What follows of it.
    pub judgement: Judgement,
}

/// Waits for every package, side by side.
pub async fn verify(
    registries: &Arc<Registries>,
    tasks: Vec<DeliveryTask>,
    target: &Target,
    watch: &mut impl DeliveryWatch,
    cancel: &Cancel,
) -> Result<Vec<PackageDelivery>, Failure> {
    // One look at a time for each slot: who waits between two looks holds none.
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let (tell, mut told) = mpsc::unbounded_channel();
    let all = side_by_side(tasks.into_iter().enumerate(), usize::MAX, cancel, |(place, task)| {
        let (registries, slots, tell) = (registries.clone(), slots.clone(), tell.clone());
        let (cancel, target) = (cancel.clone(), target.clone());
        async move {
            let wanted = Wanted::of(&task.expected, target.tag());
            // The jitter keeps apart those that are looked at by one process too.
            let jitter = Jitter::new((u64::from(std::process::id()) << 32) + place as u64);
            let started = Instant::now();
            let (mut looks, mut pause) = (0, FIRST_WAIT);
            loop {
                let (seen, judgement) = {
                    // Closed only when nobody is left to ask.
                    let _slot = slots.acquire().await.ok();
                    look(&registries, &task, &wanted, &cancel).await
                };
                looks += 1;
                let waited = started.elapsed();
                let left = task.window.saturating_sub(waited);
                if !judgement.is_worth_waiting_for() || left.is_zero() || cancel.is_cancelled() {
                    let judgement = judgement.given_up();
                    let (asked, window) = (task.level, task.window);
                    let delivery = PackageDelivery { asked, window, waited, looks, seen, judgement };
                    // Whoever listened has ended, and needs to hear no more.
                    tell.send(Told::Settled(place, delivery.clone())).ok();
                    return delivery;
                }
                tell.send(Told::Waits(place, judgement, (started + task.window).into_std())).ok();
                tokio::select! {
                    () = tokio::time::sleep(jitter.around(pause).min(left)) => {}
                    () = cancel.cancelled() => {}
                }
                pause = (pause * 2).min(LONGEST_WAIT);
            }
        }
    });
    tokio::pin!(all);
    loop {
        tokio::select! {
            biased;
            Some(one) = told.recv() => one.show(watch),
            ended = &mut all => {
                while let Ok(one) = told.try_recv() {
                    one.show(watch);
                }
                return ended;
            }
        }
    }
}

/// What the look at one package tells, on its way to the watcher.
enum Told {
    Waits(usize, Judgement, std::time::Instant),
    Settled(usize, PackageDelivery),
}

impl Told {
    fn show(&self, watch: &mut impl DeliveryWatch) {
        watch.delivery(match self {
            Self::Waits(place, judgement, until) => {
                DeliveryEvent::Waits { place: *place, judgement, until: *until }
            }
            Self::Settled(place, delivery) => DeliveryEvent::Settled { place: *place, delivery },
        });
    }
}

/// One look, as deep as what is above holds: nothing is downloaded of what does not resolve, and nothing is installed
/// whose bytes are not right.
async fn look(
    registries: &Registries,
    task: &DeliveryTask,
    wanted: &Wanted,
    cancel: &Cancel,
) -> (Sighting, Judgement) {
    let of_index = |seen: &Sighting| judge(&task.expected, seen, task.level.min(Level::Resolvable));
    let is_worth =
        |seen: &Sighting| task.level > Level::Resolvable && of_index(seen).verdict == Verdict::Passed;
    let mut is_deep = false;
    let seen = registries
        .observe_while(
            wanted,
            |seen| {
                is_deep = is_worth(seen);
                is_deep
            },
            cancel,
        )
        .await;
    if !is_deep {
        let judgement = of_index(&seen);
        return (seen, judgement);
    }
    let judgement = judge(&task.expected, &seen, task.level.min(Level::Bytes));
    if task.level <= Level::Bytes || judgement.verdict != Verdict::Passed {
        return (seen, judgement);
    }
    installed(registries, &task.expected, wanted, &task.package.smoke, seen, cancel).await
}
