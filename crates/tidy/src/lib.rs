//! The architecture's sentences as rules over the text of the tree.
//!
//! A rule takes files and gives breaches, each with what to write instead; it reads no disk, so that its own tests can
//! break it on files that are made up. `tests/tree.rs` shows the rules the real tree.

mod breach;
mod exempt;
mod file;
mod modules;
pub mod rules;
mod source;
mod tree;

pub use breach::Breach;
pub use exempt::Exempt;
pub use file::TextFile;
pub use source::{Path, RustText, Token, TokenKind};
pub use tree::read;
