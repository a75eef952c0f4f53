//! What has to be delivered, by a plan and by what the ledger says was built.

use super::{Package, packages};
use gonogo_core::delivery::{Channel, Doubt, Expected, Level, Provenance};
use gonogo_core::mechanics::{Mechanics, ReleasePublished, Stored};
use gonogo_core::plan::Plan;
use gonogo_core::release::Target;
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use gonogo_world::git::Git;
use gonogo_world::registry::go_sum;
use std::time::Duration;

/// One package on one channel, and how its delivery is proven.
#[derive(Clone, Debug)]
pub struct Task {
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
pub struct Asked {
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
    commit: Option<&str>,
    live: &Mechanics,
    asked: Asked,
) -> Vec<Task> {
    let mut tasks = Vec::new();
    for package in packages(&plan.channels, plan.project.repository.as_deref()) {
        let mut expected = expected(&package, plan, target, commit, live);
        if package.channel == Channel::Go {
            tree_of_module(git, &package.name, target, commit, &mut expected).await;
        }
        let own = if package.smoke.is_empty() { Level::Bytes } else { Level::Installs };
        let window = package.window.unwrap_or_else(|| package.channel.usual_window());
        tasks.push(Task {
            expected,
            level: asked.level.unwrap_or(own),
            window: asked.longest_window.map_or(window, |longest| window.min(longest)),
            package,
        });
    }
    tasks
}

/// Packages that were named without a plan: nothing is recorded of them, but what a checkout that is theirs can say.
pub async fn named(git: Option<&Git>, packages: &[Package], target: &Target, level: Level) -> Vec<Task> {
    let mut tasks = Vec::new();
    for package in packages {
        let mut expected = Expected::unrecorded(package.channel, &package.name, target.version());
        if let (Channel::Go, Some(git)) = (package.channel, git) {
            tree_here(git, &package.name, target, &mut expected).await;
        }
        let window = package.channel.usual_window();
        tasks.push(Task { package: package.clone(), expected, level, window });
    }
    tasks
}

/// What this checkout says of a Go module that was named without a plan: nothing where it has no such tag, or no such
/// module; what could not be read is a doubt.
async fn tree_here(git: &Git, module: &str, target: &Target, expected: &mut Expected) {
    let told = match git.commit_of(&format!("refs/tags/{}", target.tag())).await {
        Ok(Some(commit)) => go_sum(git, module, target.version(), &commit).await,
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
pub async fn tree_of_module(
    git: &Git,
    module: &str,
    target: &Target,
    commit: Option<&str>,
    expected: &mut Expected,
) {
    let told = match commit {
        Some(commit) => go_sum(git, module, target.version(), commit).await,
        None => Err("the release's tag is not here".to_owned()),
    };
    match told {
        Ok(Some(sum)) => expected.sum = Some(sum),
        Ok(None) => expected.doubts.push(of_tree(&format!("no go.mod of the repository names {module}"))),
        Err(said) => expected.doubts.push(of_tree(&said)),
    }
}

/// What one package has to serve.
pub fn expected(
    package: &Package,
    plan: &Plan,
    target: &Target,
    commit: Option<&str>,
    live: &Mechanics,
) -> Expected {
    let mut expected = Expected::unrecorded(package.channel, &package.name, target.version());
    expected.holds.clone_from(&package.holds);
    expected.immutable = package.immutable;
    let commit_known = || commit.map(str::to_owned);
    expected.provenance =
        package.provenance.clone().map(|built| Provenance { commit: commit_known(), ..built });
    if let Some((_, manifest)) = live.manifest() {
        expected = expected.built(manifest);
    }
    match package.channel {
        Channel::CratesIo => expected.commit = commit_known(),
        Channel::Npm => {
            let usual = || target.version().pre.is_empty().then(|| "latest".to_owned());
            expected.dist_tag = package.dist_tag.clone().or_else(usual);
        }
        // Its assets were compared with what was built when it was published, and are all that it may have.
        Channel::GithubRelease => {
            expected.commit = commit_known();
            let done = plan.steps.iter().filter_map(|step| live.step(&step.id).done);
            for facts in done {
                if let Some(published) = ReleasePublished::read(&facts) {
                    expected = expected.exactly(published.assets.files().cloned());
                }
            }
        }
        Channel::Pypi | Channel::Homebrew | Channel::Go => {}
    }
    expected
}
