//! What changes while somebody thinks about the question counts: after the answer everything is looked at again.

use super::prompt::Terminal;
use super::world::{REPOSITORY, Shape, Stage};
use crate::support::{Ran, until};
use gonogo_sandbox::{Fault, FaultKind, Matcher, Service};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

/// Lets the question wait, changes something, and answers it with a yes: nothing is pushed, and the run says why.
#[track_caller]
fn stops(stage: &Stage, exit: i32, code: &str, change: impl FnOnce(&Stage)) {
    let terminal = Terminal::asked(stage);
    change(stage);
    let changed = stage.effects();
    let ran = terminal.types("v0.2.0\n").exits(exit);
    assert!(ran.stdout.contains(&format!(": {code}")), "{ran:?}");
    assert_eq!(ran.stdout.matches("anything else to stop: ").count(), 1, "{ran:?}");
    assert_eq!(stage.effects(), changed, "something was pushed");
}

fn other_commit(stage: &Stage) -> String {
    let tree = stage.git(&["rev-parse", "HEAD^{tree}"]);
    stage.remote(REPOSITORY, &["commit-tree", "-m", "somebody else's", tree.trim()]).trim().to_owned()
}

/// Files a task as somebody else would, while the ledger is another command's.
fn file_by_hand(stage: &Stage) {
    let tracker = stage.project.root().join(".git/gonogo/tracker.json");
    std::fs::create_dir_all(tracker.parent().unwrap()).unwrap();
    let text = r#"{"schema":1,"next":3,"epics":[{"id":"B1","title":"Release blockers: v0.2.0","tasks":[
        {"id":"B2","title":"STOP","body":"Not yet.","state":"open"}]}]}"#;
    std::fs::write(tracker, text).unwrap();
}

#[test]
fn nothing_that_changes_while_the_question_waits_is_passed_over() {
    type Change = fn(&Stage);
    let changes: [(&str, i32, &str, Change); 12] = [
        ("the remote branch moved", 4, "branch-lacks-commit", |stage| {
            let other = other_commit(stage);
            stage.remote(REPOSITORY, &["update-ref", "refs/heads/main", &other]);
        }),
        ("the tag appeared at another commit", 4, "tag-elsewhere", |stage| {
            let other = other_commit(stage);
            stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &other]);
        }),
        ("the tag appeared at this commit", 4, "tag-not-ours", |stage| {
            stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &stage.commit()]);
        }),
        ("a file was changed", 1, "tree-changed", |stage| stage.project.write("payload", "another\n")),
        ("a blocker was filed", 1, "blocker-open", file_by_hand),
        ("CI turned red", 1, "ci-not-green", |stage| {
            let mut state = stage.world.github().state();
            let run = &mut state.repository(REPOSITORY).runs[0];
            (run.attempt, run.conclusion) = (2, Some("failure".to_owned()));
        }),
        ("the ledger was edited", 4, "ledger-moved", |stage| {
            let path = stage.project.ledger("v0.2.0").join("ledger.jsonl");
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, text.replacen("tester", "tamper", 1)).unwrap();
        }),
        ("HEAD moved", 4, "head-moved", |stage| {
            stage.project.write("more", "more");
            stage.project.commit("more");
        }),
        ("the tracker is gone", 3, "tracker-unreadable", |stage| {
            let tracker = stage.project.root().join("blockers");
            std::fs::rename(&tracker, stage.project.beside("blockers")).unwrap();
        }),
        ("the remote is gone", 3, "unreachable", |stage| {
            let remote = stage.world.remote(REPOSITORY).unwrap();
            std::fs::rename(remote, remote.with_extension("gone")).unwrap();
        }),
        ("the ledger's lock was taken", 4, "ledger-moved", |stage| {
            let lock = stage.project.ledger("v0.2.0").join("lock");
            std::fs::remove_file(&lock).unwrap();
            std::fs::write(&lock, "process 1").unwrap();
        }),
        ("another git began to change the checkout", 3, "git-locked", |stage| {
            std::fs::write(stage.project.root().join(".git/index.lock"), "").unwrap();
        }),
    ];
    for (what, exit, code, change) in changes {
        println!("{what}");
        let in_folder = ("kind = \"file\"", "kind = \"file\"\npath = \"blockers/all.json\"");
        let plan = if what == "the tracker is gone" { vec![in_folder] } else { Vec::new() };
        let prepare: fn(&crate::support::Project) = |project| {
            project.write(".gitignore", "blockers/\n");
            project.write("blockers/README", "Blockers of releases.\n");
        };
        let stage = Stage::shaped(Shape { plan, prepare, ..Shape::default() });
        stops(&stage, exit, code, change);
    }
}

#[test]
fn a_tracker_whose_file_is_gone_at_the_prompt_is_not_an_empty_one() {
    let stage = Stage::ready();
    let tracker = stage.project.root().join(".git/gonogo/tracker.json");
    std::fs::create_dir_all(tracker.parent().unwrap()).unwrap();
    std::fs::write(&tracker, r#"{"schema":1,"next":1,"epics":[]}"#).unwrap();
    stops(&stage, 3, "tracker-unreadable", |_| std::fs::remove_file(&tracker).unwrap());
}

#[test]
fn a_tracker_that_somebody_else_holds_is_waited_for_and_read_after_that() {
    let stage = Stage::ready();
    file_by_hand(&stage);
    let tracker = stage.project.root().join(".git/gonogo/tracker.json");
    let open = std::fs::read_to_string(&tracker).unwrap();
    std::fs::write(&tracker, r#"{"schema":1,"next":1,"epics":[]}"#).unwrap();
    stops(&stage, 1, "blocker-open", |stage| {
        let folder = std::fs::File::open(stage.project.root().join(".git/gonogo")).unwrap();
        rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive).unwrap();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_secs(2));
            std::fs::write(&tracker, open).unwrap();
            drop(folder);
        });
    });
}

#[test]
fn what_changes_while_the_door_is_looked_through_is_seen_too() {
    // CI answers late; until then the tracker and the remote are still as they were.
    let change_the_tracker = |stage: &Stage| file_by_hand(stage);
    let change_the_remote = |stage: &Stage| {
        let other = other_commit(stage);
        stage.remote(REPOSITORY, &["tag", "-a", "-m", "theirs", "v0.2.0", &other]);
    };
    let changes: [(i32, &str, &dyn Fn(&Stage)); 2] =
        [(1, "blocker-open", &change_the_tracker), (4, "tag-elsewhere", &change_the_remote)];
    for (exit, code, change) in changes {
        let stage = Stage::ready();
        let terminal = Terminal::asked(&stage);
        let path = "/repos/o/r/actions/runs";
        let late = FaultKind::Delayed(Duration::from_secs(2));
        stage.world.fault(Service::Github, Fault::once(Matcher::of("GET", path), late));
        let asked_before = stage.world.log().len();
        std::thread::scope(|scope| {
            let ran = scope.spawn(|| terminal.types("v0.2.0\n"));
            until("CI is asked", || {
                stage.world.log()[asked_before..].iter().any(|one| one.path.starts_with(path))
            });
            std::thread::sleep(Duration::from_millis(500));
            change(&stage);
            let ran: Ran = ran.join().unwrap().exits(exit);
            assert!(ran.stdout.contains(&format!(": {code}")), "{ran:?}");
        });
        assert!(stage.effects().iter().all(|effect| !effect.contains("refs/tags/")), "{:?}", stage.effects());
    }
}

#[test]
fn another_git_that_is_done_in_a_moment_holds_nobody_back() {
    let stage = Stage::ready();
    let lock = stage.project.root().join(".git/index.lock");
    let terminal = Terminal::asked(&stage);
    std::fs::write(&lock, "").unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(800));
        std::fs::remove_file(&lock).unwrap();
    });
    terminal.types("v0.2.0\n").exits(0);
}

/// Stops the run at the question in a way: at once, with nothing pushed and nothing said to be done; the same command goes on.
fn stopped_at_the_question(stop: impl FnOnce(Terminal) -> Ran) {
    let stage = Stage::ready();
    let terminal = Terminal::asked(&stage);
    let started = Instant::now();
    let ran = stop(terminal).exits(130);
    assert!(started.elapsed() < Duration::from_secs(30), "it took {:?}", started.elapsed());
    assert!(stage.effects().is_empty(), "{:?}", stage.effects());
    assert!(ran.stdout.contains("stopped by a signal"), "{ran:?}");
    let records = String::from_utf8(stage.project.records()).unwrap();
    let done: Vec<&str> = records.lines().filter(|line| line.contains("\"step-done\"")).collect();
    assert_eq!(done.len(), 1, "only the tag in the checkout: {done:#?}");
    assert!(
        !records.contains("\"run-finished\"") && !records.contains("\"push-tag\",\"one_way\""),
        "{records}"
    );
    let status: Ran = stage.gonogo(&["status", "v0.2.0", "--json"]).output().unwrap().into();
    let document = status.json();
    assert_eq!(document["past_the_point_of_no_return"], false, "{document:#}");
    assert_eq!(document["next"], "gonogo run v0.2.0 --mode live", "{document:#}");
    Terminal::asked(&stage).types("v0.2.0\n").exits(0);
}

fn signal(terminal: Terminal, signal: Signal) -> Ran {
    kill_process(Pid::from_raw(terminal.id()).unwrap(), signal).unwrap();
    terminal.end()
}

#[test]
fn ctrl_c_at_the_question_ends_it_at_once() {
    stopped_at_the_question(|terminal| terminal.types("\u{3}"));
}

#[test]
fn an_interrupt_at_the_question_ends_it_at_once() {
    stopped_at_the_question(|terminal| signal(terminal, Signal::INT));
}

#[test]
fn a_polite_kill_at_the_question_ends_it_at_once() {
    stopped_at_the_question(|terminal| signal(terminal, Signal::TERM));
}

#[test]
fn a_terminal_that_goes_away_at_the_question_ends_it_at_once() {
    stopped_at_the_question(|terminal| signal(terminal, Signal::HUP));
}

#[test]
fn a_stop_order_that_comes_with_the_answer_outranks_it() {
    stopped_at_the_question(|terminal| {
        kill_process(Pid::from_raw(terminal.id()).unwrap(), Signal::STOP).unwrap();
        kill_process(Pid::from_raw(terminal.id()).unwrap(), Signal::TERM).unwrap();
        let id = terminal.id();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            kill_process(Pid::from_raw(id).unwrap(), Signal::CONT).unwrap();
        });
        terminal.types("v0.2.0\n")
    });
}

#[test]
fn the_end_of_the_input_is_no_yes() {
    let stage = Stage::ready();
    Terminal::asked(&stage).types("\u{4}").exits(1);
    assert!(stage.effects().is_empty(), "{:?}", stage.effects());
}
