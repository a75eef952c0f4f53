//! A program that the plan names, and how it is run: the same for checks, benchmarks and steps.

use std::collections::BTreeMap;
use std::time::Duration;

/// When a program is killed, where the plan does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// A program, and how it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Program and arguments. Never a shell line.
    pub run: Vec<String>,
    /// Programs that are run first, one after the other: the build of what is run.
    pub before: Vec<Vec<String>>,
    /// Tools that it calls by itself.
    pub needs: Vec<String>,
    /// The folder to run in, relative to the root of the tree that it runs in.
    pub cwd: Option<String>,
    /// Environment variables that it may see, besides the policy's.
    pub env: Vec<String>,
    /// Environment variables that are set for it. `{root}` in a value is the root of the tree that it runs in.
    pub set_env: BTreeMap<String, String>,
    /// When it, or one of those before it, is killed.
    pub timeout: Duration,
    /// A report file that it writes, relative to the root, read in place of standard output.
    pub report: Option<String>,
    /// Named locks that it holds alone.
    pub locks: Vec<String>,
    /// The files of the commit that it reads, as patterns below the root; the whole tree where there is none.
    pub inputs: Vec<String>,
    /// Files that are in no commit and are brought along, relative to the root.
    pub bring: Vec<String>,
}

impl Program {
    /// The programs and tools that it calls, by name or by path.
    pub fn programs(&self) -> impl Iterator<Item = &str> {
        let lines = self.before.iter().chain([&self.run]);
        lines.filter_map(|line| line.first()).chain(&self.needs).map(String::as_str)
    }

    /// The same with every argument, and every value that is set, filled in.
    pub fn filled<E>(&self, fill: impl Fn(&str) -> Result<String, E>) -> Result<Self, E> {
        let line = |line: &Vec<String>| line.iter().map(|word| fill(word)).collect::<Result<Vec<_>, E>>();
        let set = self.set_env.iter().map(|(name, value)| Ok((name.clone(), fill(value)?)));
        Ok(Self {
            run: line(&self.run)?,
            before: self.before.iter().map(line).collect::<Result<_, E>>()?,
            set_env: set.collect::<Result<_, E>>()?,
            ..self.clone()
        })
    }

    /// Whether a program of this name may come into being only when those before it have run.
    pub fn may_make(&self, name: &str) -> bool {
        let calls_first = self.before.iter().any(|line| line.first().is_some_and(|first| first == name));
        !self.before.is_empty() && !calls_first
    }
}
