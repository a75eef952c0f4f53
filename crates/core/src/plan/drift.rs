//! What a plan asks less of than the base tag's plan did: the project under release does not lower its own bar.

use super::{Check, CheckKind, Gate, Plan, reviewers};
use crate::stats::share;
use std::collections::BTreeMap;

/// The gates that a release needs, by number, with their names: this plan's and the base plan's.
pub fn required_gates(now: &Plan, base: Option<&Plan>) -> BTreeMap<u32, String> {
    base.into_iter()
        .chain([now])
        .flat_map(|plan| plan.policy.required_gates.iter().filter_map(|id| plan.gate(*id)))
        .map(|gate| (gate.id, gate.name.clone()))
        .collect()
}

/// What became weaker, or cannot be told to be as strong, since the base plan: the gate, and what, in one line.
pub fn weakened(now: &Plan, base: &Plan) -> Vec<(u32, String)> {
    let mut weaker = Vec::new();
    let of_all = base.policy.required_gates.iter().min().copied().unwrap_or_default();
    let reviewers = reviewers::weaker(base.policy.reviewers.as_ref(), now.policy.reviewers.as_ref());
    weaker.extend(reviewers.into_iter().map(|what| (of_all, what)));
    for id in &base.policy.required_gates {
        let Some(before) = base.gate(*id) else { continue };
        if !now.policy.required_gates.contains(id) {
            weaker.push((*id, "the gate is no longer required".to_owned()));
        }
        let after = now.gate(*id);
        for check in &before.checks {
            let same = after.and_then(|gate| find(gate, &check.id));
            weaker.extend(weaker_check(check, same).map(|what| (*id, format!("{}: {what}", check.id))));
        }
    }
    weaker
}

fn find<'a>(gate: &'a Gate, id: &str) -> Option<&'a Check> {
    gate.checks.iter().find(|check| check.id == id)
}

fn weaker_check(before: &Check, after: Option<&Check>) -> Option<String> {
    let Some(after) = after else { return Some("the check is gone".to_owned()) };
    let (low, high) = (&after.minimum, &before.minimum);
    if low.tests < high.tests || low.examined < high.examined {
        return Some(format!("its minimum went from {} to {}", spelled(high), spelled(low)));
    }
    match (high.data_max_days, low.data_max_days) {
        (Some(_), None) => return Some("its data may be of any age now".to_owned()),
        (Some(before), Some(after)) if after > before => {
            return Some(format!("its data may be {after} days old now, and not {before}"));
        }
        _ => {}
    }
    match (&before.kind, &after.kind) {
        (CheckKind::Command(before), CheckKind::Command(after)) => {
            let (was, is) = (&before.program, &after.program);
            if was.run != is.run {
                let (now, then) = (is.run.join(" "), was.run.join(" "));
                return Some(format!("it runs `{now}` now, and not `{then}`"));
            }
            let same = was.cwd == is.cwd
                && was.set_env == is.set_env
                && was.report == is.report
                && was.before == is.before
                && before.data_repository == after.data_repository;
            if !same {
                return Some("how it is run, or where its report or data is, changed".to_owned());
            }
            if format!("{:?}", before.reader) != format!("{:?}", after.reader) {
                return Some(format!(
                    "its output is read as {:?} now, and not as {:?}",
                    after.reader, before.reader
                ));
            }
            (before.canary.is_some() && before.canary != after.canary)
                .then(|| "its canary changed".to_owned())
        }
        (CheckKind::Benchmark(before), CheckKind::Benchmark(after)) => {
            if before.design.margin() < after.design.margin() {
                let (now, then) = (share(after.design.margin()), share(before.design.margin()));
                return Some(format!("{now} slower may pass now, and not {then}"));
            }
            (format!("{before:?}") != format!("{after:?}"))
                .then(|| "what it measures, or how that is judged, changed".to_owned())
        }
        (CheckKind::Inventory(before), CheckKind::Inventory(after)) => {
            (before.pattern.as_str() != after.pattern.as_str() || before.paths != after.paths)
                .then(|| "it searches for something else now".to_owned())
        }
        (
            CheckKind::Review { focus: before, paths: then },
            CheckKind::Review { focus: after, paths: now },
        ) => {
            if before != after {
                return Some("its review looks for something else now".to_owned());
            }
            (then != now).then(|| "its review looks at other paths now".to_owned())
        }
        (before, after) => (before.name() != after.name())
            .then(|| format!("it is {} now, and not {}", after.name(), before.name())),
    }
}

fn spelled(minimum: &super::Minimum) -> String {
    let part = |name: &str, least: Option<u64>| least.map(|least| format!("{least} {name}"));
    let parts: Vec<String> =
        [part("tests", minimum.tests), part("examined", minimum.examined)].into_iter().flatten().collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(margin: &str, pairs: u32) -> Plan {
        let text = format!(
            "schema = 1\n[project]\nname = \"a\"\n[policy]\nrequired-gates = [5]\n[tracker]\nkind = \"file\"\n\
             [[gates]]\nid = 5\nname = \"p\"\n[[gates.checks]]\nid = \"b\"\nkind = \"benchmark\"\nrun = [\"./b\"]\n\
             [gates.checks.benchmark]\nformat = \"wall-time\"\nmargin = \"{margin}\"\npairs = {pairs}\n"
        );
        Plan::parse(&text).unwrap()
    }

    #[test]
    fn a_wider_margin_of_a_benchmark_and_any_other_change_of_it_is_seen() {
        let base = plan("5%", 100);
        assert_eq!(weakened(&plan("5%", 100), &base), []);
        let wider = weakened(&plan("10%", 100), &base);
        assert!(wider[0].1.contains("10 % slower may pass now, and not 5.0 %"), "{wider:?}");
        assert_eq!(weakened(&plan("5%", 50), &base).len(), 1);
    }
}
