//! What a run of the mechanics tells its front end while it goes, and the one thing that it asks.

use super::RunReport;
use crate::context::Context;
use gonogo_core::door::Consent;
use gonogo_core::mechanics::{Cause, Effect, Facts, Planned};

/// What happens in a run.
pub enum RunEvent<'a> {
    /// The run begins, with this before it.
    Begins {
        /// Of what.
        context: &'a Context,
        /// What is planned, in order.
        planned: &'a [Planned],
    },
    /// A step begins.
    Step(&'a str),
    /// What a step waits for has changed.
    Waits(&'a str),
    /// An effect is about to be carried out.
    Effect {
        /// For which step.
        step: &'a str,
        /// Which one.
        effect: &'a Effect,
    },
    /// A step is done.
    Done {
        /// The step.
        step: &'a str,
        /// What the world shows.
        facts: &'a Facts,
        /// Whether this run carried anything out for it.
        by_this_run: bool,
    },
    /// A step stopped the run.
    Stopped {
        /// The step.
        step: &'a str,
        /// Why.
        cause: &'a Cause,
    },
    /// This is what the run came to.
    Came(&'a Context, &'a RunReport),
}

/// Watches a run as it goes.
pub trait RunWatch {
    /// Something happened.
    fn run(&mut self, event: RunEvent<'_>);
    /// Whether to go through the first one-way door: `effect` of `step` cannot be undone. It may be dropped before it has
    /// an answer, where a stop order comes first.
    fn may_pass(&mut self, context: &Context, step: &str, effect: &Effect) -> impl Future<Output = Consent>;
}
