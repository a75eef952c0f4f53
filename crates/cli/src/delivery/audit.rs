//! One version of each package, looked at and judged.

use super::{AT_ONCE, installed, side_by_side};
use crate::error::Failure;
use gonogo_core::delivery::{Expected, Judgement, Level, Observation, judge};
use gonogo_core::release::Target;
use gonogo_core::verdict::Verdict;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Depth, Registries, Wanted};
use std::sync::Arc;

/// What came of looking at one package.
pub struct Audit {
    /// What was seen.
    pub seen: Observation,
    /// What follows of it.
    pub judgement: Judgement,
}

/// Looks at each package, and judges it up to a level. With each comes the command that a clean install of it is to
/// run.
pub async fn audit(
    registries: &Arc<Registries>,
    packages: impl IntoIterator<Item = (Expected, Vec<String>)>,
    target: &Target,
    level: Level,
    cancel: &Cancel,
) -> Result<Vec<Audit>, Failure> {
    let depth = if level >= Level::Bytes { Depth::Bytes } else { Depth::Index };
    side_by_side(packages, AT_ONCE, cancel, |(expected, smoke)| {
        let (registries, cancel) = (registries.clone(), cancel.clone());
        let wanted = Wanted::of(&expected, target.tag());
        async move {
            let seen = registries.observe(&wanted, depth, &cancel).await;
            let judgement = judge(&expected, &seen, level.min(Level::Bytes));
            if level <= Level::Bytes || judgement.verdict != Verdict::Passed {
                return Audit { seen, judgement };
            }
            let (seen, judgement) = installed(&registries, &expected, &wanted, &smoke, seen, &cancel).await;
            Audit { seen, judgement }
        }
    })
    .await
}
