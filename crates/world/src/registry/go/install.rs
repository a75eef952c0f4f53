//! How the go command installs one exact version.

use crate::process::Environment;
use crate::registry::Wanted;
use crate::registry::install::{Clean, SAYING, not_tried, of_disk};
use gonogo_core::delivery::{Channel, Install};
use gonogo_core::verdict::Reason;
use std::fs;
use std::path::Path;

/// `go install` of a program; for a library, the build of a small program that imports it.
pub(super) async fn install(
    clean: &Clean<'_>,
    wanted: &Wanted,
    smoke: &[String],
) -> Result<Install, Install> {
    let go = clean.tool("go")?;
    // Its configuration and its build cache, which is by content, are found from the home folder, which is another one.
    let outside = clean.configuration.environment();
    let asked = clean.run(&go, &["env", "GOENV", "GOCACHE"], outside, SAYING).await?;
    let told = asked.stdout.text();
    let [config, cache] = told.lines().collect::<Vec<_>>()[..] else {
        return Err(not_tried(Reason::UnreadableOutput, "`go env` does not say where its configuration is"));
    };
    let bin = clean.path("go-bin");
    let environment = clean
        .environment
        .clone()
        .with("GOENV", if config.is_empty() { "off" } else { config })
        .with("GOCACHE", cache)
        .with("GOPATH", clean.path("go"))
        .with("GOMODCACHE", clean.path("go/pkg/mod"))
        .with("GOBIN", &bin)
        .with("GOWORK", "off")
        // Modules are read-only otherwise, and the folder is to be removed.
        .with("GOFLAGS", "-modcacherw");
    clean.works(&go, "version", &environment).await?;
    let version = Channel::Go.spell(&wanted.version).unwrap_or_default();
    let program = smoke.first().map(String::as_str).unwrap_or_default();
    if program == "go" {
        consumer(clean, &go, &wanted.package, &version, &environment).await?;
        return clean.smoke(wanted, smoke, &bin, &["go"], &environment).await;
    }
    let package = if is_named(&wanted.package, program) {
        format!("{}@{version}", wanted.package)
    } else {
        format!("{}/cmd/{program}@{version}", wanted.package)
    };
    clean.client(&go, &["install", &package], &environment).await?;
    clean.smoke(wanted, smoke, &bin, &[], &environment).await
}

/// Whether the go command names the module's own program so: its last part, a major version left out.
fn is_named(module: &str, program: &str) -> bool {
    let mut parts = module.rsplit('/');
    let is_major = |part: &str| part.strip_prefix('v').is_some_and(|major| major.parse::<u64>().is_ok());
    parts.find(|part| !is_major(part)) == Some(program)
}

async fn consumer(
    clean: &Clean<'_>,
    go: &Path,
    module: &str,
    version: &str,
    environment: &Environment,
) -> Result<(), Install> {
    let text = format!("package main\n\nimport _ \"{module}\"\n\nfunc main() {{}}\n");
    let work = clean.path("work");
    fs::write(work.join("main.go"), text).map_err(|error| of_disk(&error))?;
    clean.client(go, &["mod", "init", "example.test/consumer"], environment).await?;
    clean.client(go, &["get", &format!("{module}@{version}")], environment).await?;
    clean.client(go, &["build", "-o", "consumer", "."], environment).await?;
    Ok(())
}
