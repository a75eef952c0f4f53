//! What later code could take for a pass.

use gonogo_core::readers::{Reading, Unread};

/// How much a reading shows to be in order: tests executed or inputs examined. Nothing, where there are findings.
pub(crate) fn shown(reading: &Result<Reading, Unread>) -> u64 {
    match reading {
        Ok(reading) if reading.findings.is_empty() => {
            let executed = reading.counts.map_or(0, |counts| counts.executed);
            executed.max(reading.examined.unwrap_or_default())
        }
        _ => 0,
    }
}
