//! A tag that has to be signed is signed, or is never pushed.

use crate::release::world::{REPOSITORY, Shape, Stage, code};
use crate::support::Ran;
use gonogo_sandbox::write_program;
use serde_json::Value;

/// A key of ssh's, with git told to sign by it and whom to trust.
fn ssh_key(stage: &Stage) -> String {
    let key = stage.project.beside("key");
    let made =
        stage.project.command("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key).output();
    assert!(made.unwrap().status.success());
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = stage.project.beside("allowed");
    std::fs::write(&allowed, format!("sample@example.test {public}")).unwrap();
    stage.git(&["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()]);
    key.to_str().unwrap().to_owned()
}

fn resolve(stage: &Stage, stopped: &Value) {
    let blocker = stopped["stopped"]["blocker"].as_str().unwrap();
    Ran::from(stage.gonogo(&["blocker", "resolve", "v0.2.0", "--id", blocker]).output().unwrap()).exits(0);
}

#[track_caller]
fn stops_unsigned(stage: &Stage) -> Value {
    let stopped = stage.run().exits(3).json();
    assert_eq!(code(&stopped), "signing-failed", "{stopped:#}");
    assert!(stopped["stopped"]["remedy"].as_str().unwrap().contains("signingKey"), "{stopped:#}");
    assert_eq!(stage.remote(REPOSITORY, &["tag"]), "");
    assert_eq!(stage.effects(), [""; 0]);
    stopped
}

#[track_caller]
fn goes_on_signed(stage: &Stage, stopped: &Value) {
    resolve(stage, stopped);
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
    let tag = stage.remote(REPOSITORY, &["cat-file", "tag", "v0.2.0"]);
    assert!(tag.contains("-----BEGIN SSH SIGNATURE-----"), "{tag}");
    let records = String::from_utf8(stage.project.records()).unwrap();
    assert!(records.contains("signed; git verifies it: Good"), "what git says of it is recorded");
}

#[test]
fn a_tag_that_git_is_configured_to_sign_and_cannot_is_never_pushed() {
    for setting in ["tag.gpgSign", "tag.forceSignAnnotated"] {
        let stage = Stage::ready();
        stage.git(&["config", setting, "true"]);
        stage.git(&["config", "gpg.format", "ssh"]);
        stage.git(&["config", "user.signingKey", "/no/such/key"]);
        let stopped = stops_unsigned(&stage);
        assert_eq!(stage.git(&["tag"]), "");
        let key = ssh_key(&stage);
        stage.git(&["config", "user.signingKey", &key]);
        goes_on_signed(&stage, &stopped);
    }
}

#[test]
fn a_tag_that_the_plan_wants_signed_is_signed_or_never_pushed() {
    let signed = ("[[steps]]\nkind = \"tag\"\n", "[[steps]]\nkind = \"tag\"\nsigned = true\n");
    let stage = Stage::shaped(Shape { plan: vec![signed], ..Shape::default() });
    stage.git(&["config", "gpg.format", "ssh"]);
    let stopped = stops_unsigned(&stage);
    let key = ssh_key(&stage);
    stage.git(&["config", "user.signingKey", &key]);
    goes_on_signed(&stage, &stopped);
}

#[test]
fn an_unsigned_tag_that_an_earlier_run_left_is_taken_away_by_the_line_that_is_printed() {
    let stage = Stage::ready();
    // Once the tag is made, a file lies in the way, and the door stays shut.
    let hook = stage.project.root().join(".git/hooks/reference-transaction");
    write_program(&hook, "#!/bin/sh\ntest \"$1\" != committed || grep -q refs/tags/ && touch stray\n")
        .unwrap();
    let stopped = stage.run().exits(1).json();
    assert_eq!(code(&stopped), "tree-changed");
    assert_eq!(stage.git(&["tag"]).trim(), "v0.2.0");
    for path in [hook, stage.project.root().join("stray")] {
        std::fs::remove_file(path).unwrap();
    }
    resolve(&stage, &stopped);

    let key = ssh_key(&stage);
    for (name, value) in [("gpg.format", "ssh"), ("user.signingKey", &key), ("tag.gpgSign", "true")] {
        stage.git(&["config", name, value]);
    }
    let stopped = stops_unsigned(&stage);
    let remedy = stopped["stopped"]["remedy"].as_str().unwrap();
    assert!(remedy.starts_with("`git tag --delete v0.2.0`"), "{remedy}");
    stage.git(&["tag", "--delete", "v0.2.0"]);
    goes_on_signed(&stage, &stopped);
}

#[test]
fn a_tag_that_nobody_asks_to_sign_is_pushed_without_a_signature() {
    let stage = Stage::ready();
    assert_eq!(stage.run().exits(0).json()["state"], "completed");
    let records = String::from_utf8(stage.project.records()).unwrap();
    assert!(records.contains(", not signed"));
}
