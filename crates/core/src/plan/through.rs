//! Programs that a line calls through another one: a subcommand of cargo, a module of Python. Whoever looks for the line's
//! program alone finds it, and not what does the work.

use super::{Check, CheckKind, Plan};
use std::collections::BTreeSet;

/// A program behind another one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Through {
    /// The program that is called.
    pub program: String,
    /// What it is asked for.
    pub what: Behind,
    /// The folder it is called in, relative to the repository's root.
    pub cwd: Option<String>,
    /// Variables that are set for it.
    pub set_env: Vec<(String, String)>,
}

/// What a program is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behind {
    /// A subcommand of cargo.
    Subcommand(String),
    /// A module of Python.
    Module(String),
}

impl Behind {
    /// Its name, as the program is asked for it.
    pub fn name(&self) -> &str {
        match self {
            Self::Subcommand(name) | Self::Module(name) => name,
        }
    }
}

impl Through {
    /// How it is called, in a few words.
    pub fn name(&self) -> String {
        match &self.what {
            Behind::Subcommand(name) => format!("cargo-{name}"),
            Behind::Module(name) => format!("{} -m {name}", self.program),
        }
    }
}

impl Plan {
    /// What the plan's checks call through another program: each once. A check that builds or installs something first may
    /// bring what it calls, and is left out.
    pub fn called_through(&self) -> BTreeSet<Through> {
        self.checks().filter_map(|(_, check)| through(check)).collect()
    }
}

fn through(check: &Check) -> Option<Through> {
    let CheckKind::Command(command) = &check.kind else { return None };
    let (program, arguments) = command.program.run.split_first()?;
    let what = behind(program, arguments).filter(|_| command.program.before.is_empty())?;
    let set_env = command.program.set_env.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    Some(Through { program: program.clone(), what, cwd: command.program.cwd.clone(), set_env })
}

/// What a line asks of its program. `None` where it asks for nothing of the kind, or where that is not plain to see.
fn behind(program: &str, arguments: &[String]) -> Option<Behind> {
    let is_plain =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    if program == "cargo" {
        let is_flag = |word: &&String| {
            ["-q", "-v", "--quiet", "--verbose", "--locked", "--offline", "--frozen"].contains(&word.as_str())
                || word.starts_with('+')
        };
        let name = arguments.iter().find(|word| !is_flag(word))?;
        return Some(name.clone())
            .filter(|name| !name.starts_with('-') && is_plain(name))
            .map(Behind::Subcommand);
    }
    let is_python = program
        .strip_prefix("python")
        .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
    if !is_python {
        return None;
    }
    let is_flag = |word: &&String| ["-B", "-E", "-s", "-u"].contains(&word.as_str());
    let mut rest = arguments.iter().skip_while(is_flag);
    let module = rest.next().filter(|word| *word == "-m").and_then(|_| rest.next())?;
    // Its package has to be there; what is inside is its own.
    let package = module.split('.').next().unwrap_or_default();
    Some(package.to_owned()).filter(|package| is_plain(package)).map(Behind::Module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Behind> {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        behind(&words[0], &words[1..])
    }

    #[test]
    fn a_subcommand_and_a_module_are_what_does_the_work() {
        let subcommand = |name: &str| Some(Behind::Subcommand(name.to_owned()));
        let module = |name: &str| Some(Behind::Module(name.to_owned()));
        assert_eq!(of("cargo audit --json"), subcommand("audit"));
        assert_eq!(of("cargo +nightly -q miri test"), subcommand("miri"));
        assert_eq!(of("python3 -m pip_audit -f json"), module("pip_audit"));
        assert_eq!(of("python3.12 -B -m unittest.mock"), module("unittest"));
    }

    #[test]
    fn what_is_not_plain_to_see_is_not_guessed_at() {
        for line in [
            "cargo --config a=b audit",
            "cargo -Z x audit",
            "cargo",
            "python3 script.py",
            "python3 -X dev -m a",
            "python3 -m",
            "pythonic -m a",
            "cargo-audit audit",
            "node -m a",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
