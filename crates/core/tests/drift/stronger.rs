//! Ways to ask for more, and to change what asks for nothing. Each says whether the plan had that to change.

use crate::weaker::{OneChange, benchmark, checks, commands, design, inventory, set, text};
use gonogo_core::mechanics::StepKind;
use gonogo_core::plan::{Check, CheckKind, Minimum};
use regex::Regex;
use semver::Version;
use std::time::Duration;

/// Every one.
pub const ALL: &[OneChange] = &[
    ("a higher minimum of tests", |plan| {
        set(checks(plan).find_map(|check| check.minimum.tests.as_mut()), 400)
    }),
    ("fresher data", |plan| set(checks(plan).find_map(|check| check.minimum.data_max_days.as_mut()), 1)),
    ("another check", |plan| {
        plan.gates[0].checks.insert(
            0,
            Check {
                id: "more".to_owned(),
                kind: CheckKind::Versions,
                minimum: Minimum { tests: None, examined: Some(1), data_max_days: None },
            },
        );
        true
    }),
    ("another required gate", |plan| {
        let is_new = !plan.policy.required_gates.contains(&7);
        plan.policy.required_gates.push(7);
        is_new
    }),
    ("a newer tool", |plan| {
        plan.tools.iter_mut().any(|tool| set(Some(&mut tool.minimum), Some(Version::new(99, 0, 0))))
    }),
    ("a variable less", |plan| plan.policy.env.pop().is_some()),
    ("needs", |plan| {
        commands(plan).next().is_some_and(|command| {
            command.program.needs.push("more".to_owned());
            true
        })
    }),
    ("canary", |plan| {
        commands(plan)
            .find(|command| command.canary.is_none())
            .is_some_and(|command| set(Some(&mut command.canary), Some(vec!["bad".to_owned()])))
    }),
    ("require", |plan| {
        text(plan).is_some_and(|rule| {
            rule.require.push(Regex::new("^more").unwrap());
            true
        })
    }),
    ("exits", |plan| text(plan).is_some_and(|rule| rule.exits.remove(&3).is_some())),
    ("an inventory of everything", |plan| {
        inventory(plan).is_some_and(|inventory| {
            let had = !inventory.paths.is_empty();
            inventory.paths.clear();
            had
        })
    }),
    ("a narrower margin and more pairs", |plan| design(plan, 0.04, 0.01, 200)),
    ("more samples", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.samples), 9)),
    ("a channel", |plan| {
        set(
            Some(&mut plan.channels.pypi),
            Some(gonogo_core::delivery::RegistryPackage {
                package: "sample".to_owned(),
                also: Vec::new(),
                files: Vec::new(),
                adds: Vec::new(),
                holds: Vec::new(),
                window: None,
                smoke: gonogo_core::delivery::Smoke::default(),
                dist_tag: None,
                provenance: None,
            }),
        )
    }),
    ("a file more", |plan| {
        plan.channels.github_release.as_mut().is_some_and(|channel| {
            channel.files.extend(super::weaker::files("sample-{version}-windows.zip"));
            true
        })
    }),
    ("a word of files", |plan| {
        plan.channels.npm.as_mut().is_some_and(|channel| {
            channel.files.extend(super::weaker::files("sample-{version}*.tgz"));
            channel.adds.push(gonogo_core::delivery::Added::Sbom);
            true
        })
    }),
    ("a kind of file fewer", |plan| {
        plan.channels.crates_io.as_mut().is_some_and(|channel| channel.adds.pop().is_some())
    }),
    ("holds", |plan| {
        plan.channels.go.as_mut().is_some_and(|channel| {
            channel.holds.push("NOTICE".to_owned());
            true
        })
    }),
    ("a version's place", |plan| {
        let place = plan.versions.first().cloned();
        place.is_some_and(|place| {
            plan.versions.push(gonogo_core::plan::VersionPlace { file: "setup.cfg".to_owned(), ..place });
            true
        })
    }),
    ("timeouts", |plan| {
        set(plan.steps.first_mut().map(|step| &mut step.timeout), Duration::from_secs(77))
            | set(commands(plan).next().map(|command| &mut command.program.timeout), Duration::from_secs(77))
    }),
    ("cpu", |plan| set(commands(plan).next().map(|command| &mut command.cpu), 4)),
    ("a gate's name", |plan| set(plan.gates.first_mut().map(|gate| &mut gate.name), "Supply".to_owned())),
    ("a longer wait", |plan| {
        plan.steps.iter_mut().any(|step| match &mut step.kind {
            StepKind::DispatchWorkflow(dispatch) => set(Some(&mut dispatch.settle), Duration::from_secs(99)),
            _ => false,
        })
    }),
    ("a gate that is not required", |plan| {
        plan.gates.iter_mut().any(|gate| {
            gate.id == 7 && set(gate.checks.first_mut().map(|check| &mut check.id), "other".to_owned())
        })
    }),
    ("the output limit", |plan| set(Some(&mut plan.policy.output_limit), 1 << 20)),
];
