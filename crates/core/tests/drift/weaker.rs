//! Every way to ask for less by one field. Each says whether the plan had that to weaken.

use gonogo_core::bench::Format;
use gonogo_core::mechanics::{Observe, StepKind};
use gonogo_core::plan::{Benchmark, Check, CheckKind, Command, Inventory, Plan, Step, TrackerKind};
use gonogo_core::readers::{LineRule, Pointers, Reader, TextRule};
use gonogo_core::stats::{Better, Design};
use regex::Regex;
use semver::Version;
use std::time::Duration;

/// A change of one field.
pub type OneChange = (&'static str, fn(&mut Plan) -> bool);

/// Every one.
pub const ALL: &[OneChange] = &[
    ("project.name", |plan| set(Some(&mut plan.project.name), "other".to_owned())),
    ("project.repository", |plan| set(Some(&mut plan.project.repository), Some("o/other".to_owned()))),
    ("project.tag", |plan| set(Some(&mut plan.project.tag), "r{version}".parse().unwrap())),
    ("project.changelog", |plan| plan.project.changelog.take().is_some()),
    ("a changelog elsewhere", |plan| set(plan.project.changelog.as_mut(), "OTHER.md".to_owned())),
    ("a place of the version", |plan| plan.versions.pop().is_some()),
    ("a place of the version elsewhere", |plan| {
        set(plan.versions.first_mut().map(|place| &mut place.file), "other.toml".to_owned())
    }),
    ("a tool", |plan| plan.tools.pop().is_some()),
    ("a tool's minimum", |plan| minimum_tool(plan).is_some_and(|tool| tool.minimum.take().is_some())),
    ("a lower minimum", |plan| {
        set(minimum_tool(plan).map(|tool| &mut tool.minimum), Some(Version::new(0, 1, 0)))
    }),
    ("a tool's version-arguments", |plan| {
        set(plan.tools.first_mut().map(|tool| &mut tool.version_arguments), vec!["--help".to_owned()])
    }),
    ("ci", |plan| plan.ci.take().is_some()),
    ("ci.workflow", |plan| set(plan.ci.as_mut().map(|ci| &mut ci.workflow), "other.yml".to_owned())),
    ("ci.events", |plan| {
        plan.ci.as_mut().is_some_and(|ci| {
            ci.events.push("workflow_dispatch".to_owned());
            true
        })
    }),
    ("a required gate", |plan| plan.policy.required_gates.pop().is_some()),
    ("a required gate, whole", |plan| {
        let id = plan.policy.required_gates.remove(0);
        plan.gates.retain(|gate| gate.id != id);
        true
    }),
    ("policy.lfs", |plan| std::mem::take(&mut plan.policy.lfs)),
    ("policy.env", |plan| {
        plan.policy.env.push("LD_PRELOAD".to_owned());
        true
    }),
    ("tracker.kind", |plan| set(Some(&mut plan.tracker.kind), TrackerKind::Ergo)),
    ("tracker.path", |plan| set(Some(&mut plan.tracker.path), Some("other.json".to_owned()))),
    ("blocks-when", |plan| required(plan).any(|gate| gate.blocks_when.pop().is_some())),
    ("a check", |plan| required(plan).any(|gate| gate.checks.pop().is_some())),
    ("another kind of check", |plan| set(checks(plan).next().map(name_of), "other".to_owned())),
    ("minimum.tests", |plan| lower(checks(plan).find_map(|check| check.minimum.tests.as_mut()))),
    ("no minimum.tests", |plan| checks(plan).any(|check| check.minimum.tests.take().is_some())),
    ("minimum.examined", |plan| {
        lower(
            checks(plan)
                .filter(|check| check.minimum.examined > Some(1))
                .find_map(|check| check.minimum.examined.as_mut()),
        )
    }),
    ("no minimum.examined", |plan| checks(plan).any(|check| check.minimum.examined.take().is_some())),
    ("data-max-days", |plan| set(checks(plan).find_map(|check| check.minimum.data_max_days.as_mut()), 365)),
    ("no data-max-days", |plan| checks(plan).any(|check| check.minimum.data_max_days.take().is_some())),
    ("run", |plan| {
        set(commands(plan).next().map(|command| &mut command.program.run), vec!["true".to_owned()])
    }),
    ("before", |plan| {
        set(commands(plan).next().map(|command| &mut command.program.before), vec![vec!["sed".to_owned()]])
    }),
    ("needs", |plan| commands(plan).any(|command| command.program.needs.pop().is_some())),
    ("cwd", |plan| {
        set(commands(plan).next().map(|command| &mut command.program.cwd), Some("other".to_owned()))
    }),
    ("env", |plan| {
        commands(plan).next().is_some_and(|command| {
            command.program.env.push("BASH_ENV".to_owned());
            true
        })
    }),
    ("set-env", set_variable),
    ("no set-env", |plan| commands(plan).any(|command| command.program.set_env.pop_first().is_some())),
    ("report", |plan| {
        set(commands(plan).next().map(|command| &mut command.program.report), Some("other.json".to_owned()))
    }),
    ("locks", |plan| commands(plan).any(|command| command.program.locks.pop().is_some())),
    ("exclusive", |plan| {
        commands(plan).find(|command| command.exclusive).is_some_and(|command| {
            command.exclusive = false;
            true
        })
    }),
    ("reader", |plan| {
        let other = commands(plan).find(|command| !matches!(command.reader, Reader::Sarif));
        other.is_some_and(|command| {
            command.reader = Reader::Sarif;
            true
        })
    }),
    ("data-repository", |plan| commands(plan).any(|command| command.data_repository.take().is_some())),
    ("ignores", |plan| {
        let command = commands(plan).next();
        command.is_some_and(|command| {
            command.ignores.push("RUSTSEC-1".to_owned());
            true
        })
    }),
    ("rewrites", |plan| {
        let command = commands(plan).next();
        command.is_some_and(|command| {
            command.rewrites.push("src/generated.rs".to_owned());
            true
        })
    }),
    ("canary", |plan| commands(plan).any(|command| command.canary.take().is_some())),
    ("another canary", |plan| {
        set(commands(plan).find_map(|command| command.canary.as_mut()), vec!["true".to_owned()])
    }),
    ("expect", |plan| text(plan).is_some_and(|rule| replace(&mut rule.expect, "."))),
    ("finding", |plan| text(plan).is_some_and(|rule| rule.finding.take().is_some())),
    ("another finding", |plan| {
        text(plan).and_then(|rule| rule.finding.as_mut()).is_some_and(|finding| replace(finding, "^never"))
    }),
    ("require", |plan| text(plan).is_some_and(|rule| rule.require.pop().is_some())),
    ("exits", |plan| {
        text(plan).is_some_and(|rule| {
            rule.exits.insert(1, gonogo_core::verdict::Reason::HostUnfit);
            true
        })
    }),
    ("pointers.failed", |plan| pointers(plan).is_some_and(|pointers| pointers.failed.take().is_some())),
    ("pointers.findings", |plan| pointers(plan).is_some_and(|pointers| pointers.findings.take().is_some())),
    ("pointers.passed", |plan| {
        set(pointers(plan).map(|pointers| &mut pointers.passed), Some("/skipped".to_owned()))
    }),
    ("no threshold", |plan| pointers(plan).is_some_and(|pointers| pointers.thresholds.pop().is_some())),
    ("a threshold elsewhere that reads the same", |plan| {
        pointers(plan).and_then(|pointers| pointers.thresholds.first_mut()).is_some_and(|limit| {
            let least = limit.least.take().unwrap();
            limit.at = format!("{} at least {least}", limit.at);
            true
        })
    }),
    ("lines.findings", |plan| lines(plan).is_some_and(|rule| rule.findings.pop_first().is_some())),
    ("values of lines that read the same as one", |plan| {
        lines(plan).and_then(|rule| rule.findings.get_mut("/level")).is_some_and(|values| {
            *values = vec![values.join(" or ")];
            true
        })
    }),
    ("lines with an empty value, and not with any", |plan| {
        let values = lines(plan).and_then(|rule| rule.findings.get_mut("/rule"));
        set(values, vec![String::new()])
    }),
    ("lines.end", |plan| lines(plan).is_some_and(|rule| rule.end.take().is_some())),
    ("lines.key", |plan| set(lines(plan).map(|rule| &mut rule.key), vec!["/line".to_owned()])),
    ("what an inventory searches for", |plan| {
        inventory(plan).is_some_and(|inventory| replace(&mut inventory.pattern, "^$"))
    }),
    ("an inventory's path", |plan| {
        inventory(plan).is_some_and(|inventory| match inventory.paths.pop() {
            Some(_) => !inventory.paths.is_empty(),
            None => set(Some(&mut inventory.paths), vec!["docs".to_owned()]),
        })
    }),
    ("an inventory's focus", |plan| {
        inventory(plan).is_some_and(|inventory| inventory.focus.take().is_some())
    }),
    ("a review's focus", |plan| {
        let focus = checks(plan).find_map(|check| match &mut check.kind {
            CheckKind::Review { focus, .. } => Some(focus),
            _ => None,
        });
        set(focus, "nothing".to_owned())
    }),
    ("margin", |plan| design(plan, 0.5, 0.02, 100)),
    ("alpha", |plan| design(plan, 0.05, 0.2, 100)),
    ("pairs", |plan| design(plan, 0.05, 0.02, 12)),
    ("samples", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.samples), 1)),
    ("warm-up", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.warm_up), 0)),
    ("scenarios", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.scenarios), 1)),
    ("time", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.time), Duration::from_secs(1))),
    ("better", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.better), Better::Higher)),
    ("format", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.format), Format::WallTime)),
    ("metric", |plan| {
        let metric = benchmark(plan).and_then(|benchmark| match &mut benchmark.format {
            Format::Json(mapping) => Some(&mut mapping.metric),
            _ => None,
        });
        set(metric, "other".to_owned())
    }),
    ("only", |plan| {
        benchmark(plan).is_some_and(|benchmark| {
            benchmark.only = Some(Regex::new("^easy").unwrap());
            true
        })
    }),
    ("built", |plan| set(benchmark(plan).map(|benchmark| &mut benchmark.built), vec!["a".to_owned()])),
    ("a step", |plan| plan.steps.pop().is_some()),
    ("the order of steps", |plan| {
        plan.steps.swap(0, 1);
        true
    }),
    ("another tag", |plan| {
        set(
            step(plan, |kind| if let StepKind::Tag(tag) = kind { Some(&mut tag.name) } else { None }),
            "x{tag}".to_owned(),
        )
    }),
    ("another remote", |plan| {
        let remote =
            step(plan, |kind| if let StepKind::PushTag(push) = kind { Some(&mut push.remote) } else { None });
        set(remote, "fork".parse().ok())
    }),
    ("another workflow", |plan| {
        let path = step(plan, |kind| {
            if let StepKind::WatchWorkflow(watch) = kind { Some(&mut watch.workflow) } else { None }
        });
        set(path, ".github/workflows/x.yml".to_owned())
    }),
    ("no rehearsal", |plan| {
        let rehearse = step(plan, |kind| {
            if let StepKind::WatchWorkflow(watch) = kind { Some(&mut watch.rehearse) } else { None }
        });
        rehearse.is_some_and(|rehearse| rehearse.take().is_some())
    }),
    ("an artifact", |plan| {
        let artifacts = step(plan, |kind| {
            if let StepKind::FetchArtifacts(fetch) = kind { Some(&mut fetch.artifacts) } else { None }
        });
        artifacts.is_some_and(|artifacts| artifacts.pop().is_some())
    }),
    ("files of a rehearsal that read the same as two", |plan| {
        let rehearse = step(plan, |kind| {
            if let StepKind::WatchWorkflow(watch) = kind { watch.rehearse.as_mut() } else { None }
        });
        set(rehearse.and_then(|rehearse| rehearse.artifacts.get_mut("dist")), vec!["dist/* more".to_owned()])
    }),
    ("an input of a dispatch that reads the same", |plan| {
        let inputs = step(plan, |kind| {
            if let StepKind::DispatchWorkflow(dispatch) = kind { Some(&mut dispatch.inputs) } else { None }
        });
        set(inputs, [("tag = {tag}".to_owned(), "more".to_owned())].into())
    }),
    ("another template", |plan| {
        let template = step(plan, |kind| {
            if let StepKind::HomebrewFormula(formula) = kind { Some(&mut formula.template) } else { None }
        });
        set(template, None)
    }),
    ("another ref", |plan| {
        let git_ref = step(plan, |kind| {
            if let StepKind::DispatchWorkflow(dispatch) = kind { Some(&mut dispatch.git_ref) } else { None }
        });
        set(git_ref, Some("other".to_owned()))
    }),
    ("a dispatch that publishes nothing", |plan| {
        let rehearsal = step(plan, |kind| {
            if let StepKind::DispatchWorkflow(dispatch) = kind { Some(&mut dispatch.rehearsal) } else { None }
        });
        set(rehearsal, true)
    }),
    ("how a command is observed", |plan| {
        let observe =
            step(
                plan,
                |kind| if let StepKind::Command(command) = kind { Some(&mut command.observe) } else { None },
            );
        set(observe, Observe::Repeatable)
    }),
    ("a command that can be undone", |plan| {
        let undo =
            step(
                plan,
                |kind| if let StepKind::Command(command) = kind { Some(&mut command.undo) } else { None },
            );
        set(undo, Some("true".to_owned()))
    }),
    ("checksums", |plan| {
        let checksums = step(plan, |kind| {
            if let StepKind::GithubRelease(release) = kind { Some(&mut release.checksums) } else { None }
        });
        checksums.is_some_and(|checksums| checksums.take().is_some())
    }),
    ("a channel", |plan| plan.channels.crates_io.take().is_some()),
    ("another channel", |plan| plan.channels.github_release.take().is_some()),
    ("another package", |plan| {
        set(plan.channels.crates_io.as_mut().map(|channel| &mut channel.package), "x".to_owned())
    }),
    ("also", |plan| plan.channels.crates_io.as_mut().is_some_and(|channel| channel.also.pop().is_some())),
    ("a file fewer", |plan| {
        plan.channels.crates_io.as_mut().is_some_and(|channel| channel.files.pop().is_some())
    }),
    ("no word of files", |plan| {
        plan.channels.github_release.as_mut().is_some_and(|channel| {
            channel.files.clear();
            true
        })
    }),
    ("a platform fewer", |plan| {
        set(
            plan.channels.github_release.as_mut().map(|channel| &mut channel.files),
            files("sample-{version}-linux.zip"),
        )
    }),
    ("any file besides", |plan| {
        plan.channels.github_release.as_mut().is_some_and(|channel| {
            channel.files.extend(files("*"));
            true
        })
    }),
    ("a kind of file besides", |plan| {
        plan.channels.github_release.as_mut().is_some_and(|channel| {
            channel.adds.push(gonogo_core::delivery::Added::Signatures);
            true
        })
    }),
    ("holds", |plan| plan.channels.crates_io.as_mut().is_some_and(|channel| channel.holds.pop().is_some())),
    ("smoke", |plan| {
        plan.channels.crates_io.as_mut().is_some_and(|channel| {
            channel.smoke = gonogo_core::delivery::Smoke::default();
            true
        })
    }),
    ("dist-tag", |plan| {
        set(plan.channels.npm.as_mut().map(|channel| &mut channel.dist_tag), Some("next".to_owned()))
    }),
    ("provenance", |plan| {
        plan.channels.npm.as_mut().is_some_and(|channel| channel.provenance.take().is_some())
    }),
    ("another tap", |plan| {
        set(plan.channels.homebrew.as_mut().map(|channel| &mut channel.tap), "x/homebrew-tap".to_owned())
    }),
    ("another module", |plan| {
        set(plan.channels.go.as_mut().map(|channel| &mut channel.module), "example.test/x".to_owned())
    }),
    ("immutable", |plan| {
        set(plan.channels.github_release.as_mut().map(|channel| &mut channel.immutable), false)
    }),
];

/// A pattern.
pub fn files(pattern: &str) -> Vec<gonogo_core::delivery::FilePattern> {
    gonogo_core::delivery::FilePattern::parse(pattern).into_iter().collect()
}

/// Sets a variable of a program to something else.
pub fn set_variable(plan: &mut Plan) -> bool {
    commands(plan).next().is_some_and(|command| {
        command.program.set_env.insert("RUST_LOG".to_owned(), "trace".to_owned());
        true
    })
}

/// Sets a field that is there to something that it is not.
pub fn set<T: PartialEq>(field: Option<&mut T>, value: T) -> bool {
    match field {
        Some(field) if *field != value => {
            *field = value;
            true
        }
        _ => false,
    }
}

fn lower(least: Option<&mut u64>) -> bool {
    let lower = least.as_ref().map(|least| **least - 1);
    lower.is_some_and(|lower| set(least, lower))
}

fn replace(pattern: &mut Regex, by: &str) -> bool {
    *pattern = Regex::new(by).unwrap();
    true
}

fn required(plan: &mut Plan) -> impl Iterator<Item = &mut gonogo_core::plan::Gate> {
    let Plan { gates, policy, .. } = plan;
    gates.iter_mut().filter(|gate| policy.required_gates.contains(&gate.id))
}

/// The checks of required gates.
pub fn checks(plan: &mut Plan) -> impl Iterator<Item = &mut Check> {
    required(plan).flat_map(|gate| &mut gate.checks)
}

/// Their commands.
pub fn commands(plan: &mut Plan) -> impl Iterator<Item = &mut Command> {
    checks(plan).filter_map(|check| match &mut check.kind {
        CheckKind::Command(command) => Some(&mut **command),
        _ => None,
    })
}

fn name_of(check: &mut Check) -> &mut String {
    &mut check.id
}

fn minimum_tool(plan: &mut Plan) -> Option<&mut gonogo_core::plan::Tool> {
    plan.tools.iter_mut().find(|tool| tool.minimum.is_some())
}

/// A text rule of a required gate.
pub fn text(plan: &mut Plan) -> Option<&mut TextRule> {
    commands(plan).find_map(|command| match &mut command.reader {
        Reader::Text(rule) => Some(rule),
        _ => None,
    })
}

fn pointers(plan: &mut Plan) -> Option<&mut Pointers> {
    commands(plan).find_map(|command| match &mut command.reader {
        Reader::JsonPointer(pointers) => Some(pointers),
        _ => None,
    })
}

fn lines(plan: &mut Plan) -> Option<&mut LineRule> {
    commands(plan).find_map(|command| match &mut command.reader {
        Reader::JsonLines(rule) => Some(rule),
        _ => None,
    })
}

/// An inventory of a required gate.
pub fn inventory(plan: &mut Plan) -> Option<&mut Inventory> {
    checks(plan).find_map(|check| match &mut check.kind {
        CheckKind::Inventory(inventory) => Some(inventory),
        _ => None,
    })
}

/// A benchmark of a required gate.
pub fn benchmark(plan: &mut Plan) -> Option<&mut Benchmark> {
    checks(plan).find_map(|check| match &mut check.kind {
        CheckKind::Benchmark(benchmark) => Some(&mut **benchmark),
        _ => None,
    })
}

/// Judges a benchmark by other numbers.
pub fn design(plan: &mut Plan, margin: f64, alpha: f64, pairs: usize) -> bool {
    benchmark(plan).is_some_and(|benchmark| {
        benchmark.design = Design::standard(margin, alpha, pairs).unwrap();
        true
    })
}

/// A field of the first step of a kind.
pub fn step<T>(plan: &mut Plan, field: impl Fn(&mut StepKind) -> Option<&mut T>) -> Option<&mut T> {
    plan.steps.iter_mut().find_map(|Step { kind, .. }| field(kind))
}
