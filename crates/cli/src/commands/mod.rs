//! The program's commands, one file each.

pub mod audit;
pub mod bench;
pub mod blocker;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod flags;
pub mod init;
mod named;
pub mod plan;
pub mod poll;
pub mod prepare;
pub mod review;
pub mod room;
pub mod run;
pub mod skill;
pub mod status;
pub mod verify;
pub mod waive;

use gonogo_engine::failure::{Failure, FailureKind, chain};
use serde::Serialize;

/// A document as JSON.
fn to_json(document: &impl Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(document).map_err(|error| Failure::new(FailureKind::Internal, chain(&error)))
}
