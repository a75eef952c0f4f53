//! Reviews and waivers as they are kept: what each is bound to, and what was said.
//!
//! Invariant: nothing here varies from run to run. A review is of a range, paths, a focus and what was shown of them; a waiver of
//! one finding of one release.

mod scope;
mod word;

pub use scope::{ChangedPath, ReviewScope};
pub use word::{ReviewDecision, Word, WordKind};
