//! A project in a folder of its own, and the program run on it in a cleared environment.

use gonogo_sandbox::write_program;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A git repository with a plan, and a folder of tools that stand in for a project's own.
pub struct Project {
    folder: TempDir,
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The one JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts the exit code, with everything that was printed where it is another.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// A run of the program that has not ended; killed where a test forgets it.
pub struct Running {
    child: Option<Child>,
    /// What tells it from runs in other projects.
    home: OsString,
}

impl Running {
    /// Starts a command, its output kept.
    pub fn start(command: &mut Command) -> Self {
        let home = command.get_envs().find_map(|(name, value)| value.filter(|_| name == "HOME"));
        let home = home.unwrap().to_owned();
        Self { child: Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()), home }
    }

    /// The program's process ID.
    pub fn id(&self) -> i32 {
        i32::try_from(self.child.as_ref().unwrap().id()).unwrap()
    }

    /// Sends a signal to the program alone.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.id()).unwrap(), signal).unwrap();
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ran {
        self.child.take().unwrap().wait_with_output().unwrap().into()
    }

    /// Kills it, as a power cut would, and waits until it is gone.
    pub fn kill(mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // A child that it was just starting is still this program, with its locks, until it runs its own.
        until("nothing of it is left that is still this program", || !is_running(&self.home));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// How long is never, on a machine that has much else to do. What is to be ended here runs for longer by itself.
pub const NEVER: Duration = Duration::from_secs(300);

/// Whether this program runs with a home folder.
fn is_running(home: &OsStr) -> bool {
    let program = Path::new(env!("CARGO_BIN_EXE_gonogo"));
    let home = [b"HOME=", home.as_bytes()].concat();
    let mut processes = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    processes.any(|place| {
        // One that has ended meanwhile has neither.
        std::fs::read_link(place.join("exe")).is_ok_and(|exe| exe == program)
            && std::fs::read(place.join("environ"))
                .is_ok_and(|environment| environment.split(|byte| *byte == 0).any(|one| one == home))
    })
}

/// Waits until something is so. It is a failure where it never is; how long it takes is not asked.
#[track_caller]
pub fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < NEVER, "it never was so: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The processes of a group that still run; those that have ended and were not waited for are left out.
pub fn alive_in_group(group: &str) -> Vec<String> {
    let output = Command::new("ps").args(["-A", "-o", "pgid=,stat=,pid=,args="]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let alive = text.lines().filter(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some(group) && words.next().is_some_and(|state| !state.starts_with('Z'))
    });
    alive.map(str::to_owned).collect()
}

/// Where tools that the tests need are installed.
pub fn test_tools() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools"))
}

/// A check in a document of a poll: verdict and reason.
#[track_caller]
pub fn check<'a>(document: &'a Value, gate: u64, id: &str) -> &'a Value {
    let gates = document["gates"].as_array().unwrap();
    let gate = gates
        .iter()
        .find(|one| one["id"] == gate)
        .unwrap_or_else(|| panic!("no gate {gate} in {document:#}"));
    let checks = gate["checks"].as_array().unwrap();
    checks.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no check {id} in {gate:#}"))
}

/// The verdict on a channel in a document of an audit or a delivery, with the first thing that is wrong or not told.
#[track_caller]
pub fn says(document: &Value, channel: &str) -> String {
    let channels = document["channels"].as_array().or_else(|| document["delivery"]["channels"].as_array());
    let mut channels = channels.unwrap_or_else(|| panic!("{document:#}")).iter();
    let judgement = &channels.find(|one| one["judgement"]["channel"] == channel).unwrap()["judgement"];
    let why = [&judgement["problems"][0]["code"], &judgement["doubts"][0]["reason"]];
    let why = why.iter().find_map(|why| why.as_str()).unwrap_or_default();
    format!("{} {why}", judgement["verdict"].as_str().unwrap()).trim().to_owned()
}

/// A plan of one gate, 3, with the file tracker and these checks.
pub fn plan(checks: &str) -> String {
    format!(
        "schema = 1\n\n[project]\nname = \"sample\"\n\n[policy]\nrequired-gates = [3]\n\n[tracker]\nkind = \"file\"\n\n\
         [[gates]]\nid = 3\nname = \"Concurrency\"\n\n{checks}"
    )
}

/// A libtest check that runs one of the project's tools.
pub fn libtest(id: &str, tool: &str) -> String {
    format!("[[gates.checks]]\nid = \"{id}\"\nrun = [\"{tool}\"]\nreader = \"libtest\"\n\n")
}

/// Two checks that follow each other: `loud`, and `peak`, which sees how much memory gonogo had needed by then.
pub fn loud_and_peak() -> String {
    [libtest("loud", "loud"), libtest("peak", "peak")]
        .map(|check| check.replace("reader", "locks = [\"one\"]\nreader"))
        .concat()
}

/// The tool `peak`: writes the highest resident size of its parent, which is gonogo, to a file.
pub fn peak_script(file: &Path) -> String {
    format!(
        "grep VmHWM \"/proc/$PPID/status\" >'{}'\nprintf '{}'",
        file.display(),
        PASSED.replace('\n', "\\n")
    )
}

/// What the tool `peak` wrote, in KiB.
pub fn kibibytes(file: &Path) -> u64 {
    let line = std::fs::read_to_string(file).unwrap();
    line.split_whitespace().nth(1).unwrap_or_else(|| panic!("no size in {line:?}")).parse().unwrap()
}

/// What libtest prints for a test that passed.
pub const PASSED: &str = "\nrunning 1 test\ntest it_works ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
/// What libtest prints for a test that failed.
pub const FAILED: &str = "\nrunning 1 test\ntest it_works ... FAILED\n\nfailures:\n\n---- it_works stdout ----\nboom\n\n\nfailures:\n    it_works\n\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
/// What libtest prints for two tests that failed.
pub const TWO_FAILED: &str = "\nrunning 2 tests\ntest first ... FAILED\ntest second ... FAILED\n\nfailures:\n\n---- first stdout ----\nboom\n\n---- second stdout ----\nbang\n\n\nfailures:\n    first\n    second\n\ntest result: FAILED. 0 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
/// What libtest prints where a filter matches nothing.
pub const NOTHING: &str = "\nrunning 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 5 filtered out; finished in 0.00s\n\n";

impl Project {
    /// A repository whose first release is tagged v0.1.0, with this plan committed.
    pub fn new(plan: &str) -> Self {
        let project = Self::unborn();
        project.write("gonogo.toml", plan);
        project.commit("begin");
        project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
        project
    }

    /// A repository without a commit.
    pub fn unborn() -> Self {
        let folder = tempfile::Builder::new().prefix("gonogo-it-").tempdir().unwrap();
        let project = Self { folder };
        for name in ["repo", "tools", "home"] {
            std::fs::create_dir(project.folder.path().join(name)).unwrap();
        }
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project
    }

    /// Gives the project a remote, `origin`, with its branch and all its tags.
    pub fn publish(&self) {
        let remote = self.beside("origin.git");
        self.git(&["init", "--quiet", "--bare", "--initial-branch=main", remote.to_str().unwrap()]);
        self.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        self.git(&["push", "--quiet", "--tags", "-u", "origin", "main"]);
    }

    /// The checkout.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// A path beside the checkout.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The clean room of the whole commit.
    pub fn room(&self) -> PathBuf {
        let rooms = self.beside("home/.cache/gonogo/rooms");
        let mut sets = std::fs::read_dir(rooms).unwrap().map(|entry| entry.unwrap().path().join("commit"));
        sets.find(|room| room.is_dir()).unwrap().canonicalize().unwrap()
    }

    /// The ledger's folder of a release.
    pub fn ledger(&self, tag: &str) -> PathBuf {
        self.root().join(".git/gonogo/releases").join(tag)
    }

    /// Writes a file of the checkout.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes a tool: a shell script on the search path, outside the checkout. `$BESIDE` is the folder that the checkout is in.
    pub fn tool(&self, name: &str, script: &str) {
        let path = self.folder.path().join("tools").join(name);
        let beside = self.folder.path().display();
        write_program(&path, &format!("#!/bin/sh\nBESIDE='{beside}'\n{script}\n")).unwrap();
    }

    /// A tool that prints a text and exits with a status.
    pub fn printing(&self, name: &str, text: &str, status: i32) {
        let file = self.beside(&format!("{name}.out"));
        std::fs::write(&file, text).unwrap();
        self.tool(name, &format!("cat '{}'\nexit {status}", file.display()));
    }

    /// Commits everything.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
    }

    /// Runs git in the checkout, and gives its output.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The program, ready to run in the checkout.
    pub fn gonogo(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_gonogo"));
        command.args(arguments);
        command
    }

    /// Starts the program.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(&mut self.gonogo(arguments))
    }

    /// The bytes of a release's records; empty where there are none.
    pub fn records(&self) -> Vec<u8> {
        std::fs::read(self.ledger("v0.2.0").join("ledger.jsonl")).unwrap_or_default()
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.gonogo(arguments).output().unwrap().into()
    }

    /// Polls for v0.2.0, as JSON.
    pub fn poll(&self) -> Ran {
        self.run(&["poll", "v0.2.0", "--json"])
    }

    /// A program in the checkout, with nothing of our own environment.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(self.root())
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/local/bin:/usr/bin:/bin", self.folder.path().join("tools").display()),
            )
            .env("HOME", self.folder.path().join("home"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "sample")
            .env("GIT_AUTHOR_EMAIL", "sample@example.test")
            .env("GIT_COMMITTER_NAME", "sample")
            .env("GIT_COMMITTER_EMAIL", "sample@example.test")
            .env("GONOGO_AGENT", "tester@host")
            .stdin(Stdio::null());
        command
    }
}

/// A tool that `scripts/setup` installs for the tests.
pub fn test_tool(path: &str) -> PathBuf {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-tools").join(path);
    assert!(tool.exists(), "{path} is not installed: run scripts/setup");
    tool.canonicalize().unwrap()
}
