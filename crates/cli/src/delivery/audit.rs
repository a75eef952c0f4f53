//! One version of each package, looked at and judged.

use super::{AT_ONCE, Package, side_by_side};
use crate::error::Failure;
use gonogo_core::delivery::{Channel, Expected, Judgement, Level, Observation, judge};
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
    packages: &[Package],
    target: &Target,
    level: Level,
    commit: Option<&str>,
    cancel: &Cancel,
) -> Result<Vec<Audit>, Failure> {
    let depth = if level >= Level::Bytes { Depth::Bytes } else { Depth::Index };
    side_by_side(packages.to_vec(), AT_ONCE, cancel, |package| {
        let (registries, cancel) = (registries.clone(), cancel.clone());
        let mut expected = Expected::unrecorded(package.channel, &package.name, target.version());
        expected.commit = commit.map(str::to_owned).filter(|_| package.channel == Channel::CratesIo);
        expected.holds = package.holds;
        let wanted = Wanted {
            channel: package.channel,
            package: package.name,
            version: target.version().clone(),
            tag: target.tag().to_owned(),
            holds: expected.holds.clone(),
        };
        async move {
            let seen = registries.observe(&wanted, depth, &cancel).await;
            let judgement = judge(&expected, &seen, level);
            Audit { seen, judgement }
        }
    })
    .await
}
