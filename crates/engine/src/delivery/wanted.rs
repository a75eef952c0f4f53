//! What has to be delivered, by a plan and by what the ledger says was built.

use gonogo_core::delivery::{Checksum, Doubt, Expected, KnownRelease, Level, Package};
use gonogo_core::ids::CommitId;
use gonogo_core::ledger::Mechanics;
use gonogo_core::mechanics::{ReleasePublished, Stored};
use gonogo_core::plan::Plan;
use gonogo_core::release::Target;
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use gonogo_world::git::Git;
use gonogo_world::registry::sum_of_tree;
use std::time::Duration;

/// One package on one channel, and how its delivery is proven.
#[derive(Clone, Debug)]
pub struct DeliveryTask {
    /// The package.
    pub package: Package,
    /// What it has to serve.
    pub expected: Expected,
    /// How deep to look.
    pub level: Level,
    /// How long it may take to show.
    pub window: Duration,
}

/// How deep to look, and how long: what was asked for goes before the plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effort {
    /// The level of every channel.
    pub level: Option<Level>,
    /// The longest window of any channel.
    pub longest_window: Option<Duration>,
}

/// Every package that a plan names, with the level that can be shown: a clean install where a smoke command says what
/// to run, else the bytes.
pub async fn tasks(
    git: &Git,
    plan: &Plan,
    target: &Target,
    commit: Option<&CommitId>,
    live: &Mechanics,
    asked: Effort,
) -> Vec<DeliveryTask> {
    let mut tasks = Vec::new();
    for package in plan.packages() {
        let mut expected = expected(&package, plan, target, commit, live);
        if package.channel.serves_the_tree() {
            tagged_tree(git, commit, &mut expected).await;
        }
        let own = if package.smoke.is_empty() { Level::Bytes } else { Level::Installs };
        let window = package.window.unwrap_or_else(|| package.channel.usual_window());
        tasks.push(DeliveryTask {
            expected,
            level: asked.level.unwrap_or(own),
            window: asked.longest_window.map_or(window, |longest| window.min(longest)),
            package,
        });
    }
    tasks
}

/// Packages that were named without a plan: nothing is recorded of them, but what a checkout that is theirs can say.
pub async fn named(
    git: Option<&Git>,
    packages: &[Package],
    target: &Target,
    level: Level,
) -> Vec<DeliveryTask> {
    let mut tasks = Vec::new();
    for package in packages {
        let mut expected = Expected::unrecorded(package.channel, &package.name, target.version());
        if let Some(git) = git.filter(|_| package.channel.serves_the_tree()) {
            tree_here(git, target, &mut expected).await;
        }
        let window = package.channel.usual_window();
        tasks.push(DeliveryTask { package: package.clone(), expected, level, window });
    }
    tasks
}

/// What this checkout says of a Go module that was named without a plan: nothing where it has no such tag, or no such
/// module; what could not be read is a doubt.
async fn tree_here(git: &Git, target: &Target, expected: &mut Expected) {
    let told = match git.commit_of(&format!("refs/tags/{}", target.tag())).await {
        Ok(Some(commit)) => sum(git, &commit, expected).await,
        Ok(None) => Ok(None),
        Err(error) => Err(error.to_string()),
    };
    match told {
        Ok(sum) => expected.sum = sum,
        Err(said) => expected.doubts.push(of_tree(&said)),
    }
}

fn of_tree(said: &str) -> Doubt {
    let said = format!("what the module's tag holds is not known: {}", one_line(said));
    Doubt::new(Reason::BaselineMissing, said)
}

/// What the tagged tree says of a Go module: the files of its zip are those.
async fn tagged_tree(git: &Git, commit: Option<&CommitId>, expected: &mut Expected) {
    let told = match commit {
        Some(commit) => sum(git, commit, expected).await,
        None => Err("the release's tag is not here".to_owned()),
    };
    match told {
        Ok(Some(sum)) => expected.sum = Some(sum),
        Ok(None) => {
            let said = format!("no go.mod of the repository names {}", expected.package);
            expected.doubts.push(of_tree(&said));
        }
        Err(said) => expected.doubts.push(of_tree(&said)),
    }
}

async fn sum(git: &Git, commit: &CommitId, expected: &Expected) -> Result<Option<Checksum>, String> {
    sum_of_tree(expected.channel, git, &expected.package, &expected.version, commit).await
}

/// What one package has to serve.
pub fn expected(
    package: &Package,
    plan: &Plan,
    target: &Target,
    commit: Option<&CommitId>,
    live: &Mechanics,
) -> Expected {
    let published = plan.steps.iter().filter_map(|step| live.step(&step.id).done);
    let assets = published.rev().find_map(|facts| Some(ReleasePublished::read(&facts)?.assets.clone()));
    let released = KnownRelease {
        version: target.version(),
        commit,
        manifest: live.manifest().map(|(_, manifest)| manifest),
        assets: assets.as_ref(),
    };
    let names = plan.expected_names(package, target.version());
    Expected { names, ..Expected::of(package, &released) }
}
