//! What must not compile: a clearance, what it is made from, or what an effect needs besides it, by any other way than its
//! one function.
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
//!
//! From a clearance to an effect there is one way: asked, looked, carried out.
//!
//! ```
//! use gonogo_core::{clearance::Clearance, door::{Consent, Asking, Confirmed, DoorPass, DoorSeen, DoorWanted, check_door}};
//! fn way<'go>(go: &'go Clearance, seen: &DoorSeen, wanted: &DoorWanted) -> Option<DoorPass<'go>> {
//!     let confirmed = match Asking::about(go, true, false) {
//!         Asking::Nobody(confirmed) => confirmed,
//!         Asking::Somebody(question) => question.answered(Consent::Given)?,
//!     };
//!     check_door(confirmed, seen, wanted).ok()
//! }
//! ```
//!
//! A look that was made before the answer gives nothing that could be used after it:
//!
//! ```compile_fail,E0308
//! use gonogo_core::{clearance::Clearance, door::{Asking, DoorPass, DoorSeen, DoorWanted, check_door}};
//! fn looked_first<'go>(go: &'go Clearance, seen: &DoorSeen, wanted: &DoorWanted) -> Option<DoorPass<'go>> {
//!     check_door(Asking::about(go, true, false), seen, wanted).ok()
//! }
//! ```
//!
//! ```compile_fail,E0382
//! use gonogo_core::door::{Consent, Confirmed, Question};
//! fn asked_once<'go>(question: Question<'go>) -> (Option<Confirmed<'go>>, Option<Confirmed<'go>>) {
//!     (question.answered(Consent::Given), question.answered(Consent::Given))
//! }
//! ```
//!
//! ```compile_fail,E0382
//! use gonogo_core::door::{Confirmed, DoorPass, DoorSeen, DoorWanted, check_door};
//! fn two_passes<'go>(yes: Confirmed<'go>, seen: &DoorSeen, wanted: &DoorWanted) {
//!     let _ = (check_door(yes, seen, wanted), check_door(yes, seen, wanted));
//! }
//! ```
//!
//! ```compile_fail,E0423
//! use gonogo_core::{clearance::Clearance, door::Confirmed};
//! fn forged(go: &Clearance) -> Confirmed<'_> {
//!     Confirmed(go)
//! }
//! ```
//!
//! ```compile_fail,E0423
//! use gonogo_core::{clearance::Clearance, door::DoorPass};
//! fn forged(go: &Clearance) -> DoorPass<'_> {
//!     DoorPass(go)
//! }
//! ```
//!
//! ```compile_fail,E0599
//! use gonogo_core::door::DoorPass;
//! fn twice<'go>(pass: &DoorPass<'go>) -> DoorPass<'go> {
//!     pass.clone()
//! }
//! ```
