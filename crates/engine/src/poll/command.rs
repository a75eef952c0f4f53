//! One command check: how it is called, what it left behind, and how that is judged.

use super::execute::{Done, Run};
use crate::failure::chain;
use crate::launch::{Launch, Prevented};
use gonogo_core::gate::{End, Judged, Ran, judge_canary, judge_command};
use gonogo_core::plan::{Check, Command};
use gonogo_core::readers::why_it_failed;
use gonogo_core::release::ResolvedTool;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::clock;
use gonogo_world::git::{Git, GitError};
use gonogo_world::ledger::Blob;
use gonogo_world::process::{Cancel, Captured};
use gonogo_world::tree;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A command check that is ready to run.
pub struct Prepared {
    launch: Launch,
    canary: Option<Vec<String>>,
    data: Option<PathBuf>,
    limit: usize,
}

/// What a command check left behind, not yet redacted.
pub struct Attempt {
    /// What was run, and what it left behind.
    main: Result<(ResolvedTool, Captured), Prevented>,
    canary: Option<Result<Captured, String>>,
    report: Option<WrittenReport>,
    data_time: Option<Result<String, String>>,
}

/// A report file: its bytes up to the limit and how many were left, or nothing where it was not written.
type WrittenReport = Option<(Vec<u8>, u64)>;

/// Makes a check ready. `Err` is the verdict of one that cannot run here.
pub fn prepare(run: &Run<'_>, command: &Command) -> Result<Prepared, Judged> {
    let root = run.context.session.git.root();
    let canary = command.canary.iter().flatten().next();
    if let Some(lack) = canary.and_then(|name| run.launcher.lack(&command.program, name)) {
        return Err(lack.judged());
    }
    let launch = run.launcher.launch(&command.program, root).map_err(|lack| lack.judged())?;
    Ok(Prepared {
        launch,
        canary: command.canary.clone(),
        data: command.data_repository.as_ref().map(|data| root.join(data)),
        limit: run.launcher.limit,
    })
}

impl Prepared {
    /// Runs what comes before it, then itself, and its canary after it.
    pub async fn run(self, cancel: Cancel) -> Attempt {
        let ready = match self.launch.prepare(&cancel).await {
            Ok(ready) => ready,
            Err(prevented) => {
                return Attempt { main: Err(prevented), canary: None, report: None, data_time: None };
            }
        };
        let path = self.launch.report();
        let before = path.as_deref().map(tree::stamp);
        let main = ready.run(&cancel).await.map_err(Prevented::Process);
        let report = path.as_deref().map(|path| {
            // A report that was there before and was not written again says nothing of this run.
            let written = before.is_some_and(|before| tree::stamp(path) != before);
            written.then(|| read_capped(path, self.limit)).flatten()
        });
        let canary = match &self.canary {
            Some(argv) => Some(self.canary(argv, &cancel).await),
            None => None,
        };
        let data_time = match &self.data {
            Some(data) => Some(data_time(data, &cancel).await),
            None => None,
        };
        Attempt { main: main.map(|captured| (ready.program, captured)), canary, report, data_time }
    }

    async fn canary(&self, argv: &[String], cancel: &Cancel) -> Result<Captured, String> {
        let ready = self.launch.find(argv, cancel).await.map_err(|lack| lack.message)?;
        ready.run(cancel).await.map_err(|error| chain(&error))
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
    let redact = |bytes: Vec<u8>| run.context.session.redactor.bytes(bytes);
    let (program, captured) = match attempt.main {
        Ok(ran) => ran,
        Err(prevented) => return not_run(prevented, redact),
    };
    let millis = millis(&captured);
    let mut dropped = dropped(&captured);
    let (end, held_open) = (captured.end, captured.held_open);
    let stdout = redact(captured.stdout.bytes);
    let stderr = redact(captured.stderr.bytes);
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
        let name = command.program.report.as_deref().unwrap_or_default();
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
    Done { blobs, millis, program: Some(program), ..Done::of(judged) }
}

/// A check whose program did not run.
fn not_run(prevented: Prevented, redact: impl Fn(Vec<u8>) -> Vec<u8>) -> Done {
    match prevented {
        Prevented::Lack(lack) => Done::of(lack.judged()),
        Prevented::Process(error) => Done::of(Judged::incomplete(Reason::ToolMissing, chain(&error))),
        Prevented::Before { argv, captured } => {
            let millis = millis(&captured);
            let end = captured.end;
            let (stdout, stderr) = (redact(captured.stdout.bytes), redact(captured.stderr.bytes));
            let judged = not_prepared(&argv, end, &stderr);
            let blobs = vec![Blob::new("stdout", stdout), Blob::new("stderr", stderr)];
            Done { blobs, millis, ..Done::of(judged) }
        }
    }
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
    canary: Result<Captured, String>,
) -> (Option<Judged>, Option<Blob>) {
    let captured = match canary {
        Ok(captured) => captured,
        Err(error) => return (Some(Judged::incomplete(Reason::CanaryMissed, error)), None),
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

fn millis(captured: &Captured) -> u64 {
    u64::try_from(captured.elapsed.as_millis()).unwrap_or(u64::MAX)
}
