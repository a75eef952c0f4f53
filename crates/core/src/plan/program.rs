//! The program of a check, as it is typed.

use super::raw;
use super::validate::argv;
use crate::problems::Problems;
use crate::program::{DEFAULT_TIMEOUT, Program};
use toml::Spanned;

/// From a check as it is typed. `None` where it has no timeout that can be read.
pub(super) fn of_check(check: &raw::Check, run: Vec<String>, problems: &mut Problems) -> Option<Program> {
    let timeout = check.timeout.as_ref().map_or(Some(DEFAULT_TIMEOUT), |text| problems.duration(text));
    for tool in check.needs.iter().filter(|tool| !is_name(tool.get_ref())) {
        problems.at(tool, "a tool is named as it is called, without a path", None);
    }
    Some(Program {
        run,
        before: check.before.iter().map(|run| argv(run, problems)).collect(),
        needs: check.needs.iter().map(|name| name.get_ref().clone()).collect(),
        cwd: path(check.cwd.as_ref(), problems),
        env: check.env.clone(),
        set_env: check.set_env.clone(),
        timeout: timeout?,
        report: path(check.report.as_ref(), problems),
        locks: check.locks.clone(),
        inputs: check.inputs.iter().map(|pattern| problems.pattern(pattern)).collect(),
        bring: brought(check, problems),
    })
}

/// What a check brings along: the data behind its answer too, which is in no commit.
fn brought(check: &raw::Check, problems: &mut Problems) -> Vec<String> {
    let mut bring: Vec<String> =
        check.bring.iter().chain(&check.data_repository).map(|path| problems.path(path)).collect();
    bring.sort_unstable();
    bring.dedup();
    bring
}

fn is_name(tool: &str) -> bool {
    !tool.is_empty() && !tool.contains('/')
}

fn path(path: Option<&Spanned<String>>, problems: &mut Problems) -> Option<String> {
    path.map(|path| problems.path(path))
}
