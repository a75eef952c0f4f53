//! A clean report of any size for each reader, as its tool writes them.

use gonogo_core::readers::{LineRule, Pointers, ReadStream, Reader, Selector, TextRule};
use std::collections::BTreeMap;

/// What a report is made of.
pub(crate) struct Format {
    pub(crate) reader: Reader,
    /// It stands on standard error.
    pub(crate) on_stderr: bool,
    /// What stands before, of so many.
    head: fn(usize) -> String,
    /// The text of one of many, numbered from 0.
    one: fn(usize) -> String,
    /// What stands between two.
    between: &'static str,
    /// What stands after so many.
    tail: fn(usize) -> String,
}

impl Format {
    /// A report of about this many bytes.
    pub(crate) fn of(&self, bytes: usize) -> String {
        let count = bytes.div_ceil((self.one)(bytes / 100).len() + self.between.len());
        let mut text = String::with_capacity(bytes + bytes / 8 + 4096);
        text.push_str(&(self.head)(count));
        for index in 0..count {
            if index > 0 {
                text.push_str(self.between);
            }
            text.push_str(&(self.one)(index));
        }
        text.push_str(&(self.tail)(count));
        text
    }

    /// The reader's name.
    pub(crate) fn name(&self) -> &'static str {
        self.reader.name()
    }
}

fn nothing(_count: usize) -> String {
    String::new()
}

fn kind(kind: &str) -> Selector {
    Selector::from([("/kind".to_owned(), vec![kind.to_owned()])])
}

fn pattern(text: &str) -> regex::Regex {
    regex::Regex::new(text).unwrap()
}

/// Every reader's format. Those of test runners name their tests.
pub(crate) fn all() -> Vec<Format> {
    [of_runners(), of_lines(), of_events(), of_documents()].into_iter().flatten().collect()
}

fn of_runners() -> Vec<Format> {
    vec![
        Format {
            reader: Reader::Libtest { one_binary: true },
            on_stderr: false,
            head: |count| format!("\nrunning {count} tests\n"),
            one: |index| format!("test tests::number_{index:09} ... ok\n"),
            between: "",
            tail: |count| {
                format!(
                    "\ntest result: ok. {count} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s\n\n"
                )
            },
        },
        Format {
            reader: Reader::Nextest,
            on_stderr: true,
            head: |count| {
                format!(
                    "────────────\n Nextest run ID f93a2007-2caa-4061-9ff3-79865c6da3c3 with nextest profile: default\n    Starting {count} tests across 1 binary\n"
                )
            },
            one: |index| format!("        PASS [   0.007s] sample tests::number_{index:09}\n"),
            between: "",
            tail: |count| {
                format!(
                    "────────────\n     Summary [   0.109s] {count} tests run: {count} passed, 0 skipped\n"
                )
            },
        },
        Format {
            reader: Reader::Pytest,
            on_stderr: false,
            head: nothing,
            one: |index| format!("tests/test_a.py::test_{index:09} PASSED{:>40}\n", "[ 50%]"),
            between: "",
            tail: |count| format!("=== {count} passed in 1.00s ===\n"),
        },
        Format {
            reader: Reader::Unittest,
            on_stderr: true,
            head: nothing,
            one: |index| format!("test_{index:09} (test_a.Sample.test_{index:09}) ... ok\n"),
            between: "",
            tail: |count| {
                format!(
                    "\n----------------------------------------------------------------------\nRan {count} tests in 0.001s\n\nOK\n"
                )
            },
        },
        Format {
            reader: Reader::NodeTest { files: Vec::new() },
            on_stderr: false,
            head: |_| "TAP version 13\n".to_owned(),
            one: |index| {
                format!(
                    "# Subtest: adds {index:09}\nok {} - adds {index:09}\n  ---\n  duration_ms: 1.580127\n  type: 'test'\n  ...\n",
                    index + 1
                )
            },
            between: "",
            tail: |count| {
                format!(
                    "1..{count}\n# tests {count}\n# suites 0\n# pass {count}\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n# duration_ms 5.5\n"
                )
            },
        },
        Format {
            reader: Reader::Tap,
            on_stderr: false,
            head: |_| "TAP version 13\n".to_owned(),
            one: |index| format!("ok {} - reads what stands in file number {index:09}\n", index + 1),
            between: "",
            tail: |count| format!("1..{count}\n"),
        },
    ]
}

fn of_lines() -> Vec<Format> {
    vec![
        Format {
            reader: Reader::CargoSemverChecks,
            on_stderr: true,
            head: nothing,
            one: |index| {
                format!(
                    "    Checking sample{index} v0.1.0 -> v0.2.0 (minor change)\n     Checked [   0.012s] 196 checks: 196 pass, 49 skip\n     Summary no semver update required\n    Finished [   1.9s] sample{index}\n"
                )
            },
            between: "",
            tail: nothing,
        },
        Format {
            reader: Reader::Mypy,
            on_stderr: false,
            head: nothing,
            one: |index| format!("a.py:{}: note: By default the bodies are not checked\n", index + 1),
            between: "",
            tail: |_| "Success: no issues found in 1 source file\n".to_owned(),
        },
        Format {
            reader: Reader::Text(TextRule {
                exits: BTreeMap::new(),
                require: Vec::new(),
                expect: pattern(r"^checked \S+$"),
                finding: Some(pattern("^mismatch: ")),
                stream: ReadStream::Stdout,
            }),
            on_stderr: false,
            head: nothing,
            one: |index| format!("checked file-{index:09}\n"),
            between: "",
            tail: nothing,
        },
    ]
}

fn go_test(index: usize) -> String {
    let event = |what: &str| {
        format!(
            "{{\"Time\":\"2026-11-20T10:00:00.000000000Z\",{what},\"Package\":\"p\",\"Test\":\"Test{index}\"}}\n"
        )
    };
    let printed = |text: &str| event(&format!("\"Action\":\"output\",\"Output\":\"{text} Test{index}\\n\""));
    let (run, pass) = (event("\"Action\":\"run\""), event("\"Action\":\"pass\",\"Elapsed\":0"));
    [run, printed("=== RUN  "), printed("--- PASS:"), pass].concat()
}

fn of_events() -> Vec<Format> {
    vec![
        Format {
            reader: Reader::GoTest,
            on_stderr: false,
            head: |_| "{\"Action\":\"start\",\"Package\":\"p\"}\n".to_owned(),
            one: go_test,
            between: "",
            tail: |_| "{\"Action\":\"pass\",\"Package\":\"p\"}\n".to_owned(),
        },
        Format {
            reader: Reader::Clippy,
            on_stderr: false,
            head: nothing,
            one: |index| {
                format!(
                    "{{\"reason\":\"compiler-artifact\",\"package_id\":\"path+file:///project#{index}@0.1.0\",\"target\":{{\"kind\":[\"lib\"],\"name\":\"clip{index}\"}},\"fresh\":false}}\n"
                )
            },
            between: "",
            tail: |_| "{\"reason\":\"build-finished\",\"success\":true}\n".to_owned(),
        },
        Format {
            reader: Reader::CargoDeny,
            on_stderr: true,
            head: nothing,
            one: |index| {
                format!(
                    "{{\"fields\":{{\"code\":\"duplicate\",\"labels\":[],\"message\":\"found 2 duplicate entries for crate {index}\",\"notes\":[],\"severity\":\"help\"}},\"type\":\"diagnostic\"}}\n"
                )
            },
            between: "",
            tail: |_| {
                "{\"fields\":{\"bans\":{\"errors\":0,\"helps\":1,\"notes\":0,\"warnings\":0}},\"type\":\"summary\"}\n"
                    .to_owned()
            },
        },
        Format {
            reader: Reader::Govulncheck,
            on_stderr: false,
            head: |_| {
                "{\"config\":{\"protocol_version\":\"v1.0.0\",\"scanner_name\":\"govulncheck\",\"scan_level\":\"symbol\",\"scan_mode\":\"source\"}}\n{\"SBOM\":{\"modules\":[{\"path\":\"example.test/m0\",\"version\":\"v1.0.0\"}]}}\n".to_owned()
            },
            one: |index| {
                format!("{{\"progress\":{{\"message\":\"Fetching vulnerabilities, part {index}\"}}}}\n")
            },
            between: "",
            tail: |_| {
                "{\"progress\":{\"message\":\"Checking the code against the vulnerabilities...\"}}\n"
                    .to_owned()
            },
        },
        Format {
            reader: Reader::JsonLines(LineRule {
                examined: kind("checked"),
                findings: kind("problem"),
                end: Some(kind("end")),
                key: vec!["/file".to_owned()],
                message: "/file".to_owned(),
                place: None,
                stream: ReadStream::Stdout,
            }),
            on_stderr: false,
            head: nothing,
            one: |index| format!("{{\"kind\":\"checked\",\"file\":\"{index}\"}}\n"),
            between: "",
            tail: |_| "{\"kind\":\"end\"}\n".to_owned(),
        },
    ]
}

fn jest_test(index: usize) -> String {
    format!(
        "{{\"ancestorTitles\":[\"g\"],\"duration\":1,\"failureMessages\":[],\"fullName\":\"g adds {index}\",\"status\":\"passed\",\"title\":\"adds {index}\"}}"
    )
}

fn jest_head(count: usize) -> String {
    format!(
        "{{\"numFailedTestSuites\":0,\"numFailedTests\":0,\"numPassedTestSuites\":1,\"numPassedTests\":{count},\"numPendingTestSuites\":0,\"numPendingTests\":0,\"numRuntimeErrorTestSuites\":0,\"numTodoTests\":0,\"numTotalTestSuites\":1,\"numTotalTests\":{count},\"success\":true,\"wasInterrupted\":false,\"testResults\":[{{\"name\":\"/project/a.test.js\",\"message\":\"\",\"status\":\"passed\",\"assertionResults\":["
    )
}

fn document(
    reader: Reader,
    head: fn(usize) -> String,
    one: fn(usize) -> String,
    tail: fn(usize) -> String,
) -> Format {
    Format { reader, on_stderr: false, head, one, between: ",\n", tail }
}

fn of_documents() -> Vec<Format> {
    vec![
        Format {
            between: "\n",
            ..document(
                Reader::Junit { files: Vec::new() },
                |_| "<testsuite name=\"s\">".to_owned(),
                |index| format!("<testcase classname=\"c\" name=\"t{index}\" time=\"0.001\"/>"),
                |_| "</testsuite>".to_owned(),
            )
        },
        document(Reader::Jest, jest_head, jest_test, |_| "]}]}".to_owned()),
        document(Reader::Vitest, jest_head, jest_test, |_| "]}]}".to_owned()),
        document(
            Reader::Sarif,
            |_| {
                "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"t\"}},\"artifacts\":[{}],\"results\":[".to_owned()
            },
            |index| format!("{{\"ruleId\":\"r\",\"level\":\"note\",\"message\":{{\"text\":\"m{index}\"}}}}"),
            |_| "]}]}".to_owned(),
        ),
        document(
            Reader::CargoAudit,
            |_| {
                "{\"database\":{\"advisory-count\":123,\"last-commit\":\"0123456789abcdef0123456789abcdef01234567\",\"last-updated\":\"2026-11-20T10:00:00Z\"},\"lockfile\":{\"dependency-count\":2},\"settings\":{\"ignore\":[]},\"vulnerabilities\":{\"found\":false,\"count\":0,\"list\":[]},\"warnings\":{\"unmaintained\":[".to_owned()
            },
            |index| {
                format!(
                    "{{\"kind\":\"unmaintained\",\"package\":{{\"name\":\"p{index}\",\"version\":\"1.0.0\"}},\"advisory\":{{\"id\":\"RUSTSEC-2024-0001\",\"title\":\"old\"}},\"versions\":null}}"
                )
            },
            |_| "]}}".to_owned(),
        ),
        document(
            Reader::NpmAudit { without_dev: false },
            |count| {
                format!(
                    "{{\"auditReportVersion\":2,\"metadata\":{{\"vulnerabilities\":{{\"info\":0,\"low\":{count},\"moderate\":0,\"high\":0,\"critical\":0,\"total\":{count}}},\"dependencies\":{{\"prod\":3,\"total\":3}}}},\"vulnerabilities\":{{"
                )
            },
            |index| {
                format!(
                    "\"p{index}\":{{\"name\":\"p{index}\",\"severity\":\"low\",\"via\":[{{\"source\":1,\"title\":\"t\",\"severity\":\"low\"}}]}}"
                )
            },
            |_| "}}".to_owned(),
        ),
        document(
            Reader::PipAudit,
            |_| "{\"dependencies\":[".to_owned(),
            |index| format!("{{\"name\":\"p{index}\",\"version\":\"1.0\",\"vulns\":[]}}"),
            |_| "],\"fixes\":[]}".to_owned(),
        ),
        document(
            Reader::OsvScanner,
            |_| "{\"results\":[{\"source\":{\"path\":\"/p\",\"type\":\"lockfile\"},\"packages\":[".to_owned(),
            |index| {
                format!("{{\"package\":{{\"name\":\"p{index}\",\"version\":\"1.0\",\"ecosystem\":\"npm\"}}}}")
            },
            |_| "]}]}".to_owned(),
        ),
        document(
            Reader::Trivy,
            |_| "{\"SchemaVersion\":2,\"ArtifactName\":\".\",\"Results\":[".to_owned(),
            |index| format!("{{\"Target\":\"{index}.lock\",\"Class\":\"lang-pkgs\",\"Type\":\"cargo\"}}"),
            |_| "]}".to_owned(),
        ),
        document(
            Reader::Pyright,
            |_| "{\"version\":\"1.1.414\",\"time\":\"1\",\"generalDiagnostics\":[".to_owned(),
            |index| {
                format!(
                    "{{\"file\":\"/project/a.py\",\"severity\":\"information\",\"message\":\"m{index}\",\"range\":{{\"start\":{{\"line\":1,\"character\":0}}}}}}"
                )
            },
            |count| {
                format!(
                    "],\"summary\":{{\"filesAnalyzed\":2,\"errorCount\":0,\"warningCount\":0,\"informationCount\":{count},\"timeInSec\":4.9}}}}"
                )
            },
        ),
        document(
            Reader::JsonPointer(Pointers {
                examined: Some("/files".to_owned()),
                findings: Some("/problems".to_owned()),
                ..Pointers::default()
            }),
            |_| "{\"problems\":[],\"files\":[".to_owned(),
            |index| format!("{{\"path\":\"src/{index}.c\",\"lines\":7}}"),
            |_| "]}".to_owned(),
        ),
    ]
}
