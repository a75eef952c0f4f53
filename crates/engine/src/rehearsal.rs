//! A rehearsal's private world, primed from the real one by reading it: its remote, its tags, its CI runs, its blockers.
//!
//! Invariant: what acts in the rehearsal is led into the private world by its variables, and the real world is asked
//! nothing but questions.

use crate::context::Context;
use crate::failure::FailureKind;
use crate::failure::{Failure, chain};
use crate::github::github as open_github;
use crate::launch::child_environment;
use crate::run::{World, file_of, world};
use crate::tracker::{self, OpenTracker};
use gonogo_core::blocker::epic_title;
use gonogo_core::ci::WorkflowRun;
use gonogo_core::ids::RemoteName;
use gonogo_core::mechanics::{Cause, Played, Rehearse, Start, Step, StepKind, unplayable};
use gonogo_core::plan::TrackerKind;
use gonogo_core::verdict::Reason;
use gonogo_sandbox::github;
use gonogo_sandbox::registry::RemoteModule;
use gonogo_sandbox::world::RemoteSpec;
use gonogo_sandbox::{Artifacts, PrivateWorld, Spec, Trigger, Work, Workflow};
use gonogo_world::git::sibling_address;
use gonogo_world::github::{Gh, GhError};
use gonogo_world::tracker::github_issues::{EPIC_LABEL, TASK_LABEL};
use gonogo_world::tracker::{AnyTracker, Tracker};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::time::Duration;

/// How long a channel of a private world may take to show a version.
pub const PRIVATE_WINDOW: Duration = Duration::from_secs(5);

/// A private world, and what acts in it.
pub struct Rehearsal {
    /// What acts in it.
    pub world: World,
    /// The world: it ends with this.
    private: PrivateWorld,
    real: RealRemote,
}

/// The real remote as it was before the rehearsal.
struct RealRemote {
    name: RemoteName,
    references: BTreeMap<String, String>,
}

/// Makes a private world in a folder.
pub async fn prime(context: &Context, folder: &Path) -> Result<Rehearsal, Failure> {
    refuse_what_cannot_be_played(context)?;
    let (remote, branch) = world::remote_and_branch(&context.session.git, &context.candidate.plan).await?;
    let references = context.session.git.references_of(&remote).await?;
    let address = context.session.git.remote_address(&remote).await?;
    let address =
        address.ok_or_else(|| Failure::new(FailureKind::NoGo, format!("{remote} has no address")))?;
    let project = &context.candidate.plan.project;
    let repository = project.repository.clone().unwrap_or_else(|| format!("local/{}", plain(&project.name)));

    let mirror = folder.join("mirror.git");
    context.session.git.mirror(&address, &mirror).await?;
    let mut remotes = vec![remote_spec(&repository, &mirror, &address, &branch)];
    if let Some(tap) = mirrored_tap(context, folder, &address, &repository).await? {
        remotes.push(tap);
    }
    let pattern = project.tag.to_string();
    let mut spec = Spec {
        remotes,
        workflows: workflows(&context.candidate.plan.steps, &repository, &pattern),
        go_modules: go_modules(context, &repository),
        tag_prefix: pattern.split('{').next().unwrap_or_default().to_owned(),
        ..Spec::default()
    };
    let real_gh = open_github(&context.candidate.plan, &context.session);
    if let (Some(ci), Ok(gh)) = (&context.candidate.plan.ci, &real_gh) {
        let runs = gh
            .ci_runs(&context.candidate.commit, &context.session.cancel)
            .await
            .map_err(|error| unread(&error))?;
        spec.listed.push((repository.clone(), listed(&ci.workflow)));
        spec.runs.extend(runs.iter().map(|run| (repository.clone(), primed(run))));
    }
    let private = PrivateWorld::start(&folder.join("world"), spec)
        .await
        .map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;
    let variables = private.variables();
    let tracker = match context.candidate.plan.tracker.kind {
        TrackerKind::Github => {
            let gh = real_gh.as_ref().map_err(unread_for)?;
            prime_issues(context, gh, &private, &repository).await?;
            let played = tracker::open_with(&context.session.git, &context.candidate.plan, &variables);
            refuse_another_backlog(context, &played).await?;
            played.map(AnyTracker::played)
        }
        TrackerKind::Ergo | TrackerKind::File => tracker::open(&context.session.git, &context.candidate.plan),
    };
    let git = context
        .session
        .git
        .checkout_apart(&folder.join("checkout"), &remote, &address, &context.candidate.commit)
        .await?;
    let git = git.with_variables(variables.clone());
    let environment =
        child_environment(&context.candidate.plan, context.session.git.root()).with_all(variables.clone());
    let world = World {
        git,
        remote: remote.clone(),
        branch,
        gh: real_gh.map(|gh| gh.with_variables(variables.clone())),
        tracker,
        environment,
        variables,
        folder: folder.join("work"),
        longest_window: Some(PRIVATE_WINDOW),
    };
    Ok(Rehearsal { world, private, real: RealRemote { name: remote, references } })
}

impl Rehearsal {
    /// What happened in the private world that changed it, in order.
    pub fn effects(&self) -> Vec<String> {
        effects_of(&self.private)
    }

    /// Whether the real remote is as it was before. Somebody else may have pushed; nobody here did.
    pub async fn is_remote_untouched(&self, context: &Context) -> Result<bool, Failure> {
        Ok(context.session.git.references_of(&self.real.name).await? == self.real.references)
    }
}

/// What happened in a private world that changed it, in order.
pub fn effects_of(world: &PrivateWorld) -> Vec<String> {
    let log = world.log();
    let writes = log.iter().filter(|entry| !matches!(entry.method.as_str(), "GET" | "HEAD"));
    let writes = writes.filter(|entry| !entry.path.starts_with("/graphql"));
    writes.map(|entry| format!("{} {}", entry.method, entry.path)).collect()
}

/// A workflow that nobody says how to play would make a rehearsal that shows nothing.
fn refuse_what_cannot_be_played(context: &Context) -> Result<(), Failure> {
    match unplayable(&context.candidate.plan.steps) {
        None => Ok(()),
        Some(step) => Err(Failure::usage(format!(
            "a rehearsal cannot play step {}: the plan does not say what its workflow does",
            step.id
        ))
        .remedy(format!("give step {} a `rehearse` with the commands that do it on this machine", step.id))),
    }
}

fn workflows(steps: &[Step], repository: &str, tag_pattern: &str) -> Vec<Workflow> {
    let mut workflows: Vec<Workflow> = Vec::new();
    for step in steps {
        let Some(Played { path, start, rehearse: Some(rehearse) }) = step.kind.workflow() else { continue };
        let (trigger, is_build, tag_input) = match start {
            Start::Tag => (Trigger::Tag(tag_pattern.replace("{version}", "*")), true, None),
            Start::Dispatch(inputs) => {
                let tag = inputs.iter().find(|(_, text)| *text == "{tag}").map(|(name, _)| name.clone());
                (Trigger::Dispatch(inputs.keys().cloned().collect()), false, tag)
            }
        };
        // A workflow that two steps start is played as the last of them says, which publishes.
        workflows.retain(|workflow| workflow.path != path);
        workflows.push(Workflow {
            repository: repository.to_owned(),
            path: path.to_owned(),
            name: file_of(path).split('.').next().unwrap_or_default().to_owned(),
            triggers: vec![trigger],
            work: work(rehearse, is_build, tag_input, step.timeout),
        });
    }
    workflows
}

fn work(
    rehearse: &Rehearse,
    is_build: bool,
    tag_input: Option<String>,
    timeout: std::time::Duration,
) -> Work {
    let artifacts = rehearse.artifacts.iter();
    Work::Commands {
        commands: rehearse.run.clone(),
        environment: Vec::new(),
        artifacts: artifacts
            .map(|(name, files)| Artifacts { name: name.clone(), files: files.clone() })
            .collect(),
        has_metadata: is_build,
        tag_input,
        timeout,
    }
}

fn remote_spec(name: &str, mirror: &Path, address: &str, branch: &str) -> RemoteSpec {
    let spec = RemoteSpec::of_checkout(name, mirror);
    let mut addresses = vec![address.to_owned()];
    addresses.extend(spec.addresses.iter().filter(|one| *one != address).cloned());
    RemoteSpec { addresses, default_branch: branch.to_owned(), ..spec }
}

async fn mirrored_tap(
    context: &Context,
    folder: &Path,
    address: &str,
    repository: &str,
) -> Result<Option<RemoteSpec>, Failure> {
    let step = context.candidate.plan.steps.iter().find_map(|step| match &step.kind {
        StepKind::HomebrewFormula(formula) => Some(&formula.address),
        _ => None,
    });
    let (Some(given), Some(homebrew)) = (step, &context.candidate.plan.channels.homebrew) else {
        return Ok(None);
    };
    let tap = given.clone().or_else(|| sibling_address(address, repository, &homebrew.tap));
    let tap = tap.ok_or_else(|| {
        Failure::new(FailureKind::NoGo, "the tap's address cannot be told")
            .remedy("give the step an `address`")
    })?;
    let mirror = folder.join("tap.git");
    context.session.git.mirror(&tap, &mirror).await?;
    let branch = context.session.git.remote_default_branch(&tap).await?;
    let branch = branch
        .ok_or_else(|| Failure::new(FailureKind::NoGo, format!("the tap {tap} names no default branch")))?;
    Ok(Some(remote_spec(&homebrew.tap, &mirror, &tap, &branch.name)))
}

fn go_modules(context: &Context, repository: &str) -> Vec<RemoteModule> {
    let module = context.candidate.plan.channels.go.as_ref();
    let module = module.map(|go| RemoteModule {
        path: go.module.clone(),
        repository: repository.to_owned(),
        folder: go.module.split_once(&format!("{repository}/")).map_or("", |(_, folder)| folder).to_owned(),
    });
    module.into_iter().collect()
}

fn listed(path: &str) -> github::StoredWorkflow {
    let name = file_of(path).split('.').next().unwrap_or_default().to_owned();
    github::StoredWorkflow { id: 1, name, path: path.to_owned() }
}

/// A run of the real GitHub, as it was read.
fn primed(run: &WorkflowRun) -> github::StoredRun {
    let path = run.workflow_path.split('@').next().unwrap_or(&run.workflow_path);
    github::StoredRun {
        attempt: run.attempt,
        event: run.event.clone(),
        status: run.status.clone(),
        conclusion: run.conclusion.clone(),
        head_branch: run.head_branch.clone(),
        head_repository: run.head_repository.clone(),
        next: VecDeque::new(),
        ..github::StoredRun::success(run.id, &run.repository, path, &run.head_sha)
    }
}

/// The blockers of the real GitHub are there in the private one: a rehearsal is held back by what holds back the release.
async fn prime_issues(
    context: &Context,
    gh: &Gh,
    world: &PrivateWorld,
    repository: &str,
) -> Result<(), Failure> {
    let mut read = BTreeMap::new();
    for label in [EPIC_LABEL, TASK_LABEL] {
        let path = format!("repos/{repository}/issues?state=all&labels={label}&per_page=100");
        for page in gh.get_pages(&path, &context.session.cancel).await.map_err(|error| unread(&error))? {
            let senseless =
                || Failure::incomplete(Reason::TrackerUnreadable, "GitHub's list of issues makes no sense");
            for issue in page.as_array().ok_or_else(senseless)? {
                let issue = issue_of(issue).ok_or_else(senseless)?;
                read.insert(issue.number, issue);
            }
        }
    }
    world.github().state().repository(repository).issues.all.extend(read);
    Ok(())
}

/// What the private tracker says of the release has to be what the real one says, or a rehearsal would go past blockers.
async fn refuse_another_backlog(context: &Context, played: &OpenTracker) -> Result<(), Failure> {
    let real = tracker::open_with(&context.session.git, &context.candidate.plan, &context.session.variables);
    let epic = epic_title(context.candidate.target.tag());
    let mut said = Vec::new();
    for tracker in [&real, played] {
        let tracker = tracker
            .as_ref()
            .map_err(|error| Failure::incomplete(Reason::TrackerUnreadable, error.message.clone()))?;
        said.push(tracker.read(&epic, &context.session.cancel).await?);
    }
    if said[0] == said[1] {
        return Ok(());
    }
    Err(Failure::incomplete(
        Reason::TrackerUnreadable,
        "the release's blockers at GitHub could not be copied whole, so the rehearsal cannot be held back by them",
    )
    .remedy(format!("give the epic `{epic}` and its tasks their labels `{EPIC_LABEL}` and `{TASK_LABEL}` back")))
}

fn issue_of(value: &Value) -> Option<github::Issue> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let labels = value["labels"].as_array()?.iter().map(|label| label["name"].as_str().map(str::to_owned));
    Some(github::Issue {
        number: value["number"].as_u64()?,
        title: text("title")?,
        body: text("body"),
        labels: labels.collect::<Option<_>>()?,
        state: match value["state"].as_str()? {
            "open" => github::IssueState::Open,
            "closed" => github::IssueState::Closed,
            _ => return None,
        },
        state_reason: text("state_reason"),
        comments: Vec::new(),
        is_pull_request: value.get("pull_request").is_some_and(|pull| !pull.is_null()),
        created_at: text("created_at").unwrap_or_default(),
        updated_at: text("updated_at").unwrap_or_default(),
    })
}

fn unread(error: &GhError) -> Failure {
    unread_for(&crate::causes::of_gh(error))
}

fn unread_for(cause: &Cause) -> Failure {
    let failure =
        Failure::incomplete(Reason::Unreachable, format!("GitHub could not be read: {}", cause.message));
    Failure { remedy: cause.remedy.clone(), ..failure }
}

fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect()
}
