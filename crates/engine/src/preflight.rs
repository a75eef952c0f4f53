//! Preconditions of a release: every gap is gathered, each with its remedy, before anything is said.

mod precondition;

pub use precondition::Precondition;

use crate::context::remote::split_upstream;
use crate::context::{Candidate, Context, Session};
use crate::failure::{Failure, FailureKind, chain};
use crate::github::open_gh;
use crate::launch::{Toolbox, child_environment, missing_behind};
use crate::tracker;
use gonogo_core::blocker::epic_title;
use gonogo_core::ci::{CiState, judge_ci};
use gonogo_core::ids::CommitId;
use gonogo_core::mechanics::Code;
use gonogo_core::plan::{Plan, TrackerKind};
use gonogo_core::standing::Readiness;
use gonogo_core::text::shell_line;
use gonogo_core::versions;
use gonogo_world::git::{Git, Upstream};
use gonogo_world::github::Gh;
use gonogo_world::process::{Cancel, Environment};
use gonogo_world::tracker::Tracker;
use schemars::JsonSchema;
use serde::Serialize;
use std::ffi::OsString;

/// Variables that lead every client elsewhere.
type Variables = [(OsString, OsString)];

/// What was found of one precondition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemState {
    /// It holds.
    Ok,
    /// It does not hold.
    Gap,
    /// It could not be told.
    Unknown,
    /// Somebody else's work is in the way.
    Conflict,
}

/// One precondition.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Item {
    /// Its name, in kebab-case; `tool:NAME` for a tool.
    pub id: String,
    /// What was found.
    pub state: ItemState,
    /// What was found, in one line.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// It says that the tag is there already.
    #[serde(skip)]
    #[schemars(skip)]
    pub is_tag_taken: bool,
}

impl Item {
    /// It holds.
    pub fn ok(id: Precondition, message: impl Into<String>) -> Self {
        Self {
            id: id.to_string(),
            state: ItemState::Ok,
            message: message.into(),
            remedy: None,
            is_tag_taken: false,
        }
    }

    /// It does not hold, or is not known to.
    pub fn not(
        id: Precondition,
        state: ItemState,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let remedy = Some(remedy.into());
        Self { id: id.to_string(), state, message: message.into(), remedy, is_tag_taken: false }
    }

    fn unknown(id: Precondition, error: &dyn std::error::Error, remedy: impl Into<String>) -> Self {
        Self::not(id, ItemState::Unknown, chain(error), remedy)
    }

    /// The same about one tool.
    fn of_tool(self, name: &str) -> Self {
        Self { id: format!("{}:{name}", self.id), ..self }
    }
}

/// The worst of a list of preconditions: a conflict before a gap, a gap before what is not known.
pub fn worst(items: &[Item]) -> ItemState {
    let any = |state| items.iter().any(|item| item.state == state);
    [ItemState::Conflict, ItemState::Gap, ItemState::Unknown]
        .into_iter()
        .find(|state| any(*state))
        .unwrap_or(ItemState::Ok)
}

/// What a list of preconditions means for what comes next.
pub fn readiness(items: &[Item]) -> Readiness {
    let amiss: Vec<&Item> = items.iter().filter(|item| item.state != ItemState::Ok).collect();
    match amiss.iter().all(|item| item.is_tag_taken) {
        _ if amiss.is_empty() => Readiness::Ready,
        true => Readiness::Tagged,
        false => Readiness::Gaps,
    }
}

/// Whether a list of preconditions says that the tag is on a remote; `None` where it does not say.
pub fn is_tag_on_remote(items: &[Item]) -> Option<bool> {
    let remote = Precondition::TagRemote.name();
    let told: Vec<&Item> = items.iter().filter(|item| item.id == remote).collect();
    if told.iter().any(|item| item.is_tag_taken) {
        return Some(true);
    }
    (!told.is_empty() && told.iter().all(|item| item.state == ItemState::Ok)).then_some(false)
}

/// Why it is not known what a release is compared with. `None` where that ends the command: wrong use, an interruption, a defect.
pub fn of_base(failure: &Failure) -> Option<Item> {
    let state = match failure.kind {
        FailureKind::NoGo => ItemState::Gap,
        FailureKind::Incomplete => ItemState::Unknown,
        FailureKind::Conflict => ItemState::Conflict,
        FailureKind::Usage | FailureKind::Internal | FailureKind::Interrupted => return None,
    };
    let (message, remedy) = (failure.message.clone(), failure.remedy.clone());
    Some(Item { state, remedy, ..Item::ok(Precondition::Base, message) })
}

/// Everything that has to hold before a release of this target is polled for.
pub async fn of_release(context: &Context) -> Vec<Item> {
    let Context { candidate, session, .. } = context;
    let git = &session.git;
    let mut items = vec![tree(git, candidate).await, upstream(git, &candidate.commit).await];
    items.push(version_files(git, candidate).await);
    items.push(changelog(git, candidate).await);
    items.push(local_tag(git, candidate).await);
    items.extend(remote_tags(git, candidate).await);
    items.extend(of_session(context).await);
    items
}

/// Everything that has to hold before a run: the branch may have moved on, and the tag may be there, as a run resumes by
/// itself; what the tag is, its step judges.
pub async fn of_run(context: &Context) -> Vec<Item> {
    let Context { candidate, session, .. } = context;
    let git = &session.git;
    let mut items = vec![
        tree(git, candidate).await,
        version_files(git, candidate).await,
        changelog(git, candidate).await,
    ];
    items.extend(of_session(context).await);
    items
}

async fn of_session(Context { candidate, session, .. }: &Context) -> Vec<Item> {
    let (plan, target) = (&candidate.plan, candidate.target.tag());
    let mut items = of_host(&session.git, plan, target, &session.variables, &session.cancel).await;
    items.extend(ci(candidate, session).await);
    items
}

/// What has to hold on this host whatever the target: tools, logins, tracker. The tracker is read for a target's
/// epic.
pub async fn of_host(
    git: &Git,
    plan: &Plan,
    target: &str,
    variables: &Variables,
    cancel: &Cancel,
) -> Vec<Item> {
    let mut items = declared_tools(git, plan, cancel).await;
    items.extend(tools_behind(git, plan, cancel).await);
    items.extend(github_login(git, plan, variables, cancel).await);
    items.push(tracker_state(git, plan, target, variables, cancel).await);
    items
}

async fn tree(git: &Git, candidate: &Candidate) -> Item {
    match git.dirty(&candidate.own_paths()).await {
        Ok(paths) if paths.is_empty() => {
            Item::ok(Precondition::TreeClean, "the checkout is what its commit says")
        }
        Ok(paths) => Item::not(
            Precondition::TreeClean,
            ItemState::Gap,
            format!("changed or untracked: {}", few(&paths)),
            "commit, stash, ignore or remove them; `git update-index --no-assume-unchanged --no-skip-worktree PATH` where git is told not to look",
        ),
        Err(error) => {
            Item::unknown(Precondition::TreeClean, &error, "run `git status` and mend what it says")
        }
    }
}

async fn upstream(git: &Git, head: &CommitId) -> Item {
    let id = Precondition::Upstream;
    let name = match git.upstream().await {
        Ok(Upstream::At { name, .. }) => name,
        Ok(Upstream::Detached) => {
            return Item::not(
                id,
                ItemState::Gap,
                "no branch is checked out",
                "check out the branch that is released from",
            );
        }
        Ok(Upstream::None) => {
            return Item::not(id, ItemState::Gap, "the branch has no upstream", "push it with `git push -u`");
        }
        Err(error) => return Item::unknown(id, &error, "check the branch's upstream with `git status`"),
    };
    // What was fetched last may be old: the remote is asked.
    let live = match git.remotes().await {
        Ok(remotes) => match split_upstream(&name, &remotes) {
            Some((remote, branch)) => git.remote_branch(&remote, branch).await,
            None => {
                let message = format!("the branch follows {name}, which is no remote's");
                return Item::not(id, ItemState::Gap, message, "push it with `git push -u`");
            }
        },
        Err(error) => Err(error),
    };
    match live {
        Ok(Some(commit)) if commit == *head => Item::ok(id, format!("HEAD is {name}")),
        Ok(Some(commit)) => Item::not(
            id,
            ItemState::Gap,
            format!("HEAD is {}, and {name} is {}", short(head), short(&commit)),
            "push, or pull, until both are the same",
        ),
        Ok(None) => Item::not(id, ItemState::Gap, format!("{name} is not on the remote"), "push the branch"),
        Err(error) => Item::unknown(id, &error, "make the remote reachable"),
    }
}

async fn version_files(git: &Git, candidate: &Candidate) -> Item {
    let id = Precondition::Versions;
    let places = &candidate.plan.versions;
    if places.is_empty() {
        return Item::not(
            id,
            ItemState::Gap,
            "the plan names no `versions`",
            "name the files that hold the version",
        );
    }
    let mut texts = std::collections::BTreeMap::new();
    for place in places {
        match git.file_at(&candidate.commit, &place.file).await {
            Ok(Some(bytes)) => texts.insert(&place.file, Ok(String::from_utf8_lossy(&bytes).into_owned())),
            Ok(None) => texts.insert(&place.file, Err("not in the commit".to_owned())),
            Err(error) => return Item::unknown(id, &error, "mend the repository"),
        };
    }
    let read =
        |file: &str| texts.get(&file.to_owned()).cloned().unwrap_or_else(|| Err("not read".to_owned()));
    let wrong = versions::misaligned(places, candidate.target.version(), read);
    if wrong.is_empty() {
        return Item::ok(id, format!("all {} places say {}", places.len(), candidate.target.version()));
    }
    let wrong: Vec<String> = wrong.into_iter().map(|place| place.message).collect();
    Item::not(
        id,
        ItemState::Gap,
        wrong.join("; "),
        format!("set every place to {} and commit", candidate.target.version()),
    )
}

async fn changelog(git: &Git, candidate: &Candidate) -> Item {
    let id = Precondition::Changelog;
    let version = candidate.target.version();
    let Some(path) = &candidate.plan.project.changelog else {
        return Item::ok(id, "the plan names no changelog");
    };
    let text = match git.file_at(&candidate.commit, path).await {
        Ok(Some(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        Ok(None) => return Item::not(id, ItemState::Gap, format!("{path} is not in the commit"), "write it"),
        Err(error) => return Item::unknown(id, &error, "mend the repository"),
    };
    match versions::changelog_section(&text, version) {
        Some(section) if versions::says_something(section) => {
            Item::ok(id, format!("{path} has a section for {version}"))
        }
        _ => Item::not(
            id,
            ItemState::Gap,
            format!("{path} has no section with text for {version}"),
            format!("write it under `## [{version}]`"),
        ),
    }
}

async fn local_tag(git: &Git, candidate: &Candidate) -> Item {
    let id = Precondition::TagLocal;
    let tag = candidate.target.tag();
    match git.commit_of(&format!("refs/tags/{tag}")).await {
        Ok(None) => Item::ok(id, format!("{tag} is not here yet")),
        Ok(Some(commit)) => tag_taken(candidate, id, "here", &commit),
        Err(error) => Item::unknown(id, &error, "mend the repository"),
    }
}

async fn remote_tags(git: &Git, candidate: &Candidate) -> Vec<Item> {
    let tag = candidate.target.tag();
    let remotes = match git.remotes().await {
        Ok(remotes) => remotes,
        Err(error) => return vec![Item::unknown(Precondition::TagRemote, &error, "mend the repository")],
    };
    if remotes.is_empty() {
        return vec![Item::not(
            Precondition::TagRemote,
            ItemState::Gap,
            "the repository has no remote",
            "add it with `git remote add`",
        )];
    }
    let mut items = Vec::new();
    for remote in remotes {
        items.push(match git.remote_tag(&remote, tag).await {
            Ok(None) => Item::ok(Precondition::TagRemote, format!("{remote} does not have {tag}")),
            Ok(Some(found)) => {
                tag_taken(candidate, Precondition::TagRemote, &format!("on {remote}"), &found.commit)
            }
            Err(error) => {
                Item::unknown(Precondition::TagRemote, &error, format!("make the remote {remote} reachable"))
            }
        });
    }
    items
}

fn tag_taken(candidate: &Candidate, id: Precondition, place: &str, commit: &CommitId) -> Item {
    let tag = candidate.target.tag();
    let delete = shell_line(["git", "tag", "--delete", tag]);
    let (state, at, remedy) = match (id, *commit == candidate.commit) {
        (Precondition::TagLocal, true) => (
            ItemState::Gap,
            "at this commit".to_owned(),
            format!("if no run of this release made it, and it was never pushed, remove it with `{delete}`"),
        ),
        (Precondition::TagLocal, false) => (
            ItemState::Conflict,
            format!("at {}", short(commit)),
            format!("if it was never pushed, remove it with `{delete}`; else release another version"),
        ),
        (_, true) => (ItemState::Gap, "at this commit".to_owned(), "this release has been tagged".to_owned()),
        (_, false) => (
            ItemState::Conflict,
            format!("at {}", short(commit)),
            "release another version: a tag that people may have is not moved".to_owned(),
        ),
    };
    Item { is_tag_taken: true, ..Item::not(id, state, format!("{tag} is {place} already, {at}"), remedy) }
}

async fn declared_tools(git: &Git, plan: &Plan, cancel: &Cancel) -> Vec<Item> {
    let environment = Environment::allowing(plan.policy.env.iter().map(String::as_str));
    let toolbox = Toolbox::of_checks(plan, git.root(), &environment, cancel).await;
    let found = toolbox.found.iter().map(|(name, tool)| {
        let version = tool.version.as_ref().map(|version| format!(" ({version})")).unwrap_or_default();
        Item::ok(Precondition::Tool, format!("{}{version}", tool.path)).of_tool(name)
    });
    let lacking = toolbox.lacking.iter().map(|(name, lack)| {
        if plan.may_make(name) {
            let message = "not here yet: programs that come before its check are to make it";
            return Item::ok(Precondition::Tool, message).of_tool(name);
        }
        let minimum = plan.tools.iter().find(|tool| tool.name == *name).and_then(|tool| tool.minimum.clone());
        let least = minimum.map(|minimum| format!(" {minimum} or newer")).unwrap_or_default();
        let remedy = format!("install {name}{least}, outside the checkout");
        Item::not(Precondition::Tool, ItemState::Gap, &lack.message, remedy).of_tool(name)
    });
    found.chain(lacking).collect()
}

/// What the checks call through another program, where that program says that it has no such thing.
async fn tools_behind(git: &Git, plan: &Plan, cancel: &Cancel) -> Vec<Item> {
    let mut items = Vec::new();
    let environment = child_environment(plan, git.root());
    for missing in missing_behind(plan, git.root(), &environment, cancel).await {
        let name = missing.name();
        let message = format!("{} has no `{}`", missing.program, missing.what.name());
        let remedy = format!("install {name}, outside the checkout");
        items.push(Item::not(Precondition::Tool, ItemState::Gap, message, remedy).of_tool(&name));
    }
    items
}

fn gh(git: &Git, repository: &str, variables: &Variables) -> Result<Gh, Item> {
    open_gh(git, repository, variables).map_err(|cause| {
        let state = if cause.code == Code::ToolMissing { ItemState::Gap } else { ItemState::Unknown };
        let remedy = cause.remedy.unwrap_or_else(|| "mend `project.repository` in the plan".to_owned());
        Item::not(Precondition::GhAuth, state, cause.message, remedy)
    })
}

async fn github_login(git: &Git, plan: &Plan, variables: &Variables, cancel: &Cancel) -> Option<Item> {
    let repository = plan.project.repository.as_ref()?;
    let gh = match gh(git, repository, variables) {
        Ok(gh) => gh,
        Err(item) => return Some(item),
    };
    Some(match gh.auth_status(cancel).await {
        Ok(facts) => Item::ok(Precondition::GhAuth, format!("logged in as {}", facts.login)),
        Err(error) => Item::unknown(Precondition::GhAuth, &error, "gh auth login"),
    })
}

async fn tracker_state(git: &Git, plan: &Plan, target: &str, variables: &Variables, cancel: &Cancel) -> Item {
    let kind = match plan.tracker.kind {
        TrackerKind::Ergo => "ergo",
        TrackerKind::Github => "GitHub issues",
        TrackerKind::File => "the file tracker",
    };
    let read = match tracker::open_with(git, plan, variables) {
        Ok(tracker) => tracker.read(&epic_title(target), cancel).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(backlog) => Item::ok(
            Precondition::Tracker,
            format!("{kind} can be read; {} tasks for this release", backlog.tasks.len()),
        ),
        Err(error) => {
            let state = if error.missing_tool.is_some() { ItemState::Gap } else { ItemState::Unknown };
            let remedy = error.remedy.unwrap_or_else(|| format!("make {kind} work"));
            Item::not(Precondition::Tracker, state, error.message, remedy)
        }
    }
}

async fn ci(candidate: &Candidate, session: &Session) -> Option<Item> {
    let want = candidate.plan.ci_wanted(&candidate.commit)?;
    let gh = match gh(&session.git, &want.repository, &session.variables) {
        Ok(gh) => gh,
        Err(item) => return Some(Item { id: Precondition::Ci.to_string(), ..item }),
    };
    let runs = match gh.ci_runs(&candidate.commit, &session.cancel).await {
        Ok(runs) => runs,
        Err(error) => {
            return Some(Item::unknown(
                Precondition::Ci,
                &error,
                "make GitHub reachable, and log in with `gh auth login`",
            ));
        }
    };
    Some(judged_ci(&judge_ci(&runs, &want), &want.workflow_path))
}

fn judged_ci(ci: &CiState, workflow: &str) -> Item {
    match ci {
        CiState::Green { run } => Item::ok(Precondition::Ci, format!("{workflow} is green: {}", run.url)),
        CiState::Red { run, conclusion } => Item::not(
            Precondition::Ci,
            ItemState::Gap,
            format!("{workflow} ended as {conclusion}: {}", run.url),
            "mend what failed",
        ),
        CiState::Pending { run } => Item::not(
            Precondition::Ci,
            ItemState::Unknown,
            format!("{workflow} is {}: {}", run.status, run.url),
            "wait for it to end",
        ),
        CiState::Missing => Item::not(
            Precondition::Ci,
            ItemState::Gap,
            format!("{workflow} has not run for this commit"),
            "push the commit, and wait",
        ),
        CiState::Untrusted { why } => {
            Item::not(Precondition::Ci, ItemState::Unknown, why, "look at the runs of this commit on GitHub")
        }
    }
}

fn few(paths: &[String]) -> String {
    let shown: Vec<&str> = paths.iter().take(5).map(String::as_str).collect();
    let more = paths.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn short(commit: &CommitId) -> &str {
    commit.get(..12).unwrap_or(commit)
}
