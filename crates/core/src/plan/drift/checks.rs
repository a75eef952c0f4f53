//! Checks of two plans, one by one.

use super::words::Line;
use super::{Changes, benchmarks, readers};
use crate::plan::{Check, CheckKind, Command, Inventory, Minimum};
use crate::program::Program;
use std::collections::BTreeSet;

/// Compares the checks of one gate.
pub(super) fn compare(changes: &mut Changes, now: &[Check], base: &[Check]) {
    for before in base {
        let after = now.iter().find(|check| check.id == before.id);
        changes.about(None, &before.id, |changes| match after {
            None => changes.weaker("the check is gone"),
            Some(after) => check(changes, after, before),
        });
    }
    for new in now.iter().filter(|check| !base.iter().any(|before| before.id == check.id)) {
        changes.about(None, &new.id, |changes| changes.stronger("the check is new"));
    }
}

fn check(changes: &mut Changes, now: &Check, base: &Check) {
    let Check { id: _, kind, minimum } = now;
    minimum_changes(changes, minimum, &base.minimum);
    kind_changes(changes, kind, &base.kind);
}

fn minimum_changes(changes: &mut Changes, now: &Minimum, base: &Minimum) {
    let Minimum { tests, examined, data_max_days } = now;
    changes.no_less("its minimum of tests", tests.as_ref(), base.tests.as_ref());
    changes.no_less("its minimum of inputs examined", examined.as_ref(), base.examined.as_ref());
    let days = "the greatest age of its data, in days,";
    changes.no_more(days, data_max_days.as_ref(), base.data_max_days.as_ref());
}

fn kind_changes(changes: &mut Changes, now: &CheckKind, base: &CheckKind) {
    match (now, base) {
        (CheckKind::Command(now), CheckKind::Command(base)) => command(changes, now, base),
        (CheckKind::Benchmark(now), CheckKind::Benchmark(base)) => benchmarks::compare(changes, now, base),
        (CheckKind::Inventory(now), CheckKind::Inventory(base)) => inventory(changes, now, base),
        (CheckKind::Review { focus, paths }, CheckKind::Review { focus: then, paths: there }) => {
            changes.same("what its review looks for", focus, then);
            changes.same("the paths that its review is of", &Line(paths), &Line(there));
        }
        (CheckKind::Versions, CheckKind::Versions)
        | (CheckKind::Changelog, CheckKind::Changelog)
        | (CheckKind::GitClean, CheckKind::GitClean) => {}
        // By name, so that a kind which is added has to be compared above.
        (
            CheckKind::Command(_)
            | CheckKind::Benchmark(_)
            | CheckKind::Versions
            | CheckKind::Changelog
            | CheckKind::GitClean
            | CheckKind::Inventory(_)
            | CheckKind::Review { .. },
            _,
        ) => changes.weaker(format!("it is {} now, and not {}", now.name(), base.name())),
    }
}

fn command(changes: &mut Changes, now: &Command, base: &Command) {
    let Command { program: called, cpu, exclusive, reader, data_repository, canary, ignores, rewrites } = now;
    program(changes, called, &base.program);
    changes.told("`cpu`", cpu, &base.cpu);
    changes.switch("`exclusive`", *exclusive, base.exclusive);
    readers::compare(changes, reader, &base.reader);
    changes.same("`data-repository`", data_repository, &base.data_repository);
    changes.no_more_of("`ignores`", ignores, &base.ignores);
    changes.no_more_of("`rewrites`", rewrites, &base.rewrites);
    let (now, base) = (canary.as_deref().map(Line), base.canary.as_deref().map(Line));
    changes.wanted("its canary", now.as_ref(), base.as_ref());
}

/// A program, of a check or a step.
pub(super) fn program(changes: &mut Changes, now: &Program, base: &Program) {
    let Program { run, before, needs, cwd, env, set_env, timeout, report, locks, inputs, bring } = now;
    if *run != base.run {
        let line = |run: &[String]| crate::text::shell_line(run.iter().map(String::as_str));
        changes.weaker(format!("it runs `{}` now, and not `{}`", line(run), line(&base.run)));
    }
    let lines = |lines: &Vec<Vec<String>>| {
        let lines = lines.iter().map(|line| crate::text::shell_line(line.iter().map(String::as_str)));
        lines.collect::<Vec<String>>()
    };
    if *before != base.before {
        changes.same("`before`", &lines(before), &lines(&base.before));
    }
    changes.no_fewer("`needs`", needs, &base.needs);
    changes.same("`cwd`", cwd, &base.cwd);
    changes.no_more_of("`env`", env, &base.env);
    // Values may be secret: only names are said.
    let names: BTreeSet<&String> = set_env.keys().chain(base.set_env.keys()).collect();
    for name in names.into_iter().filter(|name| set_env.get(*name) != base.set_env.get(*name)) {
        let how = match (set_env.contains_key(name), base.set_env.contains_key(name)) {
            (true, false) => "is set now",
            (false, _) => "is no longer set",
            (true, true) => "is set to something else now",
        };
        changes.weaker(format!("`set-env`: {name} {how}"));
    }
    changes.told("`timeout`", timeout, &base.timeout);
    changes.same("`report`", report, &base.report);
    changes.no_fewer("`locks`", locks, &base.locks);
    changes.same("`inputs`", inputs, &base.inputs);
    changes.no_more_of("`bring`", bring, &base.bring);
}

fn inventory(changes: &mut Changes, now: &Inventory, base: &Inventory) {
    let Inventory { pattern, paths, focus } = now;
    changes.same("what it searches for", &pattern.as_str().to_owned(), &base.pattern.as_str().to_owned());
    match (paths.is_empty(), base.paths.is_empty()) {
        (true, false) => changes.stronger("it searches everything now"),
        (false, true) => changes.weaker(format!("it searches only {} now", paths.join(", "))),
        _ => changes.no_fewer("what it searches in", paths, &base.paths),
    }
    changes.wanted("what its review looks for", focus.as_ref(), base.focus.as_ref());
}
