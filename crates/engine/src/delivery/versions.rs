//! Every version of each package, as its index has them.

use super::{AT_ONCE, side_by_side};
use crate::failure::Failure;
use gonogo_core::delivery::{Column, Package};
use gonogo_core::verdict::Reason;
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Listing, ListingError, Registries};
use std::sync::Arc;

/// Reads the index of each package.
pub async fn read_all(
    registries: &Arc<Registries>,
    packages: &[Package],
    cancel: &Cancel,
) -> Result<Vec<Column>, Failure> {
    side_by_side(packages.to_vec(), AT_ONCE, cancel, |package| {
        let (registries, cancel) = (registries.clone(), cancel.clone());
        async move {
            let listed = registries.list(package.channel, &package.name, &cancel).await;
            Column { channel: package.channel, package: package.name, versions: versions(listed) }
        }
    })
    .await
}

fn versions(
    listed: Result<Listing, ListingError>,
) -> Result<Vec<(String, Result<Vec<gonogo_core::delivery::Withdrawn>, String>)>, (Reason, String)> {
    match listed {
        Ok(listing) => {
            let each = listing.versions.into_iter();
            Ok(each.map(|one| (one.version, one.entry.map(|entry| entry.facts.withdrawn))).collect())
        }
        // The registry's own word that it has no such package: it has none of its versions.
        Err(ListingError::NotFound(_)) => Ok(Vec::new()),
        Err(ListingError::Conflict(said)) => Err((Reason::UnreadableOutput, said)),
        Err(ListingError::Unknown(reason, said)) => Err((reason, said)),
    }
}
