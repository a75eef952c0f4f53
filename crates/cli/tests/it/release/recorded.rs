//! What the ledger recorded is what deliveries and audits are held to.

use super::world::{REPOSITORY, Stage};
use crate::support::Ran;

fn json(stage: &Stage, arguments: &[&str], exit: i32) -> serde_json::Value {
    Ran::from(stage.gonogo(arguments).output().unwrap()).exits(exit).json()
}

#[test]
fn a_delivery_is_not_proven_where_what_was_built_is_not_recorded() {
    let stage = Stage::ready();
    stage.run().exits(0);
    json(&stage, &["verify", "v0.2.0", "--json"], 0);
    std::fs::remove_dir_all(stage.project.ledger("v0.2.0")).unwrap();
    let document = json(&stage, &["verify", "v0.2.0", "--json"], 3);
    assert_eq!(document["delivery"]["reason"], "baseline-missing", "{document:#}");
    // What it serves is still to be found, and an audit compares the channels with themselves.
    json(&stage, &["verify", "v0.2.0", "--level", "resolvable", "--json"], 0);
    json(&stage, &["audit", "v0.2.0", "--json"], 0);
}

#[test]
fn an_audit_asks_the_remote_that_the_tag_was_pushed_to_and_no_other() {
    let stage = Stage::ready();
    stage.run().exits(0);
    stage.git(&["remote", "add", "fork", "https://github.com/o/homebrew-tap.git"]);
    json(&stage, &["audit", "v0.2.0", "--json"], 0);
    stage.remote(REPOSITORY, &["update-ref", "-d", "refs/tags/v0.2.0"]);
    json(&stage, &["audit", "v0.2.0", "--json"], 1);

    let stage = Stage::ready();
    stage.run().exits(0);
    stage.git(&["remote", "remove", "origin"]);
    let document = json(&stage, &["audit", "v0.2.0", "--json"], 3);
    assert!(document["ledger"]["untold"].to_string().contains("origin"), "{document:#}");
}
