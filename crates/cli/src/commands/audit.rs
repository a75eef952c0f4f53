//! `gonogo audit`: what every channel serves of a release, with or without a plan.

use crate::commands::flags::PlanFlags;
use crate::commands::named::{self, Named};
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::audit_text;
use crate::render::next::NextPart;
use crate::screen::Screen;
use gonogo_core::delivery::{
    Change, Judgement, Level, Matrix, Package, Partial, Sighting, matrix, partial, since,
};
use gonogo_core::ledger::Mechanics;
use gonogo_core::plan::Plan;
use gonogo_core::release::{Mode, TagPattern, Target};
use gonogo_core::standing::{Given, Verb, WhatNext, after_look};
use gonogo_core::strict_json;
use gonogo_core::text::shell_line;
use gonogo_core::verdict::{Outcome, Reason, Verdict, combine};
use gonogo_engine::context::{current_folder, load_plan, target};
use gonogo_engine::delivery::{Effort, Recorded, audit, named, read_all, recorded, registries, tasks};
use gonogo_engine::failure::{Failure, FailureKind, chain};
use gonogo_world::git::{Git, GitError};
use gonogo_world::process::Cancel;
use gonogo_world::registry::Registries;
use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The form of the document.
/// The name of the document, which a later audit reads again; see `docs/formats.md`.
///
/// - 1: the first one. A key that came later is taken for not told where it is not there.
const SCHEMA: &str = "gonogo.audit/1";

/// What `gonogo audit` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The version or tag to audit, such as 0.9.0 or v0.9.0
    #[arg(value_name = "TARGET", required_unless_present = "all_versions")]
    target: Option<String>,
    #[command(flatten)]
    named: Named,
    /// How deep to look
    #[arg(long, value_enum, default_value_t = AuditLevel::Bytes)]
    level: AuditLevel,
    /// The command that a clean install of what is named here runs, such as "tally --version"
    #[arg(long, value_name = "COMMAND", requires = named::GROUP)]
    smoke: Option<Words>,
    /// The document of an earlier audit (--json) of this version: says what changed since
    #[arg(long, value_name = "FILE", conflicts_with = "all_versions")]
    since: Option<PathBuf>,
    /// The matrix of every version on every channel
    #[arg(long)]
    all_versions: bool,
    #[command(flatten)]
    plan: PlanFlags,
}

/// Program and arguments, typed as one text.
#[derive(Clone, Debug)]
struct Words(Vec<String>);

impl FromStr for Words {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let words = shlex::split(text).ok_or("its quotes do not end")?;
        match words.first() {
            Some(program) if !program.is_empty() && !program.contains('/') => Ok(Self(words)),
            _ => Err("it begins with the name of a program that is installed".to_owned()),
        }
    }
}

/// How deep to look.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum AuditLevel {
    /// The channel says that it has this version
    Accepted,
    /// The client's own index leads to it
    Resolvable,
    /// What it serves is what was built, or what is stated
    Bytes,
    /// A clean install runs
    Installs,
}

impl From<AuditLevel> for Level {
    fn from(depth: AuditLevel) -> Self {
        match depth {
            AuditLevel::Accepted => Self::Accepted,
            AuditLevel::Resolvable => Self::Resolvable,
            AuditLevel::Bytes => Self::Bytes,
            AuditLevel::Installs => Self::Installs,
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
    /// What changed since the earlier audit that was named; null where none was.
    pub changes: Option<Vec<Change>>,
    /// What the ledger says, held against what is there now; null where there is no ledger of a live run here.
    pub ledger: Option<Recorded>,
    /// Every version on every channel, where that was asked for.
    pub matrix: Option<Matrix>,
    /// What comes next; nothing where all versions are looked at.
    #[serde(flatten)]
    pub next: NextPart,
}

/// One package on one channel.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Audited {
    /// What follows of what was seen.
    pub judgement: Judgement,
    /// What was seen.
    pub observation: Sighting,
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
        (Some(git), true) => Some(load_plan(arguments.plan.plan.as_deref(), git.root())?.plan),
        _ => None,
    };
    let packages = match &plan {
        Some(plan) => plan.packages(),
        None => named,
    };
    if packages.is_empty() {
        return Err(Failure::usage("the plan names no channel").remedy("name packages, such as --crate NAME"));
    }
    let target = arguments.target.as_deref().map(|typed| asked(typed, plan.as_ref())).transpose()?;
    let here = Here { git, plan, packages, registries: registries(&folder, &[])?, cancel };
    let document = if arguments.all_versions {
        here.all_versions(target.as_ref(), screen).await?
    } else {
        let target = target.ok_or_else(|| Failure::usage("which version?"))?;
        here.one_version(&target, arguments, screen).await?
    };
    let exit = Exit::of_outcome(Outcome::from_parts(document.verdict, document.reason));
    document.next.print(screen);
    screen.document(&to_json(&document)?)?;
    Ok(exit)
}

/// What is looked at, and from where.
struct Here {
    git: Option<Git>,
    plan: Option<Plan>,
    packages: Vec<Package>,
    registries: Arc<Registries>,
    cancel: Cancel,
}

impl Here {
    /// Every version that the channels, or the checkout's tags, know of.
    async fn all_versions(&self, target: Option<&Target>, screen: &Screen) -> Result<Document, Failure> {
        // A tap serves one version, and keeps no list of others.
        let is_listed = |package: &&Package| package.channel.keeps_every_version();
        let listed: Vec<Package> = self.packages.iter().filter(is_listed).cloned().collect();
        let columns = read_all(&self.registries, &listed, &self.cancel).await?;
        let tagged = match (&self.git, &self.plan) {
            (Some(git), Some(plan)) => tagged(git, &plan.project.tag).await?,
            _ => Vec::new(),
        };
        let known: Vec<Version> =
            tagged.into_iter().chain(target.map(|target| target.version().clone())).collect();
        let matrix = matrix(&columns, &known);
        audit_text::matrix(screen, &matrix, &columns);
        let next = NextPart::of(&WhatNext::Nothing, &Given::target(""));
        let document = Document::new(Level::Resolvable, matrix.outcome(), next);
        Ok(Document { matrix: Some(matrix), ..document })
    }

    /// One version, held against what is known of it here.
    async fn one_version(
        &self,
        target: &Target,
        arguments: &Arguments,
        screen: &Screen,
    ) -> Result<Document, Failure> {
        let earlier = arguments.since.as_deref().map(|file| Earlier::read(file, target)).transpose()?;
        let level = arguments.level.into();
        let mut ledger = None;
        let tasks = match (&self.git, &self.plan) {
            (Some(git), Some(plan)) => {
                let commit = git.commit_of(&format!("refs/tags/{}", target.tag())).await?;
                ledger = recorded(git, Some(&plan.project.name), target).await?;
                let live = ledger.as_ref().map_or(Mechanics::new(Mode::Live), |found| found.live.clone());
                let asked = Effort { level: Some(level), longest_window: None };
                let mut tasks = tasks(git, plan, target, commit.as_ref(), &live, asked).await;
                // A later release has taken over the dist-tags since.
                tasks.iter_mut().for_each(|task| task.expected.dist_tag = None);
                tasks
            }
            (git, _) => named(git.as_ref(), &self.packages, target, level).await,
        };
        let audits = audit(&self.registries, tasks, target, &self.cancel).await?;
        let judgements: Vec<Judgement> = audits.iter().map(|audit| audit.judgement.clone()).collect();
        let channels: Vec<Audited> = audits
            .into_iter()
            .map(|audit| Audited { judgement: audit.judgement, observation: audit.seen })
            .collect();
        let changes = earlier.map(|earlier| earlier.changes(&channels, level)).transpose()?;
        let others = changes.iter().flatten().map(Change::outcome);
        let others = ledger.as_ref().map(Recorded::outcome).into_iter().chain(others);
        let outcome = combine(judgements.iter().map(Judgement::outcome).chain(others));
        let delivery = partial(&judgements, target.tag());
        audit_text::table(screen, &judgements, &delivery);
        audit_text::changes(screen, changes.as_deref());
        if let Some(ledger) = &ledger {
            audit_text::ledger(screen, ledger);
        }
        let next = NextPart::of(&after_look(outcome, None, Verb::Audit), &arguments.given(target));
        let target = Some(target.version().to_string());
        let document = Document::new(level, outcome, next);
        Ok(Document { target, channels, delivery: Some(delivery), changes, ledger, ..document })
    }
}

impl Document {
    const fn new(level: Level, outcome: Outcome, next: NextPart) -> Self {
        Self {
            schema: SCHEMA,
            target: None,
            level,
            verdict: outcome.verdict(),
            reason: outcome.reason(),
            channels: Vec::new(),
            delivery: None,
            changes: None,
            ledger: None,
            matrix: None,
            next,
        }
    }
}

/// An earlier audit.
#[derive(Deserialize)]
struct Earlier {
    target: Option<String>,
    level: Level,
    channels: Vec<Audited>,
}

impl Earlier {
    /// Reads the document of an audit of the same version.
    fn read(file: &Path, target: &Target) -> Result<Self, Failure> {
        let said = |what: &str| Failure::usage(format!("{}: {what}", file.display()));
        let bytes = std::fs::read(file).map_err(|error| said(&error.to_string()))?;
        let value = strict_json::parse(&bytes).map_err(|error| said(&error.to_string()))?;
        let schema = value["schema"].as_str().unwrap_or("no document of gonogo");
        if schema != SCHEMA {
            return Err(said(&format!("it is {schema}, and this program reads {SCHEMA}"))
                .remedy("give an audit, or update gonogo where a newer one wrote it"));
        }
        let earlier: Self = serde_json::from_value(value).map_err(|error| {
            said(&error.to_string())
                .remedy("give the file that an earlier `gonogo audit --json` was written to")
        })?;
        if earlier.target != Some(target.version().to_string()) {
            return Err(said("it is of another version").remedy("give an audit of the same version"));
        }
        Ok(earlier)
    }

    /// What changed of each package. One that the earlier audit did not look at, or not so deep, or was not told of, cannot
    /// be compared with: that nothing changed would then rest on nothing.
    fn changes(&self, now: &[Audited], level: Level) -> Result<Vec<Change>, Failure> {
        let refused = |what: String| {
            Err(Failure::usage(format!("the earlier audit {what}"))
                .remedy("give an audit that was told of all this"))
        };
        if self.level < level {
            return refused(format!("looked only as deep as {}", self.level));
        }
        let mut changes = Vec::new();
        for one in now {
            let is_it = |before: &&Audited| {
                before.judgement.channel == one.judgement.channel
                    && before.judgement.package == one.judgement.package
            };
            let Judgement { channel, package, .. } = &one.judgement;
            let Some(before) = self.channels.iter().find(is_it) else {
                return refused(format!("did not look at {channel} {package}"));
            };
            let was_told = before.judgement.reached >= Some(level);
            if before.judgement.verdict == Verdict::Incomplete && !was_told {
                return refused(format!("was not told of {channel} {package} as deep as {level}"));
            }
            changes.extend(since(*channel, package, &before.observation, &one.observation));
        }
        Ok(changes)
    }
}

impl Arguments {
    /// What was given, for the audit that looks again.
    fn given(&self, target: &Target) -> Given {
        let named = self.named.packages.iter();
        let flags = named.map(|(channel, name)| [format!("--{}", channel.asked_by().option), name.clone()]);
        let mut packages: Vec<String> = flags.flatten().collect();
        if Level::from(self.level) != Level::Bytes {
            packages.extend(["--level".to_owned(), Level::from(self.level).name().to_owned()]);
        }
        if let Some(file) = &self.since {
            packages.extend(["--since".to_owned(), file.display().to_string()]);
        }
        if let Some(Words(smoke)) = &self.smoke {
            packages.extend(["--smoke".to_owned(), shell_line(smoke.iter().map(String::as_str))]);
        }
        Given { plan: self.plan.plan.clone(), packages, ..Given::target(target.tag().as_str()) }
    }

    fn named(&self) -> Vec<Package> {
        let smoke = self.smoke.as_ref().map(|words| words.0.clone()).unwrap_or_default();
        let named = self.named.packages.iter();
        named
            .map(|(channel, name)| Package { smoke: smoke.clone(), ..Package::named(*channel, name) })
            .collect()
    }
}

/// The target, by the plan's tag pattern or the usual one.
fn asked(typed: &str, plan: Option<&Plan>) -> Result<Target, Failure> {
    if let Some(plan) = plan {
        return target(typed, plan);
    }
    let usual: TagPattern =
        "v{version}".parse().map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;
    Target::parse(typed, &usual)
        .map_err(|error| Failure::usage(chain(&error)).remedy("give a version such as 1.2.3 or 1.2.3-rc.1"))
}

/// The versions of the checkout's tags.
async fn tagged(git: &Git, pattern: &TagPattern) -> Result<Vec<Version>, Failure> {
    Ok(git.tags().await?.iter().filter_map(|tag| pattern.version(tag)).collect())
}
