//! The append-only, hash-chained record of one release: its events, its lines, and what they add up to.
//!
//! Invariant: a ledger is read whole or refused. Only a torn last line can be repaired, and the repair is a record.

mod chain;
mod event;
mod state;

pub use chain::{Anchor, Broken, Chain, Torn, read};
pub use event::{
    BlockerFiled, BlockerResolved, BlockerSeen, CheckFinished, CheckStarted, Delivered, DeliveredChannel,
    EffectApplied, EffectIntended, Event, EvidenceRef, Opened, PollFinished, PollStarted, Record, Repaired,
    ReviewDecision, ReviewRecorded, RunFinished, RunStarted, StepDone, StepStopped,
};
pub use state::{CheckKey, PollState, State};

/// The version of the record format. A reader refuses any other.
///
/// - 1: first version.
pub const FORMAT: u32 = 1;
