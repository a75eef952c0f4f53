//! Programs behind other programs: the one that is called is asked whether it has them, in the folder and the environment
//! in which it is called. Nothing of theirs is run.

use gonogo_core::plan::{Behind, Plan, Through};
use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::tools;
use std::path::Path;
use std::time::Duration;

/// Looks for a module on Python's own path, and imports nothing of it.
const HAS_MODULE: &str =
    "import sys, importlib.machinery as m; print(m.PathFinder.find_spec(sys.argv[1]) is not None)";

/// What the plan's checks call through a program that says it has no such thing. Where a program does not answer, nothing is
/// said: the check that calls it shows why.
pub async fn missing_behind(
    plan: &Plan,
    checkout: &Path,
    environment: &Environment,
    cancel: &Cancel,
) -> Vec<Through> {
    let mut missing = Vec::new();
    for one in plan.called_through() {
        if has(&one, checkout, environment, cancel).await == Some(false) {
            missing.push(one);
        }
    }
    missing
}

async fn has(one: &Through, checkout: &Path, environment: &Environment, cancel: &Cancel) -> Option<bool> {
    let search = environment.get("PATH").unwrap_or_default();
    let program = tools::find(&one.program, search, Some(checkout)).ok()?;
    let folder = one.cwd.as_ref().map_or_else(|| checkout.to_owned(), |cwd| checkout.join(cwd));
    let root = checkout.display().to_string();
    let set = one.set_env.iter().map(|(name, value)| (name, value.replace("{root}", &root)));
    let environment =
        set.fold(environment.clone(), |environment, (name, value)| environment.with(name, value));
    let mut invocation = Invocation::tool(&program, &folder, environment);
    invocation.timeout = Duration::from_secs(20);
    let invocation = match &one.what {
        Behind::Subcommand(_) => invocation.args(["--list"]),
        Behind::Module(name) => invocation.args(["-c", HAS_MODULE, name]),
    };
    let answer = run(&invocation, cancel).await.ok().filter(|answer| answer.succeeded())?;
    let said = answer.stdout.text();
    match &one.what {
        Behind::Subcommand(name) => {
            let mut listed = said.lines().filter_map(|line| line.split_whitespace().next());
            Some(listed.any(|listed| listed == name))
        }
        Behind::Module(_) => match said.trim() {
            "True" => Some(true),
            "False" => Some(false),
            _ => None,
        },
    }
}
