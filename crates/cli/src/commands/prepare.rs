//! `gonogo prepare TARGET`: the context of a release, and every gap at once.

use crate::context::{Asked, Context};
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::preflight::{self, Item};
use crate::screen::Screen;
use gonogo_core::release::Mode;
use gonogo_world::process::Cancel;
use schemars::JsonSchema;
use serde::Serialize;

/// What `gonogo prepare` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: Asked,
}

/// The JSON document of `gonogo prepare`, `gonogo.prepare/1`.
#[derive(Serialize, JsonSchema)]
pub struct Document {
    /// `gonogo.prepare/1`.
    pub schema: &'static str,
    /// The target's tag.
    pub target: String,
    /// The base tag; null for a first release.
    pub base: Option<String>,
    /// The mode.
    pub mode: Mode,
    /// Who runs it.
    pub agent: String,
    /// The commit under release.
    pub commit: String,
    /// Whether every precondition holds.
    pub ready: bool,
    /// The preconditions.
    pub preflight: Vec<Item>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::capture(&arguments.asked, cancel).await?;
    let items = preflight::of_release(&context).await;
    let exit = preflight::exit(&items);
    let base = context.base.as_ref().map(|base| base.tag.clone());
    screen.line(format!(
        "{} {}  commit {}  base {}  {}  {}",
        context.plan.project.name,
        context.target,
        context.commit,
        base.as_deref().unwrap_or("none (first release)"),
        context.mode,
        context.agent
    ));
    preflight::print(screen, &items);
    let next = if exit == Exit::Go {
        "ready; next: gonogo poll"
    } else {
        "not ready; settle the gaps, then run this again"
    };
    screen.line(format!("\n{next}"));
    let document = Document {
        schema: "gonogo.prepare/1",
        target: context.target.tag().to_owned(),
        base,
        mode: context.mode,
        agent: context.agent.to_string(),
        commit: context.commit.clone(),
        ready: exit == Exit::Go,
        preflight: items,
    };
    screen.document(
        &serde_json::to_value(document).map_err(|error| Failure::new(Exit::Internal, chain(&error)))?,
    );
    Ok(exit)
}
