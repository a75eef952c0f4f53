//! git, run by the stand-ins themselves: without anybody's configuration, in folders of the private world only.

use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::tools;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Why a command of git cannot be had or did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum SandboxGitError {
    /// git is not here.
    #[error(transparent)]
    Missing(#[from] tools::ToolError),
    /// It could not be run.
    #[error(transparent)]
    Run(#[from] gonogo_world::process::ProcessError),
    /// It refused.
    #[error("git {arguments}: {said}")]
    Refused {
        /// What it was to do.
        arguments: String,
        /// What it said.
        said: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// git, and what it runs in.
#[derive(Clone, Debug)]
pub(crate) struct Git {
    program: PathBuf,
    environment: Environment,
    cancel: Cancel,
}

impl Git {
    /// git of the search path, with a home of its own.
    pub(crate) fn find(home: &Path, cancel: Cancel) -> Result<Self, SandboxGitError> {
        let program = tools::find_on_path("git", None)?;
        let environment = Environment::allowing([])
            .with("HOME", home)
            .with("GIT_CONFIG_NOSYSTEM", "1")
            .with("GIT_CONFIG_GLOBAL", "/dev/null")
            .with("GIT_AUTHOR_NAME", "Private World")
            .with("GIT_AUTHOR_EMAIL", "world@example.test")
            .with("GIT_COMMITTER_NAME", "Private World")
            .with("GIT_COMMITTER_EMAIL", "world@example.test");
        Ok(Self { program, environment, cancel })
    }

    /// The same, ended by this order.
    pub(crate) fn ended_by(&self, cancel: &Cancel) -> Self {
        Self { cancel: cancel.clone(), ..self.clone() }
    }

    /// The output of a command that must succeed.
    pub(crate) async fn run(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Vec<u8>, SandboxGitError> {
        let mut invocation =
            Invocation::tool(&self.program, folder, self.environment.clone()).args(arguments);
        // The history of a large repository.
        invocation.limit = 512 << 20;
        let captured = run(&invocation, &self.cancel).await?;
        if captured.succeeded() {
            return Ok(captured.stdout.bytes);
        }
        let words: Vec<String> =
            invocation.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        Err(SandboxGitError::Refused {
            arguments: words.join(" "),
            said: captured.stderr.text().trim().to_owned(),
        })
    }
}
