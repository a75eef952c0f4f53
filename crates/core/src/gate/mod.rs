//! Gates: what a check has shown, and what all of them together come to.
//!
//! Which gates there are, and what each must show, is data of the plan; here are the rules that hold for any gate.

pub mod builtin;
mod flaky;
mod judge;
mod poll;
mod review;

pub use flaky::judge_contradiction;
pub use judge::{End, Judged, Ran, judge_canary, judge_command, too_old};
pub use poll::{CheckVerdict, GateVerdict, Poll};
pub use review::{digests_of, shown_evidence};
