//! The one door to subprocesses.
//!
//! Invariant: a child has its own process group, no standard input but what is given, a fixed locale, an
//! allow-listed environment, no open file but what is handed to it, a deadline and a size cap; when it has ended, or
//! nobody waits for it any more, nothing of its group is left running.

mod capture;
mod environment;
mod group;
mod hand_over;
mod pager;
mod told;

pub use environment::Environment;
pub use gonogo_core::gate::End;
pub use hand_over::hand_over;
pub use pager::page;
pub use told::{keep_secret, redactor};

use crate::there;
use capture::{Capture, Sink};
use gonogo_core::verdict::Reason;
use group::Group;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::Signal;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::process::Child;
use tokio::sync::watch;

/// How long a child that was told to stop has before it is killed.
const TERMINATION_GRACE: Duration = Duration::from_secs(2);
/// How long pipes may stay open after the child itself ended.
const PIPE_GRACE: Duration = Duration::from_secs(1);

/// A stop order that reaches every child: given once, never taken back.
#[derive(Clone, Debug)]
pub struct Cancel(watch::Sender<bool>);

impl Default for Cancel {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Cancel {
    /// Tells everybody who waits to stop.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether the order was given.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the order is given.
    pub async fn cancelled(&self) {
        let mut order = self.0.subscribe();
        if order.wait_for(|given| *given).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// One process to run.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program: an absolute path.
    pub program: PathBuf,
    /// Its arguments, without the program's name.
    pub arguments: Vec<OsString>,
    /// The folder that it starts in.
    pub directory: PathBuf,
    /// Its environment, whole.
    pub environment: Environment,
    /// What it reads on standard input; closed where `None`.
    pub input: Option<Vec<u8>>,
    /// When its group is killed.
    pub timeout: Duration,
    /// How many bytes of each stream are kept. What comes after is counted and dropped.
    pub limit: usize,
    /// Where standard output goes instead of being kept; only standard error is kept then.
    pub output: Option<OutputFile>,
}

/// A file for standard output.
#[derive(Clone, Debug)]
pub struct OutputFile {
    /// The file, which must not be there yet. Unless the process [succeeded](Captured::succeeded), what is in it is
    /// not whole.
    pub path: PathBuf,
    /// How many bytes it may get. At the first one more, the process's output is closed.
    pub limit: u64,
}

impl Invocation {
    /// A short-lived tool of ours (git, gh, ergo): a minute, 16 MiB of output.
    pub fn tool(program: &Path, directory: &Path, environment: Environment) -> Self {
        Self {
            program: program.to_owned(),
            arguments: Vec::new(),
            directory: directory.to_owned(),
            environment,
            input: None,
            timeout: Duration::from_secs(60),
            limit: 16 << 20,
            output: None,
        }
    }

    /// The same with more arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The same with standard input.
    #[must_use]
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = Some(bytes.into());
        self
    }
}

/// One captured stream.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    /// The first bytes, up to the limit.
    pub bytes: Vec<u8>,
    /// How many bytes there were in all.
    pub total: u64,
    /// How many of them went to a file, and are not in `bytes`.
    pub filed: u64,
}

impl Stream {
    /// How many bytes were dropped.
    pub fn dropped(&self) -> u64 {
        self.total - self.bytes.len() as u64 - self.filed
    }

    /// Whether bytes were dropped.
    pub fn is_cut(&self) -> bool {
        self.dropped() > 0
    }

    /// The kept bytes as text, broken UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// What a process left behind.
#[derive(Clone, Debug)]
pub struct Captured {
    /// Standard output.
    pub stdout: Stream,
    /// Standard error.
    pub stderr: Stream,
    /// How it ended.
    pub end: End,
    /// A process that it started outlived it and held its output open, so the output may not be whole.
    pub held_open: bool,
    /// Wall time.
    pub elapsed: Duration,
}

impl Captured {
    /// Ended by itself with status 0, output whole.
    pub fn succeeded(&self) -> bool {
        self.end == End::Exited(0) && !self.held_open && !self.stdout.is_cut() && !self.stderr.is_cut()
    }
}

/// A process that could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The program could not be started.
    #[error("cannot start {}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The program was started, and waiting for it failed.
    #[error("cannot wait for {}", program.display())]
    Wait {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What it printed could not be read to its end. It may have done what it was to do.
    #[error("cannot read what {} prints", program.display())]
    Read {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// What it printed could not be written down. It may have done what it was to do, or not have been started.
    #[error("cannot write {}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ProcessError {
    /// Whether the program is not there at all. One whose folder to start in, or whose interpreter is missing is there.
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Spawn { program, source } => {
                source.kind() == std::io::ErrorKind::NotFound && matches!(there::look(program), Ok(None))
            }
            Self::Wait { .. } | Self::Read { .. } | Self::Store { .. } => false,
        }
    }

    /// Why what it was to tell could not be told.
    pub fn reason(&self) -> Reason {
        if self.is_missing() { Reason::ToolMissing } else { Reason::HostUnfit }
    }
}

/// Runs a process to its end, its timeout or a stop order, and captures what it prints. Dropped before that, it takes
/// the whole group of the process with it.
pub async fn run(invocation: &Invocation, cancel: &Cancel) -> Result<Captured, ProcessError> {
    run_holding(invocation, None, cancel).await
}

/// The same for a process that holds a file open as long as it or one that it starts runs, such as a lock under which it
/// writes.
pub async fn run_holding(
    invocation: &Invocation,
    held: Option<&File>,
    cancel: &Cancel,
) -> Result<Captured, ProcessError> {
    let told = told::Told::starts(invocation);
    let result = carry_out(invocation, held, cancel).await;
    if let Some(told) = told {
        told.ends(&result);
    }
    result
}

async fn carry_out(
    invocation: &Invocation,
    held: Option<&File>,
    cancel: &Cancel,
) -> Result<Captured, ProcessError> {
    let program = || invocation.program.clone();
    let started = Instant::now();
    let file = invocation.output.as_ref().map(Sink::create).transpose()?;
    let spawned = spawn(invocation, held);
    let mut child = spawned.map_err(|source| ProcessError::Spawn { program: program(), source })?;
    let group = Group::of(&child);
    let mut stdout = Capture::new(child.stdout.take(), invocation.limit).into_file(file);
    let mut stderr = Capture::new(child.stderr.take(), invocation.limit);

    let (end, held_open) = {
        let mut drained = std::pin::pin!(async { tokio::join!(stdout.drain(), stderr.drain()) });
        let mut open = true;
        let deadline = tokio::time::sleep(invocation.timeout);
        tokio::pin!(deadline);
        let ended = loop {
            tokio::select! {
                status = child.wait() => break status.map(Some),
                _ = &mut drained, if open => open = false,
                () = &mut deadline => break Ok(None),
                () = cancel.cancelled() => break Ok(None),
            }
        };
        let ended = ended.map_err(|source| ProcessError::Wait { program: program(), source })?;
        let end = match ended {
            Some(status) => of_status(status),
            None => {
                terminate(&mut child, &group).await;
                if cancel.is_cancelled() { End::Cancelled } else { End::TimedOut }
            }
        };
        let held_open = open && tokio::time::timeout(PIPE_GRACE, &mut drained).await.is_err();
        // What it left behind would run beside the next check, and could change the tree after this one was judged.
        group.signal(Signal::KILL);
        if held_open {
            // Whether or not that closes the pipes, the output has no proven end.
            tokio::time::timeout(PIPE_GRACE, &mut drained).await.ok();
        }
        (end, held_open)
    };
    // A server that a script forgot keeps ports and processors from what runs next, also with its output closed.
    drop(group);
    if let Some(Sink { broken: Some(source), path, .. }) = stdout.file {
        return Err(ProcessError::Store { path, source });
    }
    if let Some(source) = stdout.broken.or(stderr.broken) {
        return Err(ProcessError::Read { program: program(), source });
    }
    Ok(Captured { stdout: stdout.stream, stderr: stderr.stream, end, held_open, elapsed: started.elapsed() })
}

/// Input as a file without a name. From a pipe, a child that outlives a killed gonogo would read half of what it was
/// to file, and take it for the whole.
fn whole(bytes: &[u8]) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

/// One child is started at a time, since what is handed to it could be inherited by another one that is started
/// meanwhile: every file of ours is closed in a child, but for the moment in which it is handed over.
static STARTING: Mutex<()> = Mutex::new(());

#[expect(clippy::disallowed_methods, reason = "this is the one door")]
fn spawn(invocation: &Invocation, held: Option<&File>) -> std::io::Result<Child> {
    let stdin = match &invocation.input {
        Some(bytes) => Stdio::from(whole(bytes)?),
        None => Stdio::null(),
    };
    let mut command = tokio::process::Command::new(&invocation.program);
    command
        .args(&invocation.arguments)
        .current_dir(&invocation.directory)
        .env_clear()
        .envs(invocation.environment.iter())
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    let _alone = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    let _handed = held.map(inheritable).transpose()?;
    command.spawn()
}

/// A descriptor of an open file that children inherit. Whoever has one holds the file's lock too.
fn inheritable(file: &File) -> std::io::Result<File> {
    let handed = file.try_clone()?;
    fcntl_setfd(&handed, FdFlags::empty())?;
    Ok(handed)
}

fn of_status(status: std::process::ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signaled(signal.unwrap_or(0)),
    }
}

/// Tells the whole group to stop, and kills it after the grace.
async fn terminate(child: &mut Child, group: &Group) {
    group.signal(Signal::TERM);
    let ended = tokio::time::timeout(TERMINATION_GRACE, child.wait()).await.is_ok();
    // The child may have ended and left others of its group behind.
    group.signal(Signal::KILL);
    if !ended {
        child.wait().await.ok();
    }
}
