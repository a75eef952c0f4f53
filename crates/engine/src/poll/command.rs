//! One command check: how it is called, what it left behind, and how that is judged.

use super::execute::{Done, Run};
use crate::failure::chain;
use gonogo_core::gate::{End, Judged, Ran, judge_canary, judge_command};
use gonogo_core::plan::{Check, Command};
use gonogo_core::readers::why_it_failed;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::clock;
use gonogo_world::git::{Git, GitError};
use gonogo_world::ledger::Blob;
use gonogo_world::process::{self, Cancel, Captured, Invocation, ProcessError};
use gonogo_world::tree;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A command check that is ready to run.
pub struct Prepared {
    before: Vec<Invocation>,
    invocation: Invocation,
    canary: Option<Invocation>,
    report: Option<PathBuf>,
    data: Option<PathBuf>,
}

/// What a command check left behind, not yet redacted.
pub struct Attempt {
    main: Result<Captured, ProcessError>,
    /// Which of the programs before it `main` is, where that one did not end well.
    stopped_before: Option<usize>,
    canary: Option<Result<Captured, ProcessError>>,
    report: Option<WrittenReport>,
    data_time: Option<Result<String, String>>,
}

/// A report file: its bytes up to the limit and how many were left, or nothing where it was not written.
type WrittenReport = Option<(Vec<u8>, u64)>;

/// Finds the programs of a check. `Err` is the verdict of a check that cannot run here.
pub fn prepare(run: &Run<'_>, command: &Command) -> Result<Prepared, Judged> {
    let root = run.context.session.git.root();
    let directory = command.cwd.as_ref().map_or_else(|| root.to_owned(), |cwd| root.join(cwd));
    if !directory.is_dir() {
        let detail = format!("the folder {} is not there", command.cwd.as_deref().unwrap_or("."));
        return Err(Judged::incomplete(Reason::NotRun, detail));
    }
    if let Some(lack) = command.needs.iter().find_map(|name| run.toolbox.lacking.get(name)) {
        return Err(Judged::incomplete(lack.reason, &lack.message));
    }
    let own = command.env.iter().map(String::as_str);
    let mut environment = run.environment.clone().letting_through(own);
    for (name, value) in &command.set_env {
        environment = environment.with(name, with_root(value, root));
    }
    let invocation = |argv: &[String]| -> Result<Invocation, Judged> {
        let (name, arguments) =
            argv.split_first().ok_or_else(|| Judged::incomplete(Reason::NotRun, "nothing to run"))?;
        Ok(Invocation {
            program: program(run, name)?,
            arguments: arguments.iter().map(OsString::from).collect(),
            directory: directory.clone(),
            environment: environment.clone(),
            input: None,
            timeout: command.timeout,
            limit: run.context.candidate.plan.policy.output_limit,
            output: None,
        })
    };
    Ok(Prepared {
        invocation: invocation(&command.run)?,
        canary: command.canary.as_deref().map(invocation).transpose()?,
        before: command.before.iter().map(|argv| invocation(argv)).collect::<Result<_, _>>()?,
        report: command.report.as_ref().map(|report| root.join(report)),
        data: command.data_repository.as_ref().map(|data| root.join(data)),
    })
}

/// What stands for the checkout's folder in a value of `set-env`.
const ROOT: &str = "{root}";

pub(super) fn with_root(value: &str, root: &Path) -> OsString {
    let mut expanded = OsString::new();
    for (number, part) in value.split(ROOT).enumerate() {
        if number > 0 {
            expanded.push(root);
        }
        expanded.push(part);
    }
    expanded
}

/// A name is a tool that was resolved outside the checkout; a path is a script of the project under release.
fn program(run: &Run<'_>, name: &str) -> Result<PathBuf, Judged> {
    if name.contains('/') {
        let path = run.context.session.git.root().join(name);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(Judged::incomplete(Reason::ToolMissing, format!("`{name}` is not there")))
        };
    }
    match (run.toolbox.found.get(name), run.toolbox.lacking.get(name)) {
        (_, Some(lack)) => Err(Judged::incomplete(lack.reason, &lack.message)),
        (Some(tool), None) => Ok(PathBuf::from(&tool.path)),
        (None, None) => Err(Judged::incomplete(Reason::ToolMissing, format!("`{name}` was not looked for"))),
    }
}

impl Prepared {
    /// Runs what comes before it, then itself, and its canary after it.
    pub async fn run(self, cancel: Cancel) -> Attempt {
        for (number, before) in self.before.iter().enumerate() {
            let main = process::run(before, &cancel).await;
            if !main.as_ref().is_ok_and(|captured| captured.end == process::End::Exited(0)) {
                let stopped_before = Some(number);
                return Attempt { main, stopped_before, canary: None, report: None, data_time: None };
            }
        }
        let before = self.report.as_deref().map(tree::stamp);
        let main = process::run(&self.invocation, &cancel).await;
        let report = self.report.as_deref().map(|path| {
            // A report that was there before and was not written again says nothing of this run.
            let written = before.is_some_and(|before| tree::stamp(path) != before);
            written.then(|| read_capped(path, self.invocation.limit)).flatten()
        });
        let canary = match &self.canary {
            Some(canary) => Some(process::run(canary, &cancel).await),
            None => None,
        };
        let data_time = match &self.data {
            Some(data) => Some(data_time(data, &cancel).await),
            None => None,
        };
        Attempt { main, stopped_before: None, canary, report, data_time }
    }
}

/// When the commit of a checkout with data was made. A folder inside another checkout, and data that is not its
/// commit's, have no such time.
async fn data_time(folder: &Path, cancel: &Cancel) -> Result<String, String> {
    let known = async {
        let git = Git::open(folder, cancel.clone()).await?;
        let own = folder
            .canonicalize()
            .is_ok_and(|folder| git.root().canonicalize().is_ok_and(|root| root == folder));
        let changed = git.dirty(&[]).await?;
        Ok::<_, GitError>((own, changed, git.head_time().await?))
    };
    match known.await {
        Ok((false, ..)) => Err("the data is in no git checkout of its own".to_owned()),
        Ok((true, changed, time)) => match changed.first() {
            Some(path) => Err(format!("the data is not its commit's: {path}")),
            None => Ok(time),
        },
        Err(error) => Err(chain(&error)),
    }
}

fn read_capped(path: &Path, limit: usize) -> Option<(Vec<u8>, u64)> {
    let file = File::open(path).ok()?;
    let size = file.metadata().ok()?.len();
    let mut bytes = Vec::new();
    file.take(limit as u64).read_to_end(&mut bytes).ok()?;
    let left = size.saturating_sub(bytes.len() as u64);
    Some((bytes, left))
}

/// Redacts what a command left behind, and judges it.
pub fn judge(run: &Run<'_>, gate: u32, check: &Check, command: &Command, attempt: Attempt) -> Done {
    let captured = match attempt.main {
        Ok(captured) => captured,
        Err(error) => return Done::of(Judged::incomplete(Reason::ToolMissing, chain(&error))),
    };
    let millis = u64::try_from(captured.elapsed.as_millis()).unwrap_or(u64::MAX);
    let redact = |bytes: Vec<u8>| run.context.session.redactor.bytes(bytes);
    let mut dropped = dropped(&captured);
    let (end, held_open) = (captured.end, captured.held_open);
    let stdout = redact(captured.stdout.bytes);
    let stderr = redact(captured.stderr.bytes);
    if let Some(stopped) = attempt.stopped_before.and_then(|number| command.before.get(number)) {
        let judged = not_prepared(stopped, end, &stderr);
        let blobs = vec![Blob::new("stdout", stdout), Blob::new("stderr", stderr)];
        return Done { judged, blobs, millis, repeat: None };
    }
    let data_time = attempt.data_time.as_ref().and_then(|time| time.as_deref().ok());
    let report_missing = attempt.report.as_ref().is_some_and(Option::is_none);
    let report = attempt.report.flatten().map(|(bytes, left)| {
        dropped += left;
        redact(bytes)
    });
    let report_bytes = report.as_deref();
    let ran =
        Ran { end, stdout: &stdout, stderr: &stderr, report: report_bytes, dropped, held_open, data_time };
    let root = run.context.session.git.root();
    let ignore_files: Vec<&str> =
        command.reader.ignore_files().iter().copied().filter(|file| root.join(file).exists()).collect();
    let now = clock::now();
    let mut judged =
        judge_command(gate, &check.id, &command.reader, &check.minimum, &ran, &ignore_files, now);
    if let (Outcome::Incomplete(Reason::StaleData), Some(Err(why))) = (judged.outcome, &attempt.data_time) {
        judged = judged.but(Reason::StaleData, why);
    }
    if report_missing && matches!(end, End::Exited(_)) {
        let name = command.report.as_deref().unwrap_or_default();
        judged = Judged::incomplete(Reason::UnreadableOutput, format!("it did not write its report {name}"));
    }
    let mut blobs = vec![Blob::new("stdout", stdout), Blob::new("stderr", stderr)];
    blobs.extend(report.map(|report| Blob::new("report", report)));
    if let Some(canary) = attempt.canary {
        let (missed, blob) = judge_its_canary(run, command, canary);
        blobs.extend(blob);
        // A failure stands whether or not the tool saw its canary; only a clean answer depends on it.
        if let Some(missed) = missed.filter(|_| judged.outcome == Outcome::Passed) {
            judged = missed;
        }
    }
    Done { judged, blobs, millis, repeat: None }
}

/// The verdict of a check that one of the programs before it kept from running.
pub(super) fn not_prepared(program: &[String], end: End, stderr: &[u8]) -> Judged {
    let line = program.join(" ");
    match end {
        End::TimedOut => Judged::incomplete(Reason::TimedOut, format!("`{line}`, which comes before it")),
        End::Cancelled => Judged::incomplete(Reason::Interrupted, ""),
        End::Exited(_) | End::Signaled(_) => {
            let why = why_it_failed(stderr);
            let told = [Reason::ToolMissing, Reason::Unreachable].contains(&why.reason);
            let reason = if told { why.reason } else { Reason::NotRun };
            Judged::incomplete(reason, format!("`{line}`, which comes before it, failed: {}", why.detail))
        }
    }
}

fn judge_its_canary(
    run: &Run<'_>,
    command: &Command,
    canary: Result<Captured, ProcessError>,
) -> (Option<Judged>, Option<Blob>) {
    let captured = match canary {
        Ok(captured) => captured,
        Err(error) => return (Some(Judged::incomplete(Reason::CanaryMissed, chain(&error))), None),
    };
    let (end, dropped, held_open) = (captured.end, dropped(&captured), captured.held_open);
    let stdout = run.context.session.redactor.bytes(captured.stdout.bytes);
    let stderr = run.context.session.redactor.bytes(captured.stderr.bytes);
    let ran =
        Ran { end, stdout: &stdout, stderr: &stderr, report: None, dropped, held_open, data_time: None };
    (judge_canary(&command.reader, &ran, clock::now()), Some(Blob::new("canary", stdout)))
}

fn dropped(captured: &Captured) -> u64 {
    captured.stdout.dropped() + captured.stderr.dropped()
}

/// The line that repeats a check by hand, from the repository's root.
pub fn repeat_line(command: &Command) -> String {
    let line = |argv: &Vec<String>| {
        let words = argv.iter().map(|word| quoted(word));
        let set = command.set_env.iter().map(|(name, value)| format!("{name}={}", quoted_with_root(value)));
        set.chain(words).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = command.before.iter().chain([&command.run]).map(line).collect();
    let lines = lines.join(" && ");
    match &command.cwd {
        Some(cwd) => format!("cd {} && {lines}", quoted(cwd)),
        None => lines,
    }
}

fn quoted_with_root(value: &str) -> String {
    let part = |part: &str| if part.is_empty() { String::new() } else { quoted(part) };
    let parts: Vec<String> = value.split(ROOT).map(part).collect();
    if value.is_empty() { quoted(value) } else { parts.join("\"$(git rev-parse --show-toplevel)\"") }
}

pub(super) fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.replace('\0', ""), std::borrow::Cow::into_owned)
}
