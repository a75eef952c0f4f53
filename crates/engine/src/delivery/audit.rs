//! One version of each package, looked at once and judged: by itself, and by what the others serve.

use super::wanted::DeliveryTask;
use super::{AT_ONCE, installed, side_by_side};
use crate::failure::Failure;
use gonogo_core::delivery::{Expected, Judgement, Level, Sighting, across, judge};
use gonogo_core::release::Target;
use gonogo_core::verdict::Verdict;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Depth, Registries, Wanted};
use std::sync::Arc;

/// What came of looking at one package.
pub struct Audit {
    /// What was seen.
    pub seen: Sighting,
    /// What follows of it.
    pub judgement: Judgement,
}

/// Looks at each package, and judges it up to its level.
pub async fn audit(
    registries: &Arc<Registries>,
    tasks: Vec<DeliveryTask>,
    target: &Target,
    cancel: &Cancel,
) -> Result<Vec<Audit>, Failure> {
    let seen = side_by_side(tasks.clone(), AT_ONCE, cancel, |task| {
        let (registries, cancel) = (registries.clone(), cancel.clone());
        let wanted = Wanted::of(&task.expected, target.tag());
        async move { look(&registries, &task, &wanted, &cancel).await }
    })
    .await?;
    let pairs: Vec<(&Expected, &Sighting)> =
        tasks.iter().zip(&seen).map(|(task, seen)| (&task.expected, seen)).collect();
    let by_others = across(&pairs);
    let each =
        tasks.iter().zip(by_others).zip(&seen).map(|((task, by_others), seen)| {
            judge(&task.expected, seen, task.level).with(by_others, task.level)
        });
    let judgements: Vec<Judgement> = each.collect();
    Ok(seen.into_iter().zip(judgements).map(|(seen, judgement)| Audit { seen, judgement }).collect())
}

/// Whatever is wrong above, the bytes are looked at: this tells all of it. Only what serves the right ones is installed.
async fn look(registries: &Registries, task: &DeliveryTask, wanted: &Wanted, cancel: &Cancel) -> Sighting {
    let depth = if task.level >= Level::Bytes { Depth::Bytes } else { Depth::Index };
    let seen = registries.observe(wanted, depth, cancel).await;
    if task.level < Level::Installs || judge(&task.expected, &seen, Level::Bytes).verdict != Verdict::Passed {
        return seen;
    }
    installed(registries, &task.expected, wanted, &task.package.smoke, seen, cancel).await.0
}
