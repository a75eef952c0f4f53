//! The context of a release: checkout, plan, target, base tag, mode, agent.

use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use gonogo_core::plan::{Plan, Problem, TrackerKind, without_bom};
use gonogo_core::redact::Redactor;
use gonogo_core::release::{Agent, Mode, Target, derive_base_tag};
use gonogo_core::verdict::Reason;
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The plans that come with the program, by name.
const EMBEDDED: &[(&str, &str)] = &[("plasmite", include_str!("../../../plans/plasmite.toml"))];
/// The plan's file, in the root of the repository.
pub const PLAN_FILE: &str = "gonogo.toml";

/// What was asked for on the command line.
#[derive(Clone, Debug, clap::Args)]
pub struct Asked {
    /// The version or tag to release, such as 0.9.0 or v0.9.0
    #[arg(
        value_name = "TARGET",
        required_unless_present = "release_target",
        conflicts_with = "release_target"
    )]
    pub target: Option<String>,
    /// The same as TARGET
    #[arg(long, value_name = "TARGET")]
    pub release_target: Option<String>,
    /// The previous release's tag [default: the highest version below the target]
    #[arg(long, value_name = "TAG")]
    pub base_tag: Option<String>,
    /// Who runs the release, as model@host [default: the user at this host]
    #[arg(long, value_name = "MODEL@HOST", env = "GONOGO_AGENT")]
    pub agent: Option<Agent>,
    /// Whether effects reach the real world: dry-run or live
    #[arg(long, default_value = "dry-run")]
    pub mode: Mode,
    #[command(flatten)]
    pub plan: PlanAsked,
}

/// Which plan was asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct PlanAsked {
    /// The plan: a file, or the name of one that comes with the program (plasmite) [default: gonogo.toml]
    #[arg(long, value_name = "FILE|NAME")]
    pub plan: Option<String>,
}

impl Asked {
    /// The target as it was typed.
    pub fn typed_target(&self) -> &str {
        self.target.as_deref().or(self.release_target.as_deref()).unwrap_or_default()
    }
}

/// A plan with the text that it was read from.
pub struct LoadedPlan {
    /// The plan.
    pub plan: Plan,
    /// Its path relative to the repository's root, where it is a file of the repository.
    pub in_repository: Option<String>,
}

/// The baseline of every comparison.
#[derive(Clone, Debug)]
pub struct Base {
    /// The tag.
    pub tag: String,
    /// The commit that it stands for, peeled.
    pub commit: String,
}

/// The context of one release.
pub struct Context {
    /// The checkout.
    pub git: Git,
    /// The plan.
    pub plan: Plan,
    /// The plan's path in the repository, where it is there.
    pub plan_path: Option<String>,
    /// The target.
    pub target: Target,
    /// The base; `None` for a first release.
    pub base: Option<Base>,
    /// The commit under release.
    pub commit: String,
    /// Its tree.
    pub tree: String,
    /// Who runs it.
    pub agent: Agent,
    /// The mode.
    pub mode: Mode,
    /// Takes secrets out of everything that is stored or shown.
    pub redactor: Redactor,
    /// Stops every child.
    pub cancel: Cancel,
    /// Variables that lead every client elsewhere: none, but in the demonstration's private world.
    pub variables: Vec<(OsString, OsString)>,
}

impl Context {
    /// Captures the context. Refuses what no answer can be about: no checkout, no commit, no usable plan or target, a
    /// base tag that ought to be there and is not.
    pub async fn capture(asked: &Asked, cancel: Cancel) -> Result<Self, Failure> {
        Self::capture_in(&current_folder()?, asked, cancel).await
    }

    /// The same for a folder that is not the current one.
    pub async fn capture_in(folder: &Path, asked: &Asked, cancel: Cancel) -> Result<Self, Failure> {
        let context = Self::without_base(folder, asked, cancel).await?;
        let base = base(&context.git, &context.plan, &context.target, asked.base_tag.as_deref()).await?;
        Ok(Self { base, ..context })
    }

    /// The context of a command that compares nothing with an earlier release.
    pub async fn without_base(folder: &Path, asked: &Asked, cancel: Cancel) -> Result<Self, Failure> {
        let git = Git::open(folder, cancel.clone()).await?;
        let LoadedPlan { plan, in_repository } = load_plan(&asked.plan, git.root())?;
        let target = target(asked.typed_target(), &plan)?;
        let (commit, tree) = git.head().await?;
        Ok(Self {
            git,
            plan,
            plan_path: in_repository,
            target,
            base: None,
            commit,
            tree,
            agent: agent(asked.agent.clone())?,
            mode: asked.mode,
            redactor: redactor()?,
            cancel,
            variables: Vec::new(),
        })
    }

    /// The same, with every client led by variables.
    pub fn led_by(self, variables: Vec<(OsString, OsString)>) -> Self {
        Self { git: self.git.with_variables(variables.clone()), variables, ..self }
    }

    /// Paths of the checkout that are the tracker's own, and so are not changes of the project.
    pub fn own_paths(&self) -> Vec<String> {
        own_paths(&self.plan)
    }
}

/// Paths of the checkout that a plan's tracker writes.
pub fn own_paths(plan: &Plan) -> Vec<String> {
    match plan.tracker.kind {
        TrackerKind::Ergo => vec![".ergo".to_owned()],
        TrackerKind::File => plan.tracker.path.iter().cloned().collect(),
        TrackerKind::Github => Vec::new(),
    }
}

/// Opens the checkout that we are in.
pub async fn open_checkout(cancel: Cancel) -> Result<Git, Failure> {
    Ok(Git::open(&current_folder()?, cancel).await?)
}

/// The folder that we are in.
pub fn current_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir()
        .map_err(|error| Failure::usage(format!("cannot tell the current folder: {error}")))
}

/// A target, as the plan's tag pattern has it.
pub fn target(typed: &str, plan: &Plan) -> Result<Target, Failure> {
    Target::parse(typed, &plan.project.tag).map_err(|error| {
        Failure::usage(chain(&error)).remedy(format!(
            "give a version such as 1.2.3 or 1.2.3-rc.1, or its tag as in `{}`",
            error.pattern
        ))
    })
}

/// The agent that was given, or the user at this host.
pub fn agent(given: Option<Agent>) -> Result<Agent, Failure> {
    if let Some(agent) = given {
        return Ok(agent);
    }
    let user =
        std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "unknown".to_owned());
    format!("{user}@{}", host_name()).parse().map_err(|error| {
        Failure::usage(format!("cannot name the agent by user and host: {error}"))
            .remedy("give --agent model@host")
    })
}

/// This host's name.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// A redactor for our own environment.
pub fn redactor() -> Result<Redactor, Failure> {
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .collect();
    Redactor::new(variables.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|error| Failure::new(Exit::Internal, chain(&error)))
}

/// Loads the plan that was asked for.
pub fn load_plan(asked: &PlanAsked, root: &Path) -> Result<LoadedPlan, Failure> {
    let name = asked.plan.as_deref();
    if let Some((name, text)) = EMBEDDED.iter().find(|(embedded, _)| Some(*embedded) == name) {
        return Ok(LoadedPlan { plan: parse_plan(name, text)?, in_repository: None });
    }
    let path = name.map_or_else(|| root.join(PLAN_FILE), PathBuf::from);
    let shown = path.display().to_string();
    let bytes = std::fs::read(&path).map_err(|error| {
        let failure = Failure::usage(format!("cannot read the plan {shown}: {error}"));
        if name.is_none() {
            failure.remedy("write one with `gonogo init`, or name one with --plan")
        } else {
            failure
        }
    })?;
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::usage(format!("the plan {shown} is not UTF-8: {}", error.utf8_error())))?;
    let plan = parse_plan(&shown, &text)?;
    let inside = path
        .canonicalize()
        .ok()
        .and_then(|path| Some(path.strip_prefix(root.canonicalize().ok()?).ok()?.to_owned()));
    Ok(LoadedPlan { plan, in_repository: inside.map(|path| path.display().to_string()) })
}

/// Parses a plan, every problem with its place.
pub fn parse_plan(name: &str, text: &str) -> Result<Plan, Failure> {
    Plan::parse(text).map_err(|problems| refuse_plan(name, text, &problems))
}

fn refuse_plan(name: &str, text: &str, problems: &[Problem]) -> Failure {
    let text = without_bom(text);
    let place = |problem: &Problem| {
        text.get(..problem.span.start).map_or(1, |before| before.matches('\n').count() + 1)
    };
    let mut lines: Vec<String> =
        problems.iter().map(|problem| format!("{name}:{}: {}", place(problem), problem.message)).collect();
    if lines.is_empty() {
        lines.push(format!("{name}: the plan cannot be used"));
    }
    let labels = problems
        .iter()
        .map(|problem| LabeledSpan::new_with_span(Some(problem.message.clone()), problem.span.clone()));
    let mut diagnostic = MietteDiagnostic::new(lines.join("\n")).with_labels(labels);
    let help: Vec<&str> = problems.iter().filter_map(|problem| problem.help.as_deref()).collect();
    if !help.is_empty() {
        diagnostic = diagnostic.with_help(help.join("\n"));
    }
    let report = Report::new(diagnostic).with_source_code(NamedSource::new(name, text.to_owned()));
    Failure { report: Some(report), ..Failure::usage(lines.join("\n")) }
}

async fn base(git: &Git, plan: &Plan, target: &Target, given: Option<&str>) -> Result<Option<Base>, Failure> {
    let missing = |message: String, shallow: bool| {
        let fetch = if shallow { "git fetch --unshallow --tags" } else { "git fetch --tags" };
        Failure::incomplete(Reason::BaselineMissing, message).remedy(format!("{fetch}, or give --base-tag"))
    };
    if let Some(tag) = given {
        return match git.commit_of(&format!("refs/tags/{tag}")).await? {
            Some(commit) => Ok(Some(Base { tag: tag.to_owned(), commit })),
            None => Err(missing(format!("there is no base tag {tag} here"), git.is_shallow().await?)),
        };
    }
    let tags = git.tags().await?;
    if let Some(tag) = derive_base_tag(target, &plan.project.tag, tags.iter().map(String::as_str)) {
        return match git.commit_of(&format!("refs/tags/{tag}")).await? {
            Some(commit) => Ok(Some(Base { tag: tag.to_owned(), commit })),
            None => Err(missing(format!("the base tag {tag} stands for no commit"), git.is_shallow().await?)),
        };
    }
    if git.is_shallow().await? {
        return Err(missing("this clone is shallow and has no tag below the target".to_owned(), true));
    }
    // No tag here may mean no release yet, or tags that were not fetched: only the remote knows.
    for remote in git.remotes().await? {
        let tags = git.remote_tags(&remote).await.map_err(|error| {
            missing(format!("no tag below the target is here, and the remote {remote} does not say whether there is one: {}", chain(&error)), false)
        })?;
        if let Some(tag) = derive_base_tag(target, &plan.project.tag, tags.iter().map(String::as_str)) {
            return Err(missing(
                format!("the remote {remote} has the base tag {tag}, and it is not here"),
                false,
            ));
        }
    }
    Ok(None)
}
