//! Deliveries: which packages on which channels, looked at side by side, and judged by the rules.

mod audit;
mod versions;

pub use audit::audit;
pub use versions::read_all;

use crate::error::Failure;
use crate::exit_code::Exit;
use gonogo_core::delivery::Channel;
use gonogo_core::plan::Channels;
use gonogo_world::http::{Http, Patience};
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Configuration, Registries, client_environment};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};

/// How many packages are looked at side by side.
const AT_ONCE: usize = 32;

/// A package on a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The channel.
    pub channel: Channel,
    /// Its name there: for a tap `owner/tap/formula`, for a GitHub release `owner/name`.
    pub name: String,
    /// Names of files that each of its archives has to hold.
    pub holds: Vec<String>,
}

impl Package {
    /// A package of which nothing more is asked.
    pub fn named(channel: Channel, name: &str) -> Self {
        Self { channel, name: name.to_owned(), holds: Vec::new() }
    }
}

/// The packages that a plan's channels name.
pub fn packages(channels: &Channels, repository: Option<&str>) -> Vec<Package> {
    let registries = [
        (Channel::CratesIo, &channels.crates_io),
        (Channel::Npm, &channels.npm),
        (Channel::Pypi, &channels.pypi),
    ];
    let mut packages = Vec::new();
    for (channel, own) in registries.into_iter().filter_map(|(channel, own)| Some((channel, own.as_ref()?))) {
        let names = [&own.package].into_iter().chain(&own.also);
        packages
            .extend(names.map(|name| Package { holds: own.holds.clone(), ..Package::named(channel, name) }));
    }
    let formula = channels.homebrew.iter().map(|own| format!("{}/{}", own.tap, own.formula));
    packages.extend(formula.map(|name| Package::named(Channel::Homebrew, &name)));
    packages.extend(channels.go.iter().map(|own| Package::named(Channel::Go, &own.module)));
    if channels.github_release.is_some() {
        packages.push(Package::named(Channel::GithubRelease, repository.unwrap_or_default()));
    }
    packages
}

/// The registries of our own clients, configured as in a folder.
pub fn registries(folder: &Path) -> Result<Arc<Registries>, Failure> {
    let environment = client_environment();
    // The jitter keeps many askers apart, so that no two processes may have the same.
    let http = Http::new(&environment, Patience::default(), u64::from(std::process::id()))
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    Ok(Arc::new(Registries::new(http, Configuration::new(environment, folder))))
}

/// Does something for each of some things, side by side with a bound, and gives what came of it in their order.
pub async fn side_by_side<T, R, F>(
    things: impl IntoIterator<Item = T>,
    cancel: &Cancel,
    mut each: impl FnMut(T) -> F,
) -> Result<Vec<R>, Failure>
where
    R: 'static,
    F: Future<Output = R> + 'static,
{
    // On this thread: what is waited for is the network, not a processor.
    let local = LocalSet::new();
    let slots = Arc::new(Semaphore::new(AT_ONCE));
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
        let (place, result) = joined
            .map_err(|error| Failure::new(Exit::Internal, format!("a look at a channel broke: {error}")))?;
        results[place] = Some(result);
        if cancel.is_cancelled() {
            return Err(Failure::new(Exit::Interrupted, "stopped"));
        }
    }
    Ok(results.into_iter().flatten().collect())
}
