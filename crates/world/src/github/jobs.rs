//! The jobs of a workflow run: how each step ended, and what was said.

use super::{Gh, GhError, typed};
use crate::process::Cancel;
use serde::Deserialize;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// The largest log that is downloaded, and the most of its end that is read, in bytes.
const LARGEST_LOG: u64 = 512 << 20;
const LONGEST_END: u64 = 256 << 10;

/// "List jobs for a workflow run attempt" of GitHub's REST interface, the fields that are read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    /// Its ID, of this attempt only; that of its check run too.
    pub id: u64,
    /// The run.
    pub run_id: u64,
    /// The attempt of the run, from 1.
    pub run_attempt: u64,
    /// Its name.
    pub name: String,
    /// `completed`, or how far it is.
    pub status: String,
    /// How it ended; `None` before it has.
    #[serde(deserialize_with = "Option::deserialize")]
    pub conclusion: Option<String>,
    /// Its steps; none before it has begun.
    #[serde(default)]
    pub steps: Vec<JobStep>,
    /// Where a person can look at it.
    pub html_url: String,
}

/// One step of a job.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct JobStep {
    /// Its place, from 1.
    pub number: u64,
    /// Its name.
    pub name: String,
    /// `completed`, or how far it is.
    pub status: String,
    /// How it ended; `None` before it has.
    #[serde(deserialize_with = "Option::deserialize")]
    pub conclusion: Option<String>,
}

impl Job {
    /// The steps that ended in something else than `success` and `skipped`.
    pub fn failed_steps(&self) -> impl Iterator<Item = &JobStep> {
        let is_fine = |conclusion: &str| matches!(conclusion, "success" | "skipped");
        self.steps.iter().filter(move |step| step.conclusion.as_deref().is_some_and(|said| !is_fine(said)))
    }
}

/// What a check says of a place in a file: "List check run annotations".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Annotation {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub start_line: u64,
    /// `notice`, `warning` or `failure`.
    pub annotation_level: String,
    /// What it says.
    pub message: String,
}

impl Gh {
    /// Every job of one attempt of a run.
    pub async fn jobs(&self, run: u64, attempt: u64, cancel: &Cancel) -> Result<Vec<Job>, GhError> {
        let path = self.path(&format!("actions/runs/{run}/attempts/{attempt}/jobs?per_page=100"));
        let jobs = self.counted(&path, "jobs", |job: &Job| job.id, cancel).await?;
        match jobs.iter().find(|job| (job.run_id, job.run_attempt) != (run, attempt)) {
            Some(job) => {
                Err(GhError::nonsense(format!("job {} is not of run {run}, attempt {attempt}", job.id)))
            }
            None => Ok(jobs),
        }
    }

    /// The last lines of a job's log, at most so many and 256 KiB. There is a log once the job has ended.
    pub async fn log_end(&self, job: u64, lines: usize, cancel: &Cancel) -> Result<Vec<String>, GhError> {
        let path = self.path(&format!("actions/jobs/{job}/logs"));
        let failed = |source| GhError::File { path: std::env::temp_dir(), source };
        let folder = tempfile::tempdir().map_err(failed)?;
        let log = folder.path().join("log");
        self.download(&path, super::JSON, &log, LARGEST_LOG, cancel).await?;
        let (is_cut, bytes) = end_of(&log).map_err(failed)?;
        let text = String::from_utf8_lossy(&bytes);
        // The first line of a part may be half of one.
        let all: Vec<&str> = text.lines().skip(usize::from(is_cut)).collect();
        Ok(all[all.len().saturating_sub(lines)..].iter().map(|line| (*line).to_owned()).collect())
    }

    /// What a job's check says of places in files, all pages of it.
    pub async fn annotations(&self, job: u64, cancel: &Cancel) -> Result<Vec<Annotation>, GhError> {
        let path = self.path(&format!("check-runs/{job}/annotations?per_page=100"));
        let mut all = Vec::new();
        for page in self.get_pages(&path, cancel).await? {
            all.extend(typed::<Vec<Annotation>>(page, "a list of annotations")?);
        }
        Ok(all)
    }
}

/// The last bytes of a file, and whether there are others before them.
fn end_of(path: &std::path::Path) -> std::io::Result<(bool, Vec<u8>)> {
    let mut file = File::open(path)?;
    let start = file.metadata()?.len().saturating_sub(LONGEST_END);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(LONGEST_END).read_to_end(&mut bytes)?;
    Ok((start > 0, bytes))
}
