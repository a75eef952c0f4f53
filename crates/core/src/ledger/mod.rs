//! The append-only, hash-chained record of one release: its events, its lines, and what they add up to.
//!
//! Invariant: a ledger is read whole or refused. Only a torn last line can be repaired, and the repair is a record.

mod chain;
mod event;
mod format_1;
mod line;
mod mechanics;
mod owner;
mod refusal;
mod state;

pub use crate::review::ReviewDecision;
pub use chain::{Anchor, Chain, LinesRead, Torn, join, parts, read, read_lines};
pub use event::{
    BlockerFiled, BlockerResolved, BlockerSeen, CheckFinished, CheckStarted, DeliveredChannel,
    DeliveryRecorded, EarlierRelease, EffectApplied, EffectIntended, Event, EvidenceRef, Opened,
    PollFinished, PollStarted, Record, Repaired, ReviewAsked, ReviewRecorded, RunFinished, RunStarted,
    StepDone, StepStopped, WaiverRecorded,
};
pub use mechanics::{Mechanics, RunState};
pub use owner::{Foreign, Owner};
pub use refusal::{Broken, Newer, NotRead};
pub use state::{CheckKey, Contradiction, KnownBlocker, LedgerState, Noted, PollState};

/// The format of the records that this program writes. It reads this one and every one before it; `docs/formats.md`
/// says how a format is changed.
///
/// - 1: the first one. It grew seven times under this number, so `format_1` reads what came later as there or not:
///   - 1.0: polls, checks, reviews, blockers, repairs.
///   - 1.1: the subject of a poll tells of the environment.
///   - 1.2: runs of the mechanics: `run-started`, `effect-intended`, `effect-applied`, `step-done`, `step-stopped`,
///     `run-finished`.
///   - 1.3: `effect-applied` tells what was `made`.
///   - 1.4: `effect-intended` tells whether it is `one_way`.
///   - 1.5: `delivered`; a cause may be `undelivered`.
///   - 1.6: `delivered` where the commit is not known.
///   - 1.7: a problem of a delivery may be `other-provenance` or `mutable`.
/// - 2: the first record of each format tells its `reader`; `check-finished` and `effect-intended` tell the `program` that was
///   run. From here on, whatever changes in a record is a new format.
/// - 3: the reason of a check may be `flaky`; a blocker that was seen may be a task of somebody's own.
/// - 4: `review-recorded` tells the `scope` that it is bound to, and whose signature it bears; `waiver-recorded`; `check-finished` tells the
///   `review` that it asks for and the `words` that were weighed; `poll-started` tells whose plan names the reviewers.
/// - 5: a judgement in `delivered` tells the `program` that a clean install was tried with.
/// - 6: a cause may be `file-not-built`, `base-file-not-built` or `file-not-expected`.
pub const FORMAT: u32 = 6;

/// The oldest format whose programs read what this program writes, rightly and whole. They do not add to it.
pub const READER: u32 = 6;
