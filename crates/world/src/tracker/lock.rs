//! An advisory lock on a folder, so that two gonogos do not file the same blocker at once.
//!
//! Invariant: it leaves nothing behind; the system takes it back when its holder and the programs that it was handed to
//! have ended, however they end. So a program that outlives a killed gonogo still writes alone; no other has it.

use super::TrackerError;
use crate::process::Cancel;
use rustix::fs::{FlockOperation, flock};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long to wait for another holder.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// The file to hand to a program that writes under the lock: until it has ended, what it was told to write counts as
    /// under way.
    pub(crate) const fn file(&self) -> &File {
        &self.0
    }
}

/// Waits for the lock on a folder: half a minute at most.
pub(crate) async fn lock(folder: &Path, cancel: &Cancel) -> Result<Lock, TrackerError> {
    let failed = |error: &dyn std::fmt::Display| {
        TrackerError::unreadable(format!("cannot lock {}: {error}", folder.display()))
    };
    let file = File::open(folder).map_err(|error| failed(&error))?;
    let started = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Lock(file)),
            Err(rustix::io::Errno::WOULDBLOCK) if cancel.is_cancelled() => {
                return Err(failed(&"interrupted"));
            }
            Err(rustix::io::Errno::WOULDBLOCK) if started.elapsed() < PATIENCE => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(failed(&error)),
        }
        tokio::time::sleep(PAUSE).await;
    }
}
