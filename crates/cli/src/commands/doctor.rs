//! `gonogo doctor`: which tools, logins and versions are there, whatever the target.

use crate::commands::flags::PlanFlags;
use crate::exit_code::Exit;
use crate::render::preflight_text;
use crate::screen::Screen;
use gonogo_engine::context::{LoadedPlan, load_plan, open_checkout};
use gonogo_engine::failure::Failure;
use gonogo_engine::preflight::Precondition;
use gonogo_engine::preflight::{self, Item, ItemState};
use gonogo_world::process::Cancel;
use gonogo_world::tools;
use serde_json::json;

/// What `gonogo doctor` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    plan: PlanFlags,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let mut items = vec![git()];
    match open_checkout(cancel.clone()).await {
        Err(failure) => items.push(gap(Precondition::Checkout, failure)),
        Ok(git) => {
            items.push(Item::ok(Precondition::Checkout, git.root().display().to_string()));
            match load_plan(arguments.plan.plan.as_deref(), git.root()) {
                Err(failure) => items.push(gap(Precondition::Plan, failure)),
                Ok(LoadedPlan { plan, .. }) => {
                    items.push(Item::ok(
                        Precondition::Plan,
                        format!("{}, digest {}", plan.project.name, plan.digest),
                    ));
                    items.extend(preflight::of_host(&git, &plan, "doctor", &[], &cancel).await);
                }
            }
        }
    }
    let exit = Exit::of_preflight(preflight::worst(&items));
    preflight_text::print(screen, &items);
    screen.line(if exit == Exit::Go {
        "\nnothing is missing"
    } else {
        "\nsomething is missing: see the remedies"
    });
    screen.document(&json!({ "schema": "gonogo.doctor/1", "healthy": exit == Exit::Go, "items": items }))?;
    Ok(exit)
}

fn git() -> Item {
    match tools::find_on_path("git", None) {
        Ok(path) => Item::ok(Precondition::Git, path.display().to_string()),
        Err(error) => gap(Precondition::Git, Failure::usage(error.to_string()).remedy("install git")),
    }
}

fn gap(id: Precondition, failure: Failure) -> Item {
    Item { remedy: failure.remedy, ..Item::not(id, ItemState::Gap, failure.message, "") }
}
