//! The line that runs a program of the plan by hand, from the repository's root.

use super::ROOT;
use gonogo_core::plan::Program;
use std::borrow::Cow;

/// The line that repeats a program, what comes before it included.
pub fn repeat_line(program: &Program) -> String {
    let line = |argv: &Vec<String>| {
        let words = argv.iter().map(|word| quoted(word));
        let set = program.set_env.iter().map(|(name, value)| format!("{name}={}", quoted_with_root(value)));
        set.chain(words).collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<String> = program.before.iter().chain([&program.run]).map(line).collect();
    let lines = lines.join(" && ");
    match &program.cwd {
        Some(cwd) => format!("cd {} && {lines}", quoted(cwd)),
        None => lines,
    }
}

fn quoted_with_root(value: &str) -> String {
    let part = |part: &str| if part.is_empty() { String::new() } else { quoted(part) };
    let parts: Vec<String> = value.split(ROOT).map(part).collect();
    if value.is_empty() { quoted(value) } else { parts.join("\"$(git rev-parse --show-toplevel)\"") }
}

/// A word as a shell reads it back.
pub fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.replace('\0', ""), Cow::into_owned)
}
