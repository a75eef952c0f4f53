//! Showing what was decided. Nothing is decided here.

pub mod bench_svg;
pub mod board;
pub mod interval;
pub mod poll_json;
pub mod poll_text;
