//! `gonogo demo`: a sample project goes from no-go to go, and is then released, live, into a private world: with real
//! git, gh, cargo and whatever else is here. Needs no login and no network service, and leaves its folder to look at.

use super::run::end;
use crate::exit_code::Exit;
use crate::render::preflight_text;
use crate::render::terminal::Terminal;
use crate::screen::Screen;
use gonogo_core::release::Mode;
use gonogo_engine::context::{Context, ReleaseRequest};
use gonogo_engine::failure::{Failure, FailureKind, chain};
use gonogo_engine::poll::{self, Options};
use gonogo_engine::preflight;
use gonogo_engine::rehearsal;
use gonogo_engine::release;
use gonogo_engine::run::World;
use gonogo_engine::run::world::of_the_context;
use gonogo_engine::tracker;
use gonogo_sandbox::PrivateWorld;
use gonogo_sandbox::sample::{self, Binding};
use gonogo_world::process::{Cancel, Environment, Invocation, run as run_process};
use gonogo_world::tools;
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

const REPOSITORY: &str = "octo/tally";
const TAP: &str = "octo/homebrew-tap";
const TARGET: &str = "v0.2.0";

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
    let project = folder.join("tally");
    let wrong = |error: std::io::Error| {
        Failure::new(FailureKind::Internal, format!("cannot write the sample: {error}"))
    };
    std::fs::create_dir(&project).map_err(wrong)?;
    let (bindings, absent) = bindings_here();
    for program in &absent {
        screen.line(format!("{program} is not here: its binding is left out of the sample"));
    }
    let git = SampleGit::open(&project, cancel.clone())?;
    sample::write(&project, "0.1.0", &bindings).map_err(wrong)?;
    sample::mend(&project).map_err(wrong)?;
    git.run(&["init", "--quiet", "--initial-branch=main"]).await?;
    git.commit("Begin").await?;
    git.run(&["tag", "--annotate", "--message=Release v0.1.0", "v0.1.0"]).await?;
    sample::write(&project, "0.2.0", &bindings).map_err(wrong)?;
    git.commit("Count faster").await?;

    screen.line(
        "A sample project wants to release v0.2.0. Its new counter loses counts between two writers.\n",
    );
    let first = first_poll(&project, screen, &cancel).await?;
    screen.line("\nThe defect is mended and committed. From here on there is a private world: git remotes, GitHub, registries\nand a runner for workflows, all on this machine. The release goes there, live.\n");
    sample::mend(&project).map_err(wrong)?;
    git.commit("Lose no count").await?;
    let (exit, released) = released(&folder, &project, &git, screen, &cancel).await?;
    screen.line(format!(
        "\nThe project, its ledger, its evidence and the private world are in {}",
        folder.display()
    ));
    let as_it_should = first == Exit::NoGo && exit == Exit::Go;
    screen.document(&json!({
        "schema": "gonogo.demo/1",
        "folder": folder,
        "first": if first == Exit::Go { "granted" } else { "refused" },
        "release": released,
        "left_out": absent,
    }))?;
    Ok(if as_it_should { Exit::Go } else { exit })
}

/// The live release into a private world. Gives its document too.
async fn released(
    folder: &Path,
    project: &Path,
    git: &SampleGit,
    screen: &Screen,
    cancel: &Cancel,
) -> Result<(Exit, serde_json::Value), Failure> {
    if tools::find_on_path("gh", None).is_err() {
        screen.line("gh is not here: what follows needs it. Install gh, and run the demo again.");
        return Ok((Exit::Incomplete, serde_json::Value::Null));
    }
    let context = context(project, Mode::Live, cancel).await?;
    let spec = sample::spec(REPOSITORY, TAP, project, &context.candidate.commit, "0.1.0");
    let world = PrivateWorld::start(&folder.join("private-world"), spec)
        .await
        .map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;
    let git = git.with_variables(&world.variables());
    git.run(&["remote", "add", "origin", &format!("https://github.com/{REPOSITORY}.git")]).await?;
    git.run(&["fetch", "--quiet", "origin"]).await?;
    git.run(&["branch", "--quiet", "--set-upstream-to=origin/main", "main"]).await?;
    let context = context.with_variables(world.variables());
    let items = preflight::of_release(&context).await;
    preflight_text::print(screen, &items);
    screen.line("");
    let exit = Exit::of_preflight(preflight::worst(&items));
    if exit != Exit::Go {
        return Ok((exit, serde_json::Value::Null));
    }
    let here = of_the_context(&context).await?;
    let here = World { longest_window: Some(rehearsal::PRIVATE_WINDOW), ..here };
    let mut watch = Terminal::new(*screen, true);
    let released = release::release(&context, &here, options(), &mut watch).await?;
    let (exit, document) = end(&context, &released).await?;
    screen.line("\nwhat changed in the private world, in order:");
    for effect in rehearsal::effects_of(&world) {
        screen.line(format!("  {effect}"));
    }
    let document =
        serde_json::to_value(document).map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;
    Ok((exit, document))
}

fn options() -> Options {
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    Options { fresh: false, jobs, close_passed: true }
}

async fn context(project: &Path, mode: Mode, cancel: &Cancel) -> Result<Context, Failure> {
    let asked = ReleaseRequest {
        target: TARGET.to_owned(),
        base_tag: None,
        agent: None,
        says_agent: false,
        yes: false,
        mode,
        plan: None,
    };
    Context::capture_in(project, &asked, cancel.clone()).await
}

async fn first_poll(project: &Path, screen: &Screen, cancel: &Cancel) -> Result<Exit, Failure> {
    let context = context(project, Mode::DryRun, cancel).await?;
    let tracker = tracker::open(&context.session.git, &context.candidate.plan);
    let report = poll::run(&context, options(), &tracker, &mut Terminal::new(*screen, false)).await?;
    Ok(report.decision.as_ref().map_or_else(Exit::of_refusal, |_| Exit::Go))
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
    // npm packs what node runs.
    let is_here = |program: &str| tools::find_on_path(program, None).is_ok();
    let (here, absent): (Vec<_>, Vec<_>) = Binding::ALL
        .into_iter()
        .partition(|(binding, program)| is_here(program) && (*binding != Binding::Node || is_here("npm")));
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

    fn with_variables(&self, variables: &[(OsString, OsString)]) -> Self {
        let mut invocation = self.invocation.clone();
        invocation.environment = invocation.environment.with_all(variables.iter().cloned());
        Self { invocation, cancel: self.cancel.clone() }
    }

    async fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let answer = run_process(&self.invocation.clone().args(arguments.iter().copied()), &self.cancel)
            .await
            .map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))?;
        if answer.succeeded() {
            return Ok(());
        }
        let said = answer.stderr.text();
        Err(Failure::new(FailureKind::Internal, format!("git {}: {}", arguments.join(" "), said.trim())))
    }

    async fn commit(&self, message: &str) -> Result<(), Failure> {
        self.run(&["add", "--all"]).await?;
        self.run(&["commit", "--quiet", "--message", message]).await
    }
}
