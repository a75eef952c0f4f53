//! A file as the rules take it.

use crate::source::RustText;
use std::sync::OnceLock;

/// A file of the repository: its path from the root, with `/` between folders, and its text.
#[derive(Debug)]
pub struct TextFile {
    /// Where it is.
    pub path: String,
    /// What is in it. Empty where it is not text.
    pub text: String,
    source: OnceLock<Option<RustText>>,
}

impl TextFile {
    /// A file with a text.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into(), source: OnceLock::new() }
    }

    /// Its tokens, where it is Rust that can be read. It is read once.
    pub fn rust(&self) -> Option<&RustText> {
        self.source.get_or_init(|| RustText::read(&self.text)).as_ref().filter(|_| self.is_rust())
    }

    /// Whether its name says that it is Rust.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The folder of its crate below `crates/`, and the path within that.
    pub fn place(&self) -> Option<(&str, &str)> {
        self.path.strip_prefix("crates/")?.split_once('/')
    }
}
