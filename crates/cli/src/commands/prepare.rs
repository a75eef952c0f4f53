//! `gonogo prepare TARGET`: the context of a release, and every gap at once.

use crate::commands::flags::ReleaseFlags;
use crate::commands::to_json;
use crate::exit_code::Exit;
use crate::render::next::NextPart;
use crate::render::preflight_text;
use crate::screen::Screen;
use gonogo_core::ids::{CommitId, TagName};
use gonogo_core::release::Mode;
use gonogo_engine::context::{Context, current_folder};
use gonogo_engine::failure::Failure;
use gonogo_engine::preflight::{self, Item};
use gonogo_engine::standing::{self, Looked};
use gonogo_world::process::Cancel;
use schemars::JsonSchema;
use serde::Serialize;

/// What `gonogo prepare` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    asked: ReleaseFlags,
}

/// The JSON document of `gonogo prepare`, `gonogo.prepare/1`.
#[derive(Serialize, JsonSchema)]
pub struct Document {
    /// `gonogo.prepare/1`.
    pub schema: &'static str,
    /// The target's tag.
    pub target: TagName,
    /// The base tag; null for a first release, and where it is not known: the item `base` says why.
    pub base: Option<TagName>,
    /// The mode.
    pub mode: Mode,
    /// Who runs it.
    pub agent: String,
    /// The commit under release.
    pub commit: CommitId,
    /// Whether every precondition holds.
    pub ready: bool,
    /// The preconditions.
    pub preflight: Vec<Item>,
    /// What comes next.
    #[serde(flatten)]
    pub next: NextPart,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let context = Context::without_base(&current_folder()?, &arguments.asked.to_engine(), cancel).await?;
    let (context, mut items) = match context.with_base().await {
        Ok(context) => (context, Vec::new()),
        // What else is amiss is told all the same.
        Err((context, failure)) => match preflight::of_base(&failure) {
            Some(item) => (*context, vec![item]),
            None => return Err(failure),
        },
    };
    let is_base_known = items.is_empty();
    items.extend(preflight::of_release(&context).await);
    let exit = Exit::of_preflight(preflight::worst(&items));
    let base = context.candidate.base.as_ref().map(|base| base.tag.clone());
    screen.line(format!(
        "{} {}  commit {}  base {}  {}  {}",
        context.candidate.plan.project.name,
        context.candidate.target,
        context.candidate.commit,
        match &base {
            Some(base) => base.as_str(),
            None if is_base_known => "none (first release)",
            None => "not known",
        },
        context.session.mode,
        context.session.agent
    ));
    preflight_text::print(screen, &items);
    let next = NextPart::told(&standing::at_the_end(&context, Looked::of_preflight(&items)).await);
    screen.line(if exit == Exit::Go { "\nready" } else { "\nnot ready" });
    next.print(screen);
    let document = Document {
        schema: "gonogo.prepare/1",
        target: context.candidate.target.tag().to_owned(),
        base,
        mode: context.session.mode,
        agent: context.session.agent.to_string(),
        commit: context.candidate.commit.clone(),
        ready: exit == Exit::Go,
        preflight: items,
        next,
    };
    screen.document(&to_json(&document)?)?;
    Ok(exit)
}
