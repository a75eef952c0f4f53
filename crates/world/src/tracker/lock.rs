//! An advisory lock on a folder, so that two gonogos do not file the same blocker at once.
//!
//! Invariant: it leaves nothing behind; the system takes it back when its holder and the programs that it started
//! under the lock have ended, however they end. So a program that outlives a killed gonogo still writes alone.

use super::TrackerError;
use crate::process::Cancel;
use rustix::fs::{FlockOperation, flock};
use rustix::io::{FdFlags, fcntl_setfd};
use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long to wait for another holder.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its open descriptor")] File);

/// Waits for the lock on a folder: half a minute at most.
pub(crate) async fn lock(folder: &Path, cancel: &Cancel) -> Result<Lock, TrackerError> {
    let failed = |error: &dyn std::fmt::Display| {
        TrackerError::unreadable(format!("cannot lock {}: {error}", folder.display()))
    };
    let file = File::open(folder).map_err(|error| failed(&error))?;
    let started = Instant::now();
    loop {
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                // Children inherit it: what one of them was told to write counts as under way until it has ended.
                fcntl_setfd(&file, FdFlags::empty()).map_err(|error| failed(&error))?;
                return Ok(Lock(file));
            }
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
