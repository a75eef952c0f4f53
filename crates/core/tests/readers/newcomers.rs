//! What the readers of less common reports, and those that a plan tells what to read, must not take for clean.

use crate::clean::shown;
use crate::fixtures::{Fixture, reader};
use crate::told;
use gonogo_core::readers::{Reader, Reading, ReportFile, ToolOutput, Unread};
use gonogo_core::verdict::Reason;

fn output<'a>(stdout: &'a str, stderr: &'a str, exit: i32) -> ToolOutput<'a> {
    ToolOutput { stdout: stdout.as_bytes(), stderr: stderr.as_bytes(), exit: Some(exit), report: None }
}

fn read(name: &str, stdout: &str, exit: i32) -> Result<Reading, Unread> {
    reader(name).read(&output(stdout, "", exit))
}

#[test]
fn a_tap_stream_has_as_many_points_as_it_planned() {
    let good = "TAP version 14\n1..3\nok 1 - a\nnot ok 2 - b # TODO later\nok 3 - c # SKIP no\n";
    let reading = read("tap", good, 0).unwrap();
    assert_eq!(reading.counts.map(|one| (one.passed, one.skipped)), Some((1, 2)));
    let states: Vec<&str> = reading.roster.cases().iter().map(|case| case.state.name()).collect();
    assert_eq!(states, ["passed", "expected-failure", "skipped"]);
    for (from, to) in [
        ("1..3", "1..4"),
        ("1..3\n", ""),
        ("1..3\n", "1..3\n1..3\n"),
        ("ok 3", "ok 4"),
        ("ok 3 - c", "Bail out! no disk\nok 3 - c"),
        ("ok 1 - a\n", ""),
        ("ok 1 - a\n", "ok 1 - a\n  ---\n  left: open\n"),
    ] {
        assert!(read("tap", &good.replace(from, to), 0).is_err(), "{from:?} -> {to:?}");
    }
    assert_eq!(read("tap", &good.replace("ok 1", "not ok 1"), 1).unwrap().findings[0].key, "a");
}

#[test]
fn the_tests_inside_a_subtest_of_tap_count_and_it_does_not() {
    let text = "TAP version 14\n# Subtest: outer\n    ok 1 - in\n    not ok 2 - bad\n      ---\n      at: x\n      ...\n    1..2\nnot ok 1 - outer\nok 2 - alone\n1..2\n";
    let reading = read("tap", text, 1).unwrap();
    assert_eq!(reading.counts.map(|one| (one.passed, one.failed)), Some((2, 1)));
    assert_eq!(reading.findings[0].key, "outer > bad");
    assert!(
        read("tap", &text.replace("not ok 1 - outer", "ok 1 - outer"), 0).is_err(),
        "ok outside, not inside"
    );
    assert!(read("tap", &text.replace("    1..2\n", "    1..3\n"), 1).is_err());
    let braces = "1..1\nok 1 - file # time=1ms {\n    1..2\n    ok 1 - a\n    ok 2 - b # SKIP\n}\n";
    assert_eq!(shown(&read("tap", braces, 0)), 1);
    assert!(read("tap", &braces.replace("}\n", ""), 0).is_err());
    let node = Fixture::load("node-test", "quiet");
    assert!(reader("tap").read(&node.output()).unwrap_err().detail.contains("node-test"));
}

#[test]
fn a_test_that_vitest_counts_as_passed_and_calls_skipped_has_not_passed() {
    let reading = Fixture::load("vitest", "quiet-1").read().unwrap();
    assert_eq!(reading.counts.map(|one| (one.passed, one.skipped)), Some((3, 2)));
}

#[test]
fn a_file_that_jest_could_not_load_is_a_finding() {
    for name in ["jest", "vitest"] {
        let reading = Fixture::load(name, "firing-load").read().unwrap();
        assert!(reading.findings[0].key.starts_with("file "), "{:?}", reading.findings);
    }
    let mut fixture = Fixture::load("jest", "quiet");
    let text = String::from_utf8(fixture.stdout.clone()).unwrap();
    for (from, to) in [
        ("\"success\": true", "\"success\": false"),
        ("\"numTotalTests\": 4", "\"numTotalTests\": 5"),
        ("\"status\": \"todo\"", "\"status\": \"vanished\""),
        ("\"wasInterrupted\": false", "\"wasInterrupted\": true"),
        ("\"numFailedTests\": 0", "\"numFailedTests\": 1"),
    ] {
        assert!(text.contains(from), "{from}");
        fixture.stdout = text.replacen(from, to, 1).into_bytes();
        assert!(fixture.read().is_err(), "{from} -> {to}");
    }
}

#[test]
fn a_check_of_cargo_deny_that_could_not_look_is_told_apart() {
    assert_eq!(Fixture::load("cargo-deny", "broken").read().unwrap_err().reason, Reason::Unreachable);
    let mut fixture = Fixture::load("cargo-deny", "firing");
    let text = String::from_utf8(fixture.stderr.clone()).unwrap();
    assert_eq!(fixture.read().unwrap().findings.len(), 2);
    fixture.stderr =
        text.replace("\"advisories\":{\"errors\":1", "\"advisories\":{\"errors\":2").into_bytes();
    assert!(fixture.read().is_err(), "more errors are counted than listed");
}

#[test]
fn where_all_checks_of_semver_are_left_out_nothing_is_examined() {
    let zero = Fixture::load("cargo-semver-checks", "zero").read().unwrap();
    assert_eq!(zero.examined, Some(0));
    let firing = Fixture::load("cargo-semver-checks", "firing").read().unwrap();
    let keys: Vec<&str> = firing.findings.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["function_missing function sample::add", "function_missing function sample::two"]);
    assert_eq!(
        Fixture::load("cargo-semver-checks", "no-baseline").read().unwrap_err().reason,
        Reason::Unreachable
    );
}

#[test]
fn a_vulnerability_that_is_not_called_is_noted_where_calls_were_looked_for() {
    let mut fixture = Fixture::load("govulncheck", "not-called");
    let reading = fixture.read().unwrap();
    assert!(reading.findings.is_empty() && reading.notes[0].contains("GO-2026-0002"));
    let text = String::from_utf8(fixture.stdout.clone()).unwrap();
    fixture.stdout = text.replace("\"scan_level\": \"symbol\"", "\"scan_level\": \"module\"").into_bytes();
    assert_eq!(fixture.read().unwrap().findings[0].key, "GO-2026-0002 example.test/m1");
    for gone in ["SBOM", "config", "Checking the"] {
        fixture.stdout = text.replace(gone, "other").into_bytes();
        assert!(fixture.read().is_err(), "{gone}");
    }
}

#[test]
fn osv_scanner_says_what_it_scanned_or_nothing() {
    assert_eq!(Fixture::load("osv-scanner", "nothing").read().unwrap_err().reason, Reason::NothingExamined);
    assert_eq!(Fixture::load("osv-scanner", "quiet").read().unwrap().examined, Some(12));
    assert_eq!(read("osv-scanner", "{\"results\":[]}", 0).unwrap().examined, None);
}

const POINTED: &str = r#"{"results":[{"packages":[{"name":"a","vulns":[{"id":"X","severity":"HIGH"},{"id":"Y","severity":"LOW"}]},{"name":"b"}]}],"totals":{"covered":81.5},"suites":{"s":{"ok":2},"t":{"ok":3}}}"#;

fn pointed(pointers: &str) -> Result<Reading, Unread> {
    let check = format!("run = [\"x\"]\nreader = \"json-pointer\"\npointers = {{ {pointers} }}");
    told::reader(&check).unwrap().read(&output(POINTED, "", 0))
}

#[test]
fn a_pointer_may_mean_many_and_a_severity_may_be_harmless() {
    let all = r#"examined = "/results/*/packages/*", findings = "/results/*/packages/*/vulns?""#;
    let reading = pointed(all).unwrap();
    assert_eq!((reading.examined, reading.findings.len()), (Some(2), 2));
    let graded = pointed(&format!(r#"{all}, severity = "/severity", harmless = ["LOW"]"#)).unwrap();
    assert_eq!((graded.findings.len(), graded.notes.len()), (1, 1));
    assert_eq!(pointed(r#"passed = "/suites/*/ok""#).unwrap().counts.unwrap().passed, 5);
    assert!(
        pointed(r#"examined = "/results/*/packages/*", findings = "/results/*/packages/*/vulns""#).is_err(),
        "one has none"
    );
    assert!(pointed(r#"passed = "/suites/*/nok""#).is_err());
}

#[test]
fn what_is_examined_is_counted_alike_whether_or_not_it_is_held() {
    // Where another pointer leads into them, the items are held.
    let held = |examined: &str| {
        pointed(&format!(r#"examined = "{examined}", findings = "{examined}/*/vulns?""#))
            .or_else(|_| pointed(&format!(r#"examined = "{examined}", passed = "{examined}""#)))
            .map(|reading| reading.examined)
    };
    let alone =
        |examined: &str| pointed(&format!(r#"examined = "{examined}""#)).map(|reading| reading.examined);
    assert_eq!((alone("/results"), held("/results")), (Ok(Some(1)), Ok(Some(1))));
    assert_eq!(alone("/suites/s/ok"), Ok(Some(2)));
    assert_eq!(alone("/results/0/packages"), Ok(Some(2)));
    for wrong in ["/suites", "/totals/covered", "/absent", "/suites/s", "/results/0/packages/1/vulns"] {
        assert!(alone(wrong).is_err(), "{wrong}");
    }
    let twice = r#"{"files":[{"a":1,"a":2}],"results":[]}"#;
    let reader =
        told::reader("run = [\"x\"]\nreader = \"json-pointer\"\npointers = { examined = \"/files\" }");
    assert!(reader.unwrap().read(&output(twice, "", 0)).is_err());
}

#[test]
fn a_number_beyond_its_threshold_is_a_finding() {
    let of = |threshold: &str| {
        pointed(&format!(
            "examined = \"/results\", thresholds = [{{ at = \"/totals/covered\", {threshold} }}]"
        ))
    };
    assert_eq!(of("least = 80").unwrap().findings, []);
    let below = of("least = 90").unwrap();
    assert_eq!(below.findings[0].key, "threshold /totals/covered");
    assert!(below.findings[0].message.contains("81.5"));
    assert_eq!(of("most = 81.4").unwrap().findings.len(), 1);
    assert!(
        pointed(r#"examined = "/results", thresholds = [{ at = "/totals/nothing", least = 1 }]"#).is_err()
    );
    for bad in ["at = \"/a\"", "at = \"a\", least = 1"] {
        let check = format!(
            "run = [\"x\"]\nreader = \"json-pointer\"\npointers = {{ examined = \"/a\", thresholds = [{{ {bad} }}] }}"
        );
        assert!(told::reader(&check).is_err(), "{bad}");
    }
}

const LINES: &str = "run = [\"x\"]\nreader = \"json-lines\"\nlines = { examined = { \"/t\" = [\"seen\"] }, findings = { \"/t\" = [\"bad\"], \"/sure\" = [\"true\"] }, end = { \"/t\" = [\"end\"] }, key = [\"/code\"], message = \"/said\" }\n";

#[test]
fn lines_of_json_are_meant_by_what_stands_in_them() {
    let of = |check: &str, stdout: &str, stderr: &str| {
        told::reader(check).unwrap().read(&output(stdout, stderr, 0))
    };
    let text = "noise\n{\"t\":\"seen\"}\n{\"t\":\"bad\",\"sure\":false}\n{\"t\":\"end\"}\n";
    assert_eq!(shown(&of(LINES, text, "")), 1);
    let found = of(LINES, &text.replace("false", "true,\"code\":7,\"said\":\"oh\""), "").unwrap();
    assert_eq!((found.findings[0].key.as_str(), found.findings[0].message.as_str()), ("7", "oh"));
    assert!(of(LINES, &text.replace("end", "on"), "").is_err(), "no end");
    assert!(of(LINES, &text.replace("\"end\"}", "\"end\""), "").is_err(), "cut");
    assert!(of(LINES, "", text).is_err());
    assert_eq!(shown(&of(&format!("{LINES}stream = \"stderr\""), "", text)), 1);
    for bad in [("key = [\"/code\"]", "key = []"), ("\"/t\" = [\"seen\"]", ""), ("\"/code\"", "\"code\"")] {
        assert!(told::reader(&LINES.replace(bad.0, bad.1)).is_err(), "{bad:?}");
    }
    assert!(told::reader("run = [\"x\"]\nreader = \"json-lines\"").unwrap_err().contains("lines"));
}

#[test]
fn text_may_be_read_from_both_streams() {
    let of = |stream: &str, out: &str, err: &str| {
        let check = format!(
            "run = [\"x\"]\nreader = \"text\"\nexpect = \"^ok\"\nfinding = \"^bad\"\nrequire = [\"^ok done\"]\nstream = \"{stream}\""
        );
        told::reader(&check).unwrap().read(&output(out, err, 0))
    };
    assert_eq!(of("both", "ok a\n", "ok done\n").unwrap().examined, Some(2));
    assert_eq!(of("stderr", "ok a\n", "ok done\n").unwrap().examined, Some(1));
    assert_eq!(of("stdout", "ok done\n", "ok a\n").unwrap().examined, Some(1));
    assert_eq!(of("both", "ok a\n", "ok do").unwrap().findings[0].message, "no line matches /^ok done/");
    assert_eq!(of("stderr", "bad x\n", "ok done\n").unwrap().findings.len(), 1);
    assert!(told::reader("run = [\"x\"]\nreader = \"pytest\"\nstream = \"both\"").is_err());
}

#[test]
fn several_report_files_are_one_report() {
    let file = |path: &str, text: &str| ReportFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    let suite = |name: &str, case: &str| {
        format!("<testsuite name=\"{name}\" tests=\"1\"><testcase name=\"a\">{case}</testcase></testsuite>")
    };
    let junit = Reader::Junit { files: Vec::new() };
    let of = |files: &[ReportFile], exit: i32| junit.read_all(&output("", "", exit), files);
    let good = [file("a.xml", &suite("A", "")), file("b.xml", &suite("B", ""))];
    assert_eq!(shown(&of(&good, 0)), 2);
    assert_eq!(of(&good, 0).unwrap().roster.cases()[1].place, "B");
    assert!(of(&good, 1).is_err());
    assert!(of(&[], 0).is_err());
    let failing = [good[0].clone(), file("b.xml", &suite("B", "<failure/>"))];
    assert_eq!(of(&failing, 1).unwrap().findings.len(), 1);
    let broken = [good[0].clone(), file("b.xml", "<testsuite>")];
    assert!(of(&broken, 0).unwrap_err().detail.starts_with("b.xml: "));
    let signalled = ToolOutput { exit: None, ..output("", "", 0) };
    assert!(junit.read_all(&signalled, &good).is_err());
}
