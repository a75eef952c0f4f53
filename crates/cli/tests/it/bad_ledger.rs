//! A ledger that cannot be written, is another's, or was changed behind our back: never a pass, and nothing is lost.

use crate::support::{FAILED, PASSED, Project, Ran, check, libtest, plan, test_tools, until};
use gonogo_core::digest::Digest;
use gonogo_core::ledger::FORMAT;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn passing() -> Project {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", PASSED, 0);
    project
}

/// Every file below a folder with its bytes, but the lock.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if !path.ends_with("lock") {
            found.insert(path.clone(), std::fs::read(path).unwrap());
        }
    }
    found
}

#[test]
fn a_ledger_that_was_changed_is_a_hard_stop_and_stays_as_it_is() {
    fn lines(ledger: &Path) -> Vec<String> {
        let text = std::fs::read_to_string(ledger.join("ledger.jsonl")).unwrap();
        text.lines().map(str::to_owned).collect()
    }
    fn write(ledger: &Path, lines: &[String]) {
        std::fs::write(ledger.join("ledger.jsonl"), lines.join("\n") + "\n").unwrap();
    }
    type Change = fn(&Path);
    let changes: [(&str, Change); 11] = [
        ("an edited line", |ledger| {
            let text = lines(ledger).join("\n") + "\n";
            assert!(text.contains("\"failed\""));
            std::fs::write(ledger.join("ledger.jsonl"), text.replace("\"failed\"", "\"passed\"")).unwrap();
        }),
        ("a removed line", |ledger| {
            let mut lines = lines(ledger);
            lines.remove(2);
            write(ledger, &lines);
        }),
        ("two lines in the other order", |ledger| {
            let mut lines = lines(ledger);
            lines.swap(1, 2);
            write(ledger, &lines);
        }),
        ("the last line gone", |ledger| {
            let lines = lines(ledger);
            write(ledger, &lines[..lines.len() - 1]);
        }),
        ("half of the last line gone", |ledger| {
            let bytes = std::fs::read(ledger.join("ledger.jsonl")).unwrap();
            std::fs::write(ledger.join("ledger.jsonl"), &bytes[..bytes.len() - 20]).unwrap();
        }),
        ("every line gone", |ledger| std::fs::write(ledger.join("ledger.jsonl"), "").unwrap()),
        ("the records gone", |ledger| std::fs::remove_file(ledger.join("ledger.jsonl")).unwrap()),
        ("the anchor gone", |ledger| std::fs::remove_file(ledger.join("anchor.json")).unwrap()),
        ("an anchor that says nothing", |ledger| std::fs::write(ledger.join("anchor.json"), "{}").unwrap()),
        ("an empty anchor", |ledger| std::fs::write(ledger.join("anchor.json"), "").unwrap()),
        ("a blank line", |ledger| {
            let text = lines(ledger).join("\n\n") + "\n";
            std::fs::write(ledger.join("ledger.jsonl"), text).unwrap();
        }),
    ];
    for (what, change) in changes {
        let project = passing();
        project.printing("run-tests", FAILED, 101);
        project.poll().exits(1);
        let ledger = project.ledger("v0.2.0");
        change(&ledger);
        let before = contents(&ledger);
        project.printing("run-tests", PASSED, 0);
        let ran = project.poll();
        assert_eq!(ran.code, Some(4), "{what}: {ran:#?}");
        assert_eq!(ran.json()["schema"], "gonogo.error/1");
        assert!(
            ran.stderr.starts_with("gonogo: ") && ran.stderr.contains("failed verification"),
            "{what}: {ran:#?}"
        );
        let status = project.run(&["status", "v0.2.0"]);
        assert_eq!(status.code, Some(4), "{what}: {status:#?}");
        project.run(&["blocker", "resolve", "v0.2.0", "--passed"]).exits(4);
        assert!(contents(&ledger) == before, "{what}: something was changed on disk");
    }
}

#[test]
fn a_ledger_that_a_newer_gonogo_wrote_is_incomplete_and_stays_as_it_is() {
    let project = passing();
    project.poll().exits(0);
    let ledger = project.ledger("v0.2.0");
    let mut lines: Vec<String> =
        String::from_utf8(project.records()).unwrap().lines().map(str::to_owned).collect();
    let digest = |line: &String| Digest::of(line.as_bytes());
    let next = serde_json::json!({
        "format": FORMAT + 1, "reader": FORMAT + 1, "seq": lines.len(), "prev": digest(lines.last().unwrap()),
        "at": "2027-01-01T00:00:00Z", "event": { "signed": { "by": "a maintainer" } },
    });
    lines.push(next.to_string());
    let anchor = serde_json::json!({ "records": lines.len(), "head": digest(lines.last().unwrap()) });
    std::fs::write(ledger.join("ledger.jsonl"), lines.join("\n") + "\n").unwrap();
    std::fs::write(ledger.join("anchor.json"), anchor.to_string()).unwrap();
    let before = contents(&ledger);
    let commands: [&[&str]; 4] = [
        &["poll", "v0.2.0", "--json"],
        &["status", "v0.2.0", "--json"],
        &["status", "--json"],
        &["blocker", "resolve", "v0.2.0", "--passed", "--json"],
    ];
    for command in commands {
        let ran = project.run(command).exits(3);
        assert_eq!(ran.json()["reason"], "tool-too-old", "{command:?}: {ran:#?}");
        assert!(ran.stderr.contains("was written by a newer gonogo"), "{command:?}: {ran:#?}");
        assert!(ran.stderr.contains("remedy: update gonogo"), "{command:?}: {ran:#?}");
    }
    assert!(contents(&ledger) == before, "something was changed on disk");
}

#[test]
fn a_ledger_of_another_release_is_a_hard_stop() {
    let project = passing();
    project.poll().exits(0);
    let before = contents(&project.ledger("v0.2.0"));
    std::fs::rename(project.ledger("v0.2.0"), project.ledger("v0.3.0")).unwrap();
    project.run(&["poll", "v0.3.0"]).exits(4);
    std::fs::rename(project.ledger("v0.3.0"), project.ledger("v0.2.0")).unwrap();
    assert!(contents(&project.ledger("v0.2.0")) == before);
}

#[test]
fn a_forged_blob_is_made_good_by_the_check_that_runs_again() {
    let project = passing();
    project.poll().exits(0);
    let blobs = project.ledger("v0.2.0").join("blobs");
    let mut forged = 0;
    for blob in std::fs::read_dir(&blobs).unwrap() {
        std::fs::write(blob.unwrap().path(), "forged").unwrap();
        forged += 1;
    }
    assert!(forged > 0);
    let document = project.poll().exits(0).json();
    assert_eq!(check(&document, 3, "t")["reused"], false);
    for digest in check(&document, 3, "t")["evidence"].as_array().unwrap() {
        let digest = digest.as_str().unwrap();
        let bytes = std::fs::read(blobs.join(digest.trim_start_matches("sha256:"))).unwrap();
        assert_eq!(Digest::of(&bytes).to_string(), digest, "what cleared the release is not there");
    }
}

#[test]
fn two_polls_at_once_are_one_and_a_conflict() {
    let project = passing();
    let (begun, go) = (project.beside("begun"), project.beside("go"));
    project.tool(
        "run-tests",
        &format!(
            "touch '{0}'; while [ -e '{0}' ] && [ ! -e '{1}' ]; do sleep 0.05; done; cat '{2}'",
            begun.display(),
            go.display(),
            project.beside("run-tests.out").display()
        ),
    );
    let first = project.start(&["poll", "v0.2.0", "--json"]);
    until("the first poll's check has begun", || begun.exists());
    let second = project.poll().exits(4);
    assert!(second.stderr.contains("another poll of this release is under way (process "), "{second:#?}");
    project.run(&["status", "v0.2.0"]).exits(3);
    std::fs::write(go, "").unwrap();
    assert_eq!(first.end().exits(0).json()["clearance"], "granted");
    project.run(&["status", "v0.2.0"]).exits(0);
}

#[test]
fn a_ledger_folder_that_cannot_be_made_is_incomplete() {
    let project = passing();
    project.write(".git/gonogo", "a file where the folder belongs");
    let ran = project.run(&["poll", "v0.2.0"]).exits(3);
    assert!(ran.stderr.starts_with("gonogo: incomplete (not-run): cannot read "), "{ran:#?}");
    std::fs::remove_file(project.root().join(".git/gonogo")).unwrap();
    project.poll().exits(0);
}

/// A check that prints more than any limit of these tests.
fn wordy() -> Project {
    let project = passing();
    let noise = format!("{}{PASSED}", "noise noise noise noise noise noise noise\n".repeat(2000));
    project.printing("run-tests", &noise, 0);
    project
}

#[test]
fn a_disk_that_is_full_at_any_write_is_incomplete_and_the_next_poll_is_fine() {
    let mut torn = 0;
    // What a check printed is written before any record of it: only where it is short does a record meet the limit.
    let wordy = [1, 2, 3, 4, 8, 64].map(|blocks| (blocks, wordy()));
    for (blocks, project) in wordy.into_iter().chain([1, 2, 3].map(|blocks| (blocks, passing()))) {
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec '{}' poll v0.2.0 --json",
            env!("CARGO_BIN_EXE_gonogo")
        );
        let ran: Ran = project.command("sh").args(["-c", &script]).output().unwrap().into();
        let ran = ran.exits(3);
        assert!(
            ran.stderr.contains("cannot ") && ran.stderr.contains("remedy: make room"),
            "{blocks}: {ran:#?}"
        );
        assert_eq!(ran.json()["exit"], 3, "{blocks}");
        let left = project.records();
        torn += u32::from(left.last().is_some_and(|byte| *byte != b'\n'));
        project.run(&["status", "v0.2.0"]).exits(3);
        project.poll().exits(0);
        let whole = left.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        assert!(project.records().starts_with(&left[..whole]), "{blocks}: a record is gone");
    }
    assert!(torn > 0, "no write was cut short: nothing is proven of the repair");
}

/// Runs a shell script in the project with mounts of its own, which end with it.
fn with_mounts(project: &Project, script: &str) -> Vec<String> {
    let output = project
        .command("unshare")
        .args(["--map-root-user", "--mount", "sh", "-ec", script])
        .output()
        .unwrap();
    assert!(output.status.success(), "this host lets nobody mount: {output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs leave to mount a tmpfs"]
fn a_disk_that_is_really_full_is_incomplete_and_the_next_poll_is_fine() {
    for room in ["8k", "16k", "40k"] {
        let project = wordy();
        let script = format!(
            "mkdir .git/gonogo; mount -t tmpfs -o size={room} tmpfs .git/gonogo; poll() {{ if '{0}' poll v0.2.0 >/dev/null 2>err; then echo 0; else echo $?; cat err; fi; rm -f err; }}\n\
             cd . ; poll; mount -o remount,size=10m .git/gonogo; poll; '{0}' status v0.2.0 >/dev/null && echo fine",
            env!("CARGO_BIN_EXE_gonogo")
        )
        .replace("2>err", "2>../err")
        .replace("cat err", "cat ../err")
        .replace("rm -f err", "rm -f ../err");
        let said = with_mounts(&project, &script);
        assert_eq!(said.first().map(String::as_str), Some("3"), "{room}: {said:#?}");
        assert!(said[1].contains("No space left on device"), "{said:#?}");
        assert_eq!(said[said.len() - 2..], ["0", "fine"], "{room}: {said:#?}");
    }
}

#[test]
#[ignore = "needs leave to mount a tmpfs"]
fn a_ledger_folder_that_can_only_be_read_is_incomplete() {
    let project = passing();
    project.poll().exits(0);
    let before = contents(&project.ledger("v0.2.0"));
    let script = format!(
        "mount --bind .git/gonogo .git/gonogo; mount -o remount,bind,ro .git/gonogo; '{0}' poll v0.2.0 2>&1 >/dev/null && echo 0 || echo $?; '{0}' status v0.2.0 >/dev/null && echo fine",
        env!("CARGO_BIN_EXE_gonogo")
    );
    let said = with_mounts(&project, &script);
    assert!(said[0].contains("Read-only file system"), "{said:#?}");
    assert_eq!(said[said.len() - 2..], ["3", "fine"], "{said:#?}");
    assert!(contents(&project.ledger("v0.2.0")) == before);
}

fn poll_at(project: &Project, time: &str, arguments: &[&str]) -> Ran {
    let library = test_tools().join("faketime/libfaketime.so.1");
    let mut command = project.gonogo(&[&["poll", "v0.2.0", "--json"], arguments].concat());
    command.env("LD_PRELOAD", library).env("FAKETIME", time).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    command.output().unwrap().into()
}

#[test]
fn a_clock_that_was_set_back_loses_no_record_and_no_verdict() {
    let tools = test_tools().join("faketime");
    if !tools.join("libfaketime.so.1").exists() {
        let reason = std::fs::read_to_string(tools.join("UNAVAILABLE")).unwrap_or_default();
        assert!(reason.starts_with("this host"), "{} is not there: run scripts/setup", tools.display());
        println!("NOT RUN: {reason}");
        return;
    }
    let project = passing();
    project.poll().exits(0);
    let before = project.records();
    poll_at(&project, "-400d", &["--fresh"]).exits(0);
    let records = String::from_utf8(project.records()).unwrap();
    assert!(records.as_bytes().starts_with(&before));
    let at = |line: &str| line.split("\"at\":\"").nth(1).unwrap()[..20].to_owned();
    let times: Vec<String> = records.lines().map(at).collect();
    assert!(times.last() < times.first(), "the clock was not set back: {times:?}");
    project.printing("run-tests", FAILED, 101);
    poll_at(&project, "-800d", &["--fresh"]).exits(1);
    project.poll().exits(1);
    project.run(&["status", "v0.2.0"]).exits(1);
}
