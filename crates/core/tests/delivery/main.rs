//! Delivery as a whole: what is seen, against what is expected.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod across;
mod expected;
mod judged;
mod matrix;
mod partial;
mod properties;
mod provenance;
mod support;
