//! `gonogo doctor`: which tools, logins and versions are there, whatever the target.

use crate::context::{LoadedPlan, PlanAsked, load_plan, open_checkout};
use crate::error::Failure;
use crate::exit_code::Exit;
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
        Err(failure) => items.push(gap("checkout", failure)),
        Ok(git) => {
            items.push(ok("checkout", git.root().display().to_string()));
            match load_plan(&arguments.plan, git.root()) {
                Err(failure) => items.push(gap("plan", failure)),
                Ok(LoadedPlan { plan, .. }) => {
                    items.push(ok("plan", format!("{}, digest {}", plan.project.name, plan.digest)));
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
        Ok(path) => ok("tool:git", path.display().to_string()),
        Err(error) => gap("tool:git", Failure::usage(error.to_string()).remedy("install git")),
    }
}

fn ok(id: &str, message: String) -> Item {
    Item { id: id.to_owned(), state: State::Ok, message, remedy: None }
}

fn gap(id: &str, failure: Failure) -> Item {
    Item { id: id.to_owned(), state: State::Gap, message: failure.message, remedy: failure.remedy }
}
