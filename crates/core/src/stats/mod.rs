//! Paired comparison of measurements: is the current build slower than the base by more than a margin?
//!
//! Invariant: only a proven bound answers. A pass says that with the stated error the true slowdown is within the margin; silence,
//! too few pairs and noise are never a pass.

pub mod dependence;
mod judge;
pub mod normal;
mod pairs;
pub mod power;
pub mod sequential;
pub mod signed_rank;
pub mod walsh;
mod words;

pub use judge::{Answer, Design, DesignError, MOST_PAIRS, PairOrder, PairedJudgement, judge, share};
pub use pairs::{Better, Pair, coarseness};
