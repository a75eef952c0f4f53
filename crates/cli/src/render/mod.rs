//! Showing what was decided. Nothing is decided here.

pub mod audit_text;
pub mod bench_svg;
pub mod board;
pub mod delivery_json;
pub mod delivery_text;
pub mod interval;
pub mod next;
pub mod plan_text;
pub mod poll_json;
pub mod poll_text;
pub mod preflight_text;
pub mod review_text;
pub mod run_json;
pub mod run_text;
pub mod terminal;
pub mod words;
