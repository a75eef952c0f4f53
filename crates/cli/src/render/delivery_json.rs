//! A delivery as JSON: part of `gonogo.run/1`, and all of `gonogo.verify/1`.

use gonogo_core::delivery::{Judgement, Level, Partial, Sighting};
use gonogo_core::verdict::{Reason, Verdict};
use gonogo_engine::blockers::Filed;
use gonogo_engine::delivery::Delivered;
use schemars::JsonSchema;
use serde::Serialize;

/// What every channel serves of a release.
#[derive(Serialize, JsonSchema)]
pub struct DeliveryPart {
    /// The verdict on all of it.
    pub verdict: Verdict,
    /// Why it is incomplete, where it is.
    pub reason: Option<Reason>,
    /// Whether what was built is recorded here; else what each channel states is compared with what it serves.
    pub has_manifest: bool,
    /// Each package on each channel.
    pub channels: Vec<DeliveryChannel>,
    /// Who has what, and the way out where channels differ.
    pub partial: Partial,
    /// The blocker that was filed.
    pub blocker: Option<String>,
    /// Why no blocker could be filed.
    pub blocker_error: Option<String>,
}

/// One package on one channel.
#[derive(Serialize, JsonSchema)]
pub struct DeliveryChannel {
    /// The level that was asked for.
    pub asked: Level,
    /// What follows of what was seen.
    pub judgement: Judgement,
    /// What was seen last.
    pub observation: Sighting,
    /// How long it may take to show, in seconds.
    pub window_seconds: f64,
    /// How long was waited, in seconds.
    pub waited_seconds: f64,
    /// How often was looked.
    pub looks: u32,
}

impl From<&Delivered> for DeliveryPart {
    fn from(delivered: &Delivered) -> Self {
        let channels = delivered.deliveries.iter().map(|delivery| DeliveryChannel {
            asked: delivery.asked,
            judgement: delivery.judgement.clone(),
            observation: delivery.seen.clone(),
            window_seconds: delivery.window.as_secs_f64(),
            waited_seconds: delivery.waited.as_secs_f64(),
            looks: delivery.looks,
        });
        let (blocker, blocker_error) = match &delivered.filed {
            Some(Filed::As(id)) => (Some(id.clone()), None),
            Some(Filed::Not(why)) => (None, Some(why.clone())),
            Some(Filed::AlreadyThere) | None => (None, None),
        };
        Self {
            verdict: delivered.outcome.verdict(),
            reason: delivered.outcome.reason(),
            has_manifest: delivered.has_manifest,
            channels: channels.collect(),
            partial: delivered.partial.clone(),
            blocker,
            blocker_error,
        }
    }
}
