//! Steps of two plans, by name and in order.

use super::words::{Line, Plain};
use super::{Changes, checks};
use crate::mechanics::{
    DispatchWorkflow, FetchArtifacts, GithubRelease, HomebrewFormula, Observe, PushTag, Rehearse, Step,
    StepCommand, StepKind, Tag, WatchWorkflow,
};

/// Compares the steps of two plans.
pub(super) fn compare(changes: &mut Changes, now: &[Step], base: &[Step]) {
    for before in base {
        let after = now.iter().find(|step| step.id == before.id);
        changes.about(None, &format!("step {}", before.id), |changes| match after {
            None => changes.weaker("it is gone"),
            Some(Step { id: _, timeout, kind }) => {
                changes.told("`timeout`", timeout, &before.timeout);
                step(changes, kind, &before.kind);
            }
        });
    }
    for new in now.iter().filter(|step| !base.iter().any(|before| before.id == step.id)) {
        changes.stronger(format!("step {} is new", new.id));
    }
    let common = |of: &[Step], other: &[Step]| {
        let both = of.iter().filter(|step| other.iter().any(|one| one.id == step.id));
        both.map(|step| step.id.clone()).collect::<Vec<_>>()
    };
    let (order, before) = (common(now, base), common(base, now));
    if order != before {
        let (now, then) = (order.join(", "), before.join(", "));
        changes.weaker(format!("the steps come in the order {now} now, and not {then}"));
    }
}

fn step(changes: &mut Changes, now: &StepKind, base: &StepKind) {
    match (now, base) {
        (StepKind::Tag(now), StepKind::Tag(base)) => {
            let Tag { name, signed } = now;
            changes.same("`tag`", name, &base.name);
            changes.switch("`signed`", *signed, base.signed);
        }
        (StepKind::PushTag(now), StepKind::PushTag(base)) => {
            let PushTag { name, remote } = now;
            changes.same("`tag`", name, &base.name);
            changes.same("`remote`", remote, &base.remote);
        }
        (StepKind::WatchWorkflow(now), StepKind::WatchWorkflow(base)) => {
            let WatchWorkflow { workflow, rehearse } = now;
            changes.same("`workflow`", workflow, &base.workflow);
            rehearsed(changes, rehearse.as_ref(), base.rehearse.as_ref());
        }
        (StepKind::FetchArtifacts(now), StepKind::FetchArtifacts(base)) => {
            let FetchArtifacts { from, metadata, artifacts } = now;
            changes.same("`from`", from, &base.from);
            changes.same("`metadata`", metadata, &base.metadata);
            changes.no_fewer("`artifacts`", artifacts, &base.artifacts);
        }
        (StepKind::HomebrewFormula(now), StepKind::HomebrewFormula(base)) => {
            let HomebrewFormula { template, address } = now;
            changes.same("`template`", template, &base.template);
            changes.same("`address`", address, &base.address);
        }
        (StepKind::DispatchWorkflow(now), StepKind::DispatchWorkflow(base)) => dispatch(changes, now, base),
        (StepKind::GithubRelease(now), StepKind::GithubRelease(base)) => {
            let GithubRelease { create, artifacts, checksums, settle } = now;
            changes.same("`create`", &yes(*create), &yes(base.create));
            changes.no_fewer("`artifacts`", artifacts, &base.artifacts);
            changes.wanted("`checksums`", checksums.as_ref(), base.checksums.as_ref());
            changes.told("`settle`", settle, &base.settle);
        }
        (StepKind::Command(now), StepKind::Command(base)) => command(changes, now, base),
        // By name, so that a kind which is added has to be compared above.
        (
            StepKind::Tag(_)
            | StepKind::PushTag(_)
            | StepKind::WatchWorkflow(_)
            | StepKind::FetchArtifacts(_)
            | StepKind::HomebrewFormula(_)
            | StepKind::DispatchWorkflow(_)
            | StepKind::GithubRelease(_)
            | StepKind::Command(_),
            _,
        ) => changes.same("`kind`", &Plain(now.name()), &Plain(base.name())),
    }
}

const fn yes(is: bool) -> Plain {
    Plain(if is { "true" } else { "false" })
}

fn dispatch(changes: &mut Changes, now: &DispatchWorkflow, base: &DispatchWorkflow) {
    let DispatchWorkflow { workflow, git_ref, inputs, rehearsal, settle, rehearse } = now;
    changes.same("`workflow`", workflow, &base.workflow);
    changes.same("`git-ref`", git_ref, &base.git_ref);
    let spelled = |inputs: &std::collections::BTreeMap<String, String>| {
        inputs.iter().map(|(name, value)| format!("{name:?} = {value:?}")).collect::<Vec<_>>()
    };
    changes.same("`inputs`", &spelled(inputs), &spelled(&base.inputs));
    // What publishes nothing is no one-way door.
    changes.switch("whether it may publish", !rehearsal, !base.rehearsal);
    changes.told("`settle`", settle, &base.settle);
    rehearsed(changes, rehearse.as_ref(), base.rehearse.as_ref());
}

fn rehearsed(changes: &mut Changes, now: Option<&Rehearse>, base: Option<&Rehearse>) {
    match (now, base) {
        (None, None) => {}
        (None, Some(_)) => changes.weaker("`rehearse` is gone"),
        (Some(_), None) => changes.stronger("`rehearse` is there now"),
        (Some(Rehearse { run, artifacts }), Some(base)) => {
            let lines = |lines: &[Vec<String>]| {
                let lines = lines.iter().map(|line| crate::text::shell_line(line.iter().map(String::as_str)));
                lines.collect::<Vec<_>>()
            };
            changes.same("`rehearse.run`", &lines(run), &lines(&base.run));
            let files = |of: &std::collections::BTreeMap<String, Vec<String>>| {
                let line = |files: &[String]| crate::text::shell_line(files.iter().map(String::as_str));
                of.iter().map(|(name, files)| format!("{name:?}: {}", line(files))).collect::<Vec<_>>()
            };
            changes.same("`rehearse.artifacts`", &files(artifacts), &files(&base.artifacts));
        }
    }
}

fn command(changes: &mut Changes, now: &StepCommand, base: &StepCommand) {
    let StepCommand { program, observe, undo } = now;
    checks::program(changes, program, &base.program);
    match (observe, &base.observe) {
        (
            Observe::Command { run, done, absent },
            Observe::Command { run: ran, done: was_done, absent: was_absent },
        ) => {
            changes.same("`observe.run`", &Line(run), &Line(ran));
            changes.same("`observe.done`", done, was_done);
            changes.same("`observe.absent`", absent, was_absent);
        }
        (Observe::Channel(now), Observe::Channel(base)) => {
            let name = |channel: crate::delivery::ChannelName| {
                crate::delivery::Channel::from(channel).name().to_owned()
            };
            changes.same("`channel`", &name(*now), &name(*base));
        }
        (Observe::Repeatable, Observe::Repeatable) => {}
        (now, base) => {
            let name = |observe: &Observe| match observe {
                Observe::Command { .. } => Plain("by a program"),
                Observe::Channel(_) => Plain("by a channel"),
                Observe::Repeatable => Plain("not at all"),
            };
            changes.same("how it is told whether it has been done", &name(now), &name(base));
        }
    }
    // What can be undone is no one-way door.
    changes.unwanted("`undo`", undo.as_ref(), base.undo.as_ref());
}
