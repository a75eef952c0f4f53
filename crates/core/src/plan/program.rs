//! A program that the plan names, and how it is run: the same for checks, benchmarks and steps.

use super::raw;
use super::validate::argv;
use crate::problems::Problems;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::Spanned;

/// When a program is killed, where the plan does not say.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

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
}

impl Program {
    /// The programs and tools that it calls, by name or by path.
    pub fn programs(&self) -> impl Iterator<Item = &str> {
        let lines = self.before.iter().chain([&self.run]);
        lines.filter_map(|line| line.first()).chain(&self.needs).map(String::as_str)
    }

    /// Whether a program of this name may come into being only when those before it have run.
    pub fn may_make(&self, name: &str) -> bool {
        let calls_first = self.before.iter().any(|line| line.first().is_some_and(|first| first == name));
        !self.before.is_empty() && !calls_first
    }

    /// From a check as it is typed. `None` where it has no timeout that can be read.
    pub(super) fn of_check(check: &raw::Check, run: Vec<String>, problems: &mut Problems) -> Option<Self> {
        let timeout = check.timeout.as_ref().map_or(Some(DEFAULT_TIMEOUT), |text| problems.duration(text));
        for tool in check.needs.iter().filter(|tool| !is_name(tool.get_ref())) {
            problems.at(tool, "a tool is named as it is called, without a path", None);
        }
        Some(Self {
            run,
            before: check.before.iter().map(|run| argv(run, problems)).collect(),
            needs: check.needs.iter().map(|name| name.get_ref().clone()).collect(),
            cwd: path(check.cwd.as_ref(), problems),
            env: check.env.clone(),
            set_env: check.set_env.clone(),
            timeout: timeout?,
            report: path(check.report.as_ref(), problems),
            locks: check.locks.clone(),
        })
    }
}

fn is_name(tool: &str) -> bool {
    !tool.is_empty() && !tool.contains('/')
}

fn path(path: Option<&Spanned<String>>, problems: &mut Problems) -> Option<String> {
    path.map(|path| problems.path(path))
}
