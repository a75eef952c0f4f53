//! `gonogo skill render|install`: the runbook for coding agents, from the plan.

use crate::commands::flags::PlanFlags;
use crate::exit_code::Exit;
use crate::screen::Screen;
use crate::skill::install::{self, BundleFolder, InstallOutcome, Runtime, Scope};
use crate::skill::{Bundle, BundleSource, bundle};
use gonogo_engine::context::{current_folder, load_plan};
use gonogo_engine::failure::{Failure, FailureKind, chain};
use gonogo_world::git::Git;
use gonogo_world::process::Cancel;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What `gonogo skill` can do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Write the bundle below a folder, over what is there
    Render(RenderArguments),
    /// Put the bundle where coding agents look for it; what a person changed is kept
    Install(InstallArguments),
}

/// What `gonogo skill render` takes.
#[derive(clap::Args)]
pub struct RenderArguments {
    #[command(flatten)]
    plan: PlanFlags,
    /// The folder that the bundle's own folder is made in
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// What `gonogo skill install` takes.
#[derive(clap::Args)]
pub struct InstallArguments {
    #[command(flatten)]
    plan: PlanFlags,
    /// The runtimes to install it for [default: agents and claude, which most of them read]
    #[arg(long = "runtime", value_enum, value_name = "RUNTIME")]
    runtimes: Vec<Runtime>,
    /// In the project's checkout, or in the user's home
    #[arg(long, value_enum, default_value_t)]
    scope: Scope,
    /// Another folder of skills, in place of the runtimes' own
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["runtimes", "scope"])]
    dir: Option<PathBuf>,
    /// Write over what a person changed
    #[arg(long)]
    force: bool,
}

/// Runs it.
pub async fn run(command: &Command, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let here = current_folder()?;
    let root = Git::open(&here, cancel).await.map_or_else(|_| here.clone(), |git| git.root().to_owned());
    match command {
        Command::Render(arguments) => render(arguments, &root, screen),
        Command::Install(arguments) => put(arguments, &root, screen),
    }
}

fn rendered(asked: &PlanFlags, root: &Path) -> Result<Bundle, Failure> {
    let plan = load_plan(asked.plan.as_deref(), root)?.plan;
    bundle(&BundleSource { plan: &plan, plan_argument: asked.plan.as_deref() })
        .map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))
}

fn render(arguments: &RenderArguments, root: &Path, screen: &Screen) -> Result<Exit, Failure> {
    let bundle = rendered(&arguments.plan, root)?;
    let folder = arguments.out.join(&bundle.name);
    install::write(&bundle, &folder).map_err(|error| unwritten(&error))?;
    screen.line(format!("{}: {} files", folder.display(), bundle.files.len()));
    let files: Vec<&str> = bundle.files.iter().map(|file| file.path).collect();
    screen.document(&json!({
        "schema": "gonogo.skill-render/1", "name": bundle.name, "folder": folder, "files": files,
    }))?;
    Ok(Exit::Go)
}

fn put(arguments: &InstallArguments, root: &Path, screen: &Screen) -> Result<Exit, Failure> {
    let bundle = rendered(&arguments.plan, root)?;
    let places = match &arguments.dir {
        Some(dir) => vec![BundleFolder { runtime: None, folder: dir.join(&bundle.name) }],
        None => {
            let base = match arguments.scope {
                Scope::Project => root.to_owned(),
                Scope::User => home()?,
            };
            install::places(&arguments.runtimes, arguments.scope, &base, &bundle.name)
        }
    };
    let mut rows = Vec::new();
    let mut all_installed = true;
    for place in places {
        let outcome =
            install::install(&bundle, &place.folder, arguments.force).map_err(|error| unwritten(&error))?;
        let (state, files) = match outcome {
            InstallOutcome::Unchanged => ("unchanged", Vec::new()),
            InstallOutcome::Written(files) => ("installed", files),
            InstallOutcome::Kept(files) => {
                all_installed = false;
                ("kept", files)
            }
        };
        screen.line(format!("{state:<10} {}", place.folder.display()));
        if state == "kept" {
            for file in &files {
                screen.line(format!("           changed by somebody: {file}"));
            }
            screen.line("           nothing was written there; move the changes away, or give --force");
        }
        rows.push(
            json!({ "runtime": place.runtime, "folder": place.folder, "state": state, "files": files }),
        );
    }
    screen.document(&json!({ "schema": "gonogo.skill-install/1", "name": bundle.name, "places": rows }))?;
    Ok(if all_installed { Exit::Go } else { Exit::NoGo })
}

fn home() -> Result<PathBuf, Failure> {
    std::env::home_dir()
        .filter(|home| home.is_absolute())
        .ok_or_else(|| Failure::usage("no home folder is known").remedy("give --dir"))
}

fn unwritten(error: &install::InstallError) -> Failure {
    Failure::usage(chain(error)).remedy("make the folder writable, or give another one")
}
