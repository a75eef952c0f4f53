//! `gonogo doctor`: which tools, logins and versions are there, whatever the target.

use crate::context::{LoadedPlan, PlanAsked, load_plan, open_checkout};
use crate::error::Failure;
use crate::exit_code::Exit;
use crate::precondition::Precondition;
use crate::preflight::{self, Item, State};
use crate::screen::Screen;
use gonogo_world::process::Cancel;
use gonogo_world::tools;
use serde_json::json;

/// What `gonogo doctor` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    plan: PlanAsked,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let mut items = vec![git()];
    match open_checkout(cancel.clone()).await {
        Err(failure) => items.push(gap(Precondition::Checkout, failure)),
        Ok(git) => {
            items.push(Item::ok(Precondition::Checkout, git.root().display().to_string()));
            match load_plan(&arguments.plan, git.root()) {
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
    let exit = preflight::exit(&items);
    preflight::print(screen, &items);
    screen.line(if exit == Exit::Go {
        "\nnothing is missing"
    } else {
        "\nsomething is missing: see the remedies"
    });
    screen.document(&json!({ "schema": "gonogo.doctor/1", "healthy": exit == Exit::Go, "items": items }));
    Ok(exit)
}

fn git() -> Item {
    match tools::find_on_path("git", None) {
        Ok(path) => Item::ok(Precondition::Git, path.display().to_string()),
        Err(error) => gap(Precondition::Git, Failure::usage(error.to_string()).remedy("install git")),
    }
}

fn gap(id: Precondition, failure: Failure) -> Item {
    Item { id: id.to_string(), state: State::Gap, message: failure.message, remedy: failure.remedy }
}
