//! Deliveries: which packages on which channels, looked at side by side, and judged by the rules.

mod audit;
mod base;
mod event;
mod installed;
mod record;
mod recorded;
mod verify;
mod versions;
mod wanted;

pub use audit::{Audit, audit};
pub use base::names_of_base;
pub use event::{DeliveryEvent, DeliveryWatch};
use installed::installed;
pub use record::{AwaitedRelease, Delivered, deliver};
pub use recorded::{Recorded, recorded};
pub use verify::PackageDelivery;
pub use versions::read_all;
pub use wanted::{DeliveryTask, Effort, expected, named, tasks};

use crate::failure::Failure;
use crate::failure::FailureKind;
use gonogo_world::http::{Http, Patience};
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Configuration, Registries, client_environment};
use std::ffi::OsString;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};

/// How many packages are looked at side by side.
const AT_ONCE: usize = 32;

/// The registries of our own clients, configured as in a folder and by variables.
pub fn registries(folder: &Path, variables: &[(OsString, OsString)]) -> Result<Arc<Registries>, Failure> {
    let environment = client_environment().with_all(variables.iter().cloned());
    // The jitter keeps many askers apart, so that no two processes may have the same.
    let http = Http::new(&environment, Patience::default(), u64::from(std::process::id()))
        .map_err(|error| Failure::new(FailureKind::Usage, error.to_string()))?;
    Ok(Arc::new(Registries::new(http, Configuration::new(environment, folder))))
}

/// Does something for each of some things, side by side with a bound, and gives what came of it in their order.
pub async fn side_by_side<T, R, F>(
    things: impl IntoIterator<Item = T>,
    at_once: usize,
    cancel: &Cancel,
    mut each: impl FnMut(T) -> F,
) -> Result<Vec<R>, Failure>
where
    R: 'static,
    F: Future<Output = R> + 'static,
{
    // On this thread: what is waited for is the network, not a processor.
    let local = LocalSet::new();
    let slots = Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)));
    let mut running = JoinSet::new();
    let mut results = Vec::new();
    for (place, thing) in things.into_iter().enumerate() {
        let (slots, work) = (slots.clone(), each(thing));
        results.push(None);
        let work = async move {
            // Closed only when this function has ended, and then nobody is left to ask.
            let _slot = slots.acquire_owned().await.ok();
            (place, work.await)
        };
        running.spawn_local_on(work, &local);
    }
    while let Some(joined) = local.run_until(running.join_next()).await {
        let (place, result) = joined.map_err(|error| {
            Failure::new(FailureKind::Internal, format!("a look at a channel broke: {error}"))
        })?;
        results[place] = Some(result);
        if cancel.is_cancelled() {
            return Err(Failure::new(FailureKind::Interrupted, "stopped"));
        }
    }
    Ok(results.into_iter().flatten().collect())
}
