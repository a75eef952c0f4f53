//! A live release: every effect happens once, in order, and shows in the world.

use super::world::{REPOSITORY, Stage, TAP};
use crate::support::test_tools;

#[test]
fn a_live_release_carries_out_every_effect_once_and_in_order() {
    let stage = Stage::ready();
    let document = stage.run().exits(0).json();
    assert_eq!(document["state"], "completed", "{document:#}");
    let effects = stage.effects();
    let expected = [
        "PUSH o/r refs/tags/v0.2.0",
        "PUSH o/homebrew-tap refs/heads/main",
        "POST /repos/o/r/actions/workflows/publish.yml/dispatches",
        "POST /repos/o/r/releases",
        "POST /repos/o/r/releases/1/assets",
        "POST /repos/o/r/releases/1/assets",
        "PATCH /repos/o/r/releases/1",
    ];
    assert_eq!(effects, expected);

    let commit = stage.commit();
    assert_eq!(stage.remote(REPOSITORY, &["rev-parse", "v0.2.0^{commit}"]).trim(), commit);
    let message = stage.remote(REPOSITORY, &["for-each-ref", "--format=%(contents)", "refs/tags/v0.2.0"]);
    assert!(
        message.starts_with("Release v0.2.0\n\n1 of 1 required gates passed:\n- 3 Concurrency\n"),
        "{message}"
    );
    assert!(message.contains("\ngonogo-ledger: sha256:"), "{message}");
    let formula = stage.remote(TAP, &["show", "main:Formula/sample.rb"]);
    assert!(formula.contains("v0.2.0/sample_0.2.0_linux.tar.gz"), "{formula}");
    assert!(!formula.contains("\"00\""), "{formula}");

    // Once more: everything is there already, and nothing happens.
    let again = stage.run().exits(0).json();
    assert_eq!(again["state"], "completed");
    assert_eq!(stage.effects(), expected);
}

#[test]
fn debians_old_gh_releases_as_the_current_one_does() {
    let folder = test_tools().join("gh-2.23");
    let program = folder.join("usr/bin/gh");
    if !program.exists() {
        let reason = std::fs::read_to_string(folder.join("UNAVAILABLE")).unwrap_or_default();
        assert!(reason.starts_with("this host"), "no {}: run scripts/setup", program.display());
        println!("NOT RUN: {reason}");
        return;
    }
    let stage = Stage::ready();
    stage.project.tool("gh", &format!("exec '{}' \"$@\"", program.canonicalize().unwrap().display()));
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
    assert_eq!(stage.effects().len(), 7, "{:#?}", stage.effects());
}
