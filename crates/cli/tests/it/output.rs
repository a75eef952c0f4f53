//! Standard output that takes nothing: whoever asked for a document must not take silence for an answer.

use crate::support::{PASSED, Project, libtest, plan};
use std::process::Stdio;

fn passing() -> Project {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.printing("run-tests", PASSED, 0);
    project
}

#[test]
fn a_document_that_a_full_disk_does_not_take_is_an_error() {
    let project = passing();
    for arguments in [
        &["plan", "check", "--json"][..],
        &["poll", "v0.2.0", "--json"],
        &["status", "v0.2.0", "--json"],
        &["plan", "schema"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = project.gonogo(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be printed"), "{output:?}");
    }
    // The poll itself was made, and is there to be asked for.
    project.run(&["status", "v0.2.0", "--json"]).exits(0);
}

#[test]
fn a_document_that_nobody_reads_is_an_error_and_lines_for_people_are_not() {
    let project = passing();
    let unread = |arguments: &[&str]| {
        let mut child =
            project.gonogo(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        drop(child.stdout.take());
        child.wait().unwrap().code()
    };
    assert_eq!(unread(&["plan", "check", "--json"]), Some(3));
    assert_eq!(unread(&["plan", "check"]), Some(0));
}

#[test]
fn words_that_the_program_does_not_know_are_a_document_too_where_one_is_asked_for() {
    let project = passing();
    for (arguments, said) in [
        (&["poll", "--json"][..], "<TARGET>"),
        (&["--json", "poll", "v0.2.0", "--jobs", "0"], "--jobs"),
        (&["nosuch", "--json"], "nosuch"),
        (&["waive", "v0.2.0", "--gate", "3", "--json"], "--gate"),
    ] {
        let ran = project.run(arguments).exits(2);
        let document = ran.json();
        assert_eq!((&document["schema"], &document["exit"]), (&"gonogo.error/1".into(), &2.into()));
        assert!(document["error"].as_str().unwrap().contains(said), "{document:#}");
        assert!(document["remedy"].as_str().unwrap().starts_with("gonogo"), "{document:#}");
        assert!(ran.stderr.contains("error: "), "{ran:?}");
    }
    assert_eq!(project.run(&["poll"]).exits(2).stdout, "");
    assert_eq!(project.run(&["room", "v0.2.0", "--nosuch", "--", "x", "--json"]).exits(2).stdout, "");
    assert!(project.run(&["poll", "--help", "--json"]).exits(0).stdout.starts_with("Run "), "help is help");
}
