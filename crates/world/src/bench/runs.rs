//! One run of a benchmark program, and what it left behind.

use crate::process::{Cancel, End, Invocation, ProcessError, run};
use std::io::Read;
use std::path::PathBuf;

/// A benchmark program of one side, ready to run.
#[derive(Clone, Debug)]
pub struct BenchProgram {
    /// How it is called.
    pub invocation: Invocation,
    /// The report that it writes, read in place of standard output.
    pub report: Option<PathBuf>,
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
    #[error("it did not write its report {}: {source}", path.display())]
    Report {
        /// Where it should be.
        path: PathBuf,
        /// Why it cannot be read.
        source: std::io::Error,
    },
}

impl BenchProgram {
    /// Runs it once. Gives its output (or report) and its wall time in seconds.
    pub async fn once(&self, cancel: &Cancel) -> Result<(Vec<u8>, f64), RunError> {
        if let Some(report) = &self.report {
            // One that an earlier run wrote says nothing of this one.
            match std::fs::remove_file(report) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(RunError::Report { path: report.clone(), source });
                }
                _ => {}
            }
        }
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
        let limit = self.invocation.limit as u64;
        let Some(path) = &self.report else {
            return if captured.stdout.is_cut() {
                Err(RunError::TooLarge(captured.stdout.dropped()))
            } else {
                Ok((captured.stdout.bytes, seconds))
            };
        };
        let unreadable = |source| RunError::Report { path: path.clone(), source };
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        if size > limit {
            return Err(RunError::TooLarge(size - limit));
        }
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok((bytes, seconds))
    }
}
