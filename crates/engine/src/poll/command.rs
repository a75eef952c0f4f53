//! One command check: how it is called, what it left behind, and how that is judged.

use super::execute::{Done, PollContext};
use super::rooms;
use crate::failure::chain;
use crate::launch::{Launch, Prevented};
use gonogo_core::gate::{End, Judged, Ran, judge_canary, judge_command};
use gonogo_core::plan::{Check, Command};
use gonogo_core::readers::{ReportFile, why_it_failed};
use gonogo_core::release::ResolvedTool;
use gonogo_core::verdict::{Outcome, Reason};
use gonogo_world::clock;
use gonogo_world::git::{Git, GitError};
use gonogo_world::ledger::Blob;
use gonogo_world::process::{Cancel, Captured};
use gonogo_world::room::{ReportError, Reports};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The name of the evidence that says how old a check's data is.
pub const DATA_TIME: &str = "data-time";

/// A command check that is ready to run.
pub struct Prepared {
    launch: Launch,
    canary: Option<Vec<String>>,
    data: Option<PathBuf>,
    root: PathBuf,
    report: Option<String>,
    /// The commit's files, relative to the root.
    tracked: BTreeSet<PathBuf>,
    limit: usize,
}

/// What a command check left behind, not yet redacted.
pub struct Attempt {
    /// What was run, and what it left behind.
    main: Result<(ResolvedTool, Captured), Prevented>,
    canary: Option<Result<Captured, String>>,
    /// The report files that were written, and how many bytes beyond the limit they hold.
    reports: Option<Result<(Vec<ReportFile>, u64), ReportError>>,
    data_time: Option<Result<String, String>>,
}

/// Makes a check ready. `Err` is the verdict of one that cannot run here.
pub fn prepare(run: &PollContext<'_>, command: &Command) -> Result<Prepared, Judged> {
    let room = run.rooms.room(&run.rooms.key(&command.program));
    let room = room.ok_or_else(|| Judged::incomplete(Reason::NotRun, "its clean room was not made"))?;
    if let Some(judged) = rooms::lacking(room) {
        return Err(judged);
    }
    let root = room.root();
    let canary = command.canary.iter().flatten().next();
    if let Some(lack) = canary.and_then(|name| run.launcher.lack(&command.program, name)) {
        return Err(lack.judged());
    }
    let mut launch = run.launcher.launch(&command.program, root).map_err(|lack| lack.judged())?;
    for (name, value) in command.reader.environment() {
        launch = launch.with(name, *value);
    }
    Ok(Prepared {
        launch,
        canary: command.canary.clone(),
        data: command.data_repository.as_ref().map(|data| root.join(data)),
        root: root.to_owned(),
        report: command.program.report.clone(),
        tracked: command.program.report.iter().flat_map(|_| room.files()).cloned().collect(),
        limit: run.launcher.limit,
    })
}

impl Prepared {
    /// Runs what comes before it, then itself, and its canary after it.
    pub async fn run(self, cancel: Cancel) -> Attempt {
        let ready = match self.launch.prepare(&cancel).await {
            Ok(ready) => ready,
            Err(prevented) => {
                return Attempt { main: Err(prevented), canary: None, reports: None, data_time: None };
            }
        };
        // A report that was there before, or that is no file of the room, says nothing of this run.
        let reports = self.report.as_ref();
        let reports = reports.map(|report| Reports::clear(&self.root, report, &self.tracked));
        let main = ready.run(&cancel).await.map_err(Prevented::Process);
        let reports = reports.map(|reports| reports.and_then(|reports| reports.written(self.limit)));
        let canary = match &self.canary {
            Some(argv) => Some(self.canary(argv, &cancel).await),
            None => None,
        };
        let data_time = match &self.data {
            Some(data) => Some(data_time(data, &cancel).await),
            None => None,
        };
        Attempt { main: main.map(|captured| (ready.program, captured)), canary, reports, data_time }
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

/// Judges what a command left behind, and redacts what is stored and shown of it.
pub fn judge(run: &PollContext<'_>, gate: u32, check: &Check, command: &Command, attempt: Attempt) -> Done {
    let redactor = &run.context.session.redactor;
    let (program, captured) = match attempt.main {
        Ok(ran) => ran,
        Err(prevented) => return not_run(prevented, |bytes| redactor.bytes(bytes)),
    };
    let millis = millis(&captured);
    let mut dropped = dropped(&captured);
    let (end, held_open) = (captured.end, captured.held_open);
    let (stdout, stderr) = (captured.stdout.bytes, captured.stderr.bytes);
    let data_time = attempt.data_time.as_ref().and_then(|time| time.as_deref().ok());
    let (reports, no_report) = match attempt.reports {
        Some(Ok((files, left))) => {
            dropped += left;
            (Some(files), None)
        }
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let canary = attempt.canary.map(|canary| judge_its_canary(run, command, canary));
    let roots = roots(run, command);
    let named: Vec<&str> = command.program.run.iter().chain(&command.ignores).map(String::as_str).collect();
    let ran = Ran {
        end,
        stdout: &stdout,
        stderr: &stderr,
        reports: reports.as_deref().filter(|files| !files.is_empty()),
        dropped,
        held_open,
        data_time,
        canary_fired: canary.as_ref().is_some_and(|(missed, _)| missed.is_none()),
        named: Some(&named),
        roots: &roots,
        checkout: run.context.session.git.root().to_str(),
    };
    let ignore_files = ignore_files(run, command);
    let ignore_files: Vec<&str> = ignore_files.iter().map(String::as_str).collect();
    let now = clock::now();
    let mut judged =
        judge_command(gate, &check.id, &command.reader, &check.minimum, &ran, &ignore_files, now);
    if let (Outcome::Incomplete(Reason::StaleData), Some(Err(why))) = (judged.outcome, &attempt.data_time) {
        judged = judged.but(Reason::StaleData, why);
    }
    if let Some(why) = no_report.filter(|_| matches!(end, End::Exited(_))) {
        let name = command.program.report.as_deref().unwrap_or_default();
        let detail = format!("it did not write its report {name}: {why}");
        judged = Judged::incomplete(Reason::UnreadableOutput, detail);
    }
    let mut blobs =
        vec![Blob::new("stdout", redactor.bytes(stdout)), Blob::new("stderr", redactor.bytes(stderr))];
    blobs.extend(reports.and_then(stored).map(|report| Blob::new("report", redactor.bytes(report))));
    if !judged.roster.is_empty() {
        blobs.push(Blob::new("tests", redactor.bytes(judged.roster.document().into_bytes())));
    }
    // What it was when it passed, so that it is not used again when that is too old.
    blobs.extend(judged.data_time.iter().map(|time| Blob::new(DATA_TIME, time.clone().into_bytes())));
    if let Some((missed, blob)) = canary {
        blobs.extend(blob);
        // A failure stands whether or not the tool saw its canary; only a clean answer depends on it.
        if let Some(missed) = missed.filter(|_| judged.outcome == Outcome::Passed) {
            judged = missed;
        }
    }
    let judged = judged.redacted(redactor);
    Done { blobs, millis, program: Some(program), ..Done::of(judged) }
}

/// The report as it is stored: the file as it is, or several under their names.
fn stored(mut reports: Vec<ReportFile>) -> Option<Vec<u8>> {
    if reports.len() < 2 {
        return reports.pop().map(|file| file.bytes);
    }
    let mut all = Vec::new();
    for file in reports {
        all.extend_from_slice(format!("==== {} ====\n", file.path).as_bytes());
        all.extend_from_slice(&file.bytes);
        all.push(b'\n');
    }
    Some(all)
}

/// The folders that the check ran in, as tools may spell them.
fn roots(run: &PollContext<'_>, command: &Command) -> Vec<String> {
    let Some(room) = run.rooms.room(&run.rooms.key(&command.program)) else { return Vec::new() };
    let real = room.root().canonicalize().ok();
    let mut roots: Vec<String> = [Some(room.root().to_owned()), real]
        .into_iter()
        .flatten()
        .filter_map(|root| root.to_str().map(str::to_owned))
        .collect();
    roots.dedup();
    roots
}

/// Files that make its tool hide findings: in the root of its room, and in the folder that it runs in.
fn ignore_files(run: &PollContext<'_>, command: &Command) -> Vec<String> {
    let Some(room) = run.rooms.room(&run.rooms.key(&command.program)) else { return Vec::new() };
    let mut above = vec![String::new()];
    for part in command.program.cwd.iter().flat_map(|cwd| cwd.split('/')).filter(|part| !part.is_empty()) {
        let last = above.last().cloned().unwrap_or_default();
        above.push(format!("{last}{part}/"));
    }
    let names = command.reader.ignore_files();
    let paths = above.iter().flat_map(|folder| names.iter().map(move |file| format!("{folder}{file}")));
    paths.filter(|path| room.root().join(path).symlink_metadata().is_ok()).collect()
}

/// A check whose program did not run.
fn not_run(prevented: Prevented, redact: impl Fn(Vec<u8>) -> Vec<u8>) -> Done {
    match prevented {
        Prevented::Lack(lack) => Done::of(lack.judged()),
        Prevented::Process(error) => Done::of(Judged::incomplete(Reason::ToolMissing, chain(&error))),
        Prevented::Before { argv, captured } => {
            let millis = millis(&captured);
            let end = captured.end;
            let judged = not_prepared(&argv, end, &captured.stderr.bytes);
            let (stdout, stderr) = (redact(captured.stdout.bytes), redact(captured.stderr.bytes));
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
    run: &PollContext<'_>,
    command: &Command,
    canary: Result<Captured, String>,
) -> (Option<Judged>, Option<Blob>) {
    let captured = match canary {
        Ok(captured) => captured,
        Err(error) => return (Some(Judged::incomplete(Reason::CanaryMissed, error)), None),
    };
    let (end, dropped, held_open) = (captured.end, dropped(&captured), captured.held_open);
    let (stdout, stderr) = (captured.stdout.bytes, captured.stderr.bytes);
    let ran = Ran {
        end,
        stdout: &stdout,
        stderr: &stderr,
        reports: None,
        dropped,
        held_open,
        data_time: None,
        canary_fired: false,
        named: None,
        roots: &[],
        checkout: None,
    };
    let redactor = &run.context.session.redactor;
    let missed = judge_canary(&command.reader, &ran, clock::now());
    let missed = missed.map(|missed| missed.redacted(redactor));
    (missed, Some(Blob::new("canary", redactor.bytes(stdout))))
}

fn dropped(captured: &Captured) -> u64 {
    captured.stdout.dropped() + captured.stderr.dropped()
}

fn millis(captured: &Captured) -> u64 {
    u64::try_from(captured.elapsed.as_millis()).unwrap_or(u64::MAX)
}
