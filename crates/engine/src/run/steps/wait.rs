//! Waiting for something that takes its time: looked at again and again, ever more slowly, until it is settled.

use super::{Run, RunEvent, RunWatch};
use gonogo_core::mechanics::{Cause, KindOfStep, Observation, Watched};
use std::time::Duration;
use tokio::time::Instant;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(15);

/// How long to go on looking.
pub struct Waiting {
    deadline: Instant,
    pause: Duration,
}

impl Waiting {
    /// Looks for so long.
    pub fn until(limit: Duration) -> Self {
        Self { deadline: Instant::now() + limit, pause: FIRST }
    }

    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Pauses before the next look. `false` where the time is over or a signal came.
    pub async fn pause(&mut self, run: &Run<'_>) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        tokio::select! {
            () = tokio::time::sleep(self.pause.min(left)) => {}
            () = run.context.session.cancel.cancelled() => return false,
        }
        self.pause = (self.pause * 3 / 2).min(LONGEST);
        true
    }
}

/// Tells the watcher what is waited for, each time that this changes.
#[derive(Default)]
pub struct WaitNotice(String);

impl WaitNotice {
    /// Tells.
    pub fn say(&mut self, text: &str, watch: &mut impl RunWatch) {
        if self.0 != text {
            text.clone_into(&mut self.0);
            watch.run(RunEvent::Waits(text));
        }
    }
}

/// Looks until it is settled, or until the time is over: then `late` says why that stops the release.
pub async fn settled<K: KindOfStep>(
    run: &Run<'_>,
    limit: Duration,
    watch: &mut impl RunWatch,
    mut look: impl AsyncFnMut(&Run<'_>) -> Result<Watched<K>, Cause>,
    late: impl FnOnce(String) -> Cause,
) -> Result<Observation<K>, Cause> {
    let mut waiting = Waiting::until(limit);
    let mut said = WaitNotice::default();
    loop {
        let (text, held) = match look(run).await? {
            Watched::Settled(observation) => return Ok(observation),
            Watched::Waiting(text) => (text, None),
            Watched::Held(cause) => (cause.message.clone(), Some(*cause)),
        };
        said.say(&text, watch);
        if !waiting.pause(run).await {
            return Ok(Observation::Unknown(held.unwrap_or_else(|| late(text))));
        }
    }
}
