//! A second front end, as small as can be: it drives a poll and a whole run through the engine's events alone.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the project is made with git itself, and helpers of tests may break off as tests do"
)]

use gonogo_core::door::Consent;
use gonogo_core::mechanics::Effect;
use gonogo_core::plan::Plan;
use gonogo_core::release::{Agent, Mode};
use gonogo_core::verdict::Outcome;
use gonogo_engine::context::{Context, ReleaseRequest};
use gonogo_engine::delivery::{DeliveryEvent, DeliveryWatch};
use gonogo_engine::poll::{self, Options, PollEvent, PollWatch};
use gonogo_engine::release;
use gonogo_engine::run::{Ending, RunEvent, RunWatch, world};
use gonogo_engine::tracker;
use gonogo_world::process::Cancel;
use std::path::Path;
use tempfile::TempDir;

const PASSED: &str = "running 1 test\ntest lock ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
const PLAN: &str = "schema = 1\n[project]\nname = \"tiny\"\n[policy]\nrequired-gates = [3]\n[tracker]\nkind = \"file\"\n\
    [[gates]]\nid = 3\nname = \"Concurrency\"\n[[gates.checks]]\nid = \"lock\"\nrun = [\"cat\", \"report\"]\nreader = \"libtest\"\n\
    [[steps]]\nkind = \"tag\"\n[[steps]]\nkind = \"push-tag\"\n";

/// Says what happens, a line each, and answers the one question.
struct Lines {
    said: Vec<String>,
    yes: bool,
}

impl PollWatch for Lines {
    fn poll(&mut self, event: PollEvent<'_>) {
        self.said.push(match event {
            PollEvent::Begins(context) => format!("poll of {}", context.candidate.target),
            PollEvent::Started { gate, check } => format!("{gate}/{check} begins"),
            PollEvent::Finished(finished) => format!("{} {:?}", finished.check, finished.verdict),
            PollEvent::Note(text) => text.to_owned(),
            PollEvent::Ends => "poll ends".to_owned(),
            PollEvent::Came(_, report) => if report.decision.is_ok() { "go" } else { "no-go" }.to_owned(),
        });
    }
}

impl RunWatch for Lines {
    fn run(&mut self, event: RunEvent<'_>) {
        self.said.push(match event {
            RunEvent::Begins { planned, .. } => {
                planned.iter().map(|one| one.step.as_str()).collect::<Vec<_>>().join(", ")
            }
            RunEvent::Step(step) => format!("step {step}"),
            RunEvent::Waits(text) => text.to_owned(),
            RunEvent::Effect { effect, .. } => effect.to_string(),
            RunEvent::Done { step, .. } => format!("{step} is done"),
            RunEvent::Stopped { step, cause } => format!("{step} stopped: {}", cause.code),
            RunEvent::Came(_, report) => format!("{:?}", report.ending),
        });
    }

    async fn may_pass(&mut self, _: &Context, step: &str, effect: &Effect) -> Consent {
        self.said.push(format!("{step}: {effect}?"));
        if self.yes { Consent::Given } else { Consent::Withheld }
    }
}

impl DeliveryWatch for Lines {
    fn delivery(&mut self, _: DeliveryEvent<'_>) {
        self.said.push("delivery".to_owned());
    }
}

/// A project with one remote; its one check prints a report that is committed.
struct Project(TempDir);

impl Project {
    fn new(report: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        let remote = project.0.path().join("remote.git");
        git(project.0.path(), &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"]);
        git(project.0.path(), &["init", "--quiet", "--initial-branch=main", "tree"]);
        for (key, value) in [("user.name", "t"), ("user.email", "t@example.test"), ("tag.gpgSign", "false")] {
            git(&project.root(), &["config", key, value]);
        }
        std::fs::write(project.root().join("gonogo.toml"), PLAN).unwrap();
        std::fs::write(project.root().join("report"), report).unwrap();
        git(&project.root(), &["add", "--all"]);
        git(&project.root(), &["commit", "--quiet", "--no-gpg-sign", "-m", "Begin"]);
        git(&project.root(), &["remote", "add", "origin", &remote.display().to_string()]);
        git(&project.root(), &["push", "--quiet", "--set-upstream", "origin", "main"]);
        project
    }

    fn root(&self) -> std::path::PathBuf {
        self.0.path().join("tree")
    }

    fn remote_tags(&self) -> String {
        git(&self.root(), &["ls-remote", "--tags", "origin"])
    }

    async fn context(&self) -> Context {
        let asked = ReleaseRequest {
            target: "1.0.0".to_owned(),
            base_tag: None,
            agent: Some("tiny@host".parse::<Agent>().unwrap()),
            says_agent: false,
            yes: false,
            mode: Mode::Live,
            plan: None,
        };
        Context::capture_in(&self.root(), &asked, Cancel::default()).await.unwrap()
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const OPTIONS: Options = Options { fresh: false, jobs: 1, close_passed: false };

fn lines(yes: bool) -> Lines {
    Lines { said: Vec::new(), yes }
}

#[tokio::test]
async fn a_poll_is_told_by_events_alone() {
    let project = Project::new(PASSED);
    let context = project.context().await;
    let tracker = tracker::open(&context.session.git, &context.candidate.plan);
    let mut watch = lines(false);
    let report = poll::run(&context, OPTIONS, &tracker, &mut watch).await.unwrap();
    assert_eq!(report.poll.outcome(), Outcome::Passed);
    assert_eq!(watch.said, ["poll of v1.0.0", "3/lock begins", "lock Passed", "poll ends", "go"]);
}

#[tokio::test]
async fn a_run_is_told_by_events_alone_and_asks_once() {
    let project = Project::new(PASSED);
    let context = project.context().await;
    let world = world::of_the_context(&context).await.unwrap();
    let mut watch = lines(true);
    let released = release::release(&context, &world, OPTIONS, &mut watch).await.unwrap();
    assert!(matches!(released.ran.unwrap().ending, Ending::Completed));
    assert_eq!(
        watch.said[5..],
        [
            "tag, push-tag",
            "step tag",
            "create the annotated tag",
            "tag is done",
            "step push-tag",
            "push-tag: push the tag?",
            "push the tag",
            "push-tag is done",
            "Completed",
        ]
    );
    assert!(project.remote_tags().contains("refs/tags/v1.0.0"));
}

#[tokio::test]
async fn a_front_end_that_says_no_is_heard_and_a_no_go_never_asks() {
    let project = Project::new(PASSED);
    let context = project.context().await;
    let world = world::of_the_context(&context).await.unwrap();
    let released = release::release(&context, &world, OPTIONS, &mut lines(false)).await.unwrap();
    assert!(matches!(released.ran.unwrap().ending, Ending::Declined { .. }));
    assert_eq!(project.remote_tags(), "");

    let project = Project::new("no test ran\n");
    let context = project.context().await;
    let world = world::of_the_context(&context).await.unwrap();
    let mut watch = lines(true);
    let released = release::release(&context, &world, OPTIONS, &mut watch).await.unwrap();
    assert!(released.ran.is_none() && released.polled.decision.is_err());
    assert!(watch.said.iter().all(|line| !line.ends_with('?')), "{:?}", watch.said);
    assert_eq!(project.remote_tags(), "");
}

#[test]
fn the_plan_of_these_tests_is_a_plan() {
    assert_eq!(Plan::parse(PLAN).unwrap().steps.len(), 2);
}
