//! `gonogo verify TARGET`: delivery on every channel of the plan, waiting out propagation.

use crate::commands::flags::{AGENT, PlanFlags, says};
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::delivery_json;
use crate::render::next::NextPart;
use crate::render::terminal::Terminal;
use crate::screen::Screen;
use gonogo_core::delivery::Level;
use gonogo_core::delivery::Window;
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::ledger::Mechanics;
use gonogo_core::release::{Agent, Mode};
use gonogo_engine::context::{Context, ReleaseRequest, current_folder};
use gonogo_engine::delivery::{self, AwaitedRelease};
use gonogo_engine::failure::Failure;
use gonogo_engine::standing;
use gonogo_engine::tracker;
use gonogo_world::process::Cancel;
use schemars::JsonSchema;
use serde::Serialize;

/// What `gonogo verify` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The version or tag, such as 0.9.0 or v0.9.0
    #[arg(
        value_name = "TARGET",
        required_unless_present = "release_target",
        conflicts_with = "release_target"
    )]
    target: Option<String>,
    /// The same as TARGET
    #[arg(long, value_name = "TARGET")]
    release_target: Option<String>,
    /// Who asks, as model@host [default: the user at this host]
    #[arg(long, value_name = "MODEL@HOST", env = AGENT)]
    agent: Option<Agent>,
    /// How deep to look on every channel [default: a clean install where the plan names a smoke command, else the bytes]
    #[arg(long, value_enum)]
    level: Option<super::audit::AuditLevel>,
    /// The longest time to wait for any channel, such as 20m [default: each channel's own window]
    #[arg(long, value_name = "TIME", value_parser = window)]
    wait: Option<Window>,
    #[command(flatten)]
    plan: PlanFlags,
}

fn window(text: &str) -> Result<Window, String> {
    Window::parse(text).ok_or_else(|| "a time above zero, such as `20m`".to_owned())
}

/// The JSON document of `gonogo verify`, `gonogo.verify/1`.
#[derive(Serialize, JsonSchema)]
pub struct Document {
    /// `gonogo.verify/1`.
    pub schema: &'static str,
    /// The target's tag.
    pub target: TagName,
    /// The commit that is released; null where neither a ledger nor a tag here says it.
    pub commit: Option<CommitId>,
    /// What every channel serves.
    pub delivery: delivery_json::DeliveryPart,
    /// What comes next.
    #[serde(flatten)]
    pub next: NextPart,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let asked = ReleaseRequest {
        target: arguments.target.clone().or_else(|| arguments.release_target.clone()).unwrap_or_default(),
        base_tag: None,
        agent: arguments.agent.clone(),
        says_agent: says(arguments.agent.as_ref()),
        yes: false,
        mode: Mode::Live,
        plan: arguments.plan.plan.clone(),
    };
    let context = Context::without_base(&current_folder()?, &asked, cancel).await?;
    let tag = context.candidate.target.tag();
    let records = context.records()?;
    let released = Mechanics::fold(&records, Mode::Live).run.map(|run| run.started.commit);
    let commit = match released {
        Some(commit) => Some(commit),
        None => context.session.git.commit_of(&format!("refs/tags/{tag}")).await?,
    };
    let tracker = tracker::open(&context.session.git, &context.candidate.plan);
    let release = AwaitedRelease {
        context: &context,
        mode: Mode::Live,
        commit: commit.clone(),
        git: &context.session.git,
        variables: &[],
        tracker: &tracker,
        asked: delivery::Effort {
            level: arguments.level.map(Level::from),
            longest_window: arguments.wait.map(Window::get),
        },
    };
    let delivered = delivery::deliver(&release, &mut Terminal::new(*screen, false)).await?;
    let delivered = delivered
        .ok_or_else(|| Failure::usage("the plan names no channel").remedy("add `[channels]` to the plan"))?;
    let exit = Exit::of_outcome(Some(delivered.outcome));
    let next = NextPart::told(&standing::after_delivery(&context, &delivered).await);
    next.print(screen);
    let document = Document {
        schema: "gonogo.verify/1",
        target: tag.to_owned(),
        commit,
        delivery: (&delivered).into(),
        next,
    };
    screen.document(&to_json(&document)?)?;
    Ok(exit)
}
