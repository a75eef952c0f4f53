//! One version of each package, looked at and judged.

use super::{AT_ONCE, side_by_side};
use crate::error::Failure;
use gonogo_core::delivery::{Expected, Judgement, Level, Observation, judge};
use gonogo_core::release::Target;
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

/// Looks at each package, and judges it up to a level.
pub async fn audit(
    registries: &Arc<Registries>,
    packages: Vec<Expected>,
    target: &Target,
    level: Level,
    cancel: &Cancel,
) -> Result<Vec<Audit>, Failure> {
    let depth = if level >= Level::Bytes { Depth::Bytes } else { Depth::Index };
    side_by_side(packages, AT_ONCE, cancel, |expected| {
        let (registries, cancel) = (registries.clone(), cancel.clone());
        let wanted = Wanted::of(&expected, target.tag());
        async move {
            let seen = registries.observe(&wanted, depth, &cancel).await;
            let judgement = judge(&expected, &seen, level);
            Audit { seen, judgement }
        }
    })
    .await
}
