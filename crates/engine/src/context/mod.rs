//! The context of a release: the candidate (plan, target, base, commit), and the session that acts on it (checkout, agent,
//! mode). Whoever needs one of the two takes that one.

mod base;
pub(crate) mod base_plan;
mod host;
mod plan;
mod recorded;
pub(crate) mod remote;

pub use base::Baseline;
pub use base_plan::BasePlan;
pub use host::{agent, current_folder, host_name, open_checkout, redactor};
pub use plan::{LoadedPlan, PLAN_FILE, load_plan, own_paths, parse_plan};
pub use remote::release_remote;

use crate::failure::{Failure, chain};
use gonogo_core::ids::{CommitId, TagName, TreeId};
use gonogo_core::ledger::{Opened, Owner, Record};
use gonogo_core::plan::Plan;
use gonogo_core::redact::Redactor;
use gonogo_core::release::{Agent, Mode, Target};
use gonogo_core::standing::Given;
use gonogo_world::git::Git;
use gonogo_world::ledger::{self, Ledger};
use gonogo_world::process::Cancel;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What was asked for.
#[derive(Clone, Debug)]
pub struct ReleaseRequest {
    /// The target as it was typed.
    pub target: String,
    /// The base tag; `None` to derive it.
    pub base_tag: Option<String>,
    /// Who runs the release; `None` for the user at this host.
    pub agent: Option<Agent>,
    /// Whether the agent is said again in the commands that come next: where nothing else says it.
    pub says_agent: bool,
    /// Nobody is to be asked at the point of no return.
    pub yes: bool,
    /// Whether effects reach the real world.
    pub mode: Mode,
    /// The plan: a file, or the name of one that comes with the program; `None` for the repository's own.
    pub plan: Option<String>,
}

/// The baseline of every comparison.
#[derive(Clone, Debug)]
pub struct Base {
    /// The tag.
    pub tag: TagName,
    /// The commit that it stands for, peeled.
    pub commit: CommitId,
}

/// The commit that is to become a release, and what it is held to.
pub struct Candidate {
    /// The plan.
    pub plan: Plan,
    /// The plan's path in the repository, where it is there.
    pub plan_path: Option<String>,
    /// The target.
    pub target: Target,
    /// The base; `None` for a first release.
    pub base: Option<Base>,
    /// What earlier releases were held to, and what of the base a person has to look at.
    pub baseline: Baseline,
    /// The commit under release.
    pub commit: CommitId,
    /// Its tree.
    pub tree: TreeId,
}

/// Who acts on a candidate, where, and what goes along with every call.
pub struct Session {
    /// The checkout.
    pub git: Git,
    /// Who runs it.
    pub agent: Agent,
    /// The mode.
    pub mode: Mode,
    /// Takes secrets out of everything that is stored or shown.
    pub redactor: Arc<Redactor>,
    /// Stops every child.
    pub cancel: Cancel,
    /// Variables that lead every client elsewhere: none, but in the demonstration's private world.
    pub variables: Vec<(OsString, OsString)>,
}

/// The context of one release.
pub struct Context {
    /// What is to be released.
    pub candidate: Candidate,
    /// Who does it, and where.
    pub session: Session,
    /// What was given, and is kept in the commands that come next.
    pub given: Given,
}

impl Context {
    /// Captures the context. Refuses what no answer can be about: no checkout, no commit, no usable plan or target, a
    /// base tag that ought to be there and is not.
    pub async fn capture(asked: &ReleaseRequest, cancel: Cancel) -> Result<Self, Failure> {
        Self::capture_in(&current_folder()?, asked, cancel).await
    }

    /// The same for a folder that is not the current one.
    pub async fn capture_in(folder: &Path, asked: &ReleaseRequest, cancel: Cancel) -> Result<Self, Failure> {
        Self::without_base(folder, asked, cancel).await?.with_base().await.map_err(|(_, failure)| failure)
    }

    /// The same with the base, or as it was with the reason why that is not known.
    pub async fn with_base(self) -> Result<Self, (Box<Self>, Failure)> {
        let Self { candidate, session, given } = self;
        match base::find(&session.git, &candidate, given.base_tag.as_deref()).await {
            Ok((base, baseline)) => {
                Ok(Self { candidate: Candidate { base, baseline, ..candidate }, session, given })
            }
            Err(failure) => Err((Box::new(Self { candidate, session, given }), failure)),
        }
    }

    /// The context of a command that compares nothing with an earlier release.
    pub async fn without_base(
        folder: &Path,
        asked: &ReleaseRequest,
        cancel: Cancel,
    ) -> Result<Self, Failure> {
        let git = Git::open(folder, cancel.clone()).await?;
        let LoadedPlan { plan, in_repository } = load_plan(asked.plan.as_deref(), git.root())?;
        let target = target(&asked.target, &plan)?;
        let (commit, tree) = git.head().await?;
        let agent = agent(asked.agent.clone())?;
        let redactor = redactor()?;
        let given = Given {
            base_tag: asked.base_tag.clone(),
            agent: asked.agent.clone().filter(|_| asked.says_agent),
            mode: asked.mode,
            yes: asked.yes,
            plan: asked.plan.clone(),
            ..Given::target(target.tag().as_str())
        };
        let (base, baseline) = (None, Baseline::default());
        let candidate = Candidate { plan, plan_path: in_repository, target, base, baseline, commit, tree };
        let session = Session { git, agent, mode: asked.mode, redactor, cancel, variables: Vec::new() };
        Ok(Self { candidate, session, given })
    }

    /// Where this release's ledger is.
    pub fn ledger_folder(&self) -> PathBuf {
        ledger::folder(self.session.git.common_dir(), self.candidate.target.tag())
    }

    /// Whose ledger is asked for.
    pub fn owner(&self) -> Owner<'_> {
        let Candidate { plan, target, .. } = &self.candidate;
        Owner { project: Some(&plan.project.name), target: target.tag() }
    }

    /// Opens this release's ledger to write: one writer at a time.
    pub fn open_ledger(&self) -> Result<Ledger, Failure> {
        let Candidate { plan, target, .. } = &self.candidate;
        let opened = Opened { project: plan.project.name.clone(), target: target.tag().to_string() };
        Ok(Ledger::open(&self.ledger_folder(), opened)?)
    }

    /// The records of this release; none where it has no ledger.
    pub fn records(&self) -> Result<Vec<Record>, Failure> {
        Ok(ledger::records(self.session.git.common_dir(), self.owner())?)
    }

    /// The same, with these variables for every client.
    pub fn with_variables(self, variables: Vec<(OsString, OsString)>) -> Self {
        let git = self.session.git.with_variables(variables.clone());
        Self { session: Session { git, variables, ..self.session }, ..self }
    }
}

impl Candidate {
    /// The base tag's name; `None` for a first release.
    pub fn base_tag(&self) -> Option<&str> {
        self.base.as_ref().map(|base| base.tag.as_str())
    }

    /// Paths of the checkout that are the tracker's own, and so are not changes of the project.
    pub fn own_paths(&self) -> Vec<String> {
        own_paths(&self.plan)
    }
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
