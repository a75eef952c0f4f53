//! One run of a benchmark program, and what it left behind.

use crate::process::{Cancel, End, Invocation, ProcessError, run};
use crate::room::{ReportError, Reports, is_pattern};
use gonogo_core::readers::ReportFile;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A benchmark program of one side, ready to run.
#[derive(Clone, Debug)]
pub struct BenchProgram {
    /// How it is called.
    pub invocation: Invocation,
    /// The report that it writes, read in place of standard output: the root of its room, and the path below it, or a pattern for
    /// several JSON documents, which are read as one object with their paths as keys.
    pub report: Option<(PathBuf, String)>,
}

/// Why a run gave no values.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It could not be run.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// It ended otherwise than with status 0.
    #[error("it {end}: {said}")]
    Ended {
        /// How.
        end: End,
        /// The end of what it said.
        said: String,
    },
    /// It printed more than the limit.
    #[error("{0} bytes beyond the limit were dropped")]
    TooLarge(u64),
    /// A process that it left behind held its output open.
    #[error("a process that it left behind held its output open")]
    HeldOpen,
    /// It did not write its report.
    #[error("it did not write its report {path}: {source}")]
    Report {
        /// Where it should be.
        path: String,
        /// Why it cannot be read.
        source: ReportError,
    },
}

impl BenchProgram {
    /// Runs it once. Gives its output (or report) and its wall time in seconds.
    pub async fn once(&self, cancel: &Cancel) -> Result<(Vec<u8>, f64), RunError> {
        // One that an earlier run wrote says nothing of this one.
        let report = self.report.as_ref();
        let unreadable = |path: &str, source| RunError::Report { path: path.to_owned(), source };
        let expected = report
            .map(|(root, path)| {
                Reports::clear(root, path, &BTreeSet::new()).map_err(|source| unreadable(path, source))
            })
            .transpose()?;
        let captured = run(&self.invocation, cancel).await?;
        if captured.end != End::Exited(0) {
            let said = captured.stderr.text();
            let said = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
            return Err(RunError::Ended { end: captured.end, said });
        }
        if captured.held_open {
            return Err(RunError::HeldOpen);
        }
        let seconds = captured.elapsed.as_secs_f64();
        let (Some(expected), Some((_, path))) = (expected, report) else {
            return if captured.stdout.is_cut() {
                Err(RunError::TooLarge(captured.stdout.dropped()))
            } else {
                Ok((captured.stdout.bytes, seconds))
            };
        };
        let (files, left) =
            expected.written(self.invocation.limit).map_err(|source| unreadable(path, source))?;
        if left > 0 { Err(RunError::TooLarge(left)) } else { Ok((joined(files, is_pattern(path)), seconds)) }
    }
}

/// The one report as it is, or the JSON documents that a pattern matches as one object with their paths as keys.
fn joined(files: Vec<ReportFile>, of_pattern: bool) -> Vec<u8> {
    if !of_pattern {
        return files.into_iter().next().map(|file| file.bytes).unwrap_or_default();
    }
    let documents = files.iter().map(|file| {
        let name = serde_json::Value::from(file.path.as_str());
        format!("{name}:{}", String::from_utf8_lossy(&file.bytes))
    });
    format!("{{{}}}", documents.collect::<Vec<_>>().join(",")).into_bytes()
}
