//! Every path in a file, with the names that a `use` brought in replaced by what they stand for.

use super::tokens::{Token, TokenKind, closing};
use std::collections::BTreeMap;

/// One path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Its parts; the last is `*` for a glob.
    pub parts: Vec<String>,
    /// The modules of this file around it, outermost first.
    pub within: Vec<String>,
    /// Its line, from 1.
    pub line: usize,
    /// Whether only tests see it.
    pub in_test: bool,
}

impl Path {
    /// Whether it is `wanted`, lies below it, or is a glob that brings it in.
    pub fn reaches(&self, wanted: &[&str]) -> bool {
        let same = |parts: &[String]| parts.iter().zip(wanted).all(|(part, wanted)| part == wanted);
        match self.parts.split_last() {
            Some((last, above)) if last == "*" && above.len() < wanted.len() => same(above),
            _ => self.parts.len() >= wanted.len() && same(&self.parts),
        }
    }
}

/// Every path, and what each name that was brought in stands for.
pub(super) fn find(tokens: &[Token]) -> (Vec<Path>, BTreeMap<String, Vec<String>>) {
    let mut finder = Finder { tokens, paths: Vec::new(), names: BTreeMap::new() };
    finder.walk();
    let Finder { mut paths, names, .. } = finder;
    for path in &mut paths {
        path.parts = replaced(std::mem::take(&mut path.parts), &names);
    }
    (paths, names)
}

/// A path whose first name was brought in, from its root. `a` of `use x::a` may itself be of a `use`: a few rounds.
fn replaced(mut parts: Vec<String>, names: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    for _ in 0..4 {
        match parts.first().and_then(|first| names.get(first)) {
            Some(stands_for) if stands_for.first() != parts.first() => {
                parts = stands_for.iter().cloned().chain(parts.into_iter().skip(1)).collect();
            }
            _ => break,
        }
    }
    parts
}

struct Finder<'a> {
    tokens: &'a [Token],
    paths: Vec<Path>,
    names: BTreeMap<String, Vec<String>>,
}

impl Finder<'_> {
    fn walk(&mut self) {
        // The modules around, each with the token that closes it.
        let mut within: Vec<(String, usize)> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            within.retain(|(_, end)| *end > at);
            let modules = || within.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            if self.is_word(at, "mod") && self.tokens.get(at + 2).is_some_and(|token| token.opens('{')) {
                let name = self.tokens[at + 1].word().unwrap_or_default().to_owned();
                within.push((name, closing(self.tokens, at + 2)));
                at += 3;
            } else if self.is_word(at, "use") && !self.is_mark(at + 1, '<') {
                let (modules, from) = (modules(), at);
                at = self.tree(at + 1, &[], &modules, from) + 1;
            } else if self.starts_path(at) {
                at = self.inline(at, modules());
            } else {
                at += 1;
            }
        }
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word(word))
    }

    fn is_mark(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_mark(mark))
    }

    /// Whether `::` stands at a place.
    fn colons(&self, at: usize) -> bool {
        self.is_mark(at, ':') && self.is_mark(at + 1, ':')
    }

    /// Whether a path of two parts or more starts here.
    fn starts_path(&self, at: usize) -> bool {
        let word = |at: usize| self.tokens.get(at).is_some_and(|token| token.word().is_some());
        let led = at >= 2 && self.colons(at - 2) && (at < 3 || word(at - 3) || self.is_mark(at - 3, '>'));
        word(at) && self.colons(at + 1) && word(at + 3) && !led
    }

    fn inline(&mut self, from: usize, within: Vec<String>) -> usize {
        let mut at = from;
        let mut parts = Vec::new();
        while let Some(word) = self.tokens.get(at).and_then(Token::word) {
            parts.push(word.to_owned());
            at += 1;
            let goes_on =
                self.colons(at) && self.tokens.get(at + 2).is_some_and(|token| token.word().is_some());
            if !goes_on {
                break;
            }
            at += 2;
        }
        let Token { line, in_test, .. } = self.tokens[from];
        self.paths.push(Path { parts, within, line, in_test });
        at
    }

    /// The tree of a `use` from a place on; gives the place of what ends it.
    fn tree(&mut self, from: usize, above: &[String], within: &[String], item: usize) -> usize {
        let mut parts = above.to_vec();
        let mut at = from;
        loop {
            match self.tokens.get(at).map(|token| &token.kind) {
                Some(TokenKind::Mark(':')) => at += 1,
                Some(TokenKind::Mark('*')) => {
                    parts.push("*".to_owned());
                    at += 1;
                }
                Some(TokenKind::Word(word)) if word == "as" => {
                    let name = self.tokens.get(at + 1).and_then(Token::word).unwrap_or_default().to_owned();
                    self.leaf(parts, Some(name), within, at, item);
                    return at + 2;
                }
                Some(TokenKind::Word(word)) => {
                    parts.push(word.clone());
                    at += 1;
                }
                Some(TokenKind::Open('{')) => {
                    let end = closing(self.tokens, at);
                    at += 1;
                    while at < end {
                        at = self.tree(at, &parts, within, item);
                        at += usize::from(self.is_mark(at, ','));
                    }
                    return end + 1;
                }
                _ => {
                    self.leaf(parts, None, within, at.saturating_sub(1), item);
                    return at;
                }
            }
        }
    }

    fn leaf(
        &mut self,
        mut parts: Vec<String>,
        name: Option<String>,
        within: &[String],
        at: usize,
        item: usize,
    ) {
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
            parts.pop();
        }
        let name = name.or_else(|| parts.last().cloned()).unwrap_or_default();
        if name != "*" && name != "_" && parts.len() > 1 {
            self.names.insert(name, parts.clone());
        }
        if !parts.is_empty() {
            let (line, in_test) = (self.tokens[at].line, self.tokens[item].in_test);
            self.paths.push(Path { parts, within: within.to_vec(), line, in_test });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RustText;

    fn paths(text: &str) -> Vec<String> {
        RustText::read(text).unwrap().paths.iter().map(|path| path.parts.join("::")).collect()
    }

    #[test]
    fn each_name_of_a_use_is_a_path() {
        let text = "pub use a::{self, b::{c, d as e}, f::*};\nuse g;";
        assert_eq!(paths(text), ["a", "a::b::c", "a::b::d", "a::f::*", "g"]);
    }

    #[test]
    fn a_name_that_was_brought_in_is_replaced_by_what_it_stands_for() {
        let text = "use std::{time, process::Command as C};\nuse time::Instant;\nfn f() { Instant::now(); C::new(\"std::fs::read\"); }";
        let found = paths(text);
        assert_eq!(
            &found[2..],
            ["std::time::Instant", "std::time::Instant::now", "std::process::Command::new"]
        );
    }

    #[test]
    fn a_path_knows_the_modules_around_it_and_whether_only_tests_see_it() {
        let text = "mod a { mod b { fn f() { super::x::y(); } } fn g() { crate::z(); } }\n#[cfg(test)]\nmod tests { fn t() { crate::u(); } }\nfn h() { ::std::mem::take(1); <A>::b::c(); }";
        let source = RustText::read(text).unwrap();
        let within: Vec<_> =
            source.paths.iter().map(|path| (path.within.join("."), path.in_test, path.line)).collect();
        assert_eq!(
            within,
            [
                ("a.b".to_owned(), false, 1),
                ("a".to_owned(), false, 1),
                ("tests".to_owned(), true, 3),
                (String::new(), false, 4)
            ]
        );
    }

    #[test]
    fn a_glob_reaches_what_it_brings_in() {
        let reaches =
            |text: &str| RustText::read(text).unwrap().paths[0].reaches(&["std", "process", "Command"]);
        assert!(reaches("use std::process::*;") && reaches("use std::process::Command;"));
        assert!(!reaches("use std::process::Stdio;") && !reaches("use std::fs::*;"));
    }
}
