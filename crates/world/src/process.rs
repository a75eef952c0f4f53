//! The one door to subprocesses.
//!
//! Invariant: a child has its own process group, no standard input but what is given, a fixed locale, an
//! allow-listed environment, a deadline and a size cap; when it has ended, nothing of its group is left running.

use gonogo_core::digest::Digest;
pub use gonogo_core::gate::End;
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::sync::watch;

/// How long a child that was told to stop has before it is killed.
const TERMINATION_GRACE: Duration = Duration::from_secs(2);
/// How long pipes may stay open after the child itself ended.
const PIPE_GRACE: Duration = Duration::from_secs(1);

/// Variables that any child may see: where things are, and how its own clients are configured. No credentials.
const ALLOWED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_AUTO_INSTALL",
    "GOPATH",
    "GOROOT",
    "GOCACHE",
    "GOMODCACHE",
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GOPRIVATE",
    "GOTOOLCHAIN",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "JAVA_HOME",
];

/// The environment of a child.
#[derive(Clone, Debug)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The allow-listed part of our own environment, `more` names added, with a fixed locale, zone and no colour.
    pub fn allowing<'a>(more: impl IntoIterator<Item = &'a str>) -> Self {
        let names = ALLOWED.iter().copied().chain(more);
        let mut variables: BTreeMap<OsString, OsString> =
            names.filter_map(|name| std::env::var_os(name).map(|value| (name.into(), value))).collect();
        for (name, value) in [
            ("LC_ALL", "C.UTF-8"),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            ("NO_COLOR", "1"),
            ("TERM", "dumb"),
            ("CARGO_TERM_COLOR", "never"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_OPTIONAL_LOCKS", "0"),
        ] {
            variables.insert(name.into(), value.into());
        }
        Self(variables)
    }

    /// The same environment with one variable set.
    #[must_use]
    pub fn with(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// The same environment with several variables set.
    #[must_use]
    pub fn with_all(
        self,
        variables: impl IntoIterator<Item = (impl Into<OsString>, impl Into<OsString>)>,
    ) -> Self {
        variables.into_iter().fold(self, |environment, (name, value)| environment.with(name, value))
    }

    /// The digest of all names and values. Values never leave this: it is a digest and nothing more.
    pub fn digest(&self) -> Digest {
        use std::os::unix::ffi::OsStrExt;
        let mut bytes = Vec::new();
        for part in self.0.iter().flat_map(|(name, value)| [name, value]) {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        Digest::of(&bytes)
    }

    /// The same environment with more of our own variables let through.
    #[must_use]
    pub fn letting_through<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        for name in names {
            if let Some(value) = std::env::var_os(name) {
                self.0.insert(name.into(), value);
            }
        }
        self
    }

    /// The names of its variables.
    pub fn names(&self) -> impl Iterator<Item = &OsStr> {
        self.0.keys().map(OsString::as_os_str)
    }

    /// A variable's value, as the child will see it.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }
}

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
    pub output: Option<Output>,
}

/// A file for standard output.
#[derive(Clone, Debug)]
pub struct Output {
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

/// Runs a process to its end, its timeout or a stop order, and captures what it prints.
pub async fn run(invocation: &Invocation, cancel: &Cancel) -> Result<Captured, ProcessError> {
    let program = || invocation.program.clone();
    let started = Instant::now();
    let file = invocation.output.as_ref().map(Sink::create).transpose()?;
    let mut child = spawn(invocation).map_err(|source| ProcessError::Spawn { program: program(), source })?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let mut stdout = Capture { file, ..Capture::new(child.stdout.take(), invocation.limit) };
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
                terminate(&mut child, group).await;
                if cancel.is_cancelled() { End::Cancelled } else { End::TimedOut }
            }
        };
        let held_open = open && tokio::time::timeout(PIPE_GRACE, &mut drained).await.is_err();
        // What it left behind would run beside the next check, and could change the tree after this one was judged.
        signal(group, Signal::KILL);
        if held_open {
            // Whether or not that closes the pipes, the output has no proven end.
            tokio::time::timeout(PIPE_GRACE, &mut drained).await.ok();
        }
        // A server that a script forgot keeps ports and processors from what runs next, also with its output closed.
        signal(group, Signal::KILL);
        (end, held_open)
    };
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

#[expect(clippy::disallowed_methods, reason = "this is the one door")]
fn spawn(invocation: &Invocation) -> std::io::Result<Child> {
    let stdin = match &invocation.input {
        Some(bytes) => Stdio::from(whole(bytes)?),
        None => Stdio::null(),
    };
    tokio::process::Command::new(&invocation.program)
        .args(&invocation.arguments)
        .current_dir(&invocation.directory)
        .env_clear()
        .envs(&invocation.environment.0)
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

fn of_status(status: std::process::ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exited(code),
        (None, signal) => End::Signaled(signal.unwrap_or(0)),
    }
}

/// Tells the whole group to stop, and kills it after the grace.
async fn terminate(child: &mut Child, group: Option<Pid>) {
    signal(group, Signal::TERM);
    let ended = tokio::time::timeout(TERMINATION_GRACE, child.wait()).await.is_ok();
    // The child may have ended and left others of its group behind.
    signal(group, Signal::KILL);
    if !ended {
        child.wait().await.ok();
    }
}

fn signal(group: Option<Pid>, signal: Signal) {
    if let Some(group) = group {
        // The one expected error is that nobody is left.
        kill_process_group(group, signal).ok();
    }
}

struct Capture<R> {
    pipe: Option<R>,
    limit: usize,
    file: Option<Sink>,
    stream: Stream,
    broken: Option<std::io::Error>,
}

impl<R: AsyncRead + Unpin> Capture<R> {
    fn new(pipe: Option<R>, limit: usize) -> Self {
        Self { pipe, limit, file: None, stream: Stream::default(), broken: None }
    }

    async fn drain(&mut self) {
        // The pipe is closed at the end: a process with more to say than there is room for need not go on.
        let Some(mut pipe) = self.pipe.take() else { return };
        let mut chunk = vec![0; 16 << 10];
        loop {
            let count = match pipe.read(&mut chunk).await {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) => return self.broken = Some(error),
            };
            self.stream.total += count as u64;
            match &mut self.file {
                None => {
                    let room = self.limit.saturating_sub(self.stream.bytes.len()).min(count);
                    self.stream.bytes.extend_from_slice(&chunk[..room]);
                }
                Some(file) => {
                    self.stream.filed += file.take(&chunk[..count]);
                    if self.stream.is_cut() {
                        return;
                    }
                }
            }
        }
    }
}

/// The file that an output goes to.
struct Sink {
    file: File,
    path: PathBuf,
    room: u64,
    broken: Option<std::io::Error>,
}

impl Sink {
    fn create(output: &Output) -> Result<Self, ProcessError> {
        let path = output.path.clone();
        match File::create_new(&path) {
            Ok(file) => Ok(Self { file, path, room: output.limit, broken: None }),
            Err(source) => Err(ProcessError::Store { path, source }),
        }
    }

    /// Writes what there is room for, and says how much that is.
    fn take(&mut self, bytes: &[u8]) -> u64 {
        let count = usize::try_from(self.room).unwrap_or(usize::MAX).min(bytes.len());
        if let Err(error) = self.file.write_all(&bytes[..count]) {
            self.broken = Some(error);
            return 0;
        }
        self.room -= count as u64;
        count as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Poll};
    use tokio::io::ReadBuf;

    /// A pipe that breaks at once.
    struct Broken;

    impl AsyncRead for Broken {
        fn poll_read(
            self: std::pin::Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            Poll::Ready(Err(std::io::Error::from_raw_os_error(5)))
        }
    }

    #[tokio::test]
    async fn a_pipe_that_breaks_is_not_taken_for_one_that_ends() {
        let mut ended = Capture::new(Some(&b"half"[..]), 100);
        ended.drain().await;
        assert_eq!((ended.stream.bytes.as_slice(), ended.broken.is_none()), (&b"half"[..], true));
        let mut broken = Capture::new(Some(b"half".chain(Broken)), 100);
        broken.drain().await;
        assert_eq!(broken.stream.bytes, b"half");
        assert!(broken.broken.is_some());
    }
}
