//! What is told of children and requests: shown where it is asked for, kept beside the ledger, and no secret in either.

use crate::release::world::Stage;
use crate::support::{PASSED, Project, Ran, libtest};
use std::path::PathBuf;

const PLAN: &str = "schema = 1\n\n[project]\nname = \"sample\"\n\n[policy]\nrequired-gates = [3]\n\n\
    [tracker]\nkind = \"file\"\n\n[[gates]]\nid = 3\nname = \"Concurrency\"\n\n";

fn project() -> Project {
    let project = Project::new(&format!("{PLAN}{}", libtest("t", "run-tests")));
    project.printing("run-tests", PASSED, 0);
    project
}

fn logs(project: &Project) -> Vec<PathBuf> {
    let folder = project.ledger("v0.2.0").join("logs");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut logs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    logs.sort();
    logs
}

fn only_log(project: &Project) -> String {
    let logs = logs(project);
    assert_eq!(logs.len(), 1, "{logs:?}");
    std::fs::read_to_string(&logs[0]).unwrap()
}

/// The lines that tell of children.
fn children(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains(" gonogo::process ")).collect()
}

#[test]
fn each_child_is_shown_with_its_end_and_its_time_where_that_is_asked_for() {
    let project = project();
    let quiet = project.poll().exits(0);
    assert_eq!(quiet.stderr, "");
    for flags in [&["-v"][..], &["--verbose"], &["-vv"]] {
        let ran = project.run(&[&["poll", "v0.2.0", "--json", "--fresh"], flags].concat()).exits(0);
        assert_eq!(ran.json()["clearance"], "granted");
        let told = children(&ran.stderr);
        let ended: Vec<&&str> = told.iter().filter(|line| line.contains(" DEBUG ")).collect();
        assert!(
            ended.len() > 5 && ended.iter().all(|line| line.contains(" ms=") && line.contains(" end=\""))
        );
        let of = |name: &str| ended.iter().filter(|line| line.contains(name)).count();
        assert!(of("tools/run-tests") == 1 && of("/git ") > 3, "{told:#?}");
        let started = told.iter().filter(|line| line.contains("starts cd ")).count();
        assert_eq!(started, if flags == ["-vv"] { ended.len() } else { 0 });
    }
}

#[test]
fn what_is_shown_can_be_chosen_and_what_cannot_be_understood_is_wrong_use() {
    let project = project();
    let with = |filter: &str| {
        let mut command = project.gonogo(&["poll", "v0.2.0", "--json", "-v"]);
        Ran::from(command.env("GONOGO_LOG", filter).output().unwrap())
    };
    let nothing = with("gonogo::http=debug").exits(0);
    assert_eq!(children(&nothing.stderr), Vec::<&str>::new());
    assert!(!children(&with("gonogo::process=debug").exits(0).stderr).is_empty());
    let refused = with("gonogo=loudly").exits(2);
    assert!(refused.stderr.contains("GONOGO_LOG"), "{refused:?}");
}

#[test]
fn each_poll_leaves_its_log_beside_the_ledger_and_what_begins_nothing_leaves_none() {
    let project = project();
    project.poll().exits(0);
    let text = only_log(&project);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains(" gonogo ") && lines[0].contains("poll v0.2.0 --json"), "{}", lines[0]);
    // What came before the folder was known is in it, too.
    assert!(children(&text)[0].contains("rev-parse"), "{text}");
    assert!(text.contains("tools/run-tests"), "{text}");
    assert!(lines[lines.len() - 1].contains("ends exit=0"), "{text}");
    assert_eq!(logs(&project)[0].to_str().unwrap().rsplit_once("Z-").unwrap().1, "poll.log");
    // What begins nothing leaves no log.
    project.run(&["run", "v0.2.0"]).exits(2);
    for command in ["status", "prepare", "audit"] {
        project.run(&[command, "v0.2.0"]);
    }
    assert_eq!(logs(&project).len(), 1);
}

#[test]
fn a_run_and_a_verification_leave_theirs() {
    let stage = Stage::ready();
    stage.run().exits(0);
    Ran::from(stage.gonogo(&["verify", "v0.2.0"]).output().unwrap()).exits(0);
    let logs = logs(&stage.project);
    let ends: Vec<&str> =
        logs.iter().map(|path| path.to_str().unwrap().rsplit_once("Z-").unwrap().1).collect();
    assert_eq!(ends, ["run.log", "verify.log"]);
    let text = std::fs::read_to_string(&logs[0]).unwrap();
    for done in ["git tag --file=-", "git push --porcelain", "gh api --include"] {
        assert!(children(&text).iter().any(|line| line.contains(done)), "{done}: {text}");
    }
}

#[test]
fn no_secret_is_shown_or_kept_wherever_it_stands() {
    let (by_name, by_shape) = ("it's a 'long' secret", "npm_abcdefghijklmnopqrstuvwxyz0123456789");
    let check = libtest("t", "run-tests").replace(
        "run = [\"run-tests\"",
        &format!("env = [\"PUBLISH_TOKEN\"]\nrun = [\"run-tests\", \"--pass={by_name}\", \"{by_shape}\""),
    );
    let project = Project::new(&format!("{PLAN}{check}"));
    project.printing("run-tests", PASSED, 0);
    // The program's own line is told too.
    let mut command = project.gonogo(&["poll", "v0.2.0", "-v", "--agent", &format!("{by_shape}@host")]);
    let ran: Ran = command.env("PUBLISH_TOKEN", by_name).output().unwrap().into();
    let (shown, kept) = (ran.exits(0).stderr, only_log(&project));
    for text in [shown, kept] {
        assert!(text.contains("tools/run-tests '--pass=[redacted]' '[redacted]'"), "{text}");
        assert!(text.contains("--agent [redacted]@host"), "{text}");
        assert!(!text.contains("secret") && !text.contains("npm_abc"), "{text}");
    }
}

#[test]
fn ten_logs_are_kept() {
    let project = project();
    project.poll().exits(0);
    let first = logs(&project)[0].clone();
    for minute in 10..22 {
        std::fs::write(first.with_file_name(format!("20260101T00{minute}00.000Z-run.log")), "").unwrap();
    }
    project.poll().exits(0);
    let kept = logs(&project);
    assert_eq!(kept.len(), 10);
    assert!(kept[0].ends_with("20260101T001400.000Z-run.log") && kept.contains(&first), "{kept:?}");
}

#[test]
fn a_log_that_cannot_be_written_is_said_and_stops_nothing() {
    let project = project();
    let folder = project.ledger("v0.2.0");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("logs"), "mine").unwrap();
    let ran = project.poll().exits(0);
    assert_eq!(ran.json()["clearance"], "granted");
    assert!(
        ran.stderr.contains("nothing more was logged") && ran.stderr.lines().count() == 1,
        "{}",
        ran.stderr
    );
    assert_eq!(std::fs::read(folder.join("logs")).unwrap(), b"mine");
}
