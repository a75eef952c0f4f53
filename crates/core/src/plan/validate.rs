//! From the plan as it is typed to the plan as it is meant. Gathers every problem before it refuses.

use super::own_checks::OWN_CHECKS;
use super::raw::{self, Kind, ReaderName};
use super::steps;
use super::{
    Check, CheckKind, Ci, Command, Gate, Inventory, Minimum, Plan, Policy, Project, Tool, TrackerKind,
    TrackerPlan, VersionAt, VersionPlace,
};
use crate::digest::Digest;
use crate::problems::{PlanProblem, Problems};
use crate::readers::Reader;
use crate::verdict::Reason;
use semver::Version;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use toml::de::DeValue;

/// How long one run of ergo may take where the plan does not say.
const TRACKER_TIMEOUT: Duration = Duration::from_secs(60);
/// The cap of a stream where the plan names none, in MiB.
const MOST_RETRIES: u32 = 10;
const DEFAULT_OUTPUT_LIMIT_MIB: u32 = 8;

pub(super) fn plan(
    raw: raw::Plan,
    steps: Vec<Spanned<DeValue<'_>>>,
    digest: Digest,
) -> Result<Plan, Vec<PlanProblem>> {
    let mut problems = Problems::default();
    if *raw.schema.get_ref() != 1 {
        problems.at(
            &raw.schema,
            "this program reads plans of schema 1",
            Some("a newer gonogo may read this plan"),
        );
    }
    let named = raw.project.name.span();
    let project = project(raw.project, &mut problems);
    let versions = raw.versions.into_iter().filter_map(|place| version_place(place, &mut problems)).collect();
    let mut names = HashSet::new();
    let tools = raw.tools.into_iter().filter_map(|one| tool(one, &mut names, &mut problems)).collect();
    let ci = raw.ci.map(|ci| ci_of(ci, &project, &mut problems));
    let required = raw.policy.required_gates;
    let gates = gates(raw.gates, &mut problems);
    let required_gates = required_gates(&required, &gates, &mut problems);
    let limit = raw.policy.output_limit_mib.as_ref();
    if let Some(limit) = limit.filter(|limit| !(1..=1024).contains(limit.get_ref())) {
        problems.at(limit, "an output limit is 1 to 1024 MiB", None);
    }
    let limit = limit.map_or(DEFAULT_OUTPUT_LIMIT_MIB, |limit| (*limit.get_ref()).clamp(1, 1024)) as usize;
    let mut paths = |paths: Vec<Spanned<String>>| -> Vec<String> {
        paths.iter().map(|path| problems.path(path).trim_end_matches('/').to_owned()).collect()
    };
    let lfs = raw.policy.lfs;
    let (caches, bring) = (paths(raw.policy.caches), paths(raw.policy.bring));
    let retries = raw.policy.retries.as_ref();
    if let Some(retries) = retries.filter(|retries| *retries.get_ref() > MOST_RETRIES) {
        problems.at(retries, "a check may be run again up to 10 times", None);
    }
    let retries = retries.map_or(0, |retries| *retries.get_ref());
    let env = raw.policy.env;
    let reviewers = raw.policy.reviewers.and_then(|reviewers| super::reviewers::of(reviewers, &mut problems));
    let policy =
        Policy { required_gates, env, caches, lfs, bring, output_limit: limit << 20, retries, reviewers };
    let tracker = tracker(raw.tracker, &project, &mut problems);
    let channels = raw.channels;
    // A project that could not be read may have named its repository.
    let has_repository = project.as_ref().is_none_or(|project| project.repository.is_some());
    channels.check(has_repository, &named, &mut problems);
    let steps = steps::read(steps, has_repository, &channels, &mut problems);

    match project {
        Some(project) if problems.0.is_empty() => {
            Ok(Plan { digest, project, versions, tools, ci, policy, gates, tracker, steps, channels })
        }
        _ => Err(problems.0),
    }
}

fn project(raw: raw::Project, problems: &mut Problems) -> Option<Project> {
    if raw.name.get_ref().trim().is_empty() {
        problems.at(&raw.name, "a project has a name", None);
    }
    if let Some(repository) = &raw.repository {
        let plain = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        if !repository.get_ref().split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name)) {
            problems.at(repository, "a repository is `owner/name`", None);
        }
    }
    let pattern = raw.tag.as_ref().map_or("v{version}", |tag| tag.get_ref());
    let tag = match pattern.parse() {
        Ok(tag) => tag,
        Err(error) => {
            let span = raw.tag.as_ref().map_or(0..0, Spanned::span);
            problems.push(span, format!("{error}"), Some("for example `v{version}`"));
            return None;
        }
    };
    let changelog = raw.changelog.as_ref().map(|path| problems.path(path));
    let repository = raw.repository.map(Spanned::into_inner);
    Some(Project { name: raw.name.into_inner(), repository, tag, changelog })
}

fn version_place(raw: Spanned<raw::VersionPlace>, problems: &mut Problems) -> Option<VersionPlace> {
    let span = raw.span();
    let raw = raw.into_inner();
    let file = problems.path(&raw.file);
    let at = match (&raw.key, &raw.pointer, &raw.pattern) {
        (Some(key), None, None) => {
            let parts: Vec<String> = key.get_ref().split('.').map(str::to_owned).collect();
            if parts.iter().any(String::is_empty) {
                problems.at(
                    key,
                    "a key is names with dots between them",
                    Some("for example `package.version`"),
                );
            }
            VersionAt::TomlKey(parts)
        }
        (None, Some(pointer), None) => {
            if !pointer.get_ref().starts_with('/') {
                problems.at(pointer, "a JSON pointer starts with `/`", Some("for example `/version`"));
            }
            VersionAt::JsonPointer(pointer.get_ref().clone())
        }
        (None, None, Some(pattern)) => {
            let regex = problems.regex(pattern)?;
            if regex.captures_len() != 2 {
                problems.at(pattern, "a version's pattern has exactly one group, which is the version", None);
            }
            VersionAt::Pattern(regex)
        }
        _ => {
            problems.push(span, "a version's place has exactly one of `key`, `pointer` and `pattern`", None);
            return None;
        }
    };
    Some(VersionPlace { file, at })
}

fn tool(raw: raw::Tool, names: &mut HashSet<String>, problems: &mut Problems) -> Option<Tool> {
    if raw.name.get_ref().is_empty() || raw.name.get_ref().contains('/') {
        problems.at(&raw.name, "a tool is named as it is called, without a path", None);
    }
    if !names.insert(raw.name.get_ref().clone()) {
        problems.at(&raw.name, format!("the tool `{}` is there twice", raw.name.get_ref()), None);
    }
    let minimum = match &raw.minimum {
        None => None,
        Some(text) => match lenient_version(text.get_ref()) {
            Some(version) => Some(version),
            None => {
                problems.at(text, "a minimum is a version such as `1`, `1.2` or `1.2.3`", None);
                return None;
            }
        },
    };
    let version_arguments = raw.version_arguments.unwrap_or_else(|| vec!["--version".to_owned()]);
    Some(Tool { name: raw.name.into_inner(), minimum, version_arguments })
}

/// A version of one to three numbers.
fn lenient_version(text: &str) -> Option<Version> {
    let padded = match text.matches('.').count() {
        0 => format!("{text}.0.0"),
        1 => format!("{text}.0"),
        _ => text.to_owned(),
    };
    Version::parse(&padded).ok()
}

fn ci_of(raw: raw::Ci, project: &Option<Project>, problems: &mut Problems) -> Ci {
    if project.as_ref().is_some_and(|project| project.repository.is_none()) {
        problems.at(
            &raw.workflow,
            "a workflow is asked for at `project.repository`, which this plan does not name",
            None,
        );
    }
    let workflow = problems.path(&raw.workflow);
    if let Some(events) = raw.events.as_ref().filter(|events| events.get_ref().is_empty()) {
        problems.at(events, "at least one event has to count", None);
    }
    let events = raw.events.map_or_else(|| vec!["push".to_owned()], Spanned::into_inner);
    Ci { workflow, events }
}

fn tracker(raw: raw::Tracker, project: &Option<Project>, problems: &mut Problems) -> TrackerPlan {
    let kind = *raw.kind.get_ref();
    if let Some(path) = raw.path.as_ref().filter(|_| kind != TrackerKind::File) {
        problems.at(path, "only the `file` tracker has a path", None);
    }
    if kind == TrackerKind::Github && project.as_ref().is_some_and(|project| project.repository.is_none()) {
        problems.at(
            &raw.kind,
            "GitHub issues are filed at `project.repository`, which this plan does not name",
            None,
        );
    }
    if let Some(timeout) = raw.timeout.as_ref().filter(|_| kind != TrackerKind::Ergo) {
        problems.at(timeout, "only the `ergo` tracker has a timeout", None);
    }
    let path = raw.path.as_ref().map(|path| problems.path(path));
    let timeout = raw.timeout.as_ref().and_then(|text| problems.duration(text));
    TrackerPlan { kind, path, timeout: timeout.unwrap_or(TRACKER_TIMEOUT) }
}

fn required_gates(raw: &Spanned<Vec<Spanned<u32>>>, gates: &[Gate], problems: &mut Problems) -> Vec<u32> {
    if raw.get_ref().is_empty() {
        problems.at(
            raw,
            "a plan requires at least one gate",
            Some("a release that requires nothing is never shown to be good"),
        );
    }
    let mut seen = HashSet::new();
    for id in raw.get_ref() {
        let number = *id.get_ref();
        if !seen.insert(number) {
            problems.at(id, format!("gate {number} is required twice"), None);
        }
        match gates.iter().find(|gate| gate.id == number) {
            None => {
                problems.at(id, format!("gate {number} is required, and the plan has no such gate"), None)
            }
            Some(gate) if gate.checks.is_empty() => {
                problems.at(
                    id,
                    format!("gate {number} is required, and has no check"),
                    Some("a gate without a check shows nothing"),
                );
            }
            Some(_) => {}
        }
    }
    raw.get_ref().iter().map(|id| *id.get_ref()).collect()
}

fn gates(raw: Vec<raw::Gate>, problems: &mut Problems) -> Vec<Gate> {
    let mut ids = HashSet::new();
    let mut gates = Vec::new();
    for gate in raw {
        let id = *gate.id.get_ref();
        if id == 0 {
            problems.at(&gate.id, "gates are numbered from 1", None);
        }
        if !ids.insert(id) {
            problems.at(
                &gate.id,
                format!("gate {id} is there twice"),
                Some("a gate's number is its own, and never reused"),
            );
        }
        if gate.name.get_ref().trim().is_empty() {
            problems.at(&gate.name, "a gate has a name", None);
        }
        let mut names = HashSet::new();
        // A check that has a problem is kept out of the list, and must not look like a gate without checks.
        let before = problems.0.len();
        let declared = gate.checks.len();
        let mut checks: Vec<Check> =
            gate.checks.into_iter().filter_map(|one| check(one, &mut names, problems)).collect();
        if checks.is_empty() && declared > 0 && problems.0.len() > before {
            checks.push(Check { id: String::new(), kind: CheckKind::GitClean, minimum: Minimum::NONE });
        }
        gates.push(Gate { id, name: gate.name.into_inner(), blocks_when: gate.blocks_when, checks });
    }
    gates
}

impl Minimum {
    /// For checks that state their evidence themselves.
    pub(super) const NONE: Self = Self { tests: None, examined: None, data_max_days: None };
}

fn check(raw: Spanned<raw::Check>, names: &mut HashSet<String>, problems: &mut Problems) -> Option<Check> {
    let span = raw.span();
    let raw = raw.into_inner();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    if raw.id.get_ref().is_empty() || !raw.id.get_ref().chars().all(plain) {
        problems.at(&raw.id, "a check's id is lower-case letters, digits and dashes", None);
    }
    if OWN_CHECKS.contains(&raw.id.get_ref().as_str()) {
        problems.at(&raw.id, "a check of gonogo's own has this name", Some("give it another `id`"));
    }
    if !names.insert(raw.id.get_ref().clone()) {
        problems.at(&raw.id, format!("the check `{}` is in this gate twice", raw.id.get_ref()), None);
    }
    let kind = raw.kind.as_ref().map_or(Kind::Command, |kind| *kind.get_ref());
    refuse_foreign_keys(&raw, kind, problems);
    let id = raw.id.get_ref().clone();
    let (kind, minimum) = match kind {
        Kind::Command => return command(raw, id, span, problems),
        Kind::Benchmark => {
            let benchmark = super::benchmark::of(raw, span, problems)?;
            (CheckKind::Benchmark(Box::new(benchmark)), Minimum::NONE)
        }
        Kind::Versions => (CheckKind::Versions, Minimum::NONE),
        Kind::Changelog => (CheckKind::Changelog, Minimum::NONE),
        Kind::GitClean => (CheckKind::GitClean, Minimum::NONE),
        Kind::Review => {
            let Some(focus) = raw.focus.filter(|focus| !focus.get_ref().trim().is_empty()) else {
                problems.push(span, "a review says in `focus` what the reviewer looks for", None);
                return None;
            };
            (CheckKind::Review { focus: focus.into_inner(), paths: raw.paths }, Minimum::NONE)
        }
        Kind::Inventory => {
            let Some(pattern) = &raw.pattern else {
                problems.push(span, "an inventory says in `pattern` what it searches for", None);
                return None;
            };
            let pattern = problems.regex(pattern)?;
            let focus = raw.focus.map(Spanned::into_inner);
            (CheckKind::Inventory(Inventory { pattern, paths: raw.paths, focus }), Minimum::NONE)
        }
    };
    Some(Check { id, kind, minimum })
}

/// A key that another kind of check would read is a mistake, not a default.
fn refuse_foreign_keys(raw: &raw::Check, kind: Kind, problems: &mut Problems) {
    let command = kind == Kind::Command;
    let benchmark = kind == Kind::Benchmark;
    let program = command || benchmark;
    let text = raw.reader.as_ref().is_some_and(|reader| *reader.get_ref() == ReaderName::Text);
    let pointers = raw.reader.as_ref().is_some_and(|reader| *reader.get_ref() == ReaderName::JsonPointer);
    let lines = raw.reader.as_ref().is_some_and(|reader| *reader.get_ref() == ReaderName::JsonLines);
    let whole = raw.id.span();
    let spanned = |value: &Option<Spanned<String>>| value.as_ref().map(Spanned::span);
    let present = |yes: bool| yes.then(|| whole.clone());
    let checks: [(Option<Range<usize>>, bool, &str); 29] = [
        (raw.benchmark.as_ref().map(Spanned::span), benchmark, "benchmark"),
        (raw.run.as_ref().map(Spanned::span), program, "run"),
        (raw.before.first().map(Spanned::span), program, "before"),
        (raw.needs.first().map(Spanned::span), program, "needs"),
        (spanned(&raw.cwd), program, "cwd"),
        (present(!raw.env.is_empty()), program, "env"),
        (present(!raw.set_env.is_empty()), program, "set-env"),
        (spanned(&raw.timeout), program, "timeout"),
        (raw.cpu.as_ref().map(Spanned::span), command, "cpu"),
        (present(!raw.locks.is_empty()), command, "locks"),
        (raw.inputs.first().map(Spanned::span), command, "inputs"),
        (raw.bring.first().map(Spanned::span), command, "bring"),
        (present(raw.exclusive), command, "exclusive"),
        (raw.reader.as_ref().map(Spanned::span), command, "reader"),
        (spanned(&raw.report), program, "report"),
        (spanned(&raw.data_repository), command, "data-repository"),
        (present(!raw.exits.is_empty()), text, "exits"),
        (raw.require.first().map(Spanned::span), text, "require"),
        (raw.canary.as_ref().map(Spanned::span), command, "canary"),
        (raw.ignores.first().map(Spanned::span), command, "ignores"),
        (raw.rewrites.first().map(Spanned::span), command, "rewrites"),
        (raw.minimum.as_ref().map(Spanned::span), command, "minimum"),
        (present(raw.pointers.is_some()), pointers, "pointers"),
        (raw.lines.as_ref().map(Spanned::span), lines, "lines"),
        (raw.stream.as_ref().map(Spanned::span), text || lines, "stream"),
        (spanned(&raw.expect), text, "expect"),
        (spanned(&raw.finding), text, "finding"),
        (spanned(&raw.pattern), kind == Kind::Inventory, "pattern"),
        (present(!raw.paths.is_empty()), matches!(kind, Kind::Inventory | Kind::Review), "paths"),
    ];
    for (span, wanted, key) in checks {
        if let Some(span) = span.filter(|_| !wanted) {
            problems.push(span, format!("`{key}` means nothing to this kind of check or reader"), None);
        }
    }
    if let Some(focus) = raw.focus.as_ref().filter(|_| !matches!(kind, Kind::Review | Kind::Inventory)) {
        problems.at(focus, "`focus` is for reviews and inventories", None);
    }
}

fn command(raw: raw::Check, id: String, span: Range<usize>, problems: &mut Problems) -> Option<Check> {
    let before = problems.0.len();
    let run = raw.run.as_ref().map(|run| argv(run, problems)).unwrap_or_else(|| {
        problems.push(
            span.clone(),
            "a command check says in `run` what it runs",
            Some("program and arguments, as a list"),
        );
        Vec::new()
    });
    let program = super::program::of_check(&raw, run, problems);
    if let Some(cpu) = raw.cpu.as_ref().filter(|cpu| *cpu.get_ref() == 0) {
        problems.at(cpu, "a check takes at least one processor slot", None);
    }
    let canary = raw.canary.as_ref().map(|run| argv(run, problems));
    let ignores = raw.ignores.iter().map(|name| name.get_ref().clone()).collect();
    let rewrites = raw.rewrites.iter().map(|path| problems.path(path)).collect();
    if let Some(first) = raw.rewrites.first().filter(|_| !raw.exclusive) {
        problems.at(first, "a check that writes files of the commit is `exclusive = true`", None);
    }
    let data_repository = raw.data_repository.as_ref().map(|path| problems.path(path));
    let limited = raw.minimum.as_ref().is_some_and(|minimum| minimum.get_ref().data_max_days.is_some());
    if let Some(path) = raw.data_repository.as_ref().filter(|_| !limited) {
        problems.at(path, "`data-repository` means nothing without `minimum.data-max-days`", None);
    }
    let exits = exits(&raw.exits, &raw.id, problems);
    let require = raw.require.iter().filter_map(|pattern| problems.regex(pattern)).collect();
    let reader = match &raw.reader {
        None => {
            problems.push(
                span,
                "a command check names its `reader`",
                Some("an exit status alone is not evidence; `text` with `expect` reads any output"),
            );
            None
        }
        Some(name) => {
            let run = program.as_ref().map_or::<&[String], _>(&[], |program| &program.run);
            super::reader::of(name, &raw, (exits, require), run, problems)
        }
    };
    let minimum = minimum(raw.minimum, reader.as_ref(), problems);
    if problems.0.len() > before {
        return None;
    }
    let command = Command {
        program: program?,
        cpu: raw.cpu.map_or(1, |cpu| *cpu.get_ref() as usize),
        exclusive: raw.exclusive,
        reader: reader?,
        data_repository,
        canary,
        ignores,
        rewrites,
    };
    Some(Check { id, kind: CheckKind::Command(Box::new(command)), minimum })
}

/// Exit statuses that say why nothing could be shown. 0 says nothing of the kind, and 126 and 127 are the shell's.
fn exits(
    raw: &BTreeMap<String, Reason>,
    place: &Spanned<String>,
    problems: &mut Problems,
) -> BTreeMap<i32, Reason> {
    let mut exits = BTreeMap::new();
    for (status, reason) in raw {
        match status.parse::<i32>() {
            Ok(number @ 1..=125) => {
                exits.insert(number, *reason);
            }
            _ => problems.at(place, format!("in `exits`, {status} is no exit status of 1 to 125"), None),
        }
    }
    exits
}

pub(super) fn argv(run: &Spanned<Vec<String>>, problems: &mut Problems) -> Vec<String> {
    let words = run.get_ref();
    let usable =
        words.first().is_some_and(|program| !program.is_empty() && !program.contains(char::is_whitespace));
    if !usable || words.iter().any(|word| word.contains('\0')) {
        problems.at(
            run,
            "`run` is a program and its arguments, each a text of its own",
            Some("for example [\"cargo\", \"test\"]"),
        );
    }
    words.clone()
}

fn minimum(raw: Option<Spanned<raw::Minimum>>, reader: Option<&Reader>, problems: &mut Problems) -> Minimum {
    let span = raw.as_ref().map_or(0..0, Spanned::span);
    let raw = raw.map(Spanned::into_inner).unwrap_or_default();
    if raw.tests == Some(0) || raw.examined == Some(0) {
        problems.push(span, "a minimum is 1 or more", Some("a minimum of 0 takes silence for evidence"));
    }
    let by_default = raw.tests.is_none() && raw.examined.is_none();
    let of_tests = reader.is_some_and(Reader::runs_tests);
    Minimum {
        tests: raw.tests.or((by_default && of_tests).then_some(1)),
        examined: raw.examined.or((by_default && !of_tests).then_some(1)),
        data_max_days: raw.data_max_days,
    }
}
