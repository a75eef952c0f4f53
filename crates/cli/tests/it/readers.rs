//! Readers at work: what of their answers reaches the evidence, the verdict and the tracker.

use crate::support::{FAILED, PASSED, Project, check, plan};
use gonogo_core::evidence::Fingerprint;
use serde_json::{Value, json};
use std::fs;

fn one(check: &str) -> String {
    plan(&format!("[[gates.checks]]\nid = \"t\"\nrun = [\"tool\"]\n{check}\n"))
}

/// The tasks of the release, open and closed.
fn tasks(project: &Project) -> Vec<Value> {
    let store: Value =
        serde_json::from_slice(&fs::read(project.root().join(".git/gonogo/tracker.json")).unwrap()).unwrap();
    store["epics"][0]["tasks"].as_array().unwrap().clone()
}

fn file_under(project: &Project, fingerprint: &Fingerprint) {
    let body = format!(
        "## Goal\n\nIt passes.\n\ngonogo-check: 3/t\n\ngonogo-fingerprint: {fingerprint}\n\nAnn: mine.\n"
    );
    let task = json!({"id": "B2", "title": "as it was", "body": body, "state": "open"});
    let store = json!({"schema": 1, "next": 3, "epics": [{"id": "B1", "title": "Release blockers: v0.2.0", "tasks": [task]}]});
    fs::create_dir_all(project.root().join(".git/gonogo")).unwrap();
    fs::write(project.root().join(".git/gonogo/tracker.json"), store.to_string()).unwrap();
}

const RUNNING: &str = "echo '     Running tests/a.rs (target/debug/deps/a-fd30f1249e038744)' >&2\n";

const TEXT: &str = "reader = \"text\"\nexpect = \"^ok\"\nfinding = \"^wrong: \"";
const READERS: [&str; 4] = ["reader = \"libtest\"", "reader = \"pytest\"", TEXT, TEXT];

/// Failures that are called something else today: what the tool does, and what that was called in this checkout.
fn renamed(project: &Project) -> [(String, String); 4] {
    let libtest = FAILED.replace('\n', "\\n");
    let long = "x".repeat(250);
    let pytest = "collected 1 item\\n\\n=== short test summary info ===\\nFAILED test_a.py::test_p[a - b] - boom\\n=== 1 failed in 0.01s ===\\n";
    let checkout = project.root().canonicalize().unwrap();
    [
        (format!("{RUNNING}printf '{libtest}'; exit 101"), "it_works".to_owned()),
        (format!("printf '{pytest}'; exit 1"), "test_a.py::test_p[a".to_owned()),
        (format!("echo 'wrong: {long}'"), format!("wrong: {}…", "x".repeat(192))),
        ("echo \"wrong: $PWD/src/a.py\"".to_owned(), format!("wrong: {}/src/a.py", checkout.display())),
    ]
}

#[test]
fn a_blocker_that_was_filed_under_the_name_that_a_finding_once_had_is_found_again_and_closed_by_its_check() {
    for (number, reader) in READERS.iter().enumerate() {
        let project = Project::new(&one(reader));
        let (failing, key) = renamed(&project)[number].clone();
        let name = Fingerprint::of(3, "t", &key);
        file_under(&project, &name);
        project.tool("tool", &failing);
        let document = project.poll().exits(1).json();
        let filed = tasks(&project);
        assert_eq!(filed.len(), 1, "{key}: {filed:#?}");
        let body = filed[0]["body"].as_str().unwrap();
        assert!(
            body.contains(&format!("gonogo-fingerprint: {name}\n")) && body.contains("Ann: mine."),
            "{body}"
        );
        assert_ne!(filed[0]["title"], "as it was");
        // The finding itself has today's name.
        let findings = check(&document, 3, "t")["findings"].as_array().unwrap();
        assert!(findings.len() == 1 && findings[0]["fingerprint"] != name.as_str(), "{findings:?}");

        // Whoever closes it without a pass finds it open again.
        project.run(&["blocker", "resolve", "v0.2.0", "--id", "B2"]).exits(1);
        project.poll().exits(1);
        assert_eq!(tasks(&project).len(), 1);
        project.tool("tool", &passing(number));
        project.run(&["poll", "v0.2.0", "--close-passed"]).exits(0);
        let after = tasks(&project);
        assert!(after.len() == 1 && after[0]["state"] == "done", "{key}: {after:#?}");
    }
}

fn passing(number: usize) -> String {
    match number {
        0 => format!("{RUNNING}printf '{}'", PASSED.replace('\n', "\\n")),
        1 => "printf 'collected 1 item\\n\\n=== 1 passed in 0.01s ===\\n'".to_owned(),
        _ => "echo ok".to_owned(),
    }
}

#[test]
fn two_problems_that_had_one_name_share_no_blocker() {
    let project = Project::new(&one("reader = \"pytest\""));
    file_under(&project, &Fingerprint::of(3, "t", "test_a.py::test_p[a"));
    project.tool(
        "tool",
        "printf 'collected 2 items\\n\\n=== short test summary info ===\\nFAILED test_a.py::test_p[a - b] - boom\\nFAILED \
         test_a.py::test_p[a - c] - boom\\n=== 2 failed in 0.01s ===\\n'; exit 1",
    );
    project.poll().exits(1);
    project.poll().exits(1);
    assert_eq!(tasks(&project).len(), 2);
}

fn evidence(project: &Project, name: &str) -> Option<String> {
    let records = String::from_utf8(project.records()).unwrap();
    let records = records.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut finished = records.map(|record| record["event"]["check-finished"].clone());
    let finished = finished.rfind(|finished| finished["check"] == "t").unwrap();
    let all = finished["evidence"].as_array().unwrap();
    let digest = all.iter().find(|one| one["name"] == name)?["digest"].as_str().unwrap().to_owned();
    let blob = project.ledger("v0.2.0").join("blobs").join(digest.trim_start_matches("sha256:"));
    Some(fs::read_to_string(blob).unwrap())
}

#[test]
fn the_tests_by_name_are_stored_with_the_evidence_so_that_two_runs_can_be_compared() {
    let project = Project::new(&one("reader = \"libtest\""));
    let run = |listed: &str, counts: &str| {
        let text = format!(
            "\\nrunning 3 tests\\n{listed}\\ntest result: ok. {counts} 0 measured; 0 filtered out; finished in 0.00s\\n\\n"
        );
        project.tool("tool", &format!("{RUNNING}printf '{text}'"));
        project.run(&["poll", "v0.2.0", "--fresh"]).exits(0);
        evidence(&project, "tests").unwrap()
    };
    let one = run("test b ... ok\\ntest a ... ok\\ntest c ... ignored\\n", "2 passed; 0 failed; 1 ignored;");
    assert_eq!(
        one,
        "gonogo.tests/1\t3 tests\t0 without a name\npassed\ta\t\ta\npassed\ta\t\tb\nignored\ta\t\tc\n"
    );
    let other =
        run("test a ... ok\\ntest c ... ignored\\ntest b ... ignored\\n", "1 passed; 0 failed; 2 ignored;");
    let lost: Vec<&str> = one.lines().filter(|line| !other.lines().any(|same| same == *line)).collect();
    assert_eq!(lost, ["passed\ta\t\tb"]);
    // A tool that runs no tests leaves no list.
    let project = Project::new(&one_text());
    project.tool("tool", "echo ok");
    project.poll().exits(0);
    assert!(evidence(&project, "tests").is_none() && evidence(&project, "stdout").is_some());
}

fn one_text() -> String {
    one("reader = \"text\"\nexpect = \"^ok\"")
}

fn suite(name: &str, case: &str) -> String {
    format!("<testsuite name=\"{name}\" tests=\"1\"><testcase name=\"x\">{case}</testcase></testsuite>")
}

#[test]
fn many_report_files_are_one_report_and_those_of_an_earlier_run_are_taken_away() {
    let project = Project::unborn();
    project.write("gonogo.toml", one("reader = \"junit\"\nreport = \"out/*.xml\"\nminimum = { tests = 2 }"));
    project.write(".gitignore", "out/\n");
    project.commit("begin");
    project.git(&["tag", "v0.1.0"]);
    let write = |files: &[(&str, String)]| {
        let lines = files.iter().map(|(name, text)| format!("echo '{text}' > out/{name}.xml"));
        format!("mkdir -p out\n{}", lines.collect::<Vec<_>>().join("\n"))
    };
    project.tool("tool", &write(&[("a", suite("A", "")), ("b", suite("B", ""))]));
    let document = project.poll().exits(0).json();
    assert_eq!(check(&document, 3, "t")["tests"]["passed"], 2, "{document:#}");
    assert!(evidence(&project, "report").unwrap().contains("==== out/b.xml ===="));
    assert!(evidence(&project, "tests").unwrap().contains("passed\tB\t"));
    // The second file of the run before does not stand in for one that was not written.
    project.tool("tool", &write(&[("a", suite("A", ""))]));
    let document = project.run(&["poll", "v0.2.0", "--fresh", "--json"]).exits(3).json();
    assert_eq!(check(&document, 3, "t")["reason"], "too-few-tests");
    project.tool("tool", "true");
    let document = project.run(&["poll", "v0.2.0", "--fresh", "--json"]).exits(3).json();
    assert_eq!(check(&document, 3, "t")["reason"], "unreadable-output");
    let failing = write(&[("a", suite("A", "")), ("b", suite("B", "<failure/>"))]);
    project.tool("tool", &format!("{failing}\nexit 1"));
    let document = project.run(&["poll", "v0.2.0", "--fresh", "--json"]).exits(1).json();
    assert_eq!(check(&document, 3, "t")["verdict"], "failed");
}

#[test]
fn no_nul_hides_what_an_inventory_searches() {
    let search =
        "[[gates.checks]]\nid = \"t\"\nkind = \"inventory\"\npattern = 'unsafe'\npaths = [\"src\"]\n";
    let reason = |begun: &[u8], text: &[u8]| {
        let project = Project::unborn();
        project.write("gonogo.toml", plan(search));
        project.write("src/b.rs", "unsafe { known() }\n");
        project.write("src/a.rs", begun);
        project.commit("begin");
        project.git(&["tag", "v0.1.0"]);
        project.write("src/a.rs", text);
        project.commit("one more");
        check(&project.poll().json(), 3, "t")["reason"].as_str().map(str::to_owned)
    };
    let asks = Some("review-missing".to_owned());
    assert_eq!(reason(b"fn a() {}\n", b"// \0\nunsafe { a() }\n"), asks);
    assert_eq!(reason(b"fn a() {}\n", b"fn a() {}\0unsafe { b() }\n"), asks);
    assert_eq!(reason(b"\0\nunsafe { a() }\n", b"\0\nunsafe { a() }\nunsafe { b() }\n"), asks);
    assert_eq!(reason(b"fn a() {}\n", b"\xff\xfe unsafe { a() }\n"), asks);
    assert_eq!(reason(b"fn a() {}\n", b"\0\nfn a() {}\n"), None);
    assert_eq!(reason(b"\0unsafe { a() }\n", b"\n\0unsafe { a() }\n"), None);
}

fn log(rules: &str, results: &str) -> String {
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t","rules":[{rules}]}}}},"results":[{results}]}}]}}"#
    )
}

#[test]
fn a_clean_log_that_names_no_file_passes_where_its_canary_fired_or_it_states_its_rules() {
    let finding = r#"{"ruleId":"r","message":{"text":"m"}}"#;
    let of = |canary: Option<String>, rules: &str| {
        let line = canary.as_ref().map_or("", |_| "canary = [\"known-bad\"]");
        let project = Project::new(&one(&format!("reader = \"sarif\"\n{line}")));
        project.printing("tool", &log(rules, ""), 0);
        if let Some(bad) = canary {
            project.printing("known-bad", &bad, 0);
        }
        let document = project.poll().json();
        let check = check(&document, 3, "t");
        (check["verdict"].as_str().unwrap().to_owned(), check["reason"].as_str().map(str::to_owned))
    };
    let incomplete = |reason: &str| ("incomplete".to_owned(), Some(reason.to_owned()));
    let passed = ("passed".to_owned(), None);
    assert_eq!(of(None, ""), incomplete("nothing-examined"));
    assert_eq!(of(Some(log("", "")), ""), incomplete("nothing-examined"));
    assert_eq!(of(Some(log("", "")), r#"{"id":"r"}"#), incomplete("canary-missed"));
    assert_eq!(of(Some(log("", finding)), ""), passed);
    assert_eq!(of(None, r#"{"id":"r"}"#), passed);
}

#[test]
fn a_canary_that_the_tool_saw_is_in_the_evidence_and_excuses_no_finding() {
    let finding = r#"{"ruleId":"r","message":{"text":"m"}}"#;
    let project = Project::new(&one("reader = \"sarif\"\ncanary = [\"known-bad\"]"));
    project.printing("known-bad", &log("", finding), 0);
    project.printing("tool", &log("", finding), 0);
    assert_eq!(check(&project.poll().exits(1).json(), 3, "t")["verdict"], "failed");
    assert_eq!(evidence(&project, "canary").unwrap(), log("", finding));
}
