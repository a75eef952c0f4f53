//! `gonogo.toml` as typed, validated data.
//!
//! Invariant: a [`Plan`] has no unknown key, no gate without an id of its own, no required gate without a check, and
//! no pattern that does not compile. A text that breaks this is refused whole, with every problem and its place.

mod benchmark;
mod drift;
mod own_checks;
mod program;
mod raw;
mod reader;
mod reviewers;
mod secrets;
mod steps;
mod through;
mod validate;

pub use crate::delivery::Channels;
use crate::ids::CommitId;
pub use crate::mechanics::{Observe, Rehearse, Step, StepCommand, StepKind};
pub use crate::problems::PlanProblem;
pub use crate::program::Program;
pub use crate::workflow::WorkflowPath;
pub use benchmark::Benchmark;
pub use drift::{ChangeClass, PlanChange, is_tracker_elsewhere, plan_changes, required_gates, weakened};
pub use own_checks::{BASE_CHECK, JUDGE_CHECK, OWN_CHECKS, PLAN_CHECK, TOOLS_CHECK};
pub use raw::{TrackerKind, schema};
pub use reviewers::{ReviewerKey, Reviewers};
pub use secrets::secrets_in;
pub use through::{Behind, Through};

use crate::ci::CiWanted;
use crate::delivery::{Channel, ExpectedNames, Package};
use crate::digest::Digest;
use crate::mechanics::GithubRelease;
use crate::readers::Reader;
use crate::release::TagPattern;
use regex::Regex;
use semver::Version;
use serde::Deserialize;
use std::time::Duration;
use toml::de::{DeTable, Deserializer};

/// A whole plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The digest of the plan's text, as it stood in the file.
    pub digest: Digest,
    /// The project under release.
    pub project: Project,
    /// Files that hold the version, in lockstep.
    pub versions: Vec<VersionPlace>,
    /// Tools that have to be there.
    pub tools: Vec<Tool>,
    /// The workflow whose success on the commit is a precondition, where the project has one.
    pub ci: Option<Ci>,
    /// Required gates, thresholds and limits.
    pub policy: Policy,
    /// The gates, in the order of the file.
    pub gates: Vec<Gate>,
    /// Where blockers live.
    pub tracker: TrackerPlan,
    /// Release mechanics, in order.
    pub steps: Vec<Step>,
    /// Where users install from.
    pub channels: Channels,
}

/// The project under release.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// `owner/name` on GitHub, where it is there.
    pub repository: Option<String>,
    /// How a version becomes a tag.
    pub tag: TagPattern,
    /// The changelog's path, where the project keeps one.
    pub changelog: Option<String>,
}

/// A place that holds the version.
#[derive(Clone, Debug)]
pub struct VersionPlace {
    /// The file, relative to the repository's root.
    pub file: String,
    /// Where in the file.
    pub at: VersionAt,
}

/// Where in a file the version stands.
#[derive(Clone, Debug)]
pub enum VersionAt {
    /// A dotted key of a TOML file.
    TomlKey(Vec<String>),
    /// A JSON pointer (RFC 6901).
    JsonPointer(String),
    /// The first group of a regular expression that matches exactly once.
    Pattern(Regex),
}

impl std::fmt::Display for VersionAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TomlKey(key) => f.write_str(&key.join(".")),
            Self::JsonPointer(pointer) => f.write_str(pointer),
            Self::Pattern(pattern) => write!(f, "/{pattern}/"),
        }
    }
}

/// A tool that has to be there.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name on `PATH`.
    pub name: String,
    /// The lowest version that will do.
    pub minimum: Option<Version>,
    /// The arguments that make it print its version.
    pub version_arguments: Vec<String>,
}

/// The continuous integration of the commit.
#[derive(Clone, Debug)]
pub struct Ci {
    /// The workflow's path in the repository, such as `.github/workflows/ci.yml`.
    pub workflow: String,
    /// The events whose runs count.
    pub events: Vec<String>,
}

/// What is required, and within which limits.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The gates that must pass.
    pub required_gates: Vec<u32>,
    /// Environment variables that every check may see, besides the fixed allow-list.
    pub env: Vec<String>,
    /// Build folders that are kept between polls, relative to the root.
    pub caches: Vec<String>,
    /// Files of Git LFS are in clean rooms with their content.
    pub lfs: bool,
    /// Files that are in no commit and are brought along for every check, relative to the root.
    pub bring: Vec<String>,
    /// The cap of each output stream of a check, in bytes.
    pub output_limit: usize,
    /// How many runs of a check may fail on one subject before a pass of it counts all the same. It is always shown.
    pub retries: u32,
    /// Who may review and waive from the next release on; nobody in particular where `None`.
    pub reviewers: Option<Reviewers>,
}

/// Where blockers live.
#[derive(Clone, Debug)]
pub struct TrackerPlan {
    /// Which tracker.
    pub kind: TrackerKind,
    /// For the file tracker: its file, relative to the repository's root; in git's common directory where `None`.
    pub path: Option<String>,
    /// For ergo: how long one run of it may take.
    pub timeout: Duration,
}

/// A numbered requirement.
#[derive(Clone, Debug)]
pub struct Gate {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What closes it, in words for whoever reviews it, besides a check that did not pass.
    pub blocks_when: Vec<String>,
    /// What is run or compared for it.
    pub checks: Vec<Check>,
}

/// One thing run or compared for a gate.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its name within the gate.
    pub id: String,
    /// What it does.
    pub kind: CheckKind,
    /// The least evidence that can pass.
    pub minimum: Minimum,
}

impl Check {
    /// The programs and tools that it calls, by name or by path.
    pub fn programs(&self) -> Vec<&str> {
        match &self.kind {
            CheckKind::Command(command) => command.programs().collect(),
            CheckKind::Benchmark(benchmark) => benchmark.program.programs().collect(),
            _ => Vec::new(),
        }
    }

    /// The program that it runs, where it runs one.
    pub fn program(&self) -> Option<&Program> {
        match &self.kind {
            CheckKind::Command(command) => Some(&command.program),
            CheckKind::Benchmark(benchmark) => Some(&benchmark.program),
            CheckKind::Versions
            | CheckKind::Changelog
            | CheckKind::GitClean
            | CheckKind::Inventory(_)
            | CheckKind::Review { .. } => None,
        }
    }
}

/// The least evidence that can pass. Never zero: silence is not evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// Tests executed, for a reader of tests.
    pub tests: Option<u64>,
    /// Inputs examined, for a reader of inputs.
    pub examined: Option<u64>,
    /// The greatest age of the data behind the answer, in days.
    pub data_max_days: Option<u32>,
}

/// What a check does.
#[derive(Clone, Debug)]
pub enum CheckKind {
    /// Runs a program and reads its output.
    Command(Box<Command>),
    /// Measures the base commit and this one side by side.
    Benchmark(Box<Benchmark>),
    /// All version places equal the target.
    Versions,
    /// The changelog has a section for the target.
    Changelog,
    /// The checkout has no changes and no untracked files.
    GitClean,
    /// Searches the commit and the base commit; a change asks for a review.
    Inventory(Inventory),
    /// Asks for a recorded review.
    Review {
        /// What the reviewer looks for.
        focus: String,
        /// Path prefixes that the review is of; the whole repository where there is none.
        paths: Vec<String>,
    },
}

impl CheckKind {
    /// The name that the plan uses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::Benchmark(_) => "benchmark",
            Self::Versions => "versions",
            Self::Changelog => "changelog",
            Self::GitClean => "git-clean",
            Self::Inventory(_) => "inventory",
            Self::Review { .. } => "review",
        }
    }
}

/// A program to run, and how to read it.
#[derive(Clone, Debug)]
pub struct Command {
    /// What is run.
    pub program: Program,
    /// How many processor slots it takes.
    pub cpu: usize,
    /// Runs with nothing beside it.
    pub exclusive: bool,
    /// How its output is read.
    pub reader: Reader,
    /// A git checkout with the data behind the answer, relative to the repository's root: its commit's time is the
    /// data's, where the tool does not say it.
    pub data_repository: Option<String>,
    /// A known-bad run of the same tool, which the same reader must find something in.
    pub canary: Option<Vec<String>>,
    /// What the tool may say that it ignores by its own settings.
    pub ignores: Vec<String>,
    /// Files of the commit that its programs write again, and leave as the commit has them. Nothing runs beside it then.
    pub rewrites: Vec<String>,
}

impl Command {
    /// The programs and tools that it calls, by name or by path.
    pub fn programs(&self) -> impl Iterator<Item = &str> {
        let canary = self.canary.iter().filter_map(|line| line.first()).map(String::as_str);
        self.program.programs().chain(canary)
    }
}

/// A search whose result is evidence.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// What is searched for, line by line.
    pub pattern: Regex,
    /// Path prefixes that are searched, relative to the repository's root.
    pub paths: Vec<String>,
    /// What the reviewer of a change looks for.
    pub focus: Option<String>,
}

impl Plan {
    /// Reads a plan. A byte-order mark and CRLF line ends are accepted; the digest is of the bytes as they are, and
    /// the places of problems count from after the mark (see [`without_bom`]).
    pub fn parse(text: &str) -> Result<Self, Vec<PlanProblem>> {
        let refused = |error: toml::de::Error| vec![error.into()];
        let table = DeTable::parse(without_bom(text)).map_err(refused)?;
        let steps = steps::tables(&table);
        let raw = raw::Plan::deserialize(Deserializer::from(table)).map_err(refused)?;
        validate::plan(raw, steps, Digest::of(text.as_bytes()))
    }

    /// What a release of a commit wants of CI; `None` where the plan names none. A plan that names one names the
    /// repository too.
    pub fn ci_wanted(&self, commit: &CommitId) -> Option<CiWanted> {
        let ci = self.ci.as_ref()?;
        Some(CiWanted {
            workflow_path: ci.workflow.clone(),
            commit: commit.to_owned(),
            repository: self.project.repository.clone().unwrap_or_default(),
            events: ci.events.clone(),
        })
    }

    /// The packages that its channels name.
    pub fn packages(&self) -> Vec<Package> {
        self.channels.packages(self.project.repository.as_deref())
    }

    /// The files that a version of a package of this plan consists of: those that its channel names, and the list of
    /// checksums that a step asks for beside the assets.
    pub fn expected_names(&self, package: &Package, version: &Version) -> ExpectedNames {
        let list = self.release_step().and_then(|step| step.checksums.as_deref());
        let list = list.filter(|_| package.channel == Channel::GithubRelease);
        package.files.named(package.channel, version).with_list(list)
    }

    /// The step that makes sure of the GitHub release, where the plan has one.
    pub fn release_step(&self) -> Option<&GithubRelease> {
        self.steps.iter().find_map(|step| match &step.kind {
            StepKind::GithubRelease(step) => Some(step),
            _ => None,
        })
    }

    /// Every check with its gate.
    pub fn checks(&self) -> impl Iterator<Item = (&Gate, &Check)> {
        self.gates.iter().flat_map(|gate| gate.checks.iter().map(move |check| (gate, check)))
    }

    /// A gate by its number.
    pub fn gate(&self, id: u32) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.id == id)
    }

    /// Whether a tool is called only where programs that come before may make it.
    pub fn may_make(&self, tool: &str) -> bool {
        let mut calls = self.checks().filter(|(_, check)| check.programs().contains(&tool)).peekable();
        let has_calls = calls.peek().is_some();
        let each = |(_, check): (_, &Check)| check.program().is_some_and(|program| program.may_make(tool));
        has_calls && calls.all(each)
    }

    /// The tools that the plan's steps call by name: each once, sorted.
    pub fn step_tool_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for step in &self.steps {
            if let StepKind::Command(command) = &step.kind {
                names.extend(command.programs());
            }
        }
        names.retain(|name| !name.contains('/'));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The programs that the plan's checks call by name, and its declared tools: each once, sorted.
    pub fn tool_names(&self) -> Vec<&str> {
        let called = self.checks().flat_map(|(_, check)| check.programs());
        let programs = called.filter(|program| !program.contains('/'));
        let mut names: Vec<&str> = programs.chain(self.tools.iter().map(|tool| tool.name.as_str())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// The text that the places of problems count in.
pub fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
