//! The common flags: what is asked for on the command line, before it is looked up.

use gonogo_core::release::{Agent, Mode};
use gonogo_engine::context;

/// The variable that says who runs a release, where no flag does.
pub const AGENT: &str = "GONOGO_AGENT";

/// What was asked for on the command line.
#[derive(Clone, Debug, clap::Args)]
pub struct ReleaseFlags {
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
    #[arg(long, value_name = "MODEL@HOST", env = AGENT)]
    pub agent: Option<Agent>,
    /// Whether effects reach the real world: dry-run or live
    #[arg(long, default_value = "dry-run")]
    pub mode: Mode,
    #[command(flatten)]
    pub plan: PlanFlags,
}

/// Which plan was asked for.
#[derive(Clone, Debug, clap::Args)]
pub struct PlanFlags {
    /// The plan: a file, or the name of one that comes with the program (plasmite) [default: gonogo.toml]
    #[arg(long, value_name = "FILE|NAME")]
    pub plan: Option<String>,
}

impl ReleaseFlags {
    /// The same, as the engine takes it.
    pub fn to_engine(&self) -> context::ReleaseRequest {
        context::ReleaseRequest {
            target: self.target.clone().or_else(|| self.release_target.clone()).unwrap_or_default(),
            base_tag: self.base_tag.clone(),
            agent: self.agent.clone(),
            says_agent: says(self.agent.as_ref()),
            yes: false,
            mode: self.mode,
            plan: self.plan.plan.clone(),
        }
    }
}

/// Whether an agent was said on the command line: what the variable says goes without saying.
pub fn says(agent: Option<&Agent>) -> bool {
    agent.is_some_and(|agent| std::env::var(AGENT).as_deref() != Ok(agent.as_str()))
}
