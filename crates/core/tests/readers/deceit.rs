//! Outputs made to look clean. Each is a change to a real one, or a text that no tool's report is.

use crate::clean::shown;
use crate::fixtures::{Fixture, reader, readers};
use gonogo_core::readers::{Reading, ToolOutput, Unread};
use gonogo_core::verdict::Reason;

fn stdout<'a>(stdout: &'a [u8], exit: i32) -> ToolOutput<'a> {
    ToolOutput { stdout, stderr: b"", exit: Some(exit), report: None }
}

/// A fixture whose report has one piece of text replaced, which must be there.
fn changed(reader: &str, name: &str, from: &str, to: &str) -> Fixture {
    let mut fixture = Fixture::load(reader, name);
    let text = String::from_utf8(fixture.primary().clone()).unwrap();
    assert!(text.contains(from), "{from:?} is not in {reader}/{name}");
    *fixture.primary() = text.replacen(from, to, 1).into_bytes();
    fixture
}

fn is_unreadable(reading: Result<Reading, Unread>, what: &str) {
    let reason = reading.as_ref().err().map(|unread| unread.reason);
    assert_eq!(reason, Some(Reason::UnreadableOutput), "{what}: {reading:?}");
}

#[test]
fn what_no_tool_reports_is_never_clean() {
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    let deep_xml = format!("{}{}", "<testsuite>".repeat(50_000), "</testsuite>".repeat(50_000));
    let texts = [
        "",
        "\n",
        "   \n\n",
        "\0",
        "ok\n",
        "OK\n",
        "passed\n",
        "All tests passed.\n",
        "5 passed, 0 failed\n",
        "{}",
        "[]",
        "null",
        "true",
        "0",
        "\"ok\"",
        "{\"error\":\"not found\"}",
        "{\"message\":\"Forbidden\"}",
        "{}{}",
        "<!doctype html><html><body>502 Bad Gateway</body></html>",
        "<html></html>",
        "<testsuites/>",
        "<testsuites></testsuites>",
        "TAP version 13\n",
        "1..0\n",
        "PASS\n",
        "{\"runs\":[]}",
        "{\"version\":\"2.1.0\",\"runs\":[]}",
        "{\"dependencies\":[]}",
        "{\"metadata\":{}}",
        "{\"vulnerabilities\":{\"found\":false,\"count\":0,\"list\":[]}}",
        "test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
        "\u{feff}{}",
        &deep,
        &deep_xml,
    ];
    for text in texts {
        for reader in readers() {
            for stream in 0..3 {
                let bytes = text.as_bytes();
                let output = ToolOutput {
                    stdout: if stream == 0 { bytes } else { b"" },
                    stderr: if stream == 1 { bytes } else { b"" },
                    report: (stream == 2).then_some(bytes),
                    exit: Some(0),
                };
                let reading = reader.read(&output);
                let start: String = text.chars().take(40).collect();
                assert_eq!(shown(&reading), 0, "{} took {start:?}: {reading:?}", reader.name());
            }
        }
    }
}

#[test]
fn an_empty_output_is_unread_by_every_reader_but_that_of_text() {
    for reader in readers().into_iter().filter(|reader| reader.name() != "text") {
        is_unreadable(reader.read(&stdout(b"", 0)), reader.name());
    }
}

#[test]
fn anything_after_a_json_or_xml_document_makes_it_unreadable() {
    for name in ["cargo-audit", "npm-audit", "pip-audit", "sarif", "junit", "json-pointer"] {
        for more in ["x", "{}", "<a/>", "\0", "]", "<!-- -->x"] {
            let mut fixture = Fixture::load(name, "quiet");
            fixture.primary().extend_from_slice(more.as_bytes());
            is_unreadable(fixture.read(), &format!("{name} and {more:?}"));
        }
    }
}

#[test]
fn a_report_with_windows_line_ends_reads_the_same() {
    for name in ["libtest", "nextest", "pytest", "unittest", "node-test", "go-test", "junit", "text"] {
        let mut fixture = Fixture::load(name, "quiet");
        let plain = fixture.read();
        let text = String::from_utf8(fixture.primary().clone()).unwrap();
        *fixture.primary() = text.replace('\n', "\r\n").into_bytes();
        assert_eq!(shown(&fixture.read()), shown(&plain), "{name}");
    }
}

/// Each reader's closing line, of its quiet output.
const CLOSING: [(&str, &str, &str); 8] = [
    ("libtest", "quiet", "test result: ok. 3"),
    ("libtest", "quiet-q", "test result: ok. 3"),
    ("nextest", "quiet", "     Summary ["),
    ("pytest", "quiet", "=================== 4 passed"),
    ("pytest", "quiet-q", "4 passed"),
    ("unittest", "quiet", "OK (skipped"),
    ("node-test", "quiet", "# pass 5"),
    ("go-test", "quiet-v", "ok  \texample.test/sample/sub"),
];

#[test]
fn a_closing_line_that_is_not_a_line_of_its_own_closes_nothing() {
    for (reader, name, closing) in CLOSING {
        for before in
            ["\u{1b}[32m", "\u{1b}[2K\r", "x\r", "\u{8}\u{8}", "\0", "> ", "\u{feff}", "\u{200b}", "\r"]
        {
            let fixture = changed(reader, name, closing, &format!("{before}{closing}"));
            is_unreadable(fixture.read(), &format!("{reader}/{name} with {before:?}"));
        }
    }
}

#[test]
fn a_number_that_does_not_fit_makes_the_output_unreadable() {
    let huge = "99999999999999999999999";
    for (reader, name, from, to) in [
        ("libtest", "quiet", "running 4 tests", "running # tests"),
        ("libtest", "quiet", "ok. 3 passed", "ok. # passed"),
        ("nextest", "quiet", "4 passed", "# passed"),
        ("nextest", "quiet", "1 skipped\n", "# skipped\n"),
        ("pytest", "quiet", "4 passed", "# passed"),
        ("unittest", "quiet", "Ran 4", "Ran #"),
        ("unittest", "quiet", "skipped=1", "skipped=#"),
        ("node-test", "quiet", "# tests 7", "# tests #"),
        ("cargo-audit", "quiet", "\"dependency-count\":2", "\"dependency-count\":#"),
        ("npm-audit", "quiet", "\"total\": 1", "\"total\": #"),
        ("junit", "quiet", "tests=\"6\"", "tests=\"#\""),
        ("json-pointer", "quiet", "\"pass\": 3", "\"pass\": #"),
    ] {
        let to = to.replace("##", "#").replacen('#', if to.starts_with("# tests") { "@" } else { huge }, 1);
        let to = to.replacen('@', "#", 1).replacen(" #", &format!(" {huge}"), 1);
        is_unreadable(changed(reader, name, from, &to).read(), &format!("{reader}: {to}"));
    }
}

#[test]
fn a_summary_that_contradicts_its_tests_is_unreadable() {
    for (reader, name, from, to) in [
        ("libtest", "quiet", "running 4 tests", "running 5 tests"),
        ("libtest", "quiet", "3 passed", "4 passed"),
        ("libtest", "quiet", "test tests::adds ... ok\n", ""),
        ("libtest", "quiet", "test tests::adds ... ok\n", "test tests::adds ... FAILED\n"),
        ("libtest", "quiet", "test result: ok. 3", "test result: FAILED. 3"),
        ("libtest", "quiet-q", "..i.\n", "..i\n"),
        ("nextest", "quiet", "Starting 4 tests", "Starting 5 tests"),
        ("nextest", "quiet", "4 tests run", "5 tests run"),
        ("nextest", "quiet", "4 tests run: 4", "4/5 tests run: 4"),
        ("nextest", "quiet", "4 tests run: 4 passed", "4 tests run: 4 passed, 1 vanished"),
        ("nextest", "quiet", "        PASS [   0.007s] (1/4)", "        FAIL [   0.007s] (1/4)"),
        ("pytest", "quiet", "collected 6 items", "collected 7 items"),
        ("pytest", "quiet", "1 skipped, 1 xfailed", "1 skipped, 1 vanished"),
        ("pytest", "quiet", "4 passed, 1 skipped", "5 passed, 1 skipped"),
        ("unittest", "quiet", "Ran 4 tests", "Ran 1 test"),
        ("unittest", "quiet", "OK (skipped=1", "OK (failures=1"),
        ("unittest", "quiet", "OK (skipped=1", "FAILED (skipped=1"),
        ("unittest", "quiet", "OK (skipped=1", "OK (vanished=1"),
        ("node-test", "quiet", "# tests 7", "# tests 8"),
        ("node-test", "quiet", "# pass 5", "# pass 6"),
        (
            "go-test",
            "quiet",
            "\"Action\":\"pass\",\"Package\":\"example.test/sample/sub\",\"Test\"",
            "\"Action\":\"cont\",\"Package\":\"example.test/sample/sub\",\"Test\"",
        ),
        ("node-test", "quiet", "ok 1 - adds\n", ""),
        ("node-test", "quiet", "\n1..5\n", "\n1..6\n"),
        ("node-test", "quiet", "ok 1 - adds\n", "not ok 1 - adds\n"),
        ("node-test", "quiet-spec", "✔ adds", "✖ adds"),
        ("node-test", "quiet-spec", "✔ adds", "adds"),
        ("go-test", "quiet-v", "=== RUN   TestAdd\n", ""),
        ("go-test", "quiet-v", "--- PASS: TestAdd (0.00s)\n", ""),
        (
            "go-test",
            "quiet",
            "\"Action\":\"run\",\"Package\":\"example.test/sample\",\"Test\":\"TestAdd\"",
            "\"Action\":\"cont\",\"Package\":\"example.test/sample\",\"Test\":\"TestAdd\"",
        ),
        ("go-test", "quiet", "\"Action\":\"skip\"", "\"Action\":\"vanish\""),
        ("cargo-audit", "quiet", "\"found\":false", "\"found\":true"),
        ("cargo-audit", "quiet", "\"count\":0", "\"count\":1"),
        ("cargo-audit", "quiet", "\"count\":0", "\"count\":0,\"count\":0"),
        ("cargo-audit", "quiet", "2026-11-20T10:00:00Z", "yesterday"),
        ("npm-audit", "quiet", "\"critical\": 0", "\"critical\": 1"),
        ("npm-audit", "quiet", "\"total\": 0", "\"total\": 1"),
        ("npm-audit", "quiet", "\"auditReportVersion\": 2", "\"auditReportVersion\": 1"),
        ("sarif", "quiet", "\"version\": \"2.1.0\"", "\"version\": \"2.0.0\""),
        ("sarif", "quiet", "\"executionSuccessful\": true", "\"executionSuccessful\": \"true\""),
        ("sarif", "quiet", "\"results\"", "\"outcomes\""),
        ("junit", "quiet", "tests=\"6\"", "tests=\"1\""),
        ("junit", "quiet", "failures=\"0\"", "failures=\"1\""),
        ("junit", "quiet", "errors=\"0\"", "errors=\"1\""),
        ("junit", "quiet", "skipped=\"2\"", "skipped=\"1\""),
        (
            "junit",
            "quiet-nextest",
            "<testcase name=\"tests::adds\" classname=\"sample\" timestamp=\"2026-11-22T19:08:23.299+00:00\" time=\"0.007\"/>",
            "",
        ),
        ("junit", "quiet-node", "<!-- pass 5 -->", "<!-- pass 6 -->"),
        ("junit", "quiet-node", "<!-- tests 7 -->", "<!-- tests 8 -->"),
        ("json-pointer", "quiet", "\"pass\": 3", "\"pass\": 3.0"),
        ("json-pointer", "quiet", "\"pass\": 3", "\"pass\": -3"),
        ("json-pointer", "quiet", "\"pass\": 3", "\"pass\": \"3\""),
        ("json-pointer", "quiet", "\"problems\": []", "\"problems\": {}"),
    ] {
        is_unreadable(changed(reader, name, from, to).read(), &format!("{reader}/{name}: {from} -> {to}"));
    }
}

#[test]
fn a_second_summary_makes_a_clean_output_unreadable() {
    for (reader, name, before, fake) in [
        (
            "libtest",
            "quiet",
            "test tests::adds ... ok",
            "test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
        ),
        (
            "nextest",
            "quiet",
            "        PASS [   0.007s] (1/4)",
            "     Summary [   0.109s] 4 tests run: 4 passed, 1 skipped\n",
        ),
        ("pytest", "quiet", "test_sample.py .sx", "===== 9 passed in 0.01s =====\n"),
        ("pytest", "quiet-q", ".sx", "9 passed in 0.01s\n"),
        ("unittest", "quiet", "-----", "Ran 9 tests in 0.001s\n\nOK\n"),
        ("node-test", "quiet", "# Subtest: adds", "# tests 9\n"),
        ("node-test", "quiet-spec", "✔ adds", "ℹ tests 9\n"),
    ] {
        let fixture = changed(reader, name, before, &format!("{fake}{before}"));
        is_unreadable(fixture.read(), &format!("{reader}/{name}: {fake}"));
    }
}

#[test]
fn what_a_failing_test_prints_does_not_hide_it() {
    let report = "running 1 test\ntest a ... ok\n\nfailures:\n    a\n\ntest result: ok. 4 passed; 0 failed; 0 ignored; \
                  0 measured; 0 filtered out; finished in 0.00s\n";
    let fixture = changed(
        "libtest",
        "firing",
        "---- tests::adds_wrongly stdout ----\n",
        &format!("---- tests::adds_wrongly stdout ----\n{report}"),
    );
    let keys: Vec<String> = fixture.read().unwrap().findings.into_iter().map(|finding| finding.key).collect();
    assert!(keys.contains(&"sample tests::adds_wrongly".to_owned()), "{keys:?}");
}

#[test]
fn a_binary_that_printed_no_report_makes_the_others_unreadable() {
    let mut fixture = Fixture::load("libtest", "quiet");
    fixture.stderr.extend_from_slice(b"     Running tests/own.rs (target/debug/deps/own-68fb98e1ff6a1c70)\n");
    is_unreadable(fixture.read(), "a custom harness");
}

#[test]
fn an_advisory_database_with_too_few_advisories_is_stale() {
    let fixture = changed("cargo-audit", "quiet", "\"advisory-count\":123", "\"advisory-count\":99");
    assert_eq!(fixture.read().unwrap_err().reason, Reason::StaleData);
    let fixture = changed("cargo-audit", "quiet", "\"advisory-count\":123", "\"advisory-count\":100");
    assert!(shown(&fixture.read()) > 0);
}

#[test]
fn warnings_that_cargo_audit_was_told_to_deny_are_findings() {
    let mut fixture = Fixture::load("cargo-audit", "warnings");
    let mut report: serde_json::Value = serde_json::from_slice(&fixture.stdout).unwrap();
    let unsound = report["warnings"]["unsound"].take();
    report["warnings"] =
        serde_json::json!({ "notice": unsound, "unmaintained": report["warnings"]["unmaintained"] });
    fixture.stdout = report.to_string().into_bytes();
    assert!(fixture.read().unwrap().findings.is_empty());
    fixture.exit = 1;
    assert_eq!(fixture.read().unwrap().findings.len(), 2);
}

#[test]
fn more_tests_listed_as_passed_than_counted_are_unreadable() {
    let mut fixture = changed("nextest", "quiet", "Starting 4 tests", "Starting 3 tests");
    let text = String::from_utf8(fixture.stderr.clone()).unwrap();
    fixture.stderr = text.replace("4 tests run: 4 passed", "3 tests run: 3 passed").into_bytes();
    is_unreadable(fixture.read(), "nextest");
}

#[test]
fn a_document_in_which_nothing_is_looked_for_is_unreadable() {
    let empty = br#"{"version":"2.1.0","runs":[]}"#;
    is_unreadable(reader("sarif").read(&stdout(empty, 0)), "a log without a run");
    let nothing = gonogo_core::readers::Reader::JsonPointer(gonogo_core::readers::Pointers::default());
    is_unreadable(nothing.read(&stdout(b"{}", 0)), "no pointer");
}

#[test]
fn an_unknown_severity_is_a_finding_as_a_high_one_is() {
    for severity in ["high", "catastrophic"] {
        let report = format!(
            r#"{{"auditReportVersion":2,"vulnerabilities":{{"a":{{"severity":"{severity}","via":["b"]}}}},"metadata":
            {{"vulnerabilities":{{"info":0,"low":0,"moderate":0,"high":{},"critical":0,"total":1}},
            "dependencies":{{"total":3}}}}}}"#,
            u8::from(severity == "high")
        );
        let reading = reader("npm-audit").read(&stdout(report.as_bytes(), 1)).unwrap();
        assert_eq!(reading.findings[0].key, "a via b");
    }
}

#[test]
fn npm_says_why_it_could_not_ask() {
    for (document, reason) in [
        (r#"{"error":{"code":"ENOTFOUND","summary":"request failed"}}"#, Reason::Unreachable),
        (r#"{"error":{"code":"ECONNREFUSED"}}"#, Reason::Unreachable),
        (r#"{"error":{"code":"ENOAUDIT"}}"#, Reason::Unreachable),
        (r#"{"error":{"code":"E403"}}"#, Reason::Unreachable),
        (r#"{"message":"503 Service Unavailable","statusCode":503}"#, Reason::Unreachable),
        (r#"{"error":{"code":"ENOLOCK"}}"#, Reason::UnreadableOutput),
        (r#"{"error":{"code":"EUSAGE"}}"#, Reason::UnreadableOutput),
    ] {
        for exit in [0, 1] {
            let unread = reader("npm-audit").read(&stdout(document.as_bytes(), exit)).unwrap_err();
            assert_eq!(unread.reason, reason, "{document}");
        }
    }
}

#[test]
fn a_vulnerability_beside_a_skipped_package_is_still_a_finding() {
    let report = br#"{"dependencies":[{"name":"a","skip_reason":"no answer"},
        {"name":"b","version":"1","vulns":[{"id":"PYSEC-1","fix_versions":[]}]}],"fixes":[]}"#;
    let reading = reader("pip-audit").read(&stdout(report, 1)).unwrap();
    assert_eq!((reading.findings.len(), reading.examined), (1, Some(1)));
    assert_eq!(reading.notes, ["not audited: a: no answer"]);
}

#[test]
fn a_junit_report_that_expands_or_is_not_one_report_is_refused() {
    let case = r#"<testsuite name="s"><testcase name="t"/></testsuite>"#;
    assert!(shown(&reader("junit").read(&stdout(case.as_bytes(), 0))) > 0);
    for text in [
        format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{case}"),
        format!("{case}{case}"),
        "<testcase name=\"t\"/>".to_owned(),
        case.replace("name=\"t\"", ""),
        case.replace("name=\"t\"", "name=\"t\" name=\"u\""),
        case.replace("name=\"t\"", "name=\"&b;\""),
        case.replace("<testcase name=\"t\"/>", "<testcase name=\"t\">&b;</testcase>"),
        case.replace("<testcase", "<group><testcase").replace("/></", "/></group></"),
        case.replace("</testsuite>", ""),
        case.replace("</testsuite>", "</testsuites>"),
        case.replace("/><", "><testcase name=\"u\"/></testcase><"),
    ] {
        is_unreadable(reader("junit").read(&stdout(text.as_bytes(), 0)), &text);
    }
}

#[test]
fn a_script_without_a_test_is_not_a_test_that_passed() {
    let report =
        br#"<testsuites><testcase name="/project/a.test.js" time="0.05" classname="test"/></testsuites>"#;
    let reading = reader("junit").read(&stdout(report, 0)).unwrap();
    assert_eq!(reading.counts.map(|counts| (counts.executed, counts.skipped)), Some((0, 1)));
    let bare = Fixture::load("node-test", "bare-24").read().unwrap();
    assert_eq!(bare.counts.map(|counts| counts.executed), Some(0));
}

#[test]
fn a_suite_that_could_not_be_set_up_is_a_finding() {
    let report = br#"<testsuite name="s" errors="1"><error message="no"/><testcase name="t"/></testsuite>"#;
    let reading = reader("junit").read(&stdout(report, 0)).unwrap();
    assert_eq!(reading.findings[0].key, "suite s");
}

#[test]
fn only_whole_lines_of_plain_text_count_as_examined() {
    for text in ["checked a", "checked a\u{1b}[0m\n", "checked a\0\n", "checked \u{8}\n", "\rchecked a\n"] {
        let reading = reader("text").read(&stdout(text.as_bytes(), 0));
        assert_eq!(shown(&reading), 0, "{text:?}: {reading:?}");
    }
    assert_eq!(shown(&reader("text").read(&stdout(b"checked \xff\n", 0))), 0);
    // What is wrong is found also where the line was cut, or is not plain, or stands on standard error.
    for (out, err) in [("mismatch: a", ""), ("mismatch: \u{1b}[0m\n", ""), ("", "mismatch: a")] {
        let output = ToolOutput { stderr: err.as_bytes(), ..stdout(out.as_bytes(), 0) };
        assert_eq!(reader("text").read(&output).unwrap().findings.len(), 1, "{out}{err}");
    }
}

#[test]
fn a_missing_tool_or_network_is_told_apart_from_a_failure() {
    let missing = Reason::ToolMissing;
    for (reader_name, stderr, exit, reason) in [
        (
            "libtest",
            "error: linker `cc` not found\n  |\n\nerror: could not compile `a` (lib) due to 1 previous error\n",
            101,
            missing,
        ),
        (
            "libtest",
            "error: could not compile `a` (lib)\n\nCaused by:\n  process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)\n",
            101,
            Reason::UnreadableOutput,
        ),
        (
            "libtest",
            "    Updating index\nerror: failed to download from `http://example.test/a`\n",
            101,
            Reason::Unreachable,
        ),
        (
            "libtest",
            "warning: spurious network error (3 tries remaining): [6] Could not resolve host: example.test\n",
            101,
            Reason::Unreachable,
        ),
        ("nextest", "error: no such command: `nextest`\n", 101, missing),
        ("cargo-audit", "error: no such command: `audit`\n", 101, missing),
        (
            "cargo-audit",
            "error: couldn't fetch advisory database: not a git repository\n",
            1,
            Reason::StaleData,
        ),
        ("pytest", "/usr/bin/python3: No module named pytest\n", 1, missing),
        ("pip-audit", "/usr/bin/python3: No module named pip_audit\n", 1, missing),
        ("npm-audit", "bash: line 1: npm: command not found\n", 127, missing),
        ("node-test", "", 127, missing),
        (
            "go-test",
            "go: example.test/a@v1.0.0: Get \"http://example.test/a\": dial tcp: lookup example.test: no such host\n",
            1,
            Reason::Unreachable,
        ),
    ] {
        let output = ToolOutput { stdout: b"", stderr: stderr.as_bytes(), exit: Some(exit), report: None };
        let unread = reader(reader_name).read(&output).unwrap_err();
        assert_eq!(unread.reason, reason, "{reader_name}: {stderr}: {unread:?}");
    }
}
