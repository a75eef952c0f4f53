//! Ergo for tests: a real one or the stand-in, of one generation, in a folder of its own.

use gonogo_world::process::{Cancel, Captured, Environment, Invocation, run};
use gonogo_world::tracker::ergo::ErgoTracker;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The generations that the tests know: one release of each.
pub(crate) const GENERATIONS: [&str; 8] =
    ["0.9.3", "1.2.0", "2.0.1", "3.0.0", "4.1.0", "4.3.3", "5.0.3", "6.0.0"];

/// One ergo.
pub(crate) struct Ergo {
    pub(crate) program: PathBuf,
    pub(crate) version: &'static str,
    pub(crate) environment: Environment,
}

impl Ergo {
    pub(crate) fn tracker(&self, checkout: &Path) -> ErgoTracker {
        ErgoTracker::open(self.program.clone(), checkout.to_owned(), self.environment.clone())
    }

    /// A folder with a backlog that this ergo made.
    pub(crate) async fn checkout(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.run(folder.path(), &["init"], None).await;
        folder
    }

    /// Runs it by hand.
    pub(crate) async fn run(&self, folder: &Path, arguments: &[&str], input: Option<&str>) -> String {
        let captured = self.try_run(folder, arguments, input).await;
        assert!(captured.succeeded(), "{arguments:?}: {}", captured.stderr.text());
        captured.stdout.text()
    }

    pub(crate) async fn try_run(&self, folder: &Path, arguments: &[&str], input: Option<&str>) -> Captured {
        let mut invocation = Invocation::tool(&self.program, folder, self.environment.clone());
        invocation = invocation.args(arguments.iter().copied());
        if let Some(input) = input {
            invocation = invocation.input(input);
        }
        run(&invocation, &Cancel::default()).await.unwrap()
    }

    /// Closes a task as a person would.
    pub(crate) async fn close_by_hand(&self, folder: &Path, id: &str, word: &str) {
        let json = format!("{{\"state\":\"{word}\"}}");
        let verb = if word == "done" { "done" } else { "cancel" };
        match self.version.split_once('.').unwrap().0 {
            "0" => self.run(folder, &["set", id], Some(&json)).await,
            "1" => self.run(folder, &["set", id, &json], None).await,
            _ => self.run(folder, &[verb, id], None).await,
        };
    }
}
