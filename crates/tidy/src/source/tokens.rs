//! Tokens in a row, each with its line and whether only tests see it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or a name.
    Word(String),
    /// A sign of punctuation.
    Mark(char),
    /// `(`, `[` or `{`.
    Open(char),
    /// `)`, `]` or `}`.
    Close(char),
    /// A number, a character or a string: what is in it is not code.
    Literal,
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its line, from 1.
    pub line: usize,
    /// Whether it belongs to an item that only tests see.
    pub in_test: bool,
}

impl Token {
    /// The word that it is.
    pub fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    /// Whether it is this sign.
    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == TokenKind::Mark(mark)
    }

    /// Whether it opens with this delimiter.
    pub fn opens(&self, open: char) -> bool {
        self.kind == TokenKind::Open(open)
    }
}

pub(super) fn read(text: &str) -> Option<Vec<Token>> {
    let stream: TokenStream = text.parse().ok()?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    mark_tests(&mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        let kind = match tree {
            TokenTree::Ident(word) => TokenKind::Word(word.to_string()),
            TokenTree::Punct(mark) => TokenKind::Mark(mark.as_char()),
            TokenTree::Literal(_) => TokenKind::Literal,
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::Brace | Delimiter::None => ('{', '}'),
                };
                tokens.push(Token { kind: TokenKind::Open(open), line, in_test: false });
                flatten(group.stream(), tokens);
                let line = group.span_close().end().line;
                tokens.push(Token { kind: TokenKind::Close(close), line, in_test: false });
                continue;
            }
        };
        tokens.push(Token { kind, line, in_test: false });
    }
}

/// The token that closes what the one at `open` opens.
pub(crate) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            TokenKind::Open(_) => depth += 1,
            TokenKind::Close(_) => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

/// Marks what stands behind `#[test]`, `#[cfg(test)]` and their like.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        let inner = tokens.get(at + 1).is_some_and(|token| token.is_mark('!'));
        let bracket = at + 1 + usize::from(inner);
        if !tokens[at].is_mark('#') || !tokens.get(bracket).is_some_and(|token| token.opens('[')) {
            at += 1;
            continue;
        }
        let end = closing(tokens, bracket);
        let says = |word: &str| tokens[bracket..end].iter().any(|token| token.is_word(word));
        if says("test") && !says("not") && !says("cfg_attr") {
            let until = if inner { tokens.len() } else { item_end(tokens, end + 1) + 1 };
            let until = until.min(tokens.len());
            tokens[at..until].iter_mut().for_each(|token| token.in_test = true);
        }
        at = end + 1;
    }
}

/// The last token of the item that starts at `from`, attributes first.
fn item_end(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while at < tokens.len() {
        match tokens[at].kind {
            TokenKind::Mark(';') => return at,
            TokenKind::Open('{') => return closing(tokens, at),
            TokenKind::Open(_) => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    tokens.len().saturating_sub(1)
}
