//! Deliveries: which packages on which channels, looked at side by side, and judged by the rules.

mod audit;
mod event;
mod installed;
mod record;
mod recorded;
mod verify;
mod versions;
mod wanted;

pub use audit::{Audit, audit};
pub use event::{DeliveryEvent, DeliveryWatch};
use installed::installed;
pub use record::{Delivered, Release, deliver};
pub use recorded::{Recorded, recorded};
pub use verify::Delivery;
pub use versions::read_all;
pub use wanted::{Asked, Task, expected, named, tasks};

use crate::failure::Failure;
use crate::failure::FailureKind;
use gonogo_core::delivery::{Channel, Provenance};
use gonogo_core::plan::{Channels, Window, WorkflowPath};
use gonogo_world::http::{Http, Patience};
use gonogo_world::process::Cancel;
use gonogo_world::registry::{Configuration, Registries, client_environment};
use std::ffi::OsString;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
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
    /// How long the plan lets it take to show.
    pub window: Option<Duration>,
    /// The command of a clean install; empty where the plan names none.
    pub smoke: Vec<String>,
    /// The dist-tag that the plan names.
    pub dist_tag: Option<String>,
    /// Who has to have built it, but for the commit.
    pub provenance: Option<Provenance>,
    /// Whether nobody may be able to change it any more.
    pub immutable: bool,
}

impl Package {
    /// A package of which nothing more is asked.
    pub fn named(channel: Channel, name: &str) -> Self {
        Self {
            channel,
            name: name.to_owned(),
            holds: Vec::new(),
            window: None,
            smoke: Vec::new(),
            dist_tag: None,
            provenance: None,
            immutable: false,
        }
    }
}

/// The packages that a plan's channels name.
pub fn packages(channels: &Channels, repository: Option<&str>) -> Vec<Package> {
    let registries = [
        (Channel::CratesIo, &channels.crates_io),
        (Channel::Npm, &channels.npm),
        (Channel::Pypi, &channels.pypi),
    ];
    // A plan that asks for a workflow names the repository.
    let built_by = |workflow: &Option<WorkflowPath>| {
        let (repository, workflow) = (repository?.to_owned(), workflow.as_ref()?.as_str().to_owned());
        Some(Provenance { repository, workflow, commit: None })
    };
    let mut packages = Vec::new();
    for (channel, own) in registries.into_iter().filter_map(|(channel, own)| Some((channel, own.as_ref()?))) {
        for name in [&own.package].into_iter().chain(&own.also) {
            // What comes with it, such as a platform's package, has no command of its own.
            let smoke = if *name == own.package { own.smoke.words().to_vec() } else { Vec::new() };
            packages.push(Package {
                holds: own.holds.clone(),
                window: own.window.map(Window::get),
                smoke,
                dist_tag: own.dist_tag.clone(),
                provenance: built_by(&own.provenance),
                ..Package::named(channel, name)
            });
        }
    }
    packages.extend(channels.homebrew.iter().map(|own| Package {
        window: own.window.map(Window::get),
        smoke: own.smoke.words().to_vec(),
        ..Package::named(Channel::Homebrew, &format!("{}/{}", own.tap, own.formula))
    }));
    packages.extend(channels.go.iter().map(|own| Package {
        window: own.window.map(Window::get),
        smoke: own.smoke.words().to_vec(),
        holds: own.holds.clone(),
        ..Package::named(Channel::Go, &own.module)
    }));
    // A plan with this channel names the repository.
    packages.extend(channels.github_release.iter().zip(repository).map(|(own, repository)| Package {
        window: own.window.map(Window::get),
        holds: own.holds.clone(),
        provenance: built_by(&own.provenance),
        immutable: own.immutable,
        ..Package::named(Channel::GithubRelease, repository)
    }));
    packages
}

/// The registries of our own clients, configured as in a folder, and led by variables.
pub fn registries(folder: &Path, led_by: &[(OsString, OsString)]) -> Result<Arc<Registries>, Failure> {
    let environment = client_environment().with_all(led_by.iter().cloned());
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
