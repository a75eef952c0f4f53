//! Reviewers with SSH keys of their own, and records that somebody forged.

use crate::support::{PASSED, Project, libtest, plan};
use gonogo_core::ledger::{Event, Opened, Owner, ReviewRecorded, WaiverRecorded};
use gonogo_core::reviewers::SignedText;
use gonogo_world::ledger::Ledger;
use std::io::Write;
use std::process::Stdio;

pub const REVIEW: &str =
    "[[gates.checks]]\nid = \"locks\"\nkind = \"review\"\nfocus = \"the writer lock\"\npaths = [\"src\"]\n\n";

/// A person's key.
pub struct Key {
    pub file: String,
    /// Type and key, as OpenSSH writes them.
    pub public: String,
}

/// Makes somebody's key, of a type, beside a project.
pub fn key(project: &Project, name: &str, kind: &str) -> Key {
    let file = project.beside(&format!("{name}.key")).display().to_string();
    let made =
        project.command("ssh-keygen").args(["-q", "-t", kind, "-N", "", "-C", name, "-f", &file]).output();
    assert!(made.as_ref().unwrap().status.success(), "{made:?}");
    let public = std::fs::read_to_string(format!("{file}.pub")).unwrap();
    let public = public.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Key { file, public }
}

/// The table of reviewers: each line with its key, and more of the policy.
pub fn reviewers(lines: &[String], more: &str) -> String {
    let lines: Vec<String> = lines.iter().map(|line| format!("'{line}'")).collect();
    format!("\n[policy.reviewers]\nallowed-signers = [{}]\n{more}\n", lines.join(", "))
}

/// A plan with reviewers.
pub fn planned(checks: &str, reviewers: &str) -> String {
    plan(checks).replace("\n[tracker]", &format!("{reviewers}\n[tracker]"))
}

/// A project whose base tag's plan names reviewers, with a commit since.
pub fn project(checks: &str, reviewers: impl FnOnce(&Project) -> String) -> Project {
    let project = Project::unborn();
    let reviewers = reviewers(&project);
    project.write("gonogo.toml", planned(&(libtest("t", "run-tests") + checks), &reviewers));
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project.printing("run-tests", PASSED, 0);
    project.write("src/a.rs", "lock();\n");
    project.commit("code");
    project
}

/// Signs a text as OpenSSH does, without gonogo.
pub fn signed(project: &Project, key: &Key, text: &SignedText) -> String {
    let mut command = project.command("ssh-keygen");
    command.args(["-Y", "sign", "-f", &key.file, "-n", &text.namespace]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Writes a record as somebody does who may write the ledger, well chained.
pub fn forge(project: &Project, tag: &str, event: Event) {
    let opened = Opened { project: "sample".into(), target: tag.into() };
    let mut ledger = Ledger::open(&project.ledger(tag), opened).unwrap();
    ledger.append(event, Vec::new()).unwrap();
    ledger.flush().unwrap();
}

/// The latest review in a release's ledger.
pub fn recorded_review(project: &Project, tag: &str) -> ReviewRecorded {
    let records =
        gonogo_world::ledger::read(&project.ledger(tag), Owner { project: Some("sample"), target: tag })
            .unwrap()
            .unwrap();
    let review = records.into_iter().rev().find_map(|record| match record.event {
        Event::ReviewRecorded(review) => Some(*review),
        _ => None,
    });
    review.unwrap()
}

/// The latest waiver in a release's ledger.
pub fn recorded_waiver(project: &Project, tag: &str) -> WaiverRecorded {
    let records =
        gonogo_world::ledger::read(&project.ledger(tag), Owner { project: Some("sample"), target: tag })
            .unwrap()
            .unwrap();
    let waiver = records.into_iter().rev().find_map(|record| match record.event {
        Event::WaiverRecorded(waiver) => Some(*waiver),
        _ => None,
    });
    waiver.unwrap()
}
