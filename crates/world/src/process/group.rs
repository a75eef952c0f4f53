//! The process group of one child.
//!
//! Invariant: it ends with this value, whether the run came to its end, failed, or was dropped half way.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// A child's group, for as long as the child is run. To be dropped before the [`Child`], whose process still holds the
/// group's number then.
pub(super) struct Group(Option<Pid>);

impl Group {
    /// The group that a child leads.
    pub(super) fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// Sends a signal to every process of it.
    pub(super) fn signal(&self, signal: Signal) {
        if let Some(group) = self.0 {
            // The one expected error is that nobody is left.
            kill_process_group(group, signal).ok();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}
