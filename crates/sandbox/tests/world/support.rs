//! A private world, and the real tools in it.

use gonogo_sandbox::world::RemoteSpec;
use gonogo_sandbox::{PrivateWorld, Spec};
use gonogo_world::process::{Cancel, Captured, Environment, Invocation, run};
use gonogo_world::tools;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

pub(crate) const REPOSITORY: &str = "o/tally";
pub(crate) const ADDRESS: &str = "https://github.com/o/tally.git";

pub(crate) fn test_tools() -> PathBuf {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools"));
    assert!(folder.exists(), "no {}: run scripts/setup", folder.display());
    folder.canonicalize().unwrap()
}

/// A private world in a folder of its own, and the tools' search path.
pub(crate) struct Playground {
    // Ended before the folder goes.
    pub(crate) world: PrivateWorld,
    pub(crate) folder: TempDir,
}

impl Playground {
    /// One remote with a few files, and what else the specification says.
    pub(crate) async fn with(spec: Spec) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = test_tools().join("go-build-cache");
        let spec = Spec { go_build_cache: Some(cache), ..spec };
        let world = PrivateWorld::start(&folder.path().join("world"), spec).await.unwrap();
        Self { world, folder }
    }

    /// One remote, `o/tally`, with these files.
    pub(crate) async fn with_files(files: &[(&str, &str)]) -> Self {
        Self::with(Spec { remotes: vec![remote(files)], ..Spec::default() }).await
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file below the folder.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs a tool in a folder below this one, with more variables.
    pub(crate) async fn run_with(&self, folder: &str, words: &[&str], more: &[(&str, &str)]) -> Captured {
        let directory = self.path(folder);
        std::fs::create_dir_all(&directory).unwrap();
        let (program, arguments) = words.split_first().unwrap();
        let environment = self
            .world
            .variables()
            .into_iter()
            .fold(Environment::allowing([]).with("PATH", search_path()), |all, (name, value)| {
                all.with(name, value)
            });
        let environment = more.iter().fold(environment, |all, (name, value)| all.with(*name, *value));
        let program = match program.strip_prefix("./") {
            Some(own) => directory.join(own),
            None => tools::find(program, &search_path(), None)
                .map_err(|error| format!("{error}: run scripts/setup"))
                .unwrap(),
        };
        let mut invocation =
            Invocation::tool(&program, &directory, environment).args(arguments.iter().copied());
        invocation.timeout = Duration::from_secs(300);
        run(&invocation, &Cancel::default()).await.unwrap()
    }

    /// Waits until a workflow run has ended, and gives its conclusion. A run that does not end is ended by its timeout.
    pub(crate) async fn conclusion(&self, repository: &str, id: u64) -> String {
        loop {
            let ended = {
                let mut state = self.world.github().state();
                let run = state.repository(repository).runs.iter().find(|run| run.id == id);
                run.and_then(|run| run.conclusion.clone())
            };
            match ended {
                Some(conclusion) => return conclusion,
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    /// What a tool prints that must succeed.
    pub(crate) async fn ok(&self, folder: &str, words: &[&str]) -> String {
        let captured = self.run_with(folder, words, &[]).await;
        let (out, err) = (captured.stdout.text(), captured.stderr.text());
        assert!(captured.succeeded(), "{words:?}\n{out}\n{err}\n{:#?}", self.world.log());
        out
    }

    /// What a tool says that must fail.
    pub(crate) async fn refused(&self, folder: &str, words: &[&str]) -> String {
        let captured = self.run_with(folder, words, &[]).await;
        let said = format!("{}{}", captured.stdout.text(), captured.stderr.text());
        assert!(!captured.succeeded(), "{words:?}\n{said}");
        said
    }
}

/// `o/tally` with these files.
pub(crate) fn remote(files: &[(&str, &str)]) -> RemoteSpec {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    RemoteSpec::of_files(REPOSITORY, files.collect())
}

/// The test tools before the host's.
pub(crate) fn search_path() -> OsString {
    let host = std::env::var_os("PATH").unwrap_or_default();
    let tools = test_tools();
    let own = [tools.join("bin"), tools.join("publishers-venv/bin")];
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&host))).unwrap()
}
