//! What comes before a check, what it needs, and what is left of it.

use crate::support::{PASSED, Project, check, libtest, plan, until};

fn with(key: &str) -> String {
    plan(&(libtest("t", "run-tests").trim_end().to_owned() + "\n" + key + "\n"))
}

#[test]
fn what_is_tested_is_built_first_and_in_the_same_surroundings() {
    let project = Project::new(&with(
        "before = [[\"build\", \"one\"], [\"build\", \"two\"]]\nset-env = { LIB = \"-L{root}/target\" }",
    ));
    project.tool("build", "echo \"$1 $LIB\" >> $BESIDE/built");
    project.tool(
        "run-tests",
        "[ \"$(cat $BESIDE/built)\" = \"one $LIB\ntwo $LIB\" ] || exit 9\ncat $BESIDE/report",
    );
    std::fs::write(project.beside("report"), PASSED).unwrap();
    let document = project.poll().exits(0).json();
    assert_eq!(
        check(&document, 3, "t")["repeat"],
        "LIB=-L\"$(git rev-parse --show-toplevel)\"/target build one && \
         LIB=-L\"$(git rev-parse --show-toplevel)\"/target build two && \
         LIB=-L\"$(git rev-parse --show-toplevel)\"/target run-tests"
    );
    let root = project.room();
    let built = std::fs::read_to_string(project.beside("built")).unwrap();
    assert_eq!(built.lines().next(), Some(format!("one -L{}/target", root.display()).as_str()));
}

#[test]
fn a_check_whose_build_fails_is_incomplete_and_is_not_run_on_what_was_built_before() {
    for (build, timeout, reason) in [
        ("echo 'error: something' >&2; exit 101", "10m", "not-run"),
        ("echo \"error: toolchain '1.0' is not installed\" >&2; exit 1", "10m", "tool-missing"),
        ("kill -9 $$", "10m", "not-run"),
        ("sleep 600", "1s", "timed-out"),
    ] {
        let project = Project::new(&with(&format!("before = [[\"build\"]]\ntimeout = \"{timeout}\"")));
        project.tool("build", build);
        project.tool("run-tests", "touch $BESIDE/was-run; cat $BESIDE/report");
        std::fs::write(project.beside("report"), PASSED).unwrap();
        let document = project.poll().exits(3).json();
        let check = check(&document, 3, "t");
        assert_eq!(check["reason"], reason, "{build}: {check:#}");
        assert!(check["detail"].as_str().unwrap().contains("`build`"), "{check:#}");
        assert!(!project.beside("was-run").exists(), "{build}");
    }
}

#[test]
fn a_tool_that_a_script_calls_by_itself_is_missing_before_the_script_can_fail_for_it() {
    for key in ["needs = [\"no-such-tool\"]", "before = [[\"no-such-tool\"]]"] {
        let project = Project::new(&with(key));
        project.printing("run-tests", PASSED, 0);
        let document = project.poll().exits(3).json();
        let check = check(&document, 3, "t");
        assert_eq!(check["reason"], "tool-missing", "{key}");
        assert!(check["detail"].as_str().unwrap().contains("no-such-tool"));
    }
}

#[test]
fn a_server_that_a_script_leaves_behind_does_not_outlive_its_check() {
    let project = Project::new(&plan(&libtest("t", "run-tests")));
    project.tool("run-tests", "sleep 3600 >/dev/null 2>&1 &\necho $! > $BESIDE/left\ncat $BESIDE/report");
    std::fs::write(project.beside("report"), PASSED).unwrap();
    project.poll().exits(0);
    let left = std::fs::read_to_string(project.beside("left")).unwrap();
    let state = || std::fs::read_to_string(format!("/proc/{}/stat", left.trim()));
    // Gone, or ended and not yet reaped by the process that took it over.
    until("what it left has ended", || {
        state().map_or(true, |state| state.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
    });
}

const AUDIT: &str = "{\"database\":{\"advisory-count\":123,\"last-commit\":null,\"last-updated\":null},\"lockfile\":{\"dependency-count\":2},\
    \"settings\":{\"target_arch\":[],\"target_os\":[],\"severity\":null,\"ignore\":[],\"informational_warnings\":[]},\
    \"vulnerabilities\":{\"found\":false,\"count\":0,\"list\":[]},\"warnings\":{}}";

/// A poll whose audit reads a database that was committed at a time, after something was done to it.
fn audit(committed: &str, then: impl Fn(&Project)) -> serde_json::Value {
    let text = plan(
        "[[gates.checks]]\nid = \"t\"\nrun = [\"audit\"]\nreader = \"cargo-audit\"\n\
         data-repository = \"data/db\"\nminimum = { examined = 1, data-max-days = 7 }\n",
    );
    let project = Project::unborn();
    project.write("gonogo.toml", text);
    project.write(".gitignore", "/data\n");
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    project.printing("audit", AUDIT, 0);
    project.write("data/db/advisory.md", "text");
    let database = |arguments: &[&str]| {
        let output = project
            .command("git")
            .args(["-C", "data/db"])
            .args(arguments)
            .env("GIT_COMMITTER_DATE", committed)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    database(&["init", "--quiet"]);
    database(&["add", "--all"]);
    database(&["commit", "--quiet", "-m", "advisories"]);
    then(&project);
    check(&project.poll().json(), 3, "t").clone()
}

#[test]
fn the_age_of_data_that_its_tool_does_not_date_is_that_of_its_commit() {
    let now = format!("{} +0000", jiff::Timestamp::now().as_second());
    assert_eq!(audit(&now, |_| {})["verdict"], "passed");
    let old = audit("2020-01-01T00:00:00Z", |_| {});
    assert_eq!(old["reason"], "stale-data");
    assert!(old["detail"].as_str().unwrap().contains("days old"), "{old:#}");
}

#[test]
fn data_that_is_not_its_commit_s_or_in_no_checkout_of_its_own_has_no_age() {
    let now = format!("{} +0000", jiff::Timestamp::now().as_second());
    let changed = audit(&now, |project| project.write("data/db/advisory.md", "changed"));
    assert_eq!(changed["reason"], "stale-data");
    assert!(changed["detail"].as_str().unwrap().contains("advisory.md"), "{changed:#}");
    // The folder is then in the project's own checkout, whose commit is new and says nothing of the data.
    let foreign =
        audit(&now, |project| std::fs::remove_dir_all(project.root().join("data/db/.git")).unwrap());
    assert_eq!(foreign["reason"], "stale-data");
    assert!(foreign["detail"].as_str().unwrap().contains("checkout of its own"), "{foreign:#}");
    let absent = audit(&now, |project| std::fs::remove_dir_all(project.root().join("data/db")).unwrap());
    assert_eq!(absent["reason"], "not-run");
    assert!(absent["detail"].as_str().unwrap().contains("data/db, which is brought along, is not there"));
}

#[test]
fn a_check_runs_what_is_built_before_it_by_its_path_or_its_name() {
    for (run, made) in [("./built", "built"), ("made-tool", "$BESIDE/tools/made-tool")] {
        let text = plan(&format!(
            "[[gates.checks]]\nid = \"t\"\nrun = [\"{run}\"]\nbefore = [[\"build\"]]\nreader = \"libtest\"\n"
        ));
        let project = Project::unborn();
        project.write("gonogo.toml", text);
        project.write(".gitignore", "/built\n");
        project.commit("begin");
        project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
        let report = project.beside("report").display().to_string();
        project.tool("build", &format!("printf '#!/bin/sh\\ncat {report}\\n' > {made}; chmod +x {made}"));
        std::fs::write(project.beside("report"), PASSED).unwrap();
        let prepared = project.run(&["doctor", "--json"]).json();
        let tools = prepared["items"].as_array().unwrap();
        assert!(
            tools.iter().all(|item| item["id"] != "tool:made-tool" || item["state"] == "ok"),
            "{tools:?}"
        );
        assert_eq!(check(&project.poll().exits(0).json(), 3, "t")["verdict"], "passed", "{run}");
        // What was run stands in the ledger, by path and digest.
        let records = String::from_utf8(project.records()).unwrap();
        let records = records.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let program = records
            .filter_map(|record| record.pointer("/event/check-finished/program").cloned())
            .next()
            .unwrap();
        assert!(program["path"].as_str().unwrap().ends_with(run.trim_start_matches("./")), "{program}");
        assert!(program["digest"].as_str().unwrap().starts_with("sha256:"), "{program}");
    }
}

#[test]
fn what_a_build_does_not_make_is_missing() {
    for run in ["./built", "made-tool"] {
        let text = plan(&format!(
            "[[gates.checks]]\nid = \"t\"\nrun = [\"{run}\"]\nbefore = [[\"build\"]]\nreader = \"libtest\"\n"
        ));
        let project = Project::new(&text);
        project.tool("build", "exit 0");
        let document = project.poll().exits(3).json();
        assert_eq!(check(&document, 3, "t")["reason"], "tool-missing", "{run}");
    }
}

#[test]
fn evidence_of_a_program_outside_the_checkout_is_used_again_while_it_is_the_same_program() {
    let text = plan("[[gates.checks]]\nid = \"t\"\nrun = [\"./linked\"]\nreader = \"libtest\"\n");
    let project = Project::unborn();
    project.printing("outside", PASSED, 0);
    project.write("gonogo.toml", text);
    std::os::unix::fs::symlink(project.beside("tools/outside"), project.root().join("linked")).unwrap();
    project.commit("begin");
    project.git(&["tag", "-a", "-m", "Release v0.1.0", "v0.1.0"]);
    let reused = |project: &Project| check(&project.poll().json(), 3, "t")["reused"].clone();
    assert_eq!(reused(&project), false);
    assert_eq!(reused(&project), true);
    project.tool("outside", "exit 1");
    assert_eq!(reused(&project), false);
}
