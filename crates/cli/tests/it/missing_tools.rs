//! Every tool that a plan needs, taken away in turn: the poll never passes, and it names what is missing.

use crate::ergos::Ergo;
use crate::support::{PASSED, Project, Ran, check, libtest, plan};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

/// Programs that the stand-ins themselves are made of; no plan asks for them.
const BELOW: [&str; 3] = ["sh", "cat", "sleep"];

/// A plan with two checks of a tool each, one of them with a canary, and two declared tools.
fn project(tracker: &str) -> Project {
    let declared = "[[tools]]\nname = \"linker\"\nminimum = \"2.3\"\n\n[[tools]]\nname = \"run-units\"\n\n";
    let canary = libtest("units", "run-units").trim_end().to_owned() + "\ncanary = [\"known-bad\"]\n\n";
    let text = plan(&(canary + &libtest("docs", "run-docs")));
    let text =
        text.replace("[tracker]\nkind = \"file\"", &format!("{declared}[tracker]\nkind = \"{tracker}\""));
    let text = text.replace("name = \"sample\"", "name = \"sample\"\nrepository = \"example/sample\"");
    let project = Project::new(&text);
    project.printing("run-units", PASSED, 0);
    project.printing("run-docs", PASSED, 0);
    project.printing("known-bad", crate::support::FAILED, 101);
    project.printing("linker", "linker 2.4.1\n", 0);
    project
}

/// A search path that holds the tools which a test gave the project, git, and nothing else of the machine.
fn path_without(project: &Project, missing: &str) -> PathBuf {
    let folder = project.beside(&format!("path-without-{missing}"));
    std::fs::create_dir(&folder).unwrap();
    for tool in std::fs::read_dir(project.beside("tools")).unwrap() {
        let tool = tool.unwrap();
        symlink(tool.path(), folder.join(tool.file_name())).unwrap();
    }
    for name in BELOW.iter().copied().chain(["git"]) {
        let found = ["/usr/local/bin", "/usr/bin", "/bin"].map(|place| PathBuf::from(place).join(name));
        symlink(found.iter().find(|path| path.exists()).unwrap(), folder.join(name)).unwrap();
    }
    std::fs::remove_file(folder.join(missing)).ok();
    folder
}

#[track_caller]
fn poll_without(project: &Project, missing: &str) -> Ran {
    let path = path_without(project, missing);
    project.gonogo(&["poll", "v0.2.0", "--json", "--fresh"]).env("PATH", path).output().unwrap().into()
}

#[track_caller]
fn is_missed(project: &Project, missing: &str) -> Ran {
    let ran = poll_without(project, missing).exits(3);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains(&format!("`{missing}`")), "{missing} is not named: {ran:#?}");
    ran
}

#[test]
fn with_all_its_tools_and_nothing_else_on_the_path_the_poll_passes() {
    poll_without(&project("file"), "nothing").exits(0);
}

#[test]
fn any_tool_taken_away_is_named_and_the_poll_does_not_pass() {
    let missing = ["run-units", "run-docs", "linker", "known-bad"];
    for name in missing {
        let document = is_missed(&project("file"), name).json();
        let reasons: Vec<&str> = document["gates"][0]["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|check| check["reason"].as_str())
            .collect();
        assert!(reasons.contains(&"tool-missing"), "{name}: {reasons:?}");
        assert_eq!(document["clearance"], "refused");
    }
}

#[test]
fn without_git_there_is_no_answer() {
    let project = project("file");
    let document = is_missed(&project, "git").json();
    assert_eq!(document["reason"], "tool-missing");
    assert!(project.records().is_empty(), "nothing ran");
}

#[test]
fn a_git_of_the_checkout_is_not_asked() {
    let project = project("file");
    let marker = project.beside("asked");
    project.tool(
        "git",
        &format!(": >'{}'; PATH=/usr/local/bin:/usr/bin:/bin exec git \"$@\"", marker.display()),
    );
    std::fs::create_dir(project.root().join("bin")).unwrap();
    std::fs::rename(project.beside("tools/git"), project.root().join("bin/git")).unwrap();
    project.commit("bring a git");
    let path =
        format!("{}:{}", project.root().join("bin").display(), path_without(&project, "nothing").display());
    let ran = project.gonogo(&["poll", "v0.2.0"]).env("PATH", path).output().unwrap();
    Ran::from(ran).exits(0);
    assert!(!marker.exists(), "the project under release brought its own git, and it was asked");
}

#[test]
fn without_its_tracker_nothing_is_cleared() {
    let with_ergo = project("ergo");
    Ergo::StandIn("6.0.0").install(&with_ergo);
    let document = is_missed(&with_ergo, "ergo").json();
    assert!(document["blockers"].is_null() && document["tracker_error"].as_str().unwrap().contains("ergo"));
    let document = is_missed(&project("github"), "gh").json();
    assert!(document["blockers"].is_null() && document["tracker_error"].as_str().unwrap().contains("gh"));
}

#[test]
fn a_declared_tool_below_its_minimum_is_too_old() {
    let project = project("file");
    for said in ["linker 2.2.9\n", "linker, of no version\n"] {
        project.printing("linker", said, 0);
        let document = poll_without_in(&project, said).exits(3).json();
        let check = check(&document, 3, "required-tools");
        assert_eq!(check["reason"], "tool-too-old", "{said}");
        assert!(check["detail"].as_str().unwrap().contains("`linker`"));
    }
}

#[track_caller]
fn poll_without_in(project: &Project, said: &str) -> Ran {
    poll_without(project, &format!("nothing-{}", said.len()))
}
