//! `gonogo audit`: what every channel serves of a release, with or without a plan.

use crate::context::{PlanAsked, current_folder, load_plan, target};
use crate::delivery::{self, Package, Recorded, audit, packages, read_all, recorded, registries, tasks};
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::render::audit_text;
use crate::screen::Screen;
use gonogo_core::delivery::{
    Channel, Expected, Judgement, Level, Matrix, Observation, Partial, matrix, partial,
};
use gonogo_core::mechanics::Mechanics;
use gonogo_core::plan::Plan;
use gonogo_core::release::{Mode, TagPattern, Target};
use gonogo_core::verdict::{Outcome, Reason, Verdict, combine};
use gonogo_world::git::{Git, GitError};
use gonogo_world::process::Cancel;
use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;

/// What `gonogo audit` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The version or tag to audit, such as 0.9.0 or v0.9.0
    #[arg(value_name = "TARGET", required_unless_present = "all_versions")]
    target: Option<String>,
    /// A crate of cargo's registry; with any of these, no plan is read
    #[arg(long = "crate", value_name = "NAME")]
    crates: Vec<String>,
    /// A package of npm's registry
    #[arg(long, value_name = "NAME")]
    npm: Vec<String>,
    /// A project of pip's index
    #[arg(long, value_name = "NAME")]
    pypi: Vec<String>,
    /// A formula of a Homebrew tap
    #[arg(long, value_name = "OWNER/TAP/FORMULA")]
    homebrew: Vec<String>,
    /// A Go module
    #[arg(long, value_name = "MODULE")]
    go: Vec<String>,
    /// A repository whose GitHub release is looked at
    #[arg(long, value_name = "OWNER/NAME")]
    github: Vec<String>,
    /// How deep to look
    #[arg(long, value_enum, default_value_t = Depth::Bytes)]
    level: Depth,
    /// The matrix of every version on every channel
    #[arg(long)]
    all_versions: bool,
    #[command(flatten)]
    plan: PlanAsked,
}

/// How deep to look.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Depth {
    /// The channel says that it has this version
    Accepted,
    /// The client's own index leads to it
    Resolvable,
    /// What it serves is what was built, or what is stated
    Bytes,
    /// A clean install runs
    Installs,
}

impl From<Depth> for Level {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Accepted => Self::Accepted,
            Depth::Resolvable => Self::Resolvable,
            Depth::Bytes => Self::Bytes,
            Depth::Installs => Self::Installs,
        }
    }
}

/// The JSON document of `gonogo audit`, `gonogo.audit/1`.
#[derive(Serialize, JsonSchema)]
pub struct Document {
    /// `gonogo.audit/1`.
    pub schema: &'static str,
    /// The version; null where all are looked at.
    pub target: Option<String>,
    /// How deep was looked.
    pub level: Level,
    /// The verdict on all of it.
    pub verdict: Verdict,
    /// Why it is incomplete, where it is.
    pub reason: Option<Reason>,
    /// Each package on each channel.
    pub channels: Vec<Audited>,
    /// Who stands where, and the way out where channels differ; null where all versions are looked at.
    pub delivery: Option<Partial>,
    /// What the ledger says, held against what is there now; null where there is no ledger of a live run here.
    pub ledger: Option<Recorded>,
    /// Every version on every channel, where that was asked for.
    pub matrix: Option<Matrix>,
}

/// One package on one channel.
#[derive(Serialize, JsonSchema)]
pub struct Audited {
    /// What follows of what was seen.
    pub judgement: Judgement,
    /// What was seen.
    pub observation: Observation,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let folder = current_folder()?;
    let named = arguments.named();
    let git = match Git::open(&folder, cancel.clone()).await {
        Ok(git) => Some(git),
        Err(GitError::NoCheckout(_) | GitError::Tool(_)) if !named.is_empty() => None,
        Err(error) => return Err(error.into()),
    };
    let plan = match (&git, named.is_empty()) {
        (Some(git), true) => Some(load_plan(&arguments.plan, git.root())?.plan),
        _ => None,
    };
    let packages = match &plan {
        Some(plan) => packages(&plan.channels, plan.project.repository.as_deref()),
        None => named,
    };
    if packages.is_empty() {
        return Err(Failure::usage("the plan names no channel").remedy("name packages, such as --crate NAME"));
    }
    let target = arguments.target.as_deref().map(|typed| asked(typed, plan.as_ref())).transpose()?;
    let registries = registries(&folder, &[])?;
    let document = if arguments.all_versions {
        // A tap serves one version, and keeps no list of others.
        let listed: Vec<Package> =
            packages.iter().filter(|package| package.channel != Channel::Homebrew).cloned().collect();
        let columns = read_all(&registries, &listed, &cancel).await?;
        let tagged = match (&git, &plan) {
            (Some(git), Some(plan)) => tagged(git, &plan.project.tag).await?,
            _ => Vec::new(),
        };
        let known: Vec<Version> =
            tagged.into_iter().chain(target.as_ref().map(|target| target.version().clone())).collect();
        let matrix = matrix(&columns, &known);
        audit_text::matrix(screen, &matrix, &columns);
        let outcome = matrix.outcome();
        Document {
            schema: "gonogo.audit/1",
            target: None,
            level: Level::Resolvable,
            verdict: outcome.verdict(),
            reason: outcome.reason(),
            channels: Vec::new(),
            delivery: None,
            ledger: None,
            matrix: Some(matrix),
        }
    } else {
        let target = target.ok_or_else(|| Failure::usage("which version?"))?;
        let level = arguments.level.into();
        let mut ledger = None;
        let expected: Vec<(Expected, Vec<String>)> = match (&git, &plan) {
            (Some(git), Some(plan)) => {
                let commit = git.commit_of(&format!("refs/tags/{}", target.tag())).await?;
                ledger = recorded(git, &target).await?;
                let live = ledger.as_ref().map_or(Mechanics::new(Mode::Live), |found| found.live.clone());
                let tasks = tasks(git, plan, &target, commit.as_deref(), &live, delivery::Asked::default());
                // A later release has taken over the dist-tags since.
                let tasks = tasks.await.into_iter();
                tasks.map(|task| (Expected { dist_tag: None, ..task.expected }, task.package.smoke)).collect()
            }
            _ => packages
                .iter()
                .map(|package| {
                    let expected = Expected::unrecorded(package.channel, &package.name, target.version());
                    (expected, package.smoke.clone())
                })
                .collect(),
        };
        let audits = audit(&registries, expected, &target, level, &cancel).await?;
        let judgements: Vec<Judgement> = audits.iter().map(|audit| audit.judgement.clone()).collect();
        let of_ledger = ledger.iter().map(Recorded::outcome);
        let outcome = combine(judgements.iter().map(Judgement::outcome).chain(of_ledger));
        let delivery = partial(&judgements);
        audit_text::table(screen, &judgements, &delivery);
        if let Some(ledger) = &ledger {
            audit_text::ledger(screen, ledger);
        }
        let each = audits.into_iter();
        Document {
            schema: "gonogo.audit/1",
            target: Some(target.version().to_string()),
            level,
            verdict: outcome.verdict(),
            reason: outcome.reason(),
            channels: each
                .map(|audit| Audited { judgement: audit.judgement, observation: audit.seen })
                .collect(),
            delivery: Some(delivery),
            ledger,
            matrix: None,
        }
    };
    let exit = Exit::of_outcome(Outcome::from_parts(document.verdict, document.reason));
    screen.document(
        &serde_json::to_value(document).map_err(|error| Failure::new(Exit::Internal, chain(&error)))?,
    );
    Ok(exit)
}

impl Arguments {
    fn named(&self) -> Vec<Package> {
        let lists = [
            (Channel::CratesIo, &self.crates),
            (Channel::Npm, &self.npm),
            (Channel::Pypi, &self.pypi),
            (Channel::Homebrew, &self.homebrew),
            (Channel::Go, &self.go),
            (Channel::GithubRelease, &self.github),
        ];
        let each = |(channel, names): (Channel, &Vec<String>)| {
            names.iter().map(|name| Package::named(channel, name)).collect::<Vec<_>>()
        };
        lists.into_iter().flat_map(each).collect()
    }
}

/// The target, by the plan's tag pattern or the usual one.
fn asked(typed: &str, plan: Option<&Plan>) -> Result<Target, Failure> {
    if let Some(plan) = plan {
        return target(typed, plan);
    }
    let usual: TagPattern =
        "v{version}".parse().map_err(|error| Failure::new(Exit::Internal, chain(&error)))?;
    Target::parse(typed, &usual)
        .map_err(|error| Failure::usage(chain(&error)).remedy("give a version such as 1.2.3 or 1.2.3-rc.1"))
}

/// The versions of the checkout's tags.
async fn tagged(git: &Git, pattern: &TagPattern) -> Result<Vec<Version>, Failure> {
    Ok(git.tags().await?.iter().filter_map(|tag| pattern.version(tag)).collect())
}
