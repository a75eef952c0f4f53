//! Measurements of benchmarks: what was recorded, by whichever program, as numbers that can be compared.
//!
//! Invariant: a value that has no ratio, and a text that is not wholly understood, are refused with the line.

pub mod recorded;
