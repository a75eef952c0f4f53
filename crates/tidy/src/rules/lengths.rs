//! A file has one job, and a function fits on a page or two.

use crate::exempt::less;
use crate::source::{Token, closing};
use crate::{Breach, Exempt, TextFile};

/// The most lines of a Rust file.
pub const FILE: usize = 600;
/// The most lines of a function, from `fn` to its closing brace.
pub const FUNCTION: usize = 100;

/// Files and functions that are too long, and files that are not Rust. An exemption is called `path: name` for a
/// function, and by its path for a file.
pub fn breaches(files: &[TextFile], exempt: &[Exempt]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let mut say =
            |what: String, line, message| found.push((what, Breach::new(&file.path, line, message)));
        let lines = file.text.lines().count();
        if lines > FILE {
            let message = format!(
                "{lines} lines, and {FILE} are the most: look for the seam, and give each part a file"
            );
            say(file.path.clone(), 1, message);
        }
        let Some(text) = file.rust() else {
            say(file.path.clone(), 1, "is not Rust that can be read".to_owned());
            continue;
        };
        for (name, line, lines) in functions(&text.tokens).into_iter().filter(|(.., lines)| *lines > FUNCTION)
        {
            let message = format!("`{name}` has {lines} lines, and {FUNCTION} are the most: name its parts");
            say(format!("{}: {name}", file.path), line, message);
        }
    }
    less(found, exempt)
}

/// Name, first line and length of each function with a body.
fn functions(tokens: &[Token]) -> Vec<(&str, usize, usize)> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let Some(name) = pair[1].word().filter(|_| pair[0].is_word("fn")) else { continue };
        let mut body = at + 2;
        while tokens.get(body).is_some_and(|token| !token.is_mark(';') && !token.opens('{')) {
            let skips = tokens[body].opens('(') || tokens[body].opens('[');
            body = if skips { closing(tokens, body) + 1 } else { body + 1 };
        }
        if tokens.get(body).is_some_and(|token| token.opens('{')) {
            let line = pair[0].line;
            found.push((name, line, tokens[closing(tokens, body)].line - line + 1));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: String) -> Vec<String> {
        breaches(&[TextFile::new("crates/a/src/lib.rs", text)], &[]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_that_is_too_long_is_found() {
        assert_eq!(of("//\n".repeat(FILE)), [""; 0]);
        let message = "crates/a/src/lib.rs:1: 601 lines, and 600 are the most: look for the seam, and give each part a file";
        assert_eq!(of("//\n".repeat(FILE + 1)), [message]);
    }

    #[test]
    fn a_function_that_is_too_long_is_found_wherever_it_is() {
        let long = |lines: usize| {
            format!("impl A {{\n    fn f(a: [u8; 2]) -> B {{\n{}    }}\n}}\n", "//\n".repeat(lines))
        };
        assert_eq!(of(long(FUNCTION - 2)), [""; 0]);
        let message = "crates/a/src/lib.rs:2: `f` has 101 lines, and 100 are the most: name its parts";
        assert_eq!(of(long(FUNCTION - 1)), [message]);
        assert_eq!(of(format!("trait T {{ fn g(); }}\n{}", "//\n".repeat(200))), [""; 0]);
    }

    #[test]
    fn an_exempt_one_is_left_alone() {
        let files = [TextFile::new("a.rs", format!("fn f() {{\n{}}}", "//\n".repeat(FUNCTION)))];
        let exempt = |what| [Exempt { what, why: "for the test" }];
        assert_eq!(breaches(&files, &exempt("a.rs: f")), []);
        assert_eq!(breaches(&files, &exempt("a.rs: g")).len(), 2);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_found() {
        assert_eq!(of("fn f( {".to_owned()), ["crates/a/src/lib.rs:1: is not Rust that can be read"]);
    }
}
