//! How a check's output is read, in two plans.

use super::Changes;
use super::words::Plain;
use crate::readers::{LineRule, Pointers, Reader, Selector, TextRule, Threshold};
use crate::verdict::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Compares two readers.
pub(super) fn compare(changes: &mut Changes, now: &Reader, base: &Reader) {
    if now.name() != base.name() {
        changes.same("what reads its output", &Plain(now.name()), &Plain(base.name()));
        return;
    }
    match (now, base) {
        (Reader::NpmAudit { without_dev: now }, Reader::NpmAudit { without_dev: base }) => {
            changes.switch("whether development dependencies count", !now, !base);
        }
        (Reader::JsonPointer(now), Reader::JsonPointer(base)) => pointers(changes, now, base),
        (Reader::JsonLines(now), Reader::JsonLines(base)) => lines(changes, now, base),
        (Reader::Text(now), Reader::Text(base)) => text(changes, now, base),
        // What is left has its name alone, or what follows from the command, which is compared; by name, so that a reader which
        // is added has to be compared above.
        (
            Reader::Libtest { one_binary: _ }
            | Reader::Nextest
            | Reader::Pytest
            | Reader::Unittest
            | Reader::NodeTest { files: _ }
            | Reader::GoTest
            | Reader::CargoAudit
            | Reader::NpmAudit { without_dev: _ }
            | Reader::PipAudit
            | Reader::Sarif
            | Reader::Junit { files: _ }
            | Reader::Tap
            | Reader::Jest
            | Reader::Vitest
            | Reader::CargoDeny
            | Reader::CargoSemverChecks
            | Reader::Clippy
            | Reader::Govulncheck
            | Reader::OsvScanner
            | Reader::Trivy
            | Reader::Mypy
            | Reader::Pyright
            | Reader::JsonPointer(_)
            | Reader::JsonLines(_)
            | Reader::Text(_),
            _,
        ) => {}
    }
}

fn pointers(changes: &mut Changes, now: &Pointers, base: &Pointers) {
    let Pointers { passed, failed, skipped, examined, findings, severity, harmless, thresholds } = now;
    changes.same("`pointers.passed`", passed, &base.passed);
    changes.wanted("`pointers.failed`", failed.as_ref(), base.failed.as_ref());
    changes.same("`pointers.skipped`", skipped, &base.skipped);
    changes.same("`pointers.examined`", examined, &base.examined);
    changes.wanted("`pointers.findings`", findings.as_ref(), base.findings.as_ref());
    changes.same("`pointers.severity`", severity, &base.severity);
    changes.no_more_of("`pointers.harmless`", harmless, &base.harmless);
    let spelled = |all: &[Threshold]| all.iter().map(threshold).collect::<Vec<_>>();
    changes.no_fewer("`pointers.thresholds`", &spelled(thresholds), &spelled(&base.thresholds));
}

fn threshold(limit: &Threshold) -> String {
    let Threshold { at, least, most } = limit;
    let least = least.map(|least| format!(" at least {least}")).unwrap_or_default();
    let most = most.map(|most| format!(" at most {most}")).unwrap_or_default();
    format!("{at:?}{least}{most}")
}

fn lines(changes: &mut Changes, now: &LineRule, base: &LineRule) {
    let LineRule { examined, findings, end, key, message, place, stream } = now;
    changes.same("`lines.examined`", &selector(examined), &selector(&base.examined));
    changes.same("`lines.findings`", &selector(findings), &selector(&base.findings));
    let (end, ended) = (end.as_ref().map(selector), base.end.as_ref().map(selector));
    changes.wanted("`lines.end`", end.as_ref(), ended.as_ref());
    changes.same("`lines.key`", key, &base.key);
    changes.told("`lines.message`", message, &base.message);
    changes.told("`lines.place`", place, &base.place);
    changes.same("`stream`", &Plain(stream.name()), &Plain(base.stream.name()));
}

/// Two selectors are spelled alike only where they are the same.
fn selector(selector: &Selector) -> Vec<String> {
    let spelled = |(at, values): (&String, &Vec<String>)| {
        let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        if values.is_empty() {
            format!("{at:?}: anything")
        } else {
            format!("{at:?}: {}", values.join(" or "))
        }
    };
    selector.iter().map(spelled).collect()
}

fn text(changes: &mut Changes, now: &TextRule, base: &TextRule) {
    let TextRule { expect, finding, require, exits, stream } = now;
    let spelled = |pattern: &regex::Regex| format!("/{pattern}/");
    let all = |patterns: &[regex::Regex]| patterns.iter().map(spelled).collect::<Vec<_>>();
    changes.same("`expect`", &spelled(expect), &spelled(&base.expect));
    changes.same("`stream`", &Plain(stream.name()), &Plain(base.stream.name()));
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
