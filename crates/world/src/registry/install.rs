//! Clean installs: the ecosystem's own client, in an empty home with only its configuration carried over, installs a
//! version from where users get it, and what was installed says its version.
//!
//! Invariant: nothing that was on this host before is taken for what was installed; what this host cannot try is said
//! to be not tried.

use super::index;
use super::{Configuration, NotConfigured, Wanted};
use crate::process::{Cancel, Captured, End, Environment, Invocation, run};
use crate::{there, tools};
use gonogo_core::delivery::{CleanInstall, Install, ran};
use gonogo_core::release::ResolvedTool;
use gonogo_core::text::one_line;
use gonogo_core::verdict::Reason;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// How long a client may take to install, builds included.
pub(super) const INSTALLING: Duration = Duration::from_secs(30 * 60);
/// How long what was installed may take to say its version.
pub(super) const SAYING: Duration = Duration::from_secs(120);
/// How much of what a client says is kept, in characters: its end, where the error is.
const LONGEST_SAID: usize = 180;
/// Where toolchains are that are found from the home folder, which is another one here.
const TOOLCHAINS: &[(&str, &str)] = &[
    ("RUSTUP_HOME", ".rustup"),
    ("PYENV_ROOT", ".pyenv"),
    ("VOLTA_HOME", ".volta"),
    ("ASDF_DATA_DIR", ".asdf"),
    ("NVM_DIR", ".nvm"),
];

/// Tries a clean install, and runs a command of it: program and arguments.
pub(super) async fn install(
    configuration: &Configuration,
    wanted: &Wanted,
    smoke: &[String],
    cancel: &Cancel,
) -> CleanInstall {
    let ran = OnceLock::new();
    let tried = async {
        if smoke.is_empty() {
            return Err(not_tried(Reason::NothingExamined, "the plan names no smoke command"));
        }
        let clean = Clean::new(configuration, cancel, &ran)?;
        index(wanted.channel).install(&clean, wanted, smoke).await
    };
    let came = tried.await.unwrap_or_else(|ended| ended);
    let mut program = ran.into_inner();
    if let (Some(program), Install::Ran { version }) = (&mut program, &came) {
        program.version = Some(version.clone());
    }
    CleanInstall { came, program }
}

pub(super) fn not_tried(reason: Reason, said: impl Into<String>) -> Install {
    Install::NotTried { reason, said: said.into() }
}

/// An empty home, and how clients run in it. Removed when this is dropped.
pub(super) struct Clean<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) cancel: &'a Cancel,
    folder: tempfile::TempDir,
    /// What the smoke command stood for, the first time that it was run.
    ran: &'a OnceLock<ResolvedTool>,
    pub(super) environment: Environment,
}

impl<'a> Clean<'a> {
    fn new(
        configuration: &'a Configuration,
        cancel: &'a Cancel,
        ran: &'a OnceLock<ResolvedTool>,
    ) -> Result<Self, Install> {
        let folder =
            tempfile::Builder::new().prefix("gonogo-install-").tempdir().map_err(|error| of_disk(&error))?;
        let outside = configuration.environment();
        let mut environment = outside.clone();
        let home = outside.get("HOME").map(PathBuf::from);
        for (name, place) in TOOLCHAINS {
            let Some(place) = home.as_ref().map(|home| home.join(place)) else { continue };
            let is_there = there::is_folder(&place).map_err(|error| of_disk(&error))?;
            if is_there && outside.get(name).is_none() {
                environment = environment.with(name, place);
            }
        }
        let places = [
            ("HOME", "home"),
            ("TMPDIR", "tmp"),
            ("XDG_CONFIG_HOME", "home/config"),
            ("XDG_CACHE_HOME", "home/cache"),
            ("XDG_DATA_HOME", "home/data"),
            ("XDG_STATE_HOME", "home/state"),
        ];
        for (name, place) in places {
            let place = folder.path().join(place);
            std::fs::create_dir_all(&place).map_err(|error| of_disk(&error))?;
            environment = environment.with(name, place);
        }
        std::fs::create_dir(folder.path().join("work")).map_err(|error| of_disk(&error))?;
        Ok(Self { configuration, cancel, folder, ran, environment })
    }

    /// A path in it.
    pub(super) fn path(&self, place: &str) -> PathBuf {
        self.folder.path().join(place)
    }

    /// A program of this host.
    pub(super) fn tool(&self, name: &str) -> Result<PathBuf, Install> {
        tools::find(name, self.environment.get("PATH").unwrap_or_default(), None)
            .map_err(|error| not_tried(Reason::ToolMissing, error.to_string()))
    }

    /// That a client does not run at all says nothing of the package.
    pub(super) async fn works(
        &self,
        program: &Path,
        asked: &str,
        environment: &Environment,
    ) -> Result<(), Install> {
        let captured = self.run(program, &[asked], environment, SAYING).await?;
        if captured.succeeded() {
            return Ok(());
        }
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        Err(failed(Reason::HostUnfit, &format!("{name} does not run in an empty home"), &captured))
    }

    /// Runs to its end what has to be here before the client: that it fails says nothing of the package.
    pub(super) async fn prepares(
        &self,
        program: &Path,
        arguments: &[&str],
        environment: &Environment,
        (reason, failing): (Reason, &str),
    ) -> Result<(), Install> {
        let captured = self.run(program, arguments, environment, INSTALLING).await?;
        if captured.succeeded() { Ok(()) } else { Err(failed(reason, failing, &captured)) }
    }

    /// Runs a client to its end; what it refuses is not installed.
    pub(super) async fn client(
        &self,
        program: &Path,
        arguments: &[&str],
        environment: &Environment,
    ) -> Result<Captured, Install> {
        let captured = self.run(program, arguments, environment, INSTALLING).await?;
        if captured.succeeded() {
            return Ok(captured);
        }
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        Err(Install::NotInstalled { said: format!("{name} {}: {}", arguments.join(" "), said(&captured)) })
    }

    /// Runs what was installed. `bin` is where the client puts programs; `runtime` is what may come from this host.
    pub(super) async fn smoke(
        &self,
        wanted: &Wanted,
        smoke: &[String],
        bin: &Path,
        runtime: &[&str],
        environment: &Environment,
    ) -> Result<Install, Install> {
        let [name, arguments @ ..] = smoke else {
            return Err(not_tried(Reason::NothingExamined, "the plan names no smoke command"));
        };
        let own = bin.join(name);
        let program = if there::look(&own).map_err(|error| of_disk(&error))?.is_some() {
            own
        } else if runtime.contains(&name.as_str()) {
            self.tool(name)?
        } else {
            return Ok(Install::DoesNotRun { said: format!("what was installed has no program {name}") });
        };
        let shown = program.display().to_string();
        let tool = tools::resolve(&shown, self.folder.path(), OsStr::new(""), None)
            .map_err(|error| not_tried(Reason::HostUnfit, error.to_string()))?
            .tool;
        self.ran.get_or_init(|| tool);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut path = OsString::from(bin);
        path.push(":");
        path.push(self.environment.get("PATH").unwrap_or_default());
        let environment = environment.clone().with("PATH", path);
        let captured = self.run(&program, &arguments, &environment, SAYING).await?;
        if !captured.succeeded() {
            return Ok(Install::DoesNotRun { said: format!("{}: {}", smoke.join(" "), said(&captured)) });
        }
        // Some programs say their version where they say everything else that is no result.
        let output = format!("{}\n{}", captured.stdout.text(), captured.stderr.text());
        Ok(ran(wanted.channel, &wanted.version, &output))
    }

    pub(super) async fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        environment: &Environment,
        timeout: Duration,
    ) -> Result<Captured, Install> {
        let invocation = Invocation::tool(program, &self.path("work"), environment.clone());
        let invocation = Invocation { timeout, ..invocation.args(arguments.iter().map(OsStr::new)) };
        let captured = run(&invocation, self.cancel)
            .await
            .map_err(|error| not_tried(error.reason(), error.to_string()))?;
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        match captured.end {
            End::TimedOut => Err(not_tried(Reason::TimedOut, format!("{name} did not end in time"))),
            End::Cancelled => Err(not_tried(Reason::Interrupted, "stopped")),
            End::Exited(_) | End::Signaled(_) => Ok(captured),
        }
    }
}

/// A client is not configured so that it could be asked.
pub(super) fn not_configured(error: &NotConfigured) -> Install {
    not_tried(error.reason, error.message.clone())
}

/// Something failed that says nothing of the package.
pub(super) fn failed(reason: Reason, failing: &str, captured: &Captured) -> Install {
    not_tried(reason, format!("{failing}: {}", said(captured)))
}

pub(super) fn of_disk(error: &std::io::Error) -> Install {
    not_tried(Reason::HostUnfit, format!("no place for a clean install: {error}"))
}

/// The end of what a process said.
fn said(captured: &Captured) -> String {
    let stderr = captured.stderr.text();
    let text = if stderr.trim().is_empty() { captured.stdout.text() } else { stderr };
    // Its end first: a line is cut at its own end.
    let skipped = text.trim().chars().count().saturating_sub(LONGEST_SAID);
    let end = one_line(&text.trim().chars().skip(skipped).collect::<String>());
    match captured.end {
        End::Exited(status) => format!("exit {status}: {end}"),
        End::Signaled(number) => format!("signal {number}: {end}"),
        End::TimedOut | End::Cancelled => end,
    }
}
