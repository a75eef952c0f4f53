//! Plans to compare: one that has everything, and any that have less.

use gonogo_core::plan::{Check, CheckKind, Plan, StepKind};
use std::sync::OnceLock;

const RICH: &str = r#"
schema = 1
[project]
name = "sample"
repository = "o/r"
changelog = "CHANGELOG.md"
[ci]
workflow = ".github/workflows/ci.yml"
events = ["push"]
[[versions]]
file = "Cargo.toml"
key = "package.version"
[[versions]]
file = "package.json"
pointer = "/version"
[[tools]]
name = "cargo-audit"
minimum = "0.21"
[[tools]]
name = "node"
[policy]
required-gates = [1, 3, 5]
lfs = true
env = ["CARGO_HOME"]
output-limit-mib = 16
[tracker]
kind = "file"
path = "blockers.json"

[[gates]]
id = 1
name = "Dependencies"
blocks-when = ["an advisory is open", "a licence is unknown"]
[[gates.checks]]
id = "audit"
run = ["cargo-audit", "audit", "--json"]
before = [["cargo", "fetch"]]
needs = ["git"]
cwd = "core"
env = ["HTTPS_PROXY"]
set-env = { RUST_LOG = "warn" }
report = "audit.json"
locks = ["cargo"]
exclusive = true
reader = "cargo-audit"
data-repository = "db"
canary = ["cargo-audit", "audit", "--file", "bad.lock"]
minimum = { examined = 10, data-max-days = 7 }
[[gates.checks]]
id = "words"
run = ["words"]
reader = "text"
expect = "^checked"
finding = "^wrong"
require = ["^done", "^all"]
exits = { 3 = "unreachable" }
[[gates.checks]]
id = "pointed"
run = ["pointed"]
reader = "json-pointer"
pointers = { passed = "/passed", failed = "/failed", findings = "/findings", thresholds = [{ at = "/covered", least = 80, most = 100 }] }
[[gates.checks]]
id = "lined"
run = ["lined"]
reader = "json-lines"
lines = { examined = { "/kind" = ["file"] }, findings = { "/level" = ["error", "warning"], "/rule" = [] }, end = { "/kind" = ["end"] }, key = ["/rule"], message = "/text" }

[[gates]]
id = 3
name = "Concurrency"
[[gates.checks]]
id = "tests"
run = ["cargo", "test"]
reader = "libtest"
minimum = { tests = 40 }
[[gates.checks]]
id = "unsafe"
kind = "inventory"
pattern = "unsafe"
paths = ["src", "ffi"]
focus = "soundness"
[[gates.checks]]
id = "eyes"
kind = "review"
focus = "races"
[[gates.checks]]
id = "clean"
kind = "git-clean"

[[gates]]
id = 5
name = "Speed"
[[gates.checks]]
id = "bench"
kind = "benchmark"
run = ["./bench"]
[gates.checks.benchmark]
format = "json"
results = "/results"
key = ["name"]
metric = "seconds"
margin = "5%"
alpha = "2%"
pairs = 100
samples = 3
warm-up = 2
scenarios = 4

[[gates]]
id = 7
name = "Not required"
[[gates.checks]]
id = "docs"
kind = "changelog"

[[steps]]
kind = "tag"
[[steps]]
kind = "push-tag"
remote = "origin"
[[steps]]
id = "build"
kind = "watch-workflow"
workflow = ".github/workflows/release.yml"
rehearse = { run = [["make"]], artifacts = { dist = ["dist/*", "more"] } }
[[steps]]
kind = "fetch-artifacts"
artifacts = ["dist-*", "wheels-*"]
[[steps]]
kind = "homebrew-formula"
template = "formula.rb"
[[steps]]
id = "publish"
kind = "dispatch-workflow"
workflow = ".github/workflows/publish.yml"
git-ref = "main"
inputs = { tag = "{tag} = more" }
[[steps]]
id = "upload"
kind = "command"
run = ["upload"]
observe = { run = ["uploaded"], done = 0, absent = 1 }
[[steps]]
kind = "github-release"
create = true
checksums = "SHA256SUMS"

[channels.crates-io]
package = "sample"
also = ["sample-core"]
files = ["sample-{version}.crate", "sample-core-{version}.crate"]
adds = ["checksums"]
holds = ["LICENSE"]
smoke = ["sample", "--version"]
[channels.npm]
package = "sample"
dist-tag = "latest"
provenance = ".github/workflows/publish.yml"
[channels.homebrew]
tap = "o/homebrew-tap"
formula = "sample"
smoke = ["sample", "--version"]
[channels.go]
module = "example.test/o/r"
holds = ["LICENSE"]
[channels.github-release]
files = ["sample-{version}-{linux,mac}.zip"]
holds = ["LICENSE"]
provenance = ".github/workflows/release.yml"
immutable = true
"#;

/// A plan that has everything.
pub fn rich() -> Plan {
    // The numbers of a benchmark's design take their time.
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| Plan::parse(RICH).unwrap_or_else(|problems| panic!("{problems:#?}"))).clone()
}

/// The same with some of it taken away, as the bits of a number say. Every required gate keeps a check.
pub fn thinned(seed: u64) -> Plan {
    let mut plan = rich();
    let mut bits = (0..64).map(|bit| seed >> bit & 1 == 1);
    let mut drops = || bits.next().unwrap_or_default();
    let project = &mut plan.project;
    project.changelog = project.changelog.take().filter(|_| !drops());
    plan.ci = plan.ci.take().filter(|_| !drops());
    plan.versions.retain(|_| !drops());
    plan.tools.retain(|_| !drops());
    plan.policy.env.retain(|_| !drops());
    plan.tracker.path = plan.tracker.path.take().filter(|_| !drops());
    for gate in &mut plan.gates {
        let mut left = gate.checks.len();
        gate.checks.retain(|_| {
            let drop = left > 1 && drops();
            left -= usize::from(drop);
            !drop
        });
        for check in &mut gate.checks {
            if drops() {
                thin(check);
            }
        }
    }
    if drops() {
        plan.policy.required_gates.retain(|id| *id != 5);
    }
    plan.steps.retain(|step| matches!(step.kind, StepKind::Tag(_) | StepKind::PushTag(_)) || !drops());
    let channels = &mut plan.channels;
    channels.crates_io = channels.crates_io.take().filter(|_| !drops());
    channels.npm = channels.npm.take().filter(|_| !drops());
    channels.homebrew = channels.homebrew.take().filter(|_| !drops());
    channels.go = channels.go.take().filter(|_| !drops());
    channels.github_release = channels.github_release.take().filter(|_| !drops());
    plan
}

fn thin(check: &mut Check) {
    if let CheckKind::Command(command) = &mut check.kind {
        command.canary = None;
        command.data_repository = None;
        command.exclusive = false;
        let program = &mut command.program;
        (program.cwd, program.report) = (None, None);
        program.before.clear();
        program.needs.clear();
        program.set_env.clear();
    }
    if let CheckKind::Inventory(inventory) = &mut check.kind {
        inventory.paths.clear();
    }
}
