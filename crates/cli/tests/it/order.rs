//! Who runs beside whom, read from a log that the checks write themselves when they begin and end.

use crate::support::{PASSED, Project, libtest, plan};
use std::collections::BTreeSet;

/// What ran, from the log: for each check, those that ran at some time between its begin and its end.
fn neighbours(log: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut running: BTreeSet<String> = BTreeSet::new();
    let mut seen: Vec<(String, BTreeSet<String>)> = Vec::new();
    for line in log.lines() {
        let (what, name) = line.split_once(' ').unwrap();
        if what == "end" {
            assert!(running.remove(name), "{name} ended before it began:\n{log}");
            continue;
        }
        assert_eq!(what, "begin");
        for (other, beside) in seen.iter_mut().filter(|(other, _)| running.contains(other)) {
            assert_ne!(other, name);
            beside.insert(name.to_owned());
        }
        seen.push((name.to_owned(), running.clone()));
        running.insert(name.to_owned());
    }
    assert!(running.is_empty(), "{running:?} never ended");
    seen
}

/// Six checks: two of one lock, two of another (one holds both), and two that run alone.
fn project() -> Project {
    let with = |id: &str, more: &str| format!("{}\n{more}\n\n", libtest(id, id).trim_end());
    let checks = [
        with("a1", "locks = [\"a\"]"),
        with("x1", "exclusive = true"),
        with("a2", "locks = [\"a\"]"),
        with("ab", "locks = [\"b\", \"a\"]"),
        with("b1", "locks = [\"b\"]"),
        with("x2", "exclusive = true\nlocks = [\"a\"]"),
        with("free", "cpu = 1"),
    ];
    let project = Project::new(&plan(&checks.concat()));
    let out = project.beside("passed");
    std::fs::write(&out, PASSED).unwrap();
    let log = project.beside("log");
    for id in ["a1", "x1", "a2", "ab", "b1", "x2", "free"] {
        // Long enough to be seen by others; what is proven is the order in the log, not how long it took.
        let script = format!(
            "echo begin {id} >>'{0}'; sleep 0.1; echo end {id} >>'{0}'; cat '{1}'",
            log.display(),
            out.display()
        );
        project.tool(id, &script);
    }
    project
}

#[test]
fn checks_of_one_lock_never_overlap_and_exclusive_ones_run_alone() {
    let project = project();
    let log = || std::fs::read_to_string(project.beside("log")).unwrap();
    project.run(&["poll", "v0.2.0", "--jobs", "8"]).exits(0);
    let seen = neighbours(&log());
    assert_eq!(seen.len(), 7);
    let holds = |name: &str, lock: char| name.contains(lock) || (name == "x2" && lock == 'a');
    for (name, beside) in &seen {
        if name.starts_with('x') {
            assert!(beside.is_empty(), "{name} ran beside {beside:?}\n{}", log());
        }
        for lock in ['a', 'b'].into_iter().filter(|lock| holds(name, *lock)) {
            assert!(!beside.iter().any(|other| holds(other, lock)), "{name} and {beside:?}\n{}", log());
        }
    }
    assert!(seen.iter().any(|(_, beside)| !beside.is_empty()), "nothing ran side by side\n{}", log());
}

#[test]
fn one_slot_runs_one_check_at_a_time() {
    let project = project();
    project.run(&["poll", "v0.2.0", "--jobs", "1"]).exits(0);
    let log = std::fs::read_to_string(project.beside("log")).unwrap();
    assert!(neighbours(&log).iter().all(|(_, beside)| beside.is_empty()), "{log}");
}
