//! `gonogo plan check|schema`: the plan by itself.

use crate::commands::flags::PlanFlags;
use crate::exit_code::Exit;
use crate::screen::Screen;
use gonogo_core::plan;
use gonogo_engine::context::{current_folder, load_plan};
use gonogo_engine::failure::Failure;
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use serde_json::json;

/// What `gonogo plan` can do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Check that the plan can be used
    Check(PlanFlags),
    /// Print the JSON Schema of gonogo.toml
    Schema,
}

/// Runs it.
pub async fn run(command: &Command, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    match command {
        Command::Schema => {
            screen.raw(format!("{:#}", plan::schema()))?;
            Ok(Exit::Go)
        }
        Command::Check(asked) => check(asked, screen, cancel).await,
    }
}

async fn check(asked: &PlanFlags, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let here = current_folder()?;
    // A plan can be checked outside a checkout; inside one, the default plan is the one in its root.
    let root = Git::open(&here, cancel).await.map_or(here, |git| git.root().to_owned());
    let plan = load_plan(asked.plan.as_deref(), &root)?.plan;
    let checks = plan.checks().count();
    screen.line(format!(
        "{}: {} gates, {checks} checks, {} required; digest {}",
        plan.project.name,
        plan.gates.len(),
        plan.policy.required_gates.len(),
        plan.digest
    ));
    screen.document(&json!({
        "schema": "gonogo.plan-check/1",
        "project": plan.project.name,
        "digest": plan.digest,
        "gates": plan.gates.len(),
        "checks": checks,
        "required_gates": plan.policy.required_gates,
    }))?;
    Ok(Exit::Go)
}
