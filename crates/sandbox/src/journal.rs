//! What happened in a private world, in one order over all of its services.

use std::sync::{Arc, Mutex, PoisonError};

/// One of the services of a private world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// The GitHub stand-in, as gh speaks to it.
    Github,
    /// The git remotes.
    Git,
    /// The crate registry.
    Cargo,
    /// The npm registry.
    Npm,
    /// The Python package index.
    Pypi,
    /// The Go module proxy.
    Go,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its place in the order, from 0.
    pub seq: usize,
    /// Where it happened.
    pub service: Service,
    /// The request's method; of a git remote `PUSH`, or `DELETE` for a reference that was deleted.
    pub method: String,
    /// The request's path below the service; of a git remote `owner/name refs/…`.
    pub path: String,
    /// The reply's status; `None` where the connection was closed without a reply, and for git.
    pub status: Option<u16>,
}

/// The order of what happened, shared by all who add to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journal(Arc<Mutex<Vec<JournalEntry>>>);

impl Journal {
    /// Adds what happened last.
    pub(crate) fn record(&self, service: Service, method: &str, path: &str, status: Option<u16>) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = entries.len();
        entries.push(JournalEntry { seq, service, method: method.to_owned(), path: path.to_owned(), status });
    }

    /// Everything so far.
    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
