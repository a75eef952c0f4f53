//! `gonogo demo`: a sample project goes from no-go to go, with real git, cargo and whatever else is here. Needs no
//! login and no network service, and leaves its folder to look at.

use crate::context::{Asked, Context, PlanAsked};
use crate::error::{Failure, chain};
use crate::exit_code::Exit;
use crate::poll::{self, Options, Report};
use crate::render::board::Board;
use crate::render::poll_text;
use crate::screen::Screen;
use crate::tracker;
use gonogo_core::release::Mode;
use gonogo_sandbox::sample::{self, Binding};
use gonogo_world::process::{Cancel, Environment, Invocation, run as run_process};
use gonogo_world::tools;
use serde_json::json;
use std::path::{Path, PathBuf};

/// What `gonogo demo` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the sample project goes: a folder that is not there yet [default: a new one among temporary files]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Runs it.
pub async fn run(arguments: &Arguments, screen: &Screen, cancel: Cancel) -> Result<Exit, Failure> {
    let folder = make_folder(arguments)?;
    let wrong =
        |error: std::io::Error| Failure::new(Exit::Internal, format!("cannot write the sample: {error}"));
    let (bindings, absent) = bindings_here();
    for program in &absent {
        screen.line(format!("{program} is not here: its binding is left out of the sample"));
    }
    let git = SampleGit::open(&folder, cancel.clone())?;
    sample::write(&folder, "0.1.0", &bindings).map_err(wrong)?;
    sample::mend(&folder).map_err(wrong)?;
    git.run(&["init", "--quiet", "--initial-branch=main"]).await?;
    git.commit("Begin").await?;
    git.run(&["tag", "--annotate", "--message=Release v0.1.0", "v0.1.0"]).await?;
    sample::write(&folder, "0.2.0", &bindings).map_err(wrong)?;
    git.commit("Count faster").await?;

    screen.line(
        "A sample project wants to release v0.2.0. Its new counter loses counts between two writers.\n",
    );
    let before = one_poll(&folder, screen, &cancel).await?;
    screen.line("\nThe defect is mended and committed. The next poll runs on the new commit, and closes the\nblockers whose checks have passed since they were filed.\n");
    sample::mend(&folder).map_err(wrong)?;
    git.commit("Lose no count").await?;
    let after = one_poll(&folder, screen, &cancel).await?;
    screen.line(format!("\nThe project, its ledger and its evidence are in {}", folder.display()));

    let as_it_should = before.decision.is_err() && after.decision.is_ok();
    screen.document(&json!({
        "schema": "gonogo.demo/1",
        "folder": folder,
        "first": if before.decision.is_ok() { "granted" } else { "refused" },
        "second": if after.decision.is_ok() { "granted" } else { "refused" },
        "left_out": absent,
    }));
    Ok(if as_it_should { Exit::Go } else { Exit::Incomplete })
}

async fn one_poll(folder: &Path, screen: &Screen, cancel: &Cancel) -> Result<Report, Failure> {
    let asked = Asked {
        target: Some("v0.2.0".to_owned()),
        release_target: None,
        base_tag: None,
        agent: None,
        mode: Mode::DryRun,
        plan: PlanAsked { plan: None },
    };
    let context = Context::capture_in(folder, &asked, cancel.clone()).await?;
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options { fresh: false, jobs, close_passed: true };
    let tracker = tracker::open(&context.git, &context.plan);
    let report = poll::run(&context, options, &tracker, &mut Board::new(*screen)).await?;
    poll_text::print(screen, &context, &report);
    Ok(report)
}

fn make_folder(arguments: &Arguments) -> Result<PathBuf, Failure> {
    let made = match &arguments.folder {
        Some(folder) => std::fs::create_dir(folder).map(|()| folder.clone()),
        None => tempfile::Builder::new().prefix("gonogo-demo-").tempdir().map(tempfile::TempDir::keep),
    };
    let folder = made.and_then(|folder| folder.canonicalize());
    folder.map_err(|error| {
        Failure::usage(format!("cannot make the folder: {error}")).remedy("give --folder a new path")
    })
}

fn bindings_here() -> (Vec<Binding>, Vec<&'static str>) {
    let (here, absent): (Vec<_>, Vec<_>) =
        Binding::ALL.into_iter().partition(|(_, program)| tools::find_on_path(program, None).is_ok());
    (
        here.into_iter().map(|(binding, _)| binding).collect(),
        absent.into_iter().map(|(_, program)| program).collect(),
    )
}

/// Git in the sample's folder, with an identity of its own.
struct SampleGit {
    invocation: Invocation,
    cancel: Cancel,
}

impl SampleGit {
    fn open(folder: &Path, cancel: Cancel) -> Result<Self, Failure> {
        let program = tools::find_on_path("git", None)
            .map_err(|error| Failure::usage(error.to_string()).remedy("install git"))?;
        let environment = Environment::allowing([])
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .with("GIT_AUTHOR_NAME", "sample")
            .with("GIT_AUTHOR_EMAIL", "sample@example.test")
            .with("GIT_COMMITTER_NAME", "sample")
            .with("GIT_COMMITTER_EMAIL", "sample@example.test");
        Ok(Self { invocation: Invocation::tool(&program, folder, environment), cancel })
    }

    async fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let answer = run_process(&self.invocation.clone().args(arguments.iter().copied()), &self.cancel)
            .await
            .map_err(|error| Failure::new(Exit::Internal, chain(&error)))?;
        if answer.succeeded() {
            return Ok(());
        }
        let said = answer.stderr.text();
        Err(Failure::new(Exit::Internal, format!("git {}: {}", arguments.join(" "), said.trim())))
    }

    async fn commit(&self, message: &str) -> Result<(), Failure> {
        self.run(&["add", "--all"]).await?;
        self.run(&["commit", "--quiet", "--message", message]).await
    }
}
