//! Who may review and waive, whether what they said counts, and the text that they sign.
//!
//! Invariant: a commit does not choose who judges it, and whoever signs signs everything that their word is bound to.

mod in_force;
mod text;
mod weigh;

pub use in_force::{InForce, PlanBefore, ReviewersFrom};
pub use text::{SignedText, review_text, waiver_text};
pub use weigh::{Heard, Weighed, expiry, waived, weigh};
