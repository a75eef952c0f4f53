//! Delivery: proof that a channel serves the exact artifacts that were built.
//!
//! Four levels, each holding those before it: accepted, resolvable, equal bytes, a clean install that runs. The world
//! brings observations; this judges them, and touches nothing. Each channel has a folder of its own, and `channel` lists them.

mod across;
mod channel;
mod checksum;
mod crates_io;
mod expected;
mod github_release;
mod go;
mod homebrew;
mod judge;
mod level;
mod matrix;
mod npm;
mod package;
mod partial;
mod problem;
mod provenance;
mod pypi;
mod registry_package;
mod rules;
mod sighting;
mod since;
mod smoke;
mod undo;
mod window;
mod words;

pub use across::across;
pub use channel::{Channel, ChannelName, Channels};
pub use checksum::{Algorithm, Checksum, NotAChecksum};
pub use expected::{Expected, ExpectedFiles, Released};
pub use github_release::ReleaseAssets;
pub use go::GoModule;
pub use homebrew::TapFormula;
pub use judge::{Judgement, judge};
pub use level::Level;
pub use matrix::{Cell, Column, Matrix, Row, matrix};
pub use npm::npm_tarball;
pub use package::{AskedBy, Package};
pub use partial::{Act, Action, Partial, Place, Presence, partial, presence};
pub use problem::{Problem, ProblemCode};
pub use provenance::{Attestation, ISSUER, Provenance};
pub use pypi::{distribution, normalized};
pub use registry_package::RegistryPackage;
pub use sighting::{Content, Doubt, Install, Origin, Served, ServedFile, Sighting, Told, Withdrawn};
pub use since::{Change, since};
pub use smoke::{Smoke, ran};
pub use undo::{How, Undo};
pub use window::Window;
