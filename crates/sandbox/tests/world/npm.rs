//! The npm registry with the real npm.

use crate::support::Playground;
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use serde_json::Value;
use std::time::Duration;

const PUBLISH: [&str; 2] = ["npm", "publish"];
const INSTALL: [&str; 3] = ["npm", "install", "tally-counter@0.1.0"];
const NAME: &str = "tally-counter";

async fn ready() -> Playground {
    let playground = Playground::with_files(&[("README.md", "tally\n")]).await;
    playground.write("tally/package.json", "{ \"name\": \"tally-counter\", \"version\": \"0.1.0\", \"license\": \"MIT\", \"main\": \"index.js\" }\n");
    playground.write("tally/index.js", "module.exports = '0.1.0';\n");
    playground
}

fn is_published(playground: &Playground) -> bool {
    playground.world.registries().npm.registry.version(NAME, "0.1.0").is_some()
}

#[tokio::test]
async fn a_published_package_is_installed_and_runs() {
    let playground = ready().await;
    playground.ok("tally", &PUBLISH).await;
    playground.ok("user", &INSTALL).await;
    let said = playground.ok("user", &["node", "--print", "require('tally-counter')"]).await;
    assert_eq!(said, "0.1.0\n");
    let packed: Value =
        serde_json::from_str(&playground.ok("tally", &["npm", "pack", "--json"]).await).unwrap();
    let viewed: Value =
        serde_json::from_str(&playground.ok("user", &["npm", "view", NAME, "--json"]).await).unwrap();
    assert_eq!(viewed["dist"]["integrity"], packed[0]["integrity"]);
    assert_eq!(viewed["dist"]["shasum"], packed[0]["shasum"]);
    assert_eq!(viewed["dist-tags"]["latest"], "0.1.0");
}

#[tokio::test]
async fn a_version_that_is_there_is_refused() {
    let playground = ready().await;
    playground.ok("tally", &PUBLISH).await;
    // npm looks itself first, where it is new enough; a packument that lags makes it ask.
    let packument = Matcher::of("GET", "/tally-counter");
    playground.world.fault(Service::Npm, Fault::always(packument, FaultKind::Stale(1)));
    let said = playground.refused("tally", &PUBLISH).await;
    assert!(said.contains("E403"), "{said}");
    assert!(said.contains("cannot publish over the previously published versions: 0.1.0"), "{said}");
}

#[tokio::test]
async fn a_wrong_token_publishes_nothing_and_the_right_one_does_after_it() {
    let playground = ready().await;
    let wrong = playground.run_with("tally", &PUBLISH, &[("NPM_TOKEN", "another")]).await;
    assert!(wrong.stderr.text().contains("E401"), "{}", wrong.stderr.text());
    assert!(!is_published(&playground));
    playground.ok("tally", &PUBLISH).await;
    assert!(is_published(&playground));
}

#[tokio::test]
async fn a_deprecated_version_says_so_and_a_dist_tag_moves() {
    let playground = ready().await;
    playground.ok("tally", &PUBLISH).await;
    playground.ok("tally", &["npm", "deprecate", "tally-counter@0.1.0", "loses counts"]).await;
    let said = playground.ok("user", &["npm", "view", "tally-counter@0.1.0", "deprecated"]).await;
    assert_eq!(said.trim(), "loses counts");
    playground.ok("tally", &["npm", "dist-tag", "add", "tally-counter@0.1.0", "next"]).await;
    assert_eq!(playground.world.registries().npm.registry.dist_tags(NAME)["next"], "0.1.0");
}

#[tokio::test]
async fn each_fault_reaches_npm_as_what_it_is() {
    let playground = ready().await;
    let upload = || Matcher::of("PUT", "/tally-counter");
    let fault = |matcher, trouble| playground.world.fault(Service::Npm, Fault::once(matcher, trouble));

    fault(upload(), FaultKind::status(503, "out of order"));
    assert!(playground.refused("tally", &PUBLISH).await.contains("503"));
    fault(upload(), FaultKind::Dropped);
    playground.refused("tally", &PUBLISH).await;
    assert!(!is_published(&playground));
    fault(upload(), FaultKind::Lost);
    playground.refused("tally", &PUBLISH).await;
    assert!(is_published(&playground));

    let tarball = || Matcher::of("GET", "/tally-counter/-/");
    let always = |matcher, trouble| {
        playground.world.calm(Service::Npm);
        playground.world.fault(Service::Npm, Fault::always(matcher, trouble));
    };
    // npm asks for a broken tarball again.
    always(tarball(), FaultKind::Cut(b"half".to_vec()));
    assert!(install_afresh(&playground).await.is_err());
    let packument = || Matcher::of("GET", "/tally-counter");
    always(packument(), FaultKind::WrongDigest);
    assert!(install_afresh(&playground).await.unwrap_err().contains("EINTEGRITY"));
    playground.world.calm(Service::Npm);
    playground.world.fault(Service::Npm, Fault::flapping(packument()));
    assert!(install_afresh(&playground).await.unwrap_err().contains("E404"));
    playground.world.calm(Service::Npm);
    fault(tarball(), FaultKind::Delayed(Duration::from_millis(5)));
    install_afresh(&playground).await.unwrap();
}

/// Installs with a cache that knows nothing: npm takes what it once packed itself from there.
async fn install_afresh(playground: &Playground) -> Result<(), String> {
    let cache = tempfile::tempdir_in(playground.folder.path()).unwrap();
    let cache = cache.path().to_string_lossy().into_owned();
    let captured = playground.run_with("user", &INSTALL, &[("npm_config_cache", &cache)]).await;
    if captured.succeeded() { Ok(()) } else { Err(captured.stderr.text()) }
}
