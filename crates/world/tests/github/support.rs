//! The ghs under test and the world they run in.

use gonogo_sandbox::github::{GithubStandIn, GithubState};
use gonogo_world::github::{Gh, GhPatience};
use gonogo_world::process::{Captured, Environment, Invocation, run};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use gonogo_world::process::Cancel;

pub(crate) const REPOSITORY: &str = "o/r";

fn tools() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools")).to_owned()
}

/// The current gh.
pub(crate) fn current_gh() -> PathBuf {
    let program = tools().join("bin/gh");
    assert!(program.exists(), "no {}: run scripts/setup", program.display());
    program
}

/// Every gh that this host can have: the current one, and Debian's 2.23 unless the setup script found that the
/// host's packages do not hold it.
pub(crate) fn every_gh() -> Vec<PathBuf> {
    let old = tools().join("gh-2.23");
    let program = old.join("usr/bin/gh");
    if program.exists() {
        return vec![current_gh(), program];
    }
    let reason = std::fs::read_to_string(old.join("UNAVAILABLE")).unwrap_or_default();
    assert!(reason.starts_with("this host"), "no {}: run scripts/setup", program.display());
    vec![current_gh()]
}

/// A stand-in with one empty repository.
pub(crate) fn stand_in() -> GithubStandIn {
    GithubStandIn::start(GithubState::with_repository(REPOSITORY)).unwrap()
}

/// Tries again three times, at once.
pub(crate) fn at_once() -> GhPatience {
    GhPatience { retries: 3, delay: Duration::ZERO, longest_wait: Duration::ZERO }
}

/// Never tries again.
pub(crate) fn once_only() -> GhPatience {
    GhPatience { retries: 0, ..at_once() }
}

/// A gh that talks to the stand-in.
pub(crate) fn gh(program: &Path, github: &GithubStandIn) -> Gh {
    Gh::open(program.to_owned(), github.config_dir(), REPOSITORY.to_owned())
        .unwrap()
        .with_variables(github.environment())
        .with_patience(at_once())
}

/// What a plain gh command prints and how it ends, in the stand-in's environment.
pub(crate) async fn plain_gh(program: &Path, github: &GithubStandIn, arguments: &[&str]) -> Captured {
    let environment = github
        .environment()
        .into_iter()
        .fold(Environment::allowing([]), |environment, (name, value)| environment.with(name, value));
    let invocation =
        Invocation::tool(program, &github.config_dir(), environment).args(arguments.iter().copied());
    run(&invocation, &Cancel::default()).await.unwrap()
}
