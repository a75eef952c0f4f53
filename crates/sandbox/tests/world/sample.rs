//! The sample project is released into the private world: built once, and those files published everywhere.

use crate::support::{Playground, search_path};
use gonogo_sandbox::registry::TOKEN;
use gonogo_sandbox::sample::{self, Binding};
use gonogo_sandbox::{Service, Spec, Work};
use gonogo_world::process::{Cancel, Environment, Invocation, run};
use gonogo_world::tools;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const REPOSITORY: &str = "octo/tally";
const TAP: &str = "octo/homebrew-tap";
const BINDINGS: [Binding; 3] = [Binding::Python, Binding::Node, Binding::Go];

async fn git(folder: &Path, arguments: &[&str]) -> String {
    let program = tools::find_on_path("git", None).unwrap();
    let environment = Environment::allowing([])
        .with("GIT_CONFIG_GLOBAL", "/dev/null")
        .with("GIT_AUTHOR_NAME", "sample")
        .with("GIT_AUTHOR_EMAIL", "sample@example.test")
        .with("GIT_COMMITTER_NAME", "sample")
        .with("GIT_COMMITTER_EMAIL", "sample@example.test");
    let invocation = Invocation::tool(&program, folder, environment).args(arguments.iter().copied());
    let captured = run(&invocation, &Cancel::default()).await.unwrap();
    assert!(captured.succeeded(), "{arguments:?}: {}", captured.stderr.text());
    captured.stdout.text().trim().to_owned()
}

/// The workflows with the test tools on their search path.
fn with_tools(spec: Spec) -> Spec {
    let path = search_path().into_string().unwrap();
    let workflows = spec.workflows.into_iter().map(|mut workflow| {
        if let Work::Commands { environment, .. } = &mut workflow.work {
            environment.push(("PATH".to_owned(), path.clone()));
        }
        workflow
    });
    Spec { workflows: workflows.collect(), ..spec }
}

/// A world with the sample at 0.2.0, its checkout in `checkout`.
async fn ready() -> Playground {
    let checkout = tempfile::tempdir().unwrap();
    sample::write(checkout.path(), "0.2.0", &BINDINGS).unwrap();
    sample::mend(checkout.path()).unwrap();
    git(checkout.path(), &["init", "--quiet", "--initial-branch=main"]).await;
    git(checkout.path(), &["add", "--all"]).await;
    git(checkout.path(), &["commit", "--quiet", "--message=Lose no count"]).await;
    let commit = git(checkout.path(), &["rev-parse", "HEAD"]).await;
    let spec = sample::spec(REPOSITORY, TAP, checkout.path(), &commit, "0.1.0");
    let playground = Playground::with(with_tools(spec)).await;
    let address = format!("https://github.com/{REPOSITORY}.git");
    playground.ok(".", &["git", "clone", "--quiet", &address, "checkout"]).await;
    playground
}

async fn watch(playground: &Playground, id: u64) {
    if playground.conclusion(REPOSITORY, id).await != "success" {
        let id = id.to_string();
        let log = playground.ok(".", &["gh", "run", "view", &id, "--log", "-R", REPOSITORY]).await;
        assert_eq!(log, "");
    }
}

async fn dispatch(playground: &Playground, rehearsal: &str) {
    let rehearsal = format!("rehearsal={rehearsal}");
    let words = ["gh", "workflow", "run", "release-publish.yml", "--ref", "main", "-R", REPOSITORY];
    let inputs = ["-f", "release_tag=v0.2.0", "-f", &rehearsal];
    playground.ok(".", &[words.as_slice(), &inputs].concat()).await;
}

fn sums(playground: &Playground) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(playground.path("down/dist/sha256sums.txt")).unwrap();
    let lines = text.lines().map(|line| line.split_once("  ").unwrap());
    lines.map(|(digest, name)| (name.to_owned(), digest.to_owned())).collect()
}

#[tokio::test]
async fn what_was_built_once_is_what_every_registry_serves() {
    let playground = ready().await;
    for tag in ["bindings/go/v0.2.0", "v0.2.0"] {
        playground.ok("checkout", &["git", "tag", "--annotate", "--message=Release v0.2.0", tag]).await;
        playground.ok("checkout", &["git", "push", "--quiet", "origin", tag]).await;
    }
    watch(&playground, 2).await;
    playground.ok("down", &["gh", "run", "download", "2", "-R", REPOSITORY]).await;
    let built = sums(&playground);
    let archive = format!("tally_0.2.0_{}.tar.gz", sample::platform());
    let names: BTreeSet<&str> = built.keys().map(String::as_str).collect();
    let wanted = [
        "tally-0.2.0-py3-none-any.whl",
        "tally-0.2.0.crate",
        "tally-0.2.0.tar.gz",
        "tally-0.2.0.tgz",
        &archive,
    ];
    assert_eq!(names, BTreeSet::from(wanted));
    let unpack = ["tar", "-xzf", &format!("down/dist/{archive}")];
    playground.ok(".", &unpack).await;
    assert_eq!(playground.ok("bin", &["./tally", "--version"]).await, "tally 0.2.0\n");

    dispatch(&playground, "true").await;
    watch(&playground, 3).await;
    assert!(playground.world.registries().cargo.registry.versions("tally").is_empty());
    dispatch(&playground, "false").await;
    watch(&playground, 4).await;
    {
        let registries = playground.world.registries();
        let line = registries.cargo.registry.versions("tally").remove(0);
        assert_eq!(line["cksum"], built["tally-0.2.0.crate"]);
        let files = registries.pypi.registry.files("tally");
        for name in ["tally-0.2.0-py3-none-any.whl", "tally-0.2.0.tar.gz"] {
            assert_eq!(files[name].sha256, built[name]);
        }
        assert!(registries.npm.registry.version("tally", "0.2.0").is_some());
    }
    let packed = playground.ok("npm", &["npm", "pack", "--silent", "tally@0.2.0"]).await;
    let packed = std::fs::read(playground.path("npm").join(packed.trim())).unwrap();
    assert_eq!(packed, std::fs::read(playground.path("down/dist/tally-0.2.0.tgz")).unwrap());

    // Again: what is there already is no failure, and nothing changes.
    dispatch(&playground, "false").await;
    watch(&playground, 5).await;
    installs(&playground).await;
}

async fn installs(playground: &Playground) {
    playground.ok("a", &["cargo", "install", "tally", "--version", "0.2.0", "--root", "."]).await;
    assert_eq!(playground.ok("a/bin", &["./tally", "--version"]).await, "tally 0.2.0\n");
    playground.ok("b", &["npm", "install", "tally@0.2.0"]).await;
    let count = "const { Tally } = require('tally'); console.log(new Tally().add())";
    assert_eq!(playground.ok("b", &["node", "--eval", count]).await, "1\n");
    for (folder, kind) in [("c", "--no-binary=:none:"), ("d", "--no-binary=:all:")] {
        playground.ok(".", &["pip", "install", kind, "--target", folder, "tally==0.2.0"]).await;
        let count = "import tally; print(tally.Tally().add())";
        assert_eq!(playground.ok(folder, &["python", "-c", count]).await, "1\n");
    }
    let module = format!("{}@v0.2.0", sample::GO_MODULE);
    playground.ok("e", &["go", "mod", "download", &module]).await;
}

#[tokio::test]
async fn a_publish_that_a_wrong_credential_stopped_halfway_is_finished_by_the_next() {
    let playground = ready().await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", "HEAD:refs/tags/v0.2.0"]).await;
    watch(&playground, 2).await;
    playground.world.registries().npm.registry.accept("another");
    dispatch(&playground, "false").await;
    assert_eq!(playground.conclusion(REPOSITORY, 3).await, "failure");
    let log = playground.ok(".", &["gh", "run", "view", "3", "--log", "-R", REPOSITORY]).await;
    assert!(log.contains("E401"), "{log}");
    let served = |playground: &Playground| {
        let registries = playground.world.registries();
        let crates = registries.cargo.registry.versions("tally").len();
        let is_on_npm = registries.npm.registry.version("tally", "0.2.0").is_some();
        (crates, is_on_npm, registries.pypi.registry.files("tally").len())
    };
    assert_eq!(served(&playground), (1, false, 0));
    playground.world.registries().npm.registry.accept(TOKEN);
    dispatch(&playground, "false").await;
    watch(&playground, 4).await;
    assert_eq!(served(&playground), (1, true, 2));
}

#[tokio::test]
async fn what_has_no_twine_is_uploaded_all_the_same() {
    let playground = ready().await;
    playground.ok("checkout/bindings/python", &["python", "backend.py", "../.."]).await;
    let upload = ["python", "scripts/upload.py", "tally-0.2.0.tar.gz", "tally-0.2.0-py3-none-any.whl"];
    playground.ok("checkout", &upload).await;
    assert_eq!(playground.world.registries().pypi.registry.files("tally").len(), 2);
}

#[tokio::test]
async fn every_artifact_of_the_sample_holds_licence_and_notices() {
    let playground = ready().await;
    playground.ok("checkout", &["sh", "scripts/build.sh"]).await;
    let list = "import sys, tarfile, zipfile\nfor path in sys.argv[1:]:\n    names = zipfile.ZipFile(path).namelist() if path.endswith('.whl') else tarfile.open(path).getnames()\n    print(sum(name.split('/')[-1] in ('LICENSE', 'THIRD_PARTY_NOTICES.md') for name in names))\n";
    let archive = format!("tally_0.2.0_{}.tar.gz", sample::platform());
    let files = [
        "tally-0.2.0-py3-none-any.whl",
        "tally-0.2.0.crate",
        "tally-0.2.0.tar.gz",
        "tally-0.2.0.tgz",
        &archive,
    ];
    let words: Vec<&str> = ["python", "-c", list].into_iter().chain(files).collect();
    assert_eq!(playground.ok("checkout/dist", &words).await, "2\n2\n2\n2\n2\n");
    let status = playground.ok("checkout", &["git", "status", "--porcelain"]).await;
    assert_eq!(status, "", "a build changes no tracked file");
    assert_eq!(playground.world.address(Service::Git), None);
}
