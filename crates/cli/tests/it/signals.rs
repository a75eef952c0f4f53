//! Stop orders and timeouts: nothing that a check started outlives them, and the answer says what was cut short.

use crate::ergos::Ergo;
use crate::support::{FAILED, PASSED, Project, Ran, alive_in_group, check, libtest, plan, until};
use rustix::process::Signal;
use std::path::PathBuf;

/// The groups of checks that wrote their own process ID into a file.
fn groups(project: &Project, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .map(|name| std::fs::read_to_string(project.beside(name)).unwrap().trim().to_owned())
        .collect()
}

/// A shell line that tells the test the script's process ID, whole or not at all.
fn tells(project: &Project, name: &str) -> String {
    let path = project.beside(name);
    format!("echo $$ >'{0}.new'; mv '{0}.new' '{0}'", path.display())
}

fn limited(id: &str, tool: &str, timeout: &str) -> String {
    format!("{}timeout = \"{timeout}\"\n\n", libtest(id, tool).trim_end().to_owned() + "\n")
}

/// Two checks side by side: one that has children of its own, and one that will not hear of stopping.
fn project() -> Project {
    let checks = libtest("family", "family") + &libtest("deaf", "deaf") + &libtest("later", "later");
    let project = Project::new(&plan(&checks));
    let tells_family = tells(&project, "family");
    project.tool("family", &format!("sleep 3600 & (sleep 3600 & sleep 3600) &\n{tells_family}\nsleep 3600"));
    let tells_deaf = tells(&project, "deaf");
    project.tool("deaf", &format!("trap '' TERM INT HUP\n{tells_deaf}\nwhile :; do sleep 1; done"));
    project.printing("later", PASSED, 0);
    project
}

fn stopped_by(signal: Signal) {
    let project = project();
    let poll = project.start(&["poll", "v0.2.0", "--json", "--jobs", "2"]);
    let begun: Vec<PathBuf> = ["family", "deaf"].map(|name| project.beside(name)).to_vec();
    until("both checks have begun", || begun.iter().all(|path| path.exists()));
    poll.signal(signal);
    let ran = poll.end().exits(130);
    for group in groups(&project, &["family", "deaf"]) {
        until("its group is gone", || alive_in_group(&group).is_empty());
    }
    let document = ran.json();
    assert_eq!(document["schema"], "gonogo.poll/1");
    assert_eq!((&document["clearance"], &document["exit"]), (&"refused".into(), &130.into()));
    for id in ["family", "deaf"] {
        let check = check(&document, 3, id);
        assert_eq!(
            (&check["verdict"], &check["reason"]),
            (&"incomplete".into(), &"interrupted".into()),
            "{id}"
        );
    }
    assert_eq!(check(&document, 3, "later")["verdict"], "incomplete", "it never began");
    let records = String::from_utf8(project.records()).unwrap();
    assert_eq!(records.matches("\"interrupted\"").count(), 2, "{records}");
    assert!(!project.root().join(".git/gonogo/tracker.json").exists(), "a cut-short poll files nothing");
    // The next poll takes none of it for evidence.
    for name in ["family", "deaf"] {
        project.printing(name, PASSED, 0);
    }
    project.poll().exits(0);
}

#[test]
fn ctrl_c_ends_every_child_and_records_what_was_cut_short() {
    stopped_by(Signal::INT);
}

#[test]
fn a_polite_kill_ends_every_child_and_records_what_was_cut_short() {
    stopped_by(Signal::TERM);
}

#[test]
fn a_timeout_ends_the_whole_family_even_where_it_will_not_hear_of_stopping() {
    let project = Project::new(&plan(&(limited("family", "family", "5s") + &limited("deaf", "deaf", "5s"))));
    let tells_family = tells(&project, "family");
    project.tool("family", &format!("(sleep 3600 & sleep 3600) & sleep 3600 &\n{tells_family}\nsleep 3600"));
    let tells_deaf = tells(&project, "deaf");
    project.tool(
        "deaf",
        &format!("trap '' TERM\n(trap '' TERM; sleep 3600) &\n{tells_deaf}\nwhile :; do sleep 1; done"),
    );
    let document = project.poll().exits(3).json();
    for id in ["family", "deaf"] {
        assert_eq!(check(&document, 3, id)["reason"], "timed-out", "{id}");
    }
    for group in groups(&project, &["family", "deaf"]) {
        until("its group is gone", || alive_in_group(&group).is_empty());
    }
}

#[test]
fn a_check_that_ends_leaves_nothing_of_its_group_running() {
    let project = Project::new(&plan(&libtest("t", "t")));
    let out = project.beside("passed");
    std::fs::write(&out, PASSED).unwrap();
    let tells = tells(&project, "group");
    project.tool("t", &format!("{tells}\nsleep 3600 >/dev/null 2>&1 &\ncat '{}'", out.display()));
    let document = project.poll().exits(0).json();
    assert_eq!(check(&document, 3, "t")["verdict"], "passed", "its output had its end");
    let group = groups(&project, &["group"]).remove(0);
    until("its group is gone", || alive_in_group(&group).is_empty());
}

/// A git that hangs from its `nth` call on, once the file `on` is there.
fn stopped_inside_git(nth: usize) -> Ran {
    let project = Project::new(&plan(&libtest("t", "t")));
    project.printing("t", PASSED, 0);
    let (calls, hit) = (project.beside("calls"), project.beside("hit"));
    std::fs::create_dir(&calls).unwrap();
    // Calls run side by side: each takes a number of its own by making a folder that nobody else can make.
    project.tool(
        "git",
        &format!(
            "n=1; until mkdir '{0}/'$n 2>/dev/null; do n=$((n+1)); done\n\
             if [ $n -eq {nth} ]; then touch '{1}'; exec sleep 3600; fi\n\
             PATH=/usr/local/bin:/usr/bin:/bin exec git \"$@\"",
            calls.display(),
            hit.display()
        ),
    );
    let mut poll = project.start(&["poll", "v0.2.0", "--json"]);
    until("git is called, or the poll ends", || hit.exists() || poll.has_ended());
    if hit.exists() {
        poll.signal(Signal::INT);
    }
    poll.end()
}

#[test]
fn ctrl_c_inside_any_question_to_git_is_an_interruption_and_nothing_else() {
    let mut interrupted = 0;
    for nth in 1..40 {
        let ran = stopped_inside_git(nth);
        if ran.code == Some(0) {
            break;
        }
        let ran = ran.exits(130);
        assert_eq!(ran.json()["exit"], 130, "call {nth}: {ran:#?}");
        interrupted += 1;
    }
    assert!(interrupted > 5, "{interrupted}");
}

#[test]
fn ctrl_c_while_a_tool_says_its_version_is_no_missing_tool() {
    let declared = "[[tools]]\nname = \"linker\"\n\n[tracker]";
    let project = Project::new(&plan(&libtest("t", "t")).replace("[tracker]", declared));
    project.printing("t", PASSED, 0);
    let tells = tells(&project, "asked");
    project.tool("linker", &format!("{tells}\nexec sleep 3600"));
    let poll = project.start(&["poll", "v0.2.0", "--json"]);
    until("the tool is asked", || project.beside("asked").exists());
    poll.signal(Signal::INT);
    let ran = poll.end().exits(130);
    assert_eq!(ran.json()["exit"], 130);
    assert!(project.records().is_empty(), "nothing is recorded of a tool that was not asked to the end");
}

#[test]
fn ctrl_c_while_blockers_are_filed_is_said_in_the_document_and_made_good_by_the_next_poll() {
    let project = Project::new(&plan(&libtest("t", "t")).replace("\"file\"", "\"ergo\""));
    project.printing("t", FAILED, 101);
    let ergo = Ergo::StandIn("6.0.0");
    ergo.install(&project);
    let tells = tells(&project, "filing");
    project.tool("ergo", &format!("if [ \"$1\" = new ]; then {tells}; sleep 3600; fi\n{}", ergo.line()));
    let poll = project.start(&["poll", "v0.2.0", "--json"]);
    until("ergo is told to file", || project.beside("filing").exists());
    poll.signal(Signal::INT);
    let document = poll.end().exits(130).json();
    assert_eq!((&document["exit"], &document["clearance"]), (&130.into(), &"refused".into()));
    let group = groups(&project, &["filing"]).remove(0);
    until("its group is gone", || alive_in_group(&group).is_empty());
    project.tool("ergo", &ergo.line());
    assert_eq!(project.poll().exits(1).json()["blockers"].as_array().unwrap().len(), 1);
    assert_eq!(ergo.epics(&project), 1);
}
