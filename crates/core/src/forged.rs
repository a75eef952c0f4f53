//! What must not compile: a clearance, or what it is made from, by any other way than its one function.
//!
//! ```
//! use gonogo_core::{blocker::{Backlog, Standing}, clearance::Clearance, digest::Digest, gate::Poll, verdict::Outcome};
//! fn seen(go: &Clearance, _: &Poll, _: &Standing, _: &Backlog) -> (Digest, Outcome) { (go.subject(), Outcome::Passed) }
//! let _: Result<u8, _> = serde_json::from_str("1");
//! ```
//!
//! ```compile_fail
//! use gonogo_core::blocker::Backlog;
//!
//! fn main() {
//!     // A backlog that was not read must not come about by a default.
//!     let _unread: Backlog = Default::default();
//! }
//! ```
//!
//! ```compile_fail
//! use gonogo_core::clearance::Clearance;
//!
//! fn twice(cleared: &Clearance) -> (Clearance, Clearance) {
//!     (cleared.clone(), Clone::clone(cleared))
//! }
//!
//! fn main() {
//!     let _ = twice;
//! }
//! ```
//!
//! ```compile_fail
//! use gonogo_core::clearance::Clearance;
//!
//! fn main() {
//!     let _forged: Clearance = Default::default();
//! }
//! ```
//!
//! ```compile_fail
//! use gonogo_core::clearance::Clearance;
//!
//! fn main() {
//!     let _forged: Clearance = serde_json::from_str("{}").unwrap();
//! }
//! ```
//!
//! ```compile_fail
//! use gonogo_core::clearance::Clearance;
//! use gonogo_core::digest::Digest;
//!
//! fn main() {
//!     let _forged = Clearance { target: "v1.0.0".to_owned(), subject: Digest::of(b"") };
//! }
//! ```
//!
//! ```compile_fail
//! use gonogo_core::digest::Digest;
//! use gonogo_core::gate::Poll;
//! use gonogo_core::verdict::Outcome;
//!
//! fn main() {
//!     let _forged = Poll { subject: Digest::of(b""), gates: Vec::new(), outcome: Outcome::Passed };
//! }
//! ```
//!
//! ```compile_fail
//! use gonogo_core::blocker::Standing;
//!
//! fn main() {
//!     let _forged = Standing { blockers: Vec::new() };
//! }
//! ```
