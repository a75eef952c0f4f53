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
