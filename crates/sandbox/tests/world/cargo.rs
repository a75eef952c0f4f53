//! The crate registry with the real cargo.

use crate::support::Playground;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use std::time::Duration;

const MANIFEST: &str = "[package]\nname = \"tally\"\nversion = \"0.1.0\"\nedition = \"2021\"\nlicense = \"MIT\"\ndescription = \"Counts.\"\n\n[workspace]\n";
const MAIN: &str = "fn main() {\n    println!(\"tally {}\", env!(\"CARGO_PKG_VERSION\"));\n}\n";

const PUBLISH: [&str; 4] = ["cargo", "publish", "--allow-dirty", "--no-verify"];
const INSTALL: [&str; 7] = ["cargo", "install", "tally", "--version", "0.1.0", "--root", "../installed"];

async fn ready() -> Playground {
    let playground = Playground::with_files(&[("README.md", "tally\n")]).await;
    playground.write("tally/Cargo.toml", MANIFEST);
    playground.write("tally/src/main.rs", MAIN);
    playground
}

fn published(playground: &Playground) -> usize {
    playground.world.registries().cargo.registry.versions("tally").len()
}

#[tokio::test]
async fn a_published_crate_is_installed_and_runs() {
    let playground = ready().await;
    playground.ok("tally", &["cargo", "package", "--allow-dirty", "--no-verify"]).await;
    let built = std::fs::read(playground.path("tally/target/package/tally-0.1.0.crate")).unwrap();
    playground.ok("tally", &PUBLISH).await;
    playground.ok("elsewhere", &INSTALL).await;
    let said = playground.ok("installed/bin", &["./tally"]).await;
    assert_eq!(said, "tally 0.1.0\n");
    let line = playground.world.registries().cargo.registry.versions("tally").remove(0);
    let digest = gonogo_core::digest::Digest::of(&built).to_string();
    assert_eq!(Some(line["cksum"].as_str().unwrap()), digest.strip_prefix("sha256:"));
}

#[tokio::test]
async fn a_version_that_is_there_is_refused_by_cargo_and_by_the_registry() {
    let playground = ready().await;
    playground.ok("tally", &PUBLISH).await;
    assert!(playground.refused("tally", &PUBLISH).await.contains("already exists"));
    // An index that lags makes cargo ask the registry itself.
    let index = Matcher::of("GET", "/index/ta/ll/tally");
    playground.world.fault(Service::Cargo, Fault::always(index, FaultKind::Stale(1)));
    let said = playground.refused("tally", &PUBLISH).await;
    assert!(
        said.contains("status 400") && said.contains("crate version `0.1.0` is already uploaded"),
        "{said}"
    );
    assert_eq!(published(&playground), 1);
}

#[tokio::test]
async fn a_wrong_token_publishes_nothing_and_the_right_one_does_after_it() {
    let playground = ready().await;
    playground.world.registries().cargo.registry.accept("another");
    let said = playground.refused("tally", &PUBLISH).await;
    assert!(said.contains("status 403") && said.contains("authentication failed"), "{said}");
    assert_eq!(published(&playground), 0);
    playground.world.registries().cargo.registry.accept(gonogo_sandbox::registry::TOKEN);
    playground.ok("tally", &PUBLISH).await;
    assert_eq!(published(&playground), 1);
}

#[tokio::test]
async fn a_yanked_version_is_not_resolved_until_it_is_unyanked() {
    let playground = ready().await;
    playground.ok("tally", &PUBLISH).await;
    playground.ok("tally", &["cargo", "yank", "tally@0.1.0"]).await;
    playground.write("user/Cargo.toml", "[package]\nname = \"user\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n[dependencies]\ntally = { version = \"0.1\", registry = \"private-world\" }\n");
    playground.write("user/src/lib.rs", "");
    let said = playground.refused("user", &["cargo", "generate-lockfile"]).await;
    assert!(said.contains("is yanked"), "{said}");
    playground.ok("tally", &["cargo", "yank", "--undo", "tally@0.1.0"]).await;
    playground.ok("user", &["cargo", "generate-lockfile"]).await;
}

#[tokio::test]
async fn each_fault_reaches_cargo_as_what_it_is() {
    let playground = ready().await;
    let upload = || Matcher::of("PUT", "/api/v1/crates/new");
    let fault = |matcher, trouble| playground.world.fault(Service::Cargo, Fault::once(matcher, trouble));

    fault(upload(), FaultKind::status(503, "out of order"));
    assert!(playground.refused("tally", &PUBLISH).await.contains("503"));
    fault(upload(), FaultKind::Dropped);
    playground.refused("tally", &PUBLISH).await;
    assert_eq!(published(&playground), 0);
    // The registry has it, and cargo was not told so.
    fault(upload(), FaultKind::Lost);
    playground.refused("tally", &PUBLISH).await;
    assert_eq!(published(&playground), 1);

    let download = || Matcher::of("GET", "/api/v1/crates/tally/0.1.0/download");
    let always = |matcher, trouble| {
        playground.world.calm(Service::Cargo);
        playground.world.fault(Service::Cargo, Fault::always(matcher, trouble));
    };
    // cargo asks for a broken download again.
    always(download(), FaultKind::Cut(b"half".to_vec()));
    assert!(install_afresh(&playground).await.is_err());
    let index = || Matcher::of("GET", "/index/ta/ll/tally");
    always(index(), FaultKind::WrongDigest);
    assert!(install_afresh(&playground).await.unwrap_err().contains("failed to verify the checksum"));
    always(index(), FaultKind::status(404, "Not Found"));
    assert!(install_afresh(&playground).await.unwrap_err().contains("could not find `tally`"));
    playground.world.calm(Service::Cargo);
    playground.world.fault(Service::Cargo, Fault::flapping(index()));
    assert!(install_afresh(&playground).await.unwrap_err().contains("could not find `tally`"));
    playground.world.calm(Service::Cargo);
    fault(download(), FaultKind::Delayed(Duration::from_millis(5)));
    install_afresh(&playground).await.unwrap();
}

/// Installs with a home that knows nothing: cargo asks no index for what it has seen.
async fn install_afresh(playground: &Playground) -> Result<(), String> {
    let home = tempfile::tempdir_in(playground.folder.path()).unwrap();
    let home = home.path().to_string_lossy().into_owned();
    let captured = playground.run_with("elsewhere", &INSTALL, &[("CARGO_HOME", &home)]).await;
    if captured.succeeded() { Ok(()) } else { Err(captured.stderr.text()) }
}
