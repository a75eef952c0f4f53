//! Delivery: proof that a channel serves the exact artifacts that were built.
//!
//! Four levels, each holding those before it: accepted, resolvable, equal bytes, a clean install that runs. The world
//! brings observations; this judges them, and touches nothing.

mod across;
mod channel;
mod checksum;
mod expected;
mod judge;
mod matrix;
mod partial;
mod plan;
mod problem;
mod provenance;
mod sighting;
mod since;
mod smoke;
mod undo;
mod words;

pub use across::across;
pub use channel::{Channel, Level};
pub use checksum::{Algorithm, Checksum, NotAChecksum};
pub use expected::{Expected, ExpectedFiles, distribution, normalized, npm_tarball};
pub use judge::{Judgement, judge};
pub use matrix::{Cell, Column, Matrix, Row, matrix};
pub use partial::{Act, Action, Partial, Place, Presence, partial, presence};
pub use plan::{ChannelName, Channels, GithubRelease, GoModule, Homebrew, Package, Smoke, Window};
pub use problem::{Problem, ProblemCode};
pub use provenance::{Attestation, ISSUER, Provenance};
pub use sighting::{Content, Doubt, Install, Origin, Served, ServedFile, Sighting, Told, Withdrawn};
pub use since::{Change, since};
pub use smoke::ran;
pub use undo::{How, Undo};
