//! Outputs of real tools that are in order, or say clearly what is not, and which once were not read. Beside each stands what must still
//! not be clean.

use crate::clean::shown;
use crate::fixtures::{Fixture, reader};
use gonogo_core::readers::{Reader, Reading, ToolOutput, Unread};
use gonogo_core::verdict::Reason;

fn output<'a>(stdout: &'a str, stderr: &'a str, exit: i32) -> ToolOutput<'a> {
    ToolOutput { stdout: stdout.as_bytes(), stderr: stderr.as_bytes(), exit: Some(exit), report: None }
}

fn read(name: &str, stdout: &str, exit: i32) -> Result<Reading, Unread> {
    reader(name).read(&output(stdout, "", exit))
}

fn result(passed: u64) -> String {
    format!(
        "\ntest result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.12s\n\n"
    )
}

#[test]
fn a_test_may_run_its_own_binary_which_aborts() {
    let quiet = format!(
        "\nrunning 4 tests\n.\nrunning 1 test\n\nrunning 1 test\n...{}\nrunning 1 test\n.{}",
        result(4),
        result(1)
    );
    assert_eq!(shown(&read("libtest", &quiet, 0)), 5);
    let verbose = format!(
        "\nrunning 2 tests\ntest adds ... ok\n\nrunning 1 test\ntest crash_child ... ok\n{}",
        result(2)
    );
    let reading = read("libtest", &verbose, 0).unwrap();
    assert_eq!(reading.counts.unwrap().executed, 2);
    assert!(reading.roster.names_all(), "{:?}", reading.roster);
}

#[test]
fn of_one_binary_the_last_result_is_its_own() {
    let text = format!("\nrunning 1 test\n\nrunning 1 test\n\nrunning 1 test\n.{}", result(1));
    let one = |one_binary| Reader::Libtest { one_binary };
    assert_eq!(shown(&one(true).read(&output(&text, "", 0))), 1);
    // Of several it may be that of the next one, and the first left early.
    assert!(one(false).read(&output(&text, "", 0)).unwrap_err().detail.contains("-q"));
    let started = "     Running tests/a.rs (target/debug/deps/a-fd30f1249e038744)\n";
    assert_eq!(shown(&one(false).read(&output(&text, started, 0))), 1);
    assert!(one(false).read(&output(&text, &started.repeat(2), 0)).is_err());
    let failing = format!(
        "\nrunning 1 test\n\nrunning 1 test\na --- FAILED\n\nfailures:\n\n---- a stdout ----\nboom\n\n\nfailures:\n    a\n{}",
        result(0).replace("ok. 0 passed; 0 failed", "FAILED. 0 passed; 1 failed")
    );
    assert_eq!(one(true).read(&output(&failing, "", 101)).unwrap().findings[0].key, "a");
}

#[test]
fn the_command_says_whether_there_is_one_binary() {
    let of = |run: &str| {
        matches!(
            crate::told::reader(&format!("run = {run}\nreader = \"libtest\"")).unwrap(),
            Reader::Libtest { one_binary: true }
        )
    };
    for one in [
        r#"["cargo", "test", "-q", "--test", "lock_smoke"]"#,
        r#"["cargo", "test", "-q", "--lib", "tests::a", "--", "--exact"]"#,
        r#"["cargo", "test", "--test=lock_smoke"]"#,
    ] {
        assert!(of(one), "{one}");
    }
    for several in [
        r#"["cargo", "test", "-q"]"#,
        r#"["cargo", "test", "--lib", "--test", "a"]"#,
        r#"["cargo", "test", "--workspace", "--lib"]"#,
        r#"["cargo", "test", "--tests"]"#,
        r#"["cargo", "test", "--test", "a*"]"#,
        r#"["cargo", "test", "--", "--lib"]"#,
        r#"["just", "--test", "x"]"#,
    ] {
        assert!(!of(several), "{several}");
    }
}

#[test]
fn the_message_names_the_binaries_that_may_have_printed_no_report() {
    let starts = "     Running unittests src/lib.rs (target/release/deps/sample-e6daf73c296d6df0)\n     Running benches/speed.rs (target/release/deps/speed-fd30f1249e038744)\n";
    let text = format!("\nrunning 1 test\ntest a ... ok\n{}", result(1));
    let detail = reader("libtest").read(&output(&text, starts, 0)).unwrap_err().detail;
    assert!(detail.contains("sample, speed") && detail.contains("harness = false"), "{detail}");
}

#[test]
fn forced_colour_is_called_by_its_name() {
    let text = "\nrunning 1 test\ntest a ... \u{1b}[32mok\u{1b}(B\u{1b}[m\n\ntest result: \u{1b}[32mok\u{1b}(B\u{1b}[m. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
    let detail = read("libtest", text, 0).unwrap_err().detail;
    assert!(detail.contains("colour is forced") && detail.contains("--color=never"), "{detail}");
    let detail = read("pytest", "\u{1b}[32m4 passed\u{1b}[0m in 0.1s\n", 0).unwrap_err().detail;
    assert!(detail.contains("--color=no"), "{detail}");
    assert!(!read("pytest", "nothing\n", 0).unwrap_err().detail.contains("colour"));
}

const RULER: &str = "----------------------------------------------------------------------";

fn unittest(text: &str, exit: i32) -> Result<Reading, Unread> {
    reader("unittest").read(&output("", text, exit))
}

#[test]
fn what_a_framework_prints_after_unittests_summary_is_shown_and_not_fatal() {
    let django = format!(
        "Creating test database for alias 'default'...\n.s\n{RULER}\nRan 2 tests in 0.002s\n\nOK (skipped=1)\nDestroying test database for alias 'default'...\n"
    );
    let reading = unittest(&django, 0).unwrap();
    assert_eq!(reading.counts.map(|counts| (counts.executed, counts.skipped)), Some((1, 1)));
    assert!(reading.notes[0].contains("Destroying test database"), "{:?}", reading.notes);
    assert!(
        unittest(&django.replace("OK (skipped=1)", "OK, more or less"), 0)
            .unwrap_err()
            .detail
            .contains("more or less")
    );
    assert!(unittest(&django.replace("Destroying", "FAIL: "), 0).is_err());
    assert_eq!(shown(&unittest(&django, 1)), 0);
}

#[test]
fn a_class_that_is_skipped_as_a_whole_is_not_among_those_that_ran() {
    for before in [
        "sss...",
        "a log line\nsss...",
        "setUpClass (ut_a.A) ... skipped 'x'\nsetUpClass (ut_a.B) ... skipped 'x'\nsetUpClass (ut_a.C) ... skipped 'x'\ntest_1 (ut_a.D.test_1) ... ok\ntest_2 (ut_a.D.test_2) ... ok\ntest_3 (ut_a.D.test_3) ... ok\n",
        "skipped 'x'\nskipped 'x'\nskipped 'x'\ntest_1 (ut_a.D) ... ok\ntest_2 (ut_a.D) ... ok\ntest_3 (ut_a.D) ... ok\n",
    ] {
        let text = format!("{before}\n{RULER}\nRan 3 tests in 0.001s\n\nOK (skipped=3)\n");
        assert_eq!(unittest(&text, 0).unwrap().counts.unwrap().executed, 3, "{before}");
    }
    let mixed = format!("ss..s\n{RULER}\nRan 3 tests in 0.001s\n\nOK (skipped=3)\n");
    assert_eq!(unittest(&mixed, 0).unwrap().counts.unwrap().executed, 2);
    let silent = format!("{RULER}\nRan 3 tests in 0.001s\n\nOK (skipped=3)\n");
    assert_eq!(unittest(&silent, 0).unwrap().counts.unwrap().executed, 0);
    let none = format!("sss\n{RULER}\nRan 3 tests in 0.001s\n\nOK (skipped=3)\n");
    assert_eq!(unittest(&none, 0).unwrap().counts.unwrap().executed, 0);
}

#[test]
fn the_last_lines_of_pytests_plugins_are_read() {
    let head = "collected 8 items\n\ntest_ok.py ...sxX..  [100%]\n\n";
    let pretty = format!(
        "{head}Results (0.43s):\n         5 passed\n         1 skipped\n         1 xfailed\n         1 xpassed\n"
    );
    assert_eq!(read("pytest", &pretty, 0).unwrap().counts.map(|one| (one.passed, one.skipped)), Some((6, 2)));
    // pytest-sugar counts subtests as tests.
    let sugar = format!(
        "{head}Results (0.29s):\n       8 passed\n       1 xpassed\n       1 xfailed\n       1 skipped\n"
    );
    assert_eq!(read("pytest", &sugar, 0).unwrap().counts.map(|one| (one.passed, one.skipped)), Some((6, 2)));
    let failing = "Results (0.35s):\n       2 passed\n       1 failed\n         - test_bad.py:2 test_p[a - b]\n       1 error\n";
    assert_eq!(read("pytest", failing, 1).unwrap().counts.map(|one| (one.passed, one.failed)), Some((2, 2)));
    assert!(read("pytest", &pretty.replace("5 passed", "4 passed"), 0).is_err(), "fewer than were collected");
    assert!(read("pytest", &pretty.replace("1 skipped", "1 vanished"), 0).is_err());
}

#[test]
fn text_after_pytests_summary_is_shown_unless_it_looks_like_a_failure() {
    let text = "collected 1 item\n\n1 passed in 0.01s\nmake[1]: Leaving directory '/x'\n";
    let reading = read("pytest", text, 0).unwrap();
    assert!(reading.notes[0].contains("Leaving directory"), "{:?}", reading.notes);
    assert!(read("pytest", &text.replace("make[1]", "ERROR"), 0).is_err());
    assert_eq!(shown(&read("pytest", text, 1)), 0);
}

#[test]
fn coverage_below_its_threshold_is_a_finding() {
    let pytest = "collected 1 item\n\ntest_cov.py .\nFAIL Required test coverage of 90% not reached. Total coverage: 33.33%\n=== 1 passed in 0.09s ===\n";
    let finding = &read("pytest", pytest, 1).unwrap().findings[0];
    assert_eq!(finding.key, "coverage below its threshold");
    assert!(finding.message.contains("33.33%"));
    assert!(read("pytest", "collected 1 item\n\n=== 1 passed in 0.09s ===\n", 1).is_err());
    for marker in ["#", "ℹ"] {
        let counts = [
            "tests 1",
            "suites 0",
            "pass 1",
            "fail 0",
            "cancelled 0",
            "skipped 0",
            "todo 0",
            "duration_ms 5.5",
        ];
        let counts: String = counts.iter().map(|count| format!("{marker} {count}\n")).collect();
        let head = if marker == "#" {
            "TAP version 13\n# Subtest: a\nok 1 - a\n  ---\n  duration_ms: 1.5\n  ...\n1..1\n"
        } else {
            "✔ a (1.5ms)\n"
        };
        let coverage = format!(
            "{marker} start of coverage report\n{marker} all files | 100.00 | 100.00 | 50.00 |\n{marker} end of coverage report\n"
        );
        let error = format!("{marker} Error: 50.00% function coverage does not meet threshold of 100%.\n");
        assert_eq!(shown(&read("node-test", &format!("{head}{counts}{coverage}"), 0)), 1, "{marker}");
        let reading = read("node-test", &format!("{head}{counts}{error}{coverage}"), 1).unwrap();
        assert_eq!(reading.findings[0].key, "function coverage below its threshold");
        assert!(read("node-test", &format!("{head}{counts}{coverage}not ok 2 - b\n"), 0).is_err());
    }
}

#[test]
fn what_npm_says_before_the_tests_is_no_part_of_them() {
    let mut fixture = Fixture::load("node-test", "quiet");
    let plain = shown(&fixture.read());
    let mut text = b"\n> s@1.0.0 test\n> node --test t/a.test.js\n\n".to_vec();
    text.extend_from_slice(&fixture.stdout);
    fixture.stdout = text;
    assert_eq!(shown(&fixture.read()), plain);
    fixture.stdout.splice(0..0, b"not ok 1 - before\n".iter().copied());
    assert!(fixture.read().is_err());
}

fn junit(text: &str, exit: i32) -> Result<Reading, Unread> {
    read("junit", text, exit)
}

#[test]
fn subtests_that_pytest_counts_and_does_not_list_are_not_missing() {
    let of = |name: &str, tests: u64| {
        junit(
            &format!(
                "<testsuites><testsuite name=\"{name}\" tests=\"{tests}\" failures=\"0\" errors=\"0\" skipped=\"0\"><testcase name=\"a\"/></testsuite></testsuites>"
            ),
            0,
        )
    };
    assert_eq!(shown(&of("pytest", 4)), 1);
    assert_eq!(shown(&of("pytest", 0)), 0);
    assert!(of("other", 4).is_err());
    let twice = r#"<testsuite name="pytest" tests="2" failures="2" errors="0" skipped="0"><testcase name="a"><failure/><failure/></testcase></testsuite>"#;
    assert_eq!(junit(twice, 1).unwrap().findings.len(), 1);
}

#[test]
fn nested_suites_of_nodes_runner_count_as_one_each() {
    let text = r#"<testsuites><testsuite name="outer" disabled="0" errors="0" tests="2" failures="0" skipped="0"><testcase name="in" classname="test"/>
        <testsuite name="inner" disabled="0" errors="0" tests="3" failures="0" skipped="2"><testcase name="deep" classname="test"/>
        <testcase name="sk" classname="test"><skipped type="skipped"/></testcase><testcase name="td" classname="test"><skipped type="todo"/></testcase>
        </testsuite></testsuite></testsuites>"#;
    let reading = junit(text, 0).unwrap();
    assert_eq!(reading.counts.map(|one| (one.passed, one.skipped)), Some((2, 2)));
    assert_eq!(reading.roster.cases()[1].place, "outer > inner");
    assert!(junit(&text.replace("tests=\"2\"", "tests=\"5\""), 0).is_err());
}

#[test]
fn a_test_that_jest_has_still_to_write_has_not_passed() {
    let text = r#"<testsuites name="jest tests" tests="3" failures="0" errors="0"><testsuite name="g" errors="0" failures="0" skipped="1" tests="3">
        <testcase name="adds"/><testcase name="sk"><skipped/></testcase><testcase name="later"/><testcase name="deep"/></testsuite></testsuites>"#;
    assert_eq!(junit(text, 0).unwrap().counts.map(|one| (one.passed, one.skipped)), Some((2, 1)));
    let failing = text
        .replace("failures=\"0\"", "failures=\"1\"")
        .replace("<testcase name=\"adds\"/>", "<testcase name=\"adds\"><failure/></testcase>");
    assert_eq!(junit(&failing, 1).unwrap().findings[0].key, "adds");
}

#[test]
fn pending_tests_that_mocha_does_not_list_are_skipped_ones() {
    let text = r#"<testsuites name="Mocha Tests" tests="6" failures="~" skipped="3"><testsuite name="g" tests="3" failures="0"><testcase name="g adds"/></testsuite>
        <testsuite name="h" tests="3" failures="~"><testcase name="h ok"/><testcase name="h bad">@</testcase></testsuite></testsuites>"#;
    let of = |failures: &str, bad: &str| text.replace('~', failures).replace('@', bad);
    assert_eq!(junit(&of("0", ""), 0).unwrap().counts.map(|one| (one.passed, one.skipped)), Some((3, 3)));
    assert_eq!(junit(&of("1", "<failure/>"), 1).unwrap().findings[0].key, "h bad");
    assert!(junit(&of("0", "").replace("skipped=\"3\"", "skipped=\"2\""), 0).is_err());
    assert!(junit(&of("0", "").replace(" skipped=\"3\"", ""), 0).is_err());
}

#[test]
fn a_count_below_zero_is_no_count() {
    let of = |case: &str| {
        format!(
            "<testsuite name=\"Mocha Tests\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"-1\">{case}</testsuite>"
        )
    };
    let reading = junit(&of("<testcase name=\"a\"><failure>no</failure></testcase>"), 1).unwrap();
    assert_eq!(reading.findings[0].key, "a");
    assert!(junit(&of("<testcase name=\"a\"/>"), 0).is_err());
}

#[test]
fn a_package_that_go_cannot_build_is_named_in_every_version() {
    let event = |what: &str| format!("{{{what},\"Package\":\"x\"}}\n");
    let good = [
        event(r#""Action":"start""#),
        event(r#""Action":"run","Test":"TestA""#),
        event(r#""Action":"pass","Test":"TestA""#),
        event(r#""Action":"pass""#),
    ]
    .concat();
    let text = format!("FAIL\tx/broken [build failed]\n{good}");
    let reading = read("go-test", &text, 1).unwrap();
    assert_eq!(reading.findings[0].key, "package x/broken");
    assert_eq!(reading.counts.unwrap().passed, 1);
    let noted = read("go-test", &format!("{good}make: Leaving directory\n"), 0).unwrap();
    assert!(noted.findings.is_empty() && noted.notes[0].contains("Leaving"));
    assert!(read("go-test", &format!("{good}{{\"Action\":\n"), 0).is_err());
}

#[test]
fn a_benchmark_of_go_needs_no_end() {
    let event = |what: &str| format!("{{{what},\"Package\":\"x\"}}\n");
    let of = |name: &str| {
        let run = format!(r#""Action":"run","Test":"{name}""#);
        [
            event(r#""Action":"start""#),
            event(r#""Action":"run","Test":"TestA""#),
            event(r#""Action":"pass","Test":"TestA""#),
            event(&run),
            event(r#""Action":"pass""#),
        ]
        .concat()
    };
    assert_eq!(shown(&read("go-test", &of("BenchmarkGroup/x"), 0)), 1);
    assert!(read("go-test", &of("TestB"), 0).is_err());
}

#[test]
fn an_audit_with_moderate_advisories_alone_explains_its_exit_status() {
    let report = r#"{"auditReportVersion":2,"vulnerabilities":{"a":{"severity":"moderate","via":[{"title":"t","severity":"moderate","source":1}]}},
        "metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":1,"high":0,"critical":0,"total":1},"dependencies":{"total":3,"prod":3}}}"#;
    let reading = read("npm-audit", report, 1).unwrap();
    assert!(reading.findings.is_empty() && reading.exit_explained && reading.notes[0].contains("moderate"));
    assert!(!read("npm-audit", report, 0).unwrap().exit_explained || reading.exit_explained);
    assert!(read("npm-audit", report, 2).is_err());
}

#[test]
fn the_project_itself_is_in_no_advisory_service() {
    let of = |why: &str| {
        let report = format!(
            r#"{{"dependencies":[{{"name":"own","skip_reason":"{why}"}},{{"name":"b","version":"1","vulns":[]}}],"fixes":[]}}"#
        );
        read("pip-audit", &report, 0)
    };
    assert_eq!(shown(&of("distribution marked as editable")), 1);
    assert_eq!(
        of("Dependency not found on PyPI and could not be audited: own (0.1)").unwrap_err().reason,
        Reason::Unreachable
    );
}

#[test]
fn a_byte_order_mark_begins_a_document_and_nothing_else() {
    let log =
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}},"artifacts":[{}],"results":[]}]}"#;
    assert_eq!(shown(&read("sarif", &format!("\u{feff}{log}"), 0)), 1);
    assert!(read("sarif", &format!("\u{feff}\u{feff}{log}"), 0).is_err());
}

#[test]
fn a_clean_log_states_what_ran_or_says_nothing() {
    let log = |rules: &str| {
        format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t","rules":{rules}}}}},"results":[]}}]}}"#
        )
    };
    let of = |rules: &str| read("sarif", &log(rules), 0).unwrap();
    assert!(of(r#"[{"id":"a"}]"#).states_what_it_ran);
    assert!(!of("[]").states_what_it_ran);
    assert_eq!(of(r#"[{"id":"a"}]"#).examined, None);
}
