//! Release mechanics as they are meant. A key that means nothing to its step, and a step that lacks what it needs or
//! comes before what it needs, are problems of the plan and never defaults.

use super::channels::Channels;
use super::raw_step::{self, Kind};
use super::{ChannelName, Project, Rehearse};
use crate::problems::Problems;
use crate::workflow::WorkflowPath;
use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

const WORKFLOW_TIMEOUT: Duration = Duration::from_secs(3600);
const OTHER_TIMEOUT: Duration = Duration::from_secs(600);
const SETTLE: Duration = Duration::from_secs(30);
/// What the texts of a step may hold in braces.
const PLACEHOLDERS: &[&str] = &["tag", "version", "commit", "build-run-id"];

/// One release mechanic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, unlike every other's.
    pub id: String,
    /// How long it may take.
    pub timeout: Duration,
    /// What it does.
    pub kind: StepKind,
    /// What the workflow does, on this machine.
    pub rehearse: Option<Rehearse>,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Makes an annotated tag.
    Tag {
        /// The tag, with placeholders.
        name: String,
    },
    /// Pushes a tag.
    PushTag {
        /// The tag, with placeholders.
        name: String,
        /// The remote; the one that the branch is pushed to where `None`.
        remote: Option<String>,
    },
    /// Waits for the workflow that the tag started.
    WatchWorkflow {
        /// The workflow's path.
        workflow: String,
    },
    /// Fetches what the workflow built.
    FetchArtifacts {
        /// The step that watched the build.
        from: String,
        /// The artifact that holds `metadata.json`.
        metadata: String,
        /// Which artifacts, as patterns.
        artifacts: Vec<String>,
    },
    /// Writes and pushes the Homebrew formula.
    HomebrewFormula {
        /// A formula in the repository to fill in; the tap's own is brought up to date where `None`.
        template: Option<String>,
        /// The tap's address; derived from the project's where `None`.
        address: Option<String>,
    },
    /// Starts a workflow by hand, and waits for it.
    DispatchWorkflow {
        /// The workflow's path.
        workflow: String,
        /// The branch or tag; the default branch where `None`.
        git_ref: Option<String>,
        /// Its inputs, with placeholders.
        inputs: BTreeMap<String, String>,
        /// It publishes nothing with these inputs.
        rehearsal: bool,
        /// How long a run may take to show.
        settle: Duration,
    },
    /// Makes sure of the GitHub release.
    GithubRelease {
        /// gonogo creates it.
        create: bool,
        /// Which built files are its assets, as patterns.
        artifacts: Vec<String>,
        /// The asset that lists the others' digests.
        checksums: Option<String>,
        /// How long a draft may take to show.
        settle: Duration,
    },
    /// Runs a program.
    Command(Box<StepCommand>),
}

/// A program that is a release mechanic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepCommand {
    /// Program and arguments, with placeholders.
    pub run: Vec<String>,
    /// The folder to run in, relative to the repository's root.
    pub cwd: Option<String>,
    /// Environment variables that it may see, besides the policy's.
    pub env: Vec<String>,
    /// Environment variables that are set for it, with placeholders.
    pub set_env: BTreeMap<String, String>,
    /// How it is told whether it has been done.
    pub observe: Observe,
    /// How it is undone; a one-way door where `None`.
    pub undo: Option<String>,
}

/// How it is told whether a program has done its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observe {
    /// By another program's exit status.
    Command {
        /// Program and arguments, with placeholders.
        run: Vec<String>,
        /// The status for done.
        done: u8,
        /// The status for absent.
        absent: u8,
    },
    /// By what a channel serves.
    Channel(ChannelName),
    /// Not at all: doing it twice is as doing it once.
    Repeatable,
}

impl StepKind {
    /// The name that the plan uses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Tag { .. } => "tag",
            Self::PushTag { .. } => "push-tag",
            Self::WatchWorkflow { .. } => "watch-workflow",
            Self::FetchArtifacts { .. } => "fetch-artifacts",
            Self::HomebrewFormula { .. } => "homebrew-formula",
            Self::DispatchWorkflow { .. } => "dispatch-workflow",
            Self::GithubRelease { .. } => "github-release",
            Self::Command(_) => "command",
        }
    }
}

/// From the steps as they are typed. Every problem is gathered.
pub(super) fn steps(
    raw: Vec<Spanned<raw_step::Step>>,
    project: Option<&Project>,
    channels: &Channels,
    problems: &mut Problems,
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for step in raw {
        let span = step.span();
        let step = step.into_inner();
        refuse_foreign_keys(&step, problems);
        let Some(made) = one(step, span.clone(), &steps, channels, problems) else { continue };
        if steps.iter().any(|other| other.id == made.id) {
            let help = Some("give each an `id` of its own");
            problems.push(span.clone(), format!("two steps are named `{}`", made.id), help);
        }
        let needs_github = matches!(
            made.kind,
            StepKind::WatchWorkflow { .. }
                | StepKind::FetchArtifacts { .. }
                | StepKind::DispatchWorkflow { .. }
                | StepKind::GithubRelease { .. }
        );
        if needs_github && project.is_some_and(|project| project.repository.is_none()) {
            problems.push(
                span,
                "this step works at `project.repository`, which this plan does not name",
                None,
            );
        }
        steps.push(made);
    }
    steps
}

fn one(
    raw: raw_step::Step,
    span: Range<usize>,
    before: &[Step],
    channels: &Channels,
    problems: &mut Problems,
) -> Option<Step> {
    let kind = *raw.kind.get_ref();
    let comes_after = |wanted: fn(&StepKind) -> bool| before.iter().rfind(|step| wanted(&step.kind));
    let is_fetch = |kind: &StepKind| matches!(kind, StepKind::FetchArtifacts { .. });
    let mut needs = |wanted: fn(&StepKind) -> bool, name: &str| {
        let found = comes_after(wanted).map(|step| step.id.clone());
        if found.is_none() {
            problems.push(span.clone(), format!("this step comes after a `{name}` step"), None);
        }
        found
    };
    let kind = match kind {
        Kind::Tag => StepKind::Tag { name: tag(raw.tag, problems) },
        Kind::PushTag => {
            let name = tag(raw.tag, problems);
            if !before.iter().any(|step| step.kind == StepKind::Tag { name: name.clone() }) {
                problems.push(span, "this step comes after a `tag` step of the same tag", None);
            }
            StepKind::PushTag { name, remote: raw.remote.map(Spanned::into_inner) }
        }
        Kind::WatchWorkflow => {
            needs(|kind| matches!(kind, StepKind::PushTag { .. }), "push-tag");
            StepKind::WatchWorkflow { workflow: workflow(raw.workflow, &span, problems)? }
        }
        Kind::FetchArtifacts => {
            if before.iter().any(|step| is_fetch(&step.kind)) {
                let help = Some("one step can fetch several artifacts");
                problems.push(span, "a release has one manifest: a second step cannot fetch another", help);
                return None;
            }
            let watched = needs(|kind| matches!(kind, StepKind::WatchWorkflow { .. }), "watch-workflow")?;
            if let Some(from) = &raw.from {
                let is_watch = |step: &&Step| matches!(step.kind, StepKind::WatchWorkflow { .. });
                if !before.iter().filter(is_watch).any(|step| step.id == *from.get_ref()) {
                    problems.at(from, "no `watch-workflow` step before this one has this `id`", None);
                }
            }
            StepKind::FetchArtifacts {
                from: raw.from.map_or(watched, Spanned::into_inner),
                metadata: raw.metadata.map_or_else(|| "release-metadata".to_owned(), Spanned::into_inner),
                artifacts: patterns(raw.artifacts, problems),
            }
        }
        Kind::HomebrewFormula => {
            needs(is_fetch, "fetch-artifacts");
            if channels.homebrew.is_none() {
                problems.push(
                    span,
                    "this step writes the formula of `channels.homebrew`, which is not there",
                    None,
                );
            }
            let template = raw.template.as_ref().map(|path| problems.path(path));
            StepKind::HomebrewFormula { template, address: raw.address.map(Spanned::into_inner) }
        }
        Kind::DispatchWorkflow => {
            needs(|kind| matches!(kind, StepKind::PushTag { .. }), "push-tag");
            let inputs = raw.inputs.into_iter();
            let inputs = inputs.map(|(name, text)| (name, placeholders(&text, problems))).collect();
            let git_ref = raw.git_ref.map(|text| placeholders(&text, problems));
            StepKind::DispatchWorkflow {
                workflow: workflow(raw.workflow, &span, problems)?,
                git_ref,
                inputs,
                rehearsal: raw.rehearsal.is_some_and(Spanned::into_inner),
                settle: settle(raw.settle, problems),
            }
        }
        Kind::GithubRelease => {
            needs(is_fetch, "fetch-artifacts");
            StepKind::GithubRelease {
                create: raw.create.is_some_and(Spanned::into_inner),
                artifacts: patterns(raw.artifacts, problems),
                checksums: raw.checksums.map(Spanned::into_inner),
                settle: settle(raw.settle, problems),
            }
        }
        Kind::Command => return command(raw, span, channels, problems),
    };
    let default = match kind {
        StepKind::WatchWorkflow { .. }
        | StepKind::DispatchWorkflow { .. }
        | StepKind::GithubRelease { .. } => WORKFLOW_TIMEOUT,
        _ => OTHER_TIMEOUT,
    };
    let timeout = raw.timeout.as_ref().and_then(|text| problems.duration(text)).unwrap_or(default);
    let id = name(raw.id, kind.name(), problems);
    Some(Step { id, timeout, kind, rehearse: raw.rehearse })
}

fn command(
    raw: raw_step::Step,
    span: Range<usize>,
    channels: &Channels,
    problems: &mut Problems,
) -> Option<Step> {
    let Some(run) = raw.run.filter(|run| run.get_ref().first().is_some_and(|program| !program.is_empty()))
    else {
        problems.push(span, "a command step says in `run` what is run", None);
        return None;
    };
    let repeatable = raw.repeatable.is_some_and(Spanned::into_inner);
    let observe = match (raw.observe, raw.channel, repeatable) {
        (Some(observe), None, false) => observed_by(observe, problems)?,
        (None, Some(channel), false) => {
            let name = *channel.get_ref();
            let declared = match name {
                ChannelName::CratesIo => channels.crates_io.is_some(),
                ChannelName::Npm => channels.npm.is_some(),
                ChannelName::Pypi => channels.pypi.is_some(),
            };
            if !declared {
                problems.at(&channel, "the plan's `channels` do not have this one", None);
            }
            Observe::Channel(name)
        }
        (None, None, true) => Observe::Repeatable,
        _ => {
            let help = "without it, nobody can tell after a crash whether the command was carried out";
            problems.push(
                span,
                "a command step has exactly one of `observe`, `channel` and `repeatable = true`",
                Some(help),
            );
            return None;
        }
    };
    let run = run.get_ref().iter().map(|text| problems.placeholders(text, run.span())).collect();
    let command = StepCommand {
        run,
        cwd: raw.cwd.as_ref().map(|path| problems.path(path)),
        env: raw.env,
        set_env: raw.set_env,
        observe,
        undo: raw.undo.map(Spanned::into_inner),
    };
    let timeout = raw.timeout.as_ref().and_then(|text| problems.duration(text)).unwrap_or(OTHER_TIMEOUT);
    let id = name(raw.id, "command", problems);
    Some(Step { id, timeout, kind: StepKind::Command(Box::new(command)), rehearse: None })
}

fn observed_by(raw: raw_step::Observe, problems: &mut Problems) -> Option<Observe> {
    if raw.run.get_ref().first().is_none_or(String::is_empty) {
        problems.at(&raw.run, "says what is run", None);
        return None;
    }
    if raw.done.get_ref() == raw.absent.get_ref() {
        problems.at(&raw.absent, "done and absent have the same status: nothing could be told apart", None);
    }
    let span = raw.run.span();
    let run = raw.run.into_inner().iter().map(|text| problems.placeholders(text, span.clone())).collect();
    Some(Observe::Command { run, done: raw.done.into_inner(), absent: raw.absent.into_inner() })
}

fn workflow(raw: Option<Spanned<String>>, span: &Range<usize>, problems: &mut Problems) -> Option<String> {
    let Some(path) = raw else {
        problems.push(span.clone(), "this step names its workflow's path in `workflow`", None);
        return None;
    };
    if WorkflowPath::parse(path.get_ref()).is_none() {
        problems.at(&path, WorkflowPath::WRONG, None);
    }
    Some(path.into_inner())
}

fn patterns(raw: Option<Spanned<Vec<Spanned<String>>>>, problems: &mut Problems) -> Vec<String> {
    let Some(raw) = raw else { return vec!["*".to_owned()] };
    if raw.get_ref().is_empty() {
        problems.at(&raw, "an empty list chooses nothing", None);
    }
    raw.into_inner().iter().map(|pattern| placeholders(pattern, problems)).collect()
}

fn tag(raw: Option<Spanned<String>>, problems: &mut Problems) -> String {
    let Some(raw) = raw else { return "{tag}".to_owned() };
    let text = placeholders(&raw, problems);
    if !text.contains("{tag}") && !text.contains("{version}") {
        problems.at(&raw, "a tag of a release holds `{tag}` or `{version}`", None);
    }
    text
}

fn settle(raw: Option<Spanned<String>>, problems: &mut Problems) -> Duration {
    raw.as_ref().and_then(|text| problems.duration(text)).unwrap_or(SETTLE)
}

fn placeholders(text: &Spanned<String>, problems: &mut Problems) -> String {
    problems.placeholders(text.get_ref(), text.span())
}

fn name(raw: Option<Spanned<String>>, kind: &str, problems: &mut Problems) -> String {
    let Some(id) = raw else { return kind.to_owned() };
    let text = id.get_ref();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || !text.chars().all(plain) {
        problems.at(&id, "a step's `id` is of a-z, 0-9 and -", None);
    }
    id.into_inner()
}

impl Problems {
    /// A text whose braces hold what a step knows. The text as it is.
    fn placeholders(&mut self, text: &str, span: Range<usize>) -> String {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            if !PLACEHOLDERS.contains(&name) && name != "artifacts" {
                let known =
                    PLACEHOLDERS.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>().join(" ");
                self.push(span.clone(), format!("`{{{name}}}` stands for nothing here"), Some(&known));
            }
            rest = after;
        }
        text.to_owned()
    }
}

/// A key that another kind of step would read is a mistake, not a default.
fn refuse_foreign_keys(raw: &raw_step::Step, problems: &mut Problems) {
    let kind = *raw.kind.get_ref();
    let spanned = |value: &Option<Spanned<String>>| value.as_ref().map(Spanned::span);
    let whole = raw.kind.span();
    let present = |yes: bool| yes.then(|| whole.clone());
    let tags = matches!(kind, Kind::Tag | Kind::PushTag);
    let runs = matches!(kind, Kind::WatchWorkflow | Kind::DispatchWorkflow);
    let dispatch = kind == Kind::DispatchWorkflow;
    let fetch = kind == Kind::FetchArtifacts;
    let release = kind == Kind::GithubRelease;
    let homebrew = kind == Kind::HomebrewFormula;
    let command = kind == Kind::Command;
    let keys: [(Option<Range<usize>>, bool, &str); 23] = [
        (spanned(&raw.tag), tags, "tag"),
        (spanned(&raw.remote), kind == Kind::PushTag, "remote"),
        (spanned(&raw.workflow), runs, "workflow"),
        (present(!raw.inputs.is_empty()), dispatch, "inputs"),
        (spanned(&raw.git_ref), dispatch, "git-ref"),
        (raw.rehearsal.as_ref().map(Spanned::span), dispatch, "rehearsal"),
        (spanned(&raw.settle), dispatch || release, "settle"),
        (spanned(&raw.from), fetch, "from"),
        (spanned(&raw.metadata), fetch, "metadata"),
        (raw.artifacts.as_ref().map(Spanned::span), fetch || release, "artifacts"),
        (raw.create.as_ref().map(Spanned::span), release, "create"),
        (spanned(&raw.checksums), release, "checksums"),
        (spanned(&raw.template), homebrew, "template"),
        (spanned(&raw.address), homebrew, "address"),
        (raw.run.as_ref().map(Spanned::span), command, "run"),
        (spanned(&raw.cwd), command, "cwd"),
        (present(!raw.env.is_empty()), command, "env"),
        (present(!raw.set_env.is_empty()), command, "set-env"),
        (present(raw.observe.is_some()), command, "observe"),
        (raw.channel.as_ref().map(Spanned::span), command, "channel"),
        (raw.repeatable.as_ref().map(Spanned::span), command, "repeatable"),
        (spanned(&raw.undo), command, "undo"),
        (present(raw.rehearse.is_some()), runs, "rehearse"),
    ];
    for (span, wanted, key) in keys {
        if let Some(span) = span.filter(|_| !wanted) {
            problems.push(span, format!("`{key}` means nothing to this kind of step"), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;

    const HEAD: &str = "schema = 1\n[project]\nname = \"s\"\nrepository = \"o/r\"\n[policy]\nrequired-gates = [1]\n[tracker]\nkind = \"file\"\n[[gates]]\nid = 1\nname = \"g\"\n[[gates.checks]]\nid = \"c\"\nkind = \"git-clean\"\n[channels.npm]\npackage = \"s\"\n";
    const BEGUN: &str = "[[steps]]\nkind = \"tag\"\n[[steps]]\nkind = \"push-tag\"\n";
    const BUILT: &str = "[[steps]]\nid = \"build\"\nkind = \"watch-workflow\"\nworkflow = \".github/workflows/r.yml\"\n[[steps]]\nkind = \"fetch-artifacts\"\n";

    fn parsed(steps: &str) -> Result<Vec<Step>, String> {
        let plan = Plan::parse(&format!("{HEAD}{steps}"));
        let said = |problems: Vec<crate::plan::PlanProblem>| {
            problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("\n")
        };
        plan.map(|plan| plan.steps).map_err(said)
    }

    fn step(body: &str) -> String {
        format!("{BEGUN}{BUILT}[[steps]]\n{body}\n")
    }

    #[test]
    fn steps_are_read_with_their_defaults() {
        let steps = parsed(&format!("{BEGUN}{BUILT}[[steps]]\nkind = \"github-release\"\n")).unwrap();
        let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(ids, ["tag", "push-tag", "build", "fetch-artifacts", "github-release"]);
        assert!(matches!(&steps[3].kind, StepKind::FetchArtifacts { from, metadata, artifacts }
            if from == "build" && metadata == "release-metadata" && *artifacts == ["*"]));
        assert!(matches!(steps[4].kind, StepKind::GithubRelease { create: false, .. }));
    }

    #[test]
    fn a_step_that_comes_too_early_or_lacks_what_it_needs_is_refused() {
        for (steps, said) in [
            ("[[steps]]\nkind = \"push-tag\"\n".to_owned(), "after a `tag` step of the same tag"),
            (format!("{BEGUN}[[steps]]\nkind = \"fetch-artifacts\"\n"), "after a `watch-workflow`"),
            (format!("{BEGUN}[[steps]]\nkind = \"github-release\"\n"), "after a `fetch-artifacts`"),
            (step("kind = \"homebrew-formula\""), "channels.homebrew"),
            (step("kind = \"watch-workflow\""), "`workflow`"),
            (step("kind = \"watch-workflow\"\nworkflow = \"release.yml\""), ".github/workflows/NAME.yml"),
            (
                step("kind = \"watch-workflow\"\nid = \"tag\"\nworkflow = \".github/workflows/x.yml\""),
                "two steps are named `tag`",
            ),
            (step("kind = \"fetch-artifacts\"\nid = \"again\""), "has one manifest"),
            (format!("{BEGUN}{BUILT}from = \"nothing\"\n"), "no `watch-workflow` step"),
            (step("kind = \"tag\"\nid = \"t\"\ntag = \"fixed\""), "holds `{tag}` or `{version}`"),
            (step("kind = \"github-release\"\nartifacts = []"), "chooses nothing"),
            (step("kind = \"github-release\"\nid = \"A b\""), "of a-z, 0-9 and -"),
        ] {
            let problems = parsed(&steps).unwrap_err();
            assert!(problems.contains(said), "{said}\n{problems}");
        }
    }

    #[test]
    fn a_command_says_how_it_is_told_whether_it_was_carried_out() {
        let command = |rest: &str| parsed(&step(&format!("kind = \"command\"\nrun = [\"x\"]\n{rest}")));
        for rest in
            ["repeatable = true", "channel = \"npm\"", "observe = { run = [\"y\"], done = 0, absent = 9 }"]
        {
            assert!(command(rest).is_ok(), "{rest}");
        }
        for (rest, said) in [
            ("", "exactly one of"),
            ("repeatable = false", "exactly one of"),
            ("repeatable = true\nchannel = \"npm\"", "exactly one of"),
            ("channel = \"pypi\"", "do not have this one"),
            ("observe = { run = [], done = 0, absent = 1 }", "what is run"),
            ("observe = { run = [\"y\"], done = 1, absent = 1 }", "same status"),
            ("repeatable = true\nset-env = { A = \"b\" }\nworkflow = \"w\"", "`workflow` means nothing"),
        ] {
            let problems = command(rest).unwrap_err();
            assert!(problems.contains(said), "{said}\n{problems}");
        }
    }

    #[test]
    fn a_placeholder_that_stands_for_nothing_is_refused_with_its_name() {
        let dispatch = |text: &str| {
            parsed(&step(&format!(
                "kind = \"dispatch-workflow\"\nworkflow = \".github/workflows/p.yml\"\ninputs = {{ a = \"{text}\" }}"
            )))
        };
        assert!(dispatch("{tag} {version} {commit} {build-run-id}").is_ok());
        for text in ["{other}", "{", "{tag} {"] {
            assert!(dispatch(text).unwrap_err().contains("stands for nothing"), "{text}");
        }
    }

    #[test]
    fn the_github_channel_needs_the_projects_repository() {
        let plan = format!("{HEAD}[channels.github-release]\n");
        assert!(Plan::parse(&plan).is_ok());
        let problems = Plan::parse(&plan.replace("repository = \"o/r\"\n", "")).unwrap_err();
        assert!(problems[0].message.contains("channels.github-release"), "{problems:?}");
    }

    #[test]
    fn provenance_is_of_a_workflow_of_the_projects_repository() {
        let plan = |channels: &str| Plan::parse(&HEAD.replace("[channels.npm]\npackage = \"s\"\n", channels));
        let asked = "[channels.npm]\npackage = \"s\"\nprovenance = \".github/workflows/publish.yml\"\n";
        let made = plan(asked).unwrap();
        let workflow = made.channels.npm.unwrap().provenance.unwrap();
        assert_eq!(workflow.as_str(), ".github/workflows/publish.yml");
        for wrong in
            ["publish.yml", ".github/workflows/", ".github/workflows/a/b.yml", ".github/workflows/x.sh"]
        {
            assert!(plan(&asked.replace(".github/workflows/publish.yml", wrong)).is_err(), "{wrong}");
        }
        let problems = plan(&asked.replace("npm", "crates-io")).unwrap_err();
        assert!(problems[0].message.contains("serves no signed statements"), "{problems:?}");
        let nameless = HEAD.replace("repository = \"o/r\"\n", "");
        let problems =
            Plan::parse(&nameless.replace("[channels.npm]\npackage = \"s\"\n", asked)).unwrap_err();
        assert!(problems[0].message.contains("project.repository"), "{problems:?}");
    }

    #[test]
    fn a_step_at_github_needs_the_projects_repository() {
        let plan = format!("{HEAD}{BEGUN}{BUILT}").replace("repository = \"o/r\"\n", "");
        let problems = Plan::parse(&plan).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.message.contains("project.repository")),
            "{problems:?}"
        );
    }
}
