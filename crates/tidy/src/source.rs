//! A Rust file as tokens: what is a comment or a string is not taken for code.

mod paths;
mod tokens;

pub use paths::Path;
pub(crate) use tokens::closing;
pub use tokens::{Token, TokenKind};

use std::collections::BTreeMap;

/// A Rust file that could be read.
#[derive(Debug)]
pub struct RustText {
    /// Its tokens in order, delimiters among them.
    pub tokens: Vec<Token>,
    /// Every path in it: of each `use`, one for each name that it brings in, and those in between.
    pub paths: Vec<Path>,
    /// What each name that a `use` brought in stands for.
    pub names: BTreeMap<String, Vec<String>>,
}

impl RustText {
    /// Reads a file. Nothing where it is not Rust.
    pub fn read(text: &str) -> Option<Self> {
        let tokens = tokens::read(text)?;
        let (paths, names) = paths::find(&tokens);
        Some(Self { tokens, paths, names })
    }

    /// The files that this one declares as modules: `mod name;`, and whether only tests see it.
    pub fn declared(&self) -> impl Iterator<Item = (&str, bool)> {
        self.tokens.windows(3).filter_map(|three| {
            let name = three[1].word()?;
            (three[0].is_word("mod") && three[2].is_mark(';')).then_some((name, three[0].in_test))
        })
    }
}
