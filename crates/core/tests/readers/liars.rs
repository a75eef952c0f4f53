//! Outputs of real tools in which something was not run, or is wrong, and which once read as clean. Beside each stands the healthy
//! neighbour, which must still be clean.

use crate::clean::shown;
use crate::fixtures::{Fixture, reader};
use gonogo_core::readers::{ReadStream, Reader, Reading, TextRule, ToolOutput, Unread};
use gonogo_core::verdict::Reason;

fn output<'a>(stdout: &'a str, stderr: &'a str, exit: i32) -> ToolOutput<'a> {
    ToolOutput { stdout: stdout.as_bytes(), stderr: stderr.as_bytes(), exit: Some(exit), report: None }
}

fn read(name: &str, stdout: &str, exit: i32) -> Result<Reading, Unread> {
    reader(name).read(&output(stdout, "", exit))
}

fn libtest(stdout: &str, stderr: &str) -> Result<Reading, Unread> {
    reader("libtest").read(&output(stdout, stderr, 0))
}

fn report(tests: &[&str]) -> String {
    let listed: String = tests.iter().map(|name| format!("test {name} ... ok\n")).collect();
    let count = tests.len();
    format!(
        "\nrunning {count} test{}\n{listed}\ntest result: ok. {count} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\n",
        if count == 1 { "" } else { "s" }
    )
}

const LIB: &str = "     Running unittests src/lib.rs (target/debug/deps/sample-e6daf73c296d6df0)\n";
const OWN: &str = "     Running tests/own.rs (target/debug/deps/own-fd30f1249e038744)\n";
const DOCS: &str = "   Doc-tests sample\n";
const MERGED: &str = "all doctests ran in 1.04s; merged doctests compilation took 0.70s\n";

#[test]
fn a_binary_that_reports_nothing_is_missed_behind_merged_doctests() {
    let docs = format!(
        "{}{}{MERGED}",
        report(&["src/lib.rs - add (line 3)"]),
        report(&["src/lib.rs - add (line 7) - compile fail"])
    );
    let text = format!("{}{docs}", report(&["tests::adds"]));
    let unread = libtest(&text, &format!("{LIB}{OWN}{DOCS}")).unwrap_err();
    assert!(unread.detail.contains("own"), "{}", unread.detail);
    let healthy = libtest(&text, &format!("{LIB}{DOCS}")).unwrap();
    assert_eq!(healthy.counts.unwrap().executed, 3);
    let places: Vec<&str> = healthy.roster.cases().iter().map(|case| case.place.as_str()).collect();
    assert_eq!(places, ["sample", "doc-tests sample", "doc-tests sample"]);
}

#[test]
fn a_binary_that_reports_nothing_is_missed_behind_coloured_start_lines() {
    let coloured = |line: &str| {
        let (start, rest) = line.split_at(12);
        format!("\u{1b}[1m\u{1b}[92m{start}\u{1b}[0m{rest}")
    };
    let text = report(&["tests::adds"]);
    assert!(libtest(&text, &format!("{}{}", coloured(LIB), coloured(OWN))).is_err());
    assert_eq!(shown(&libtest(&text, &coloured(LIB))), 1);
}

#[test]
fn more_reports_than_binaries_are_no_answer() {
    let two = format!("{}{}", report(&["a"]), report(&["b"]));
    assert!(libtest(&two, LIB).is_err(), "one binary, two reports");
    assert!(libtest(&two, &format!("{LIB}{DOCS}")).is_err(), "the second is not of doctests");
    assert_eq!(shown(&libtest(&two, &format!("{LIB}{OWN}"))), 2);
}

#[test]
fn without_start_lines_the_reading_says_that_they_are_not_there() {
    let reading = libtest(&report(&["a"]), "").unwrap();
    assert!(reading.notes.iter().any(|note| note.contains("start lines")), "{:?}", reading.notes);
    assert!(libtest(&report(&["a"]), LIB).unwrap().notes.is_empty());
}

#[test]
fn a_quiet_run_says_that_it_would_miss_no_binary_unless_its_command_names_one() {
    let quiet = |passed: u64| {
        format!(
            "\nrunning {passed} test{}\n{}\ntest result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\n",
            if passed == 1 { "" } else { "s" },
            ".".repeat(passed as usize) + "\n"
        )
    };
    let read = |one_binary: bool, stdout: &str| {
        Reader::Libtest { one_binary }.read(&output(stdout, "", 0)).map(|reading| reading.notes)
    };
    // Of two binaries one printed no report, and -q names neither.
    let notes = read(false, &quiet(2)).unwrap();
    assert!(
        notes.len() == 1 && notes[0].contains("-q") && notes[0].contains("would not be missed"),
        "{notes:?}"
    );
    assert_eq!(read(false, &(quiet(1) + &quiet(3))).unwrap().len(), 1);
    // The only one would be missed.
    assert_eq!(read(true, &quiet(2)).unwrap(), [""; 0]);
    assert!(read(true, "").is_err());
    // What is named as one and reports twice is not one.
    assert_eq!(read(true, &(quiet(1) + &quiet(3))).unwrap().len(), 1);
}

fn junit(cases: &str) -> Result<Reading, Unread> {
    read("junit", &format!("<testsuite name=\"s\">{cases}<testcase name=\"fine\"/></testsuite>"), 0)
}

#[test]
fn a_test_that_was_switched_off_has_not_passed() {
    for (case, state) in [
        (r#"<testcase name="a" status="disabled"/>"#, "disabled"),
        (r#"<testcase name="a" status="notrun" result="suppressed"/>"#, "disabled"),
        (r#"<testcase name="a" status="notrun"/>"#, "not-run"),
        (r#"<testcase name="a" status="run" result="skipped"/>"#, "skipped"),
        (r#"<testcase name="a" status="skipped"/>"#, "skipped"),
        (r#"<testcase name="a" result="ignored"/>"#, "ignored"),
        (r#"<testcase name="a" status="pending"/>"#, "skipped"),
        (r#"<testcase name="a"><skipped type="pytest.xfail"/></testcase>"#, "expected-failure"),
    ] {
        let reading = junit(case).unwrap();
        assert_eq!(reading.counts.unwrap().executed, 1, "{case}");
        assert_eq!(reading.roster.cases()[0].state.name(), state, "{case}");
    }
    for healthy in
        [r#"<testcase name="a" status="run" result="completed"/>"#, r#"<testcase name="a" status="Passed"/>"#]
    {
        assert_eq!(shown(&junit(healthy)), 2, "{healthy}");
    }
}

#[test]
fn a_failed_status_is_a_failure_without_a_failure_element() {
    for case in [
        r#"<testcase name="a" status="failed"/>"#,
        r#"<testcase name="a" status="run" result="error"/>"#,
        r#"<testcase name="a" status="fail"/>"#,
    ] {
        assert_eq!(junit(case).unwrap().findings[0].key, "a", "{case}");
    }
    assert!(junit(r#"<testcase name="a" status="exploded"/>"#).unwrap_err().detail.contains("exploded"));
}

#[test]
fn disabled_tests_that_a_suite_declares_are_compared() {
    let suite = |disabled: u64, case: &str| {
        read(
            "junit",
            &format!(
                "<testsuite name=\"s\" tests=\"2\" disabled=\"{disabled}\">{case}<testcase name=\"b\"/></testsuite>"
            ),
            0,
        )
    };
    assert!(suite(1, r#"<testcase name="a"/>"#).is_err());
    assert_eq!(shown(&suite(1, r#"<testcase name="a" status="disabled"/>"#)), 1);
    assert_eq!(shown(&suite(0, r#"<testcase name="a"/>"#)), 2);
}

#[test]
fn an_empty_suite_of_nodes_runner_is_no_test_that_passed() {
    let of = |tests: u64, suites: u64, cases: &str| {
        let rest =
            "<!-- fail 0 --><!-- cancelled 0 --><!-- skipped 0 --><!-- todo 0 --><!-- duration_ms 1.5 -->";
        let trailer = format!("<!-- tests {tests} --><!-- suites {suites} --><!-- pass {tests} -->{rest}");
        read("junit", &format!("<testsuites>{cases}{trailer}</testsuites>"), 0)
    };
    let empty = r#"<testcase name="empty" time="0.1" classname="test"/>"#;
    let both = format!("{empty}<testcase name=\"adds\" classname=\"test\"/>");
    assert_eq!(shown(&of(0, 1, empty)), 0);
    assert_eq!(shown(&of(1, 1, &both)), 1);
    assert_eq!(shown(&of(2, 0, &both)), 2);
    assert!(of(2, 0, &both).unwrap().roster.names_all());
    assert!(of(3, 0, &both).is_err(), "more than are listed");
    assert!(of(1, 0, &both).is_err(), "fewer than are listed, and no suite");
    let parent = format!(
        "<testsuite name=\"parent\" tests=\"1\"><testcase name=\"a\" classname=\"test\"/></testsuite>{both}"
    );
    assert_eq!(shown(&of(3, 1, &parent)), 3);
}

#[test]
fn a_script_without_an_extension_and_a_test_is_not_a_test_that_passed() {
    let tap = |name: &str| {
        format!(
            "TAP version 13\n# x\n# Subtest: {name}\nok 1 - {name}\n  ---\n  duration_ms: 265.5\n  type: 'test'\n  ...\n1..1\n# tests 1\n# suites 0\n# pass 1\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n# duration_ms 296.4\n"
        )
    };
    let node =
        |files: &[&str]| Reader::NodeTest { files: files.iter().map(|file| (*file).to_owned()).collect() };
    for (name, argument) in
        [("plainfile", "./plainfile"), ("/tmp/x/plainfile", "plainfile"), ("/tmp/x/bin/check", "bin/check")]
    {
        assert_eq!(shown(&node(&[argument]).read(&output(&tap(name), "", 0))), 0, "{name}");
    }
    assert_eq!(shown(&node(&["test.js"]).read(&output(&tap("adds"), "", 0))), 1);
    let by_npm = format!("\n> s@1.0.0 test\n> node --test plainfile\n\n{}", tap("plainfile"));
    assert_eq!(shown(&node(&["test"]).read(&output(&by_npm, "", 0))), 0);
    let junit =
        r#"<testsuites><testcase name="/tmp/x/plainfile" time="0.05" classname="test"/></testsuites>"#;
    let of = |file: &str| Reader::Junit { files: vec![file.to_owned()] };
    assert_eq!(shown(&of("plainfile").read(&output(junit, "", 0))), 0);
    assert_eq!(shown(&of("other").read(&output(junit, "", 0))), 1);
}

#[test]
fn a_finding_is_seen_behind_what_a_terminal_hides() {
    let rule = |finding: &str| {
        Reader::Text(TextRule {
            expect: regex::Regex::new("^checked").unwrap(),
            finding: Some(regex::Regex::new(finding).unwrap()),
            require: Vec::new(),
            exits: std::collections::BTreeMap::new(),
            stream: ReadStream::Stdout,
        })
    };
    for line in [
        "progress\rwrong: x",
        "\u{1b}[31mwrong: x\u{1b}[0m",
        "\0wrong: x",
        "\u{feff}wrong: x",
        "ok\u{8}\u{8}wrong: x",
        "\u{1b}[2Kwrong: x",
        "w\u{1b}[1mrong: x",
        "a\u{c}wrong: x",
    ] {
        for (out, err) in
            [(format!("checked a\n{line}\n"), String::new()), ("checked a\n".to_owned(), format!("{line}\n"))]
        {
            let reading = rule("^wrong: ").read(&output(&out, &err, 0)).unwrap();
            assert_eq!(reading.findings[0].key, "wrong: x", "{line:?}");
        }
    }
    assert_eq!(shown(&rule("^wrong: ").read(&output("checked a\nnot wrong: x\n", "", 0))), 1);
}

fn sarif(run: &str) -> Result<Reading, Unread> {
    let log = format!(
        r#"{{"version":"2.1.0","runs":[{{"artifacts":[{{"location":{{"uri":"a.c"}}}}],"tool":{{"driver":{{"name":"t","rules":[
        {{"id":"D0","defaultConfiguration":{{"level":"note"}}}}]}},"extensions":[{{"name":"x","rules":[
        {{"id":"E0","defaultConfiguration":{{"level":"error"}}}},{{"id":"E1","defaultConfiguration":{{"level":"note"}}}}]}}]}},{run}}}]}}"#
    );
    read("sarif", &log, 0)
}

const MESSAGE: &str = r#""message":{"text":"m"}"#;

#[test]
fn the_rule_of_an_extension_is_looked_up_there() {
    let of =
        |rule: &str| sarif(&format!(r#""results":[{{"rule":{rule},{MESSAGE}}}]"#)).unwrap().findings.len();
    assert_eq!(of(r#"{"index":0,"toolComponent":{"index":0}}"#), 1);
    assert_eq!(of(r#"{"id":"E0","toolComponent":{"name":"x"}}"#), 1);
    assert_eq!(of(r#"{"index":1,"toolComponent":{"index":0}}"#), 0);
    assert_eq!(of(r#"{"index":0}"#), 0);
    assert_eq!(of(r#"{"index":7,"toolComponent":{"index":0}}"#), 1, "a rule that is not there warns");
}

#[test]
fn what_an_invocation_overrides_counts() {
    let of = |level: &str, result: &str| {
        let overrides =
            format!(r#"[{{"descriptor":{{"id":"D0","index":0}},"configuration":{{"level":"{level}"}}}}]"#);
        let run = format!(
            r#""invocations":[{{"executionSuccessful":true,"ruleConfigurationOverrides":{overrides}}}],"results":[{{"ruleId":"D0",{MESSAGE}{result}}}]"#
        );
        sarif(&run).unwrap().findings.len()
    };
    assert_eq!(of("error", ""), 1);
    assert_eq!(of("error", r#","provenance":{"invocationIndex":0}"#), 1);
    assert_eq!(of("note", r#","provenance":{"invocationIndex":0}"#), 0);
    assert_eq!(of("error", r#","level":"note""#), 0);
}

#[test]
fn a_run_that_broke_or_whose_results_are_elsewhere_is_no_answer() {
    let invocation =
        |more: &str| sarif(&format!(r#""invocations":[{{"executionSuccessful":true{more}}}],"results":[]"#));
    assert_eq!(shown(&invocation("")), 1);
    for more in [
        r#","exitSignalName":"SIGSEGV""#,
        r#","exitSignalNumber":11"#,
        r#","processStartFailureMessage":"no""#,
        r#","toolExecutionNotifications":[{"level":"note","message":{"text":"x"},"exception":{"kind":"Panic"}}]"#,
        r#","toolConfigurationNotifications":[{"level":"error","message":{"text":"x"}}]"#,
    ] {
        assert_eq!(invocation(more).unwrap_err().reason, Reason::UnreadableOutput, "{more}");
    }
    assert_eq!(
        shown(&invocation(r#","toolExecutionNotifications":[{"level":"note","message":{"text":"x"}}]"#)),
        1
    );
    let elsewhere =
        r#""externalPropertyFileReferences":{"results":[{"location":{"uri":"r.json"}}]},"results":[]"#;
    assert!(sarif(elsewhere).unwrap_err().detail.contains("external"));
}

#[test]
fn a_suppression_counts_only_where_it_is_accepted() {
    let of = |suppressions: &str| {
        sarif(&format!(
            r#""results":[{{"ruleId":"E0","level":"error",{MESSAGE},"suppressions":{suppressions}}}]"#
        ))
        .unwrap()
    };
    for accepted in
        [r#"[{"kind":"inSource"}]"#, r#"[{"kind":"external","status":"accepted","justification":"known"}]"#]
    {
        let reading = of(accepted);
        assert!(reading.findings.is_empty() && reading.notes[0].contains("suppressed"), "{accepted}");
    }
    for not in [
        "[]",
        r#"[{"kind":"external","status":"underReview"}]"#,
        r#"[{"kind":"inSource"},{"kind":"external","status":"rejected"}]"#,
        r#"[{"kind":"external","state":"underReview"}]"#,
        r#"[{"kind":"wished"}]"#,
    ] {
        assert_eq!(of(not).findings.len(), 1, "{not}");
    }
}

#[test]
fn a_result_out_of_gos_cache_was_not_run() {
    let event = |what: &str| format!("{{{what},\"Package\":\"x\"}}\n");
    let of = |end: &str| {
        let text = [
            event(r#""Action":"start""#),
            event(r#""Action":"run","Test":"TestA""#),
            event(r#""Action":"pass","Test":"TestA""#),
            event(&format!(r#""Action":"output","Output":"ok  \tx\t{end}\n""#)),
            event(r#""Action":"pass""#),
        ];
        read("go-test", &text.concat(), 0)
    };
    let cached = of("(cached)");
    assert_eq!(shown(&cached), 0);
    assert!(cached.unwrap().notes[0].contains("-count=1"));
    assert_eq!(shown(&of("0.005s")), 1);
    let plain = |end: &str| {
        read("go-test", &format!("=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \tx\t{end}\n"), 0)
    };
    assert_eq!(shown(&plain("(cached)")), 0);
    assert_eq!(shown(&plain("0.005s")), 1);
}

#[test]
fn a_yanked_or_unsound_package_is_a_finding() {
    let with = |warnings: &str| {
        let mut fixture = Fixture::load("cargo-audit", "quiet");
        let mut report: serde_json::Value = serde_json::from_slice(&fixture.stdout).unwrap();
        report["warnings"] = serde_json::from_str(warnings).unwrap();
        fixture.stdout = report.to_string().into_bytes();
        fixture.read().unwrap()
    };
    let package = r#""package":{"name":"atty","version":"0.2.14"}"#;
    for (kind, advisory, key) in [
        ("yanked", "null", "yanked atty"),
        ("unsound", r#"{"id":"RUSTSEC-2021-0145"}"#, "RUSTSEC-2021-0145 atty"),
        ("haunted", "null", "haunted atty"),
    ] {
        let reading = with(&format!(r#"{{"{kind}":[{{"advisory":{advisory},{package}}}]}}"#));
        assert_eq!(reading.findings[0].key, key);
    }
    let old = with(&format!(r#"{{"unmaintained":[{{"advisory":{{"id":"RUSTSEC-2024-0001"}},{package}}}]}}"#));
    assert!(old.findings.is_empty() && old.notes[0].contains("unmaintained"));
}

#[test]
fn npm_is_told_to_look_at_everything_whatever_the_project_sets() {
    let of = |without_dev: bool| Reader::NpmAudit { without_dev }.environment().to_vec();
    assert!(of(false)[0].1.contains("dev") && of(false)[0].0 == "npm_config_include");
    assert!(!of(true)[0].1.contains("dev") && of(true)[0].1.contains("optional"));
    assert!(reader("pip-audit").environment().is_empty());
}
