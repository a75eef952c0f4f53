//! Gate 5: two builds measured side by side, by a program whose times are written down.

use crate::support::{Project, Ran, check};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;

/// Prints what `times` says, each value with noise of a few tenths of a percent that depends on how often it was called.
const BENCH: &str = r#"#!/bin/sh
set -eu
count=$(cat "$HOME/count" 2>/dev/null || echo 0)
count=$((count + 1))
echo "$count" >"$HOME/count"
awk -v n="$count" 'BEGIN { printf "{\"results\": [" }
  { printf "%s{\"bench\": \"%s\", \"ms\": %.6f}", (NR > 1 ? ", " : ""), $1, $2 * (1 + ((n * 7 + NR) % 13) * $3) }
  END { print "]}" }' times
"#;

/// A plan with one benchmark, and these keys besides.
fn plan(more: &str) -> String {
    format!(
        "schema = 1\n\n[project]\nname = \"sample\"\n\n[policy]\nrequired-gates = [5]\n\n[tracker]\nkind = \"file\"\n\n\
         [[gates]]\nid = 5\nname = \"Performance\"\n\n[[gates.checks]]\nid = \"benchmark\"\nkind = \"benchmark\"\n\
         run = [\"./bench.sh\"]\n\n[gates.checks.benchmark]\nformat = \"json\"\nresults = \"/results\"\nkey = [\"bench\"]\n\
         metric = \"ms\"\nmargin = \"10%\"\npairs = 24\n{more}"
    )
}

/// A project whose base release has the first times, and whose commit has the second.
fn project(plan: &str, base: &str, current: &str) -> Project {
    let project = Project::unborn();
    project.write("gonogo.toml", plan);
    project.write("bench.sh", BENCH);
    project.write("times", base);
    let script = project.root().join("bench.sh");
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o755)).unwrap();
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project.write("times", current);
    project.commit("next");
    project
}

const TIMES: &str = "append 10 0.0002\nscan 4 0.0002\n";

#[track_caller]
fn judged(ran: Ran, code: i32) -> Value {
    check(&ran.exits(code).json(), 5, "benchmark").clone()
}

#[test]
fn builds_that_are_alike_pass_and_nothing_is_left_in_the_checkout() {
    let project = project(&plan(""), TIMES, &TIMES.replace("10", "10.01"));
    let one = judged(project.poll(), 0);
    assert_eq!(one["verdict"], "passed");
    assert_eq!(project.git(&["worktree", "list"]).lines().count(), 1);
    assert_eq!(project.git(&["status", "--porcelain", "--ignored"]), "");
    // A second poll takes the evidence over and measures nothing.
    let count = || std::fs::read_to_string(project.beside("home").join("count")).unwrap();
    let before = count();
    project.poll().exits(0);
    assert_eq!(count(), before);
}

#[test]
fn a_slower_scenario_fails_and_the_blocker_says_how_much_and_how_to_repeat_it() {
    let project = project(&plan(""), TIMES, "append 13 0.0002\nscan 4 0.0002\n");
    let one = judged(project.poll(), 1);
    assert_eq!(one["verdict"], "failed");
    let findings = one["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{one:#}");
    let message = findings[0]["message"].as_str().unwrap();
    assert!(message.starts_with("bench=append: 30 % worse ("), "{message}");
    assert!(message.contains("beyond the margin of 10 %"), "{message}");
    let repeat = one["repeat"].as_str().unwrap();
    assert!(repeat.contains("git worktree add") && repeat.contains("./bench.sh"), "{repeat}");
    let tasks = project.run(&["blocker", "list", "v0.2.0", "--json"]).stdout;
    assert!(tasks.contains("30 % worse"), "{tasks}");
}

#[test]
fn a_scenario_that_only_one_side_has_is_incomplete() {
    for (base, current) in [(TIMES, "append 10 0.0002\n"), ("append 10 0.0002\n", TIMES)] {
        let one = judged(project(&plan(""), base, current).poll(), 3);
        assert_eq!((&one["verdict"], &one["reason"]), (&"incomplete".into(), &"baseline-missing".into()));
    }
}

#[test]
fn a_host_that_cannot_tell_the_base_from_itself_is_unfit() {
    let wild = "append 10 0.5\nscan 4 0.0002\n";
    let one = judged(project(&plan(""), wild, &wild.replace("10", "10.01")).poll(), 3);
    assert_eq!(one["reason"], "host-unfit");
}

#[test]
fn where_the_time_is_up_before_an_answer_that_is_said_and_nothing_passes() {
    let one = judged(project(&plan("time = \"1ms\"\n"), TIMES, &TIMES.replace("10", "10.01")).poll(), 3);
    assert_eq!(one["reason"], "host-unfit");
    assert!(one["detail"].as_str().unwrap().contains("1 of 24 pairs"), "{one:#}");
}

#[test]
fn builds_that_are_the_same_byte_for_byte_need_no_measurement() {
    let project = project(&plan("built = [\"bench.sh\"]\n"), TIMES, "append 99 0.0002\n");
    let one = judged(project.poll(), 0);
    assert!(one.to_string().contains("byte for byte"), "{one:#}");
    assert!(!project.beside("home").join("count").exists(), "nothing was run");
}

#[test]
fn what_was_not_built_not_run_or_not_read_is_incomplete() {
    let built = plan("built = [\"target/program\"]\n");
    let failing = plan("").replace("run = [", "before = [[\"./build.sh\"]]\nrun = [");
    let few = plan("scenarios = 3\n");
    let none = plan("only = \"bench=other\"\n");
    let other = plan("").replace("metric = \"ms\"", "metric = \"us\"");
    let missing = plan("").replace("./bench.sh", "./not-there.sh");
    for (plan, reason) in [
        (built, "not-run"),
        (failing, "tool-missing"),
        (few, "nothing-examined"),
        (none, "nothing-examined"),
        (other, "unreadable-output"),
        (missing, "tool-missing"),
    ] {
        let one = judged(project(&plan, TIMES, "append 10.01 0.0002\nscan 4 0.0002\n").poll(), 3);
        assert_eq!(one["reason"], reason, "{one:#}");
    }
}

#[test]
fn without_a_base_there_is_nothing_to_compare_with() {
    let project = project(&plan(""), TIMES, TIMES);
    project.git(&["tag", "-d", "v0.1.0"]);
    let one = judged(project.poll(), 3);
    assert_eq!(one["reason"], "baseline-missing");
}

#[test]
fn a_plan_says_how_a_benchmark_is_read_and_judged() {
    for wrong in [
        plan("").replace("margin = \"10%\"\n", ""),
        plan("").replace("10%", "0%"),
        plan("").replace("10%", "0.1"),
        plan("").replace("pairs = 24", "pairs = 3"),
        plan("").replace("metric = \"ms\"\n", ""),
        plan("").replace("\"json\"", "\"go-test\""),
        plan("reader = \"text\"\n"),
        plan("").replace("kind = \"benchmark\"\n", ""),
        plan("").replace("run = [", "cpu = 1\nrun = ["),
        plan("built = [\"../elsewhere\"]\n"),
    ] {
        let project = Project::unborn();
        project.write("gonogo.toml", &wrong);
        project.run(&["plan", "check"]).exits(2);
    }
}

#[test]
fn what_was_measured_is_shown_again_from_its_evidence_with_pictures() {
    let project = project(&plan(""), TIMES, "append 13 0.0002\nscan 4.2 0.0002\n");
    project.run(&["bench", "show", "v0.2.0"]).exits(3);
    project.poll().exits(1);
    let pictures = project.beside("pictures");
    let shown = ["bench", "show", "v0.2.0", "--json", "--svg", pictures.to_str().unwrap()];
    let document = project.run(&shown).exits(0).json();
    let check = &document["checks"][0];
    let scenarios = check["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 2, "{document:#}");
    assert_eq!((&scenarios[0]["name"], &scenarios[0]["verdict"]), (&"bench=append".into(), &"failed".into()));
    assert_eq!(scenarios[1]["verdict"], "passed");
    let pairs = check["record"]["compared"]["scenarios"][0]["pairs"].as_array().unwrap();
    assert!(pairs.len() >= 10 && check["record"]["same"]["scenarios"].as_array().unwrap().len() == 2);
    assert!(!check["record"]["host"].as_array().unwrap().is_empty());
    let picture = std::fs::read_to_string(pictures.join("scenario-001.svg")).unwrap();
    assert!(picture.starts_with("<svg ") && picture.contains("bench=append"), "{picture}");
    let text = project.run(&["bench", "show", "v0.2.0"]).exits(0).stdout;
    assert!(text.contains("failed  30 % worse") && text.contains('┃'), "{text}");
    assert!(text.contains("slower, but within the margin of 10 %"), "{text}");
    project.run(&["bench", "show", "v0.2.0", "--same"]).exits(0);
}

#[test]
fn a_host_that_slows_the_second_run_of_each_pair_down_harms_nobody_since_the_order_is_drawn() {
    let plan = plan("warm-up = 0\n").replace("pairs = 24", "pairs = 160");
    let project = project(&plan, TIMES, &TIMES.replace("10", "10.01"));
    // Every other run takes 15 % longer, whichever side it is of.
    project.git(&["checkout", "--quiet", "v0.1.0"]);
    let script = BENCH.replace("{ printf \"%s{", "{ $2 = $2 * (n % 2 ? 1 : 1.15); printf \"%s{");
    assert_ne!(script, BENCH);
    project.write("bench.sh", script);
    project.commit("every other run");
    project.git(&["tag", "-a", "-m", "Release v0.1.1", "v0.1.1"]);
    project.write("times", TIMES.replace("10", "10.01"));
    project.commit("next");
    assert_eq!(judged(project.poll(), 0)["verdict"], "passed");
}

#[test]
fn measuring_again_is_counted_and_said() {
    let project = project(&plan(""), TIMES, "append 13 0.0002\nscan 4 0.0002\n");
    assert!(!judged(project.poll(), 1).to_string().contains("measured 2 times"));
    let again = judged(project.poll(), 1);
    assert!(again.to_string().contains("measured 2 times on this subject"), "{again:#}");
}

#[test]
fn evidence_that_was_changed_is_not_shown() {
    let project = project(&plan(""), TIMES, "append 13 0.0002\nscan 4 0.0002\n");
    let one = judged(project.poll(), 1);
    for digest in one["evidence"].as_array().unwrap() {
        let hex = digest.as_str().unwrap().trim_start_matches("sha256:").to_owned();
        std::fs::write(project.ledger("v0.2.0").join("blobs").join(hex), b"{}").unwrap();
    }
    project.run(&["bench", "show", "v0.2.0"]).exits(4);
}
