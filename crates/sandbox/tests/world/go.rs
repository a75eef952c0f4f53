//! The Go module proxy with the real go.

use crate::support::{ADDRESS, Playground, REPOSITORY, remote};
use gonogo_sandbox::registry::RemoteModule;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service, Spec};
use std::time::Duration;

const MODULE: &str = "example.test/Tally";

async fn ready() -> Playground {
    let module = RemoteModule {
        path: MODULE.to_owned(),
        repository: REPOSITORY.to_owned(),
        folder: "bindings/go".to_owned(),
    };
    let remote = remote(&[
        ("LICENSE", "MIT\n"),
        ("bindings/go/go.mod", "module example.test/Tally\n\ngo 1.21\n"),
        ("bindings/go/tally.go", "package tally\n"),
        ("bindings/go/cmd/tally/main.go", "package main\n\nfunc main() { println(\"tally here\") }\n"),
        ("bindings/go/inner/go.mod", "module example.test/inner\n"),
    ]);
    let playground =
        Playground::with(Spec { remotes: vec![remote], go_modules: vec![module], ..Spec::default() }).await;
    playground.ok(".", &["git", "clone", "--quiet", ADDRESS, "checkout"]).await;
    playground
}

async fn tag(playground: &Playground, version: &str) {
    let tag = format!("bindings/go/{version}");
    playground.ok("checkout", &["git", "tag", "--annotate", "--message=x", &tag]).await;
    playground.ok("checkout", &["git", "push", "--quiet", "origin", &tag]).await;
}

fn download(version: &str) -> [String; 5] {
    ["go", "mod", "download", "-json", &format!("{MODULE}@{version}")].map(str::to_owned)
}

async fn downloads(playground: &Playground, version: &str) -> Result<String, String> {
    let words = download(version);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let captured = playground.run_with("user", &words, &[]).await;
    let said = captured.stdout.text() + &captured.stderr.text();
    if captured.succeeded() { Ok(said) } else { Err(said) }
}

#[tokio::test]
async fn a_pushed_tag_is_a_version_that_installs_and_runs() {
    let playground = ready().await;
    assert!(downloads(&playground, "v1.0.0").await.unwrap_err().contains("404"));
    tag(&playground, "v1.0.0").await;
    tag(&playground, "v1.1.0-rc.1").await;
    tag(&playground, "v2.0.0").await;
    let listed = playground.ok("user", &["go", "list", "-m", "-versions", &format!("{MODULE}@latest")]).await;
    assert_eq!(listed.trim(), format!("{MODULE} v1.0.0 v1.1.0-rc.1"), "no v2 without /v2 in the path");
    playground.ok("user", &["go", "install", &format!("{MODULE}/cmd/tally@latest")]).await;
    let captured = playground.run_with("world/home/go/bin", &["./tally"], &[]).await;
    assert_eq!(captured.stderr.text(), "tally here\n");
    let files = playground.path("world/home/go/pkg/mod/example.test/!tally@v1.0.0");
    assert!(files.join("LICENSE").exists() && !files.join("inner").exists());
}

#[tokio::test]
async fn each_fault_reaches_go_as_what_it_is() {
    let playground = ready().await;
    tag(&playground, "v1.0.0").await;
    let of = |file: &str| Matcher::of("GET", &format!("/example.test/%21tally/@v/{file}"));
    let always = |matcher, trouble| {
        playground.world.calm(Service::Go);
        playground.world.fault(Service::Go, Fault::always(matcher, trouble));
    };
    always(of(""), FaultKind::status(503, "out of order"));
    assert!(downloads(&playground, "v1.0.0").await.unwrap_err().contains("503"));
    always(of(""), FaultKind::Stale(1));
    assert!(downloads(&playground, "v1.0.0").await.unwrap_err().contains("404"));
    always(of(""), FaultKind::Dropped);
    assert!(downloads(&playground, "v1.0.0").await.unwrap_err().contains("EOF"));
    always(of("v1.0.0.zip"), FaultKind::Cut(b"half".to_vec()));
    assert!(downloads(&playground, "v1.0.0").await.is_err());
    playground.world.calm(Service::Go);
    playground.world.fault(Service::Go, Fault::flapping(of("v1.0.0.zip")));
    assert!(downloads(&playground, "v1.0.0").await.unwrap_err().contains("404"));
    let late = FaultKind::Delayed(Duration::from_millis(5));
    playground.world.fault(Service::Go, Fault::once(of("v1.0.0.zip"), late));
    let done = downloads(&playground, "v1.0.0").await.unwrap();
    assert!(done.contains("\"Sum\": \"h1:"), "{done}");
}
