//! How a check's output is read, in two plans.

use super::Changes;
use super::words::Plain;
use crate::readers::{Pointers, Reader, TextRule};
use crate::verdict::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Compares two readers.
pub(super) fn compare(changes: &mut Changes, now: &Reader, base: &Reader) {
    if name(now) != name(base) {
        changes.same("what reads its output", &Plain(name(now)), &Plain(name(base)));
        return;
    }
    match (now, base) {
        (Reader::NpmAudit { without_dev: now }, Reader::NpmAudit { without_dev: base }) => {
            changes.switch("whether development dependencies count", !now, !base);
        }
        (Reader::JsonPointer(now), Reader::JsonPointer(base)) => pointers(changes, now, base),
        (Reader::Text(now), Reader::Text(base)) => text(changes, now, base),
        // What is left has its name alone; by name, so that a reader which is added has to be compared above.
        (
            Reader::Libtest
            | Reader::Nextest
            | Reader::Pytest
            | Reader::Unittest
            | Reader::NodeTest
            | Reader::GoTest
            | Reader::CargoAudit
            | Reader::NpmAudit { without_dev: _ }
            | Reader::PipAudit
            | Reader::Sarif
            | Reader::Junit
            | Reader::JsonPointer(_)
            | Reader::Text(_),
            _,
        ) => {}
    }
}

/// The reader, as a plan names it.
const fn name(reader: &Reader) -> &'static str {
    match reader {
        Reader::Libtest => "libtest",
        Reader::Nextest => "nextest",
        Reader::Pytest => "pytest",
        Reader::Unittest => "unittest",
        Reader::NodeTest => "node-test",
        Reader::GoTest => "go-test",
        Reader::CargoAudit => "cargo-audit",
        Reader::NpmAudit { without_dev: _ } => "npm-audit",
        Reader::PipAudit => "pip-audit",
        Reader::Sarif => "sarif",
        Reader::Junit => "junit",
        Reader::JsonPointer(_) => "json-pointer",
        Reader::Text(_) => "text",
    }
}

fn pointers(changes: &mut Changes, now: &Pointers, base: &Pointers) {
    let Pointers { passed, failed, skipped, examined, findings } = now;
    changes.same("`pointers.passed`", passed, &base.passed);
    changes.wanted("`pointers.failed`", failed.as_ref(), base.failed.as_ref());
    changes.same("`pointers.skipped`", skipped, &base.skipped);
    changes.same("`pointers.examined`", examined, &base.examined);
    changes.wanted("`pointers.findings`", findings.as_ref(), base.findings.as_ref());
}

fn text(changes: &mut Changes, now: &TextRule, base: &TextRule) {
    let TextRule { expect, finding, require, exits } = now;
    let spelled = |pattern: &regex::Regex| format!("/{pattern}/");
    let all = |patterns: &[regex::Regex]| patterns.iter().map(spelled).collect::<Vec<_>>();
    changes.same("`expect`", &spelled(expect), &spelled(&base.expect));
    let (finding, found) = (finding.as_ref().map(spelled), base.finding.as_ref().map(spelled));
    changes.wanted("`finding`", finding.as_ref(), found.as_ref());
    changes.no_fewer("`require`", &all(require), &all(&base.require));
    exit_changes(changes, exits, &base.exits);
}

/// An exit status that says why nothing could be shown is no finding any more.
fn exit_changes(changes: &mut Changes, now: &BTreeMap<i32, Reason>, base: &BTreeMap<i32, Reason>) {
    let statuses: BTreeSet<&i32> = now.keys().chain(base.keys()).collect();
    for status in statuses {
        let reason = |of: &BTreeMap<i32, Reason>| of.get(status).map(|reason| reason.to_string());
        let name = format!("`exits`, status {status},");
        changes.unwanted(&name, reason(now).as_ref(), reason(base).as_ref());
    }
}
