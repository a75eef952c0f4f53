//! One hosted registry: what it holds now and held before each write, and what goes wrong with it.

use crate::http::fault::{Fault, Stage};
use crate::http::request::{ReceivedRequest, Reply};

/// A registry that answers requests from what it holds.
pub(crate) trait Answering: Clone + PartialEq {
    /// Answers. `base` is the registry's own address, without a slash at the end.
    fn answer(&mut self, request: &ReceivedRequest, base: &str) -> Reply;
}

/// A registry, its past and its faults.
#[derive(Clone, Debug)]
pub struct HostedRegistry<T> {
    /// What it holds.
    pub registry: T,
    /// What goes wrong; paths of requests are those below the registry.
    pub faults: Vec<Fault>,
    past: Vec<T>,
    mount: String,
}

impl<T> HostedRegistry<T> {
    /// Nothing has happened yet.
    pub(super) fn new(registry: T) -> Self {
        Self { registry, faults: Vec::new(), past: Vec::new(), mount: String::new() }
    }

    /// The same, under the address that its next request was sent to.
    pub(super) fn at(&mut self, base: String) -> &mut Self {
        self.mount = base;
        self
    }
}

impl<T: Answering> Stage for HostedRegistry<T> {
    fn faults(&mut self) -> &mut Vec<Fault> {
        &mut self.faults
    }

    fn carry_out(&mut self, request: &ReceivedRequest) -> Reply {
        let before = (!request.is_read()).then(|| self.registry.clone());
        let reply = self.registry.answer(request, &self.mount);
        // A write is what changed something: the same upload once more is none.
        self.past.extend(before.filter(|before| *before != self.registry));
        reply
    }

    fn carry_out_as_it_was(&mut self, request: &ReceivedRequest, writes: usize) -> Reply {
        let past = self.past.get(self.past.len().saturating_sub(writes)).cloned();
        match past.filter(|_| request.is_read()) {
            Some(mut past) => past.answer(request, &self.mount),
            None => self.carry_out(request),
        }
    }
}

/// A moment for what was written: time here is the count of what happened, so that runs repeat.
pub(super) fn moment(writes: u32) -> String {
    let (hours, minutes, seconds) = (writes / 3600 % 24, writes / 60 % 60, writes % 60);
    format!("2026-01-01T{hours:02}:{minutes:02}:{seconds:02}.000Z")
}
