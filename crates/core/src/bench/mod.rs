//! Benchmarks: what their programs print, as numbers that can be compared, and what two builds' numbers say.
//!
//! Invariant: a value that has no ratio, a text that is not wholly understood and a scenario that only one side has are never
//! a pass.

mod comparison;
mod format;
mod mapping;
mod record;
pub mod recorded;

pub use comparison::{Comparison, ScenarioResult, Whole};
pub use format::{BenchOutput, Format, Sample};
pub use mapping::Mapping;
pub use record::{BenchBuild, BenchRecord, HostFacts, NotARecord, Phase, SCHEMA, SeenScenario};
