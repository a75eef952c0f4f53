//! What a plan asks less of than the base tag's plan did: the project under release does not lower its own bar.
//!
//! Invariant: every field of every struct of a plan is taken here by name, never behind a `..`, so that a new field does
//! not compile before somebody has said what its change means. What cannot be told to be as strong is weaker.

mod benchmarks;
mod channels;
mod checks;
mod readers;
mod steps;
mod words;

use super::{Ci, Gate, Plan, Policy, Project, Tool, TrackerKind, TrackerPlan, VersionAt, VersionPlace};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use words::{Line, Shown};

/// What the change of one field means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeClass {
    /// Less is asked, or it cannot be told that as much is: somebody has to look.
    Weaker,
    /// More is asked.
    Stronger,
    /// Nothing that is asked changes: a name, a time limit, how much of the host it may take.
    Other,
}

/// One difference between two plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanChange {
    /// The gate that it is about; `None` where it is about the plan as a whole.
    pub gate: Option<u32>,
    /// What it means.
    pub class: ChangeClass,
    /// What changed, in one line.
    pub what: String,
}

/// The gates that a release needs, by number, with their names: this plan's and the base plan's.
pub fn required_gates(now: &Plan, base: Option<&Plan>) -> BTreeMap<u32, String> {
    base.into_iter()
        .chain([now])
        .flat_map(|plan| plan.policy.required_gates.iter().filter_map(|id| plan.gate(*id)))
        .map(|gate| (gate.id, gate.name.clone()))
        .collect()
}

/// What became weaker since the base plan, a line each, by the gate that it holds up: its own, and the first that is
/// required for what is about the plan as a whole.
pub fn weakened(now: &Plan, base: &Plan) -> BTreeMap<u32, Vec<String>> {
    let first = required_gates(now, Some(base)).keys().next().copied().unwrap_or_default();
    let mut weaker: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    for change in plan_changes(now, base).into_iter().filter(|change| change.class == ChangeClass::Weaker) {
        weaker.entry(change.gate.unwrap_or(first)).or_default().push(change.what);
    }
    weaker
}

/// Whether blockers of one target may stand in another place than the base plan had for them.
pub fn is_tracker_elsewhere(now: &Plan, base: &Plan) -> bool {
    let is_moved = now.tracker.kind != base.tracker.kind
        || now.tracker.path != base.tracker.path
        || (now.tracker.kind == TrackerKind::Github && now.project.repository != base.project.repository);
    // The epic is named by the tag.
    is_moved || now.project.tag != base.project.tag
}

/// Every difference between a plan and the base tag's.
pub fn plan_changes(now: &Plan, base: &Plan) -> Vec<PlanChange> {
    let mut changes = Changes::default();
    let Plan { digest: _, project, versions, tools, ci, policy, gates, tracker, steps, channels } = now;
    project_changes(&mut changes, project, &base.project);
    version_changes(&mut changes, versions, &base.versions);
    tool_changes(&mut changes, tools, &base.tools);
    ci_changes(&mut changes, ci.as_ref(), base.ci.as_ref());
    policy_changes(&mut changes, policy, &base.policy);
    gate_changes(&mut changes, gates, base);
    tracker_changes(&mut changes, tracker, &base.tracker);
    steps::compare(&mut changes, steps, &base.steps);
    channels::compare(&mut changes, channels, &base.channels);
    changes.all
}

fn project_changes(changes: &mut Changes, now: &Project, base: &Project) {
    let Project { name, repository, tag, changelog } = now;
    changes.same("project.name", name, &base.name);
    changes.same("project.repository", repository, &base.repository);
    changes.same("project.tag", &tag.to_string(), &base.tag.to_string());
    changes.wanted("project.changelog", changelog.as_ref(), base.changelog.as_ref());
}

fn version_changes(changes: &mut Changes, now: &[VersionPlace], base: &[VersionPlace]) {
    let place = |VersionPlace { file, at }: &VersionPlace| {
        let at = match at {
            VersionAt::TomlKey(key) => format!("key {}", key.join(".")),
            VersionAt::JsonPointer(pointer) => format!("pointer {pointer}"),
            VersionAt::Pattern(pattern) => format!("pattern {}", pattern.shown()),
        };
        format!("{file}, {at}")
    };
    let places = |all: &[VersionPlace]| all.iter().map(place).collect::<Vec<_>>();
    changes.no_fewer("versions", &places(now), &places(base));
}

fn tool_changes(changes: &mut Changes, now: &[Tool], base: &[Tool]) {
    for before in base {
        let name = format!("tool {}", before.name);
        match now.iter().find(|tool| tool.name == before.name) {
            None => changes.weaker(format!("{name} is no longer asked for")),
            Some(Tool { name: _, minimum, version_arguments }) => {
                changes.no_less(&format!("{name}: `minimum`"), minimum.as_ref(), before.minimum.as_ref());
                let what = format!("{name}: `version-arguments`");
                changes.same(&what, &Line(version_arguments), &Line(&before.version_arguments));
            }
        }
    }
    for tool in now.iter().filter(|tool| !base.iter().any(|before| before.name == tool.name)) {
        changes.stronger(format!("tool {} is asked for now", tool.name));
    }
}

fn ci_changes(changes: &mut Changes, now: Option<&Ci>, base: Option<&Ci>) {
    match (now, base) {
        (None, None) => {}
        (None, Some(base)) => {
            changes.weaker(format!("`ci` is gone: {} need not be green any more", base.workflow));
        }
        (Some(now), None) => changes.stronger(format!("{} has to be green now", now.workflow)),
        (Some(Ci { workflow, events }), Some(base)) => {
            changes.same("ci.workflow", workflow, &base.workflow);
            changes.no_more_of("ci.events", events, &base.events);
        }
    }
}

fn policy_changes(changes: &mut Changes, now: &Policy, base: &Policy) {
    let Policy { required_gates, env, caches, lfs, bring, output_limit, retries, reviewers } = now;
    for id in base.required_gates.iter().filter(|id| !required_gates.contains(id)) {
        changes.about(Some(*id), "", |changes| changes.weaker("the gate is no longer required"));
    }
    for id in required_gates.iter().filter(|id| !base.required_gates.contains(id)) {
        changes.about(Some(*id), "", |changes| changes.stronger("the gate is required now"));
    }
    changes.no_more_of("policy.env", env, &base.env);
    changes.no_more_of("policy.caches", caches, &base.caches);
    changes.switch("`policy.lfs`", *lfs, base.lfs);
    changes.no_more_of("policy.bring", bring, &base.bring);
    changes.told("policy.output-limit-mib", &(output_limit >> 20), &(base.output_limit >> 20));
    match retries.cmp(&base.retries) {
        Ordering::Greater => changes.weaker(format!(
            "`policy.retries`: a check may fail {retries} times before it passes, and not {}",
            base.retries
        )),
        Ordering::Less => changes.stronger(format!("`policy.retries`: {retries}, and not {}", base.retries)),
        Ordering::Equal => {}
    }
    for what in super::reviewers::weaker(base.reviewers.as_ref(), reviewers.as_ref()) {
        changes.weaker(format!("`policy.reviewers`: {what}"));
    }
    if base.reviewers.is_none() && reviewers.is_some() {
        changes.stronger("`policy.reviewers`: reviewers are named now");
    }
}

fn tracker_changes(changes: &mut Changes, now: &TrackerPlan, base: &TrackerPlan) {
    let TrackerPlan { kind, path, timeout } = now;
    let name = |kind: &TrackerKind| kind.name().to_owned();
    changes.same("tracker.kind", &name(kind), &name(&base.kind));
    changes.same("tracker.path", path, &base.path);
    changes.told("tracker.timeout", timeout, &base.timeout);
}

/// A gate that the base plan did not require may change as it likes: nothing was asked of it.
fn gate_changes(changes: &mut Changes, now: &[Gate], base: &Plan) {
    for before in &base.gates {
        let mut of_gate = Changes { gate: Some(before.id), ..Changes::default() };
        let after = now.iter().find(|gate| gate.id == before.id);
        match after {
            None => {
                let gone = before.checks.iter().map(|check| format!("{}: the check is gone", check.id));
                gone.for_each(|what| of_gate.weaker(what));
            }
            Some(Gate { id: _, name, blocks_when, checks }) => {
                of_gate.told("name", name, &before.name);
                of_gate.no_fewer("blocks-when", blocks_when, &before.blocks_when);
                checks::compare(&mut of_gate, checks, &before.checks);
            }
        }
        if !base.policy.required_gates.contains(&before.id) {
            of_gate.all.iter_mut().for_each(|change| change.class = ChangeClass::Other);
        }
        changes.all.append(&mut of_gate.all);
    }
    for gate in now.iter().filter(|gate| base.gate(gate.id).is_none()) {
        changes.about(Some(gate.id), "", |changes| changes.stronger("the gate is new"));
    }
}

/// The differences that were found, and what the next ones are about.
#[derive(Default)]
struct Changes {
    gate: Option<u32>,
    of: String,
    all: Vec<PlanChange>,
}

impl Changes {
    /// Compares something more narrow.
    fn about(&mut self, gate: Option<u32>, of: &str, compare: impl FnOnce(&mut Self)) {
        let mut inner = Self { gate: gate.or(self.gate), of: of.to_owned(), all: Vec::new() };
        compare(&mut inner);
        self.all.append(&mut inner.all);
    }

    fn add(&mut self, class: ChangeClass, what: impl AsRef<str>) {
        let what = if self.of.is_empty() {
            what.as_ref().to_owned()
        } else {
            format!("{}: {}", self.of, what.as_ref())
        };
        self.all.push(PlanChange { gate: self.gate, class, what: crate::text::one_line(&what) });
    }

    fn weaker(&mut self, what: impl AsRef<str>) {
        self.add(ChangeClass::Weaker, what);
    }

    fn stronger(&mut self, what: impl AsRef<str>) {
        self.add(ChangeClass::Stronger, what);
    }

    /// Something of which nobody can tell whether another one asks as much.
    fn same<T: PartialEq + Shown>(&mut self, name: &str, now: &T, base: &T) {
        if now != base {
            self.weaker(differs(name, now, base));
        }
    }

    /// Something of which nothing that is asked depends.
    fn told<T: PartialEq + Shown>(&mut self, name: &str, now: &T, base: &T) {
        if now != base {
            self.add(ChangeClass::Other, differs(name, now, base));
        }
    }

    /// Something that asks by being there, and of which nobody can tell whether another one asks as much.
    fn wanted<T: PartialEq + Shown>(&mut self, name: &str, now: Option<&T>, base: Option<&T>) {
        match (now, base) {
            (Some(_), None) => self.stronger(format!("{name} is there now")),
            (now, base) if now != base => self.weaker(differs(name, &now, &base)),
            _ => {}
        }
    }

    /// Something that allows by being there, and of which nobody can tell whether another one allows as little.
    fn unwanted<T: PartialEq + Shown>(&mut self, name: &str, now: Option<&T>, base: Option<&T>) {
        match (now, base) {
            (None, Some(_)) => self.stronger(format!("{name} is gone")),
            (now, base) if now != base => self.weaker(differs(name, &now, &base)),
            _ => {}
        }
    }

    /// A least value: lower or none asks less.
    fn no_less<T: PartialOrd + Shown>(&mut self, name: &str, now: Option<&T>, base: Option<&T>) {
        self.ordered(name, now, base, |now, base| now > base);
    }

    /// A greatest value: higher or none asks less.
    fn no_more<T: PartialOrd + Shown>(&mut self, name: &str, now: Option<&T>, base: Option<&T>) {
        self.ordered(name, now, base, |now, base| now < base);
    }

    fn ordered<T: PartialOrd + Shown>(
        &mut self,
        name: &str,
        now: Option<&T>,
        base: Option<&T>,
        is_more: impl Fn(&T, &T) -> bool,
    ) {
        match (now, base) {
            (now, base) if now == base => {}
            (Some(_), None) => self.stronger(format!("{name} is there now")),
            (Some(now), Some(base)) if is_more(now, base) => self.stronger(differs(name, now, base)),
            (now, base) => self.weaker(differs(name, &now, &base)),
        }
    }

    /// Things that each ask something.
    fn no_fewer<T: PartialEq + Shown>(&mut self, name: &str, now: &[T], base: &[T]) {
        for gone in base.iter().filter(|one| !now.contains(one)) {
            self.weaker(format!("{name} has {} no longer", gone.shown()));
        }
        for new in now.iter().filter(|one| !base.contains(one)) {
            self.stronger(format!("{name} has {} now", new.shown()));
        }
    }

    /// Things that each allow something.
    fn no_more_of<T: PartialEq + Shown>(&mut self, name: &str, now: &[T], base: &[T]) {
        for new in now.iter().filter(|one| !base.contains(one)) {
            self.weaker(format!("{name} has {} now", new.shown()));
        }
        for gone in base.iter().filter(|one| !now.contains(one)) {
            self.stronger(format!("{name} has {} no longer", gone.shown()));
        }
    }

    /// Something that asks more where it is on.
    fn switch(&mut self, name: &str, now: bool, base: bool) {
        match (now, base) {
            (false, true) => self.weaker(format!("{name} is off now")),
            (true, false) => self.stronger(format!("{name} is on now")),
            _ => {}
        }
    }
}

fn differs(name: &str, now: &impl Shown, base: &impl Shown) -> String {
    format!("{name} is {} now, and not {}", now.shown(), base.shown())
}
