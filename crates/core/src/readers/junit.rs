//! A JUnit XML report, from the check's report or standard output.
//!
//! Counts come from the `testcase` elements, and the counts that the suites declare must agree with them. A document type
//! and any entity beyond XML's own five are refused, so nothing expands.

use super::lines::{Lines, agree, finding, name_the_rest, no_report, shown};
use super::{RawFinding, Reading, ToolOutput, Unread};
use crate::evidence::Counts;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Deeper than any runner nests its suites.
const DEEPEST: usize = 100;

pub(super) fn read(output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JUnit report"));
    }
    let text = std::str::from_utf8(document).map_err(|_error| Unread::unreadable("not UTF-8"))?;
    let report = Report::of(text)?;
    let mut findings = report.findings;
    let failed = report.totals.failed;
    name_the_rest(&mut findings, failed);
    if findings.is_empty()
        && let Some(contradiction) = report.contradiction
    {
        return Err(Unread::unreadable(contradiction));
    }
    let mut notes = report.notes;
    notes.extend(report.contradiction);
    let counts = Counts::of(report.totals.passed, failed, report.totals.skipped);
    let reading = Reading { counts: Some(counts), findings, notes, ..Reading::default() };
    match output.exit {
        // pytest: no test was run.
        Some(5) if counts.executed == 0 => Ok(reading),
        exit => agree(exit, reading),
    }
}

#[derive(Clone, Copy, Default)]
struct Totals {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Totals {
    fn tests(self) -> u64 {
        self.passed + self.failed + self.skipped
    }
}

#[derive(Default)]
struct Report {
    totals: Totals,
    findings: Vec<RawFinding>,
    notes: Vec<String>,
    contradiction: Option<String>,
}

/// A suite that is open: what it declares, and what was counted before it and directly in it.
struct Suite {
    name: String,
    declared: [Option<u64>; 4],
    before: Totals,
    direct: Totals,
}

/// A test case that is open.
struct Case {
    name: String,
    class: String,
    failure: Option<String>,
    skipped: bool,
    todo: bool,
    flaky: bool,
}

enum Element {
    Suite(Suite),
    Case(Case),
    Other,
}

impl Report {
    fn of(text: &str) -> Result<Self, Unread> {
        let odd = |error: &dyn std::fmt::Display| {
            Unread::unreadable(format!("not XML: {}", shown(&error.to_string())))
        };
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        let mut report = Self::default();
        let mut open: Vec<Element> = Vec::new();
        let mut roots = 0;
        loop {
            match reader.read_event().map_err(|error| odd(&error))? {
                Event::Start(tag) => {
                    roots += u64::from(open.is_empty());
                    let element = report.open(&tag, &mut open)?;
                    open.push(element);
                    if open.len() > DEEPEST {
                        return Err(Unread::unreadable(format!("nested deeper than {DEEPEST} elements")));
                    }
                }
                Event::Empty(tag) => {
                    roots += u64::from(open.is_empty());
                    let element = report.open(&tag, &mut open)?;
                    report.close(element, &mut open);
                }
                Event::End(_) => {
                    let element = open.pop().ok_or_else(|| Unread::unreadable("an end without its start"))?;
                    report.close(element, &mut open);
                }
                Event::Text(text) if open.is_empty() => {
                    if !text.trim().is_empty() {
                        return Err(Unread::unreadable("text outside the report"));
                    }
                }
                Event::CData(_) if open.is_empty() => {
                    return Err(Unread::unreadable("text outside the report"));
                }
                Event::GeneralRef(reference) => {
                    let name = reference.to_string();
                    let known =
                        ["lt", "gt", "amp", "quot", "apos"].contains(&name.as_str()) || name.starts_with('#');
                    if !known || open.is_empty() {
                        return Err(Unread::unreadable(format!("an entity of its own: {}", shown(&name))));
                    }
                }
                Event::DocType(_) => {
                    return Err(Unread::unreadable("a document type, which a report has not"));
                }
                Event::Text(_) | Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if !open.is_empty() || roots != 1 {
            return Err(Unread::unreadable(format!(
                "{roots} reports, and {} elements left open",
                open.len()
            )));
        }
        Ok(report)
    }

    fn open(&mut self, tag: &BytesStart<'_>, open: &mut [Element]) -> Result<Element, Unread> {
        let name = tag.name();
        let attribute = |name: &str| attribute(tag, name);
        let inside_case = matches!(open.last(), Some(Element::Case(_)));
        match name.as_ref() {
            "testsuites" | "testsuite" => {
                if !open.iter().all(|element| matches!(element, Element::Suite(_))) {
                    return Err(Unread::unreadable("a suite inside something that is no suite"));
                }
                let mut declared = [None; 4];
                for (place, name) in declared.iter_mut().zip(["tests", "failures", "errors", "skipped"]) {
                    *place = attribute(name)?.map(|text| super::lines::number(&text)).transpose()?;
                }
                let name = attribute("name")?.unwrap_or_default();
                Ok(Element::Suite(Suite { name, declared, before: self.totals, direct: Totals::default() }))
            }
            "testcase" => {
                if !matches!(open.last(), Some(Element::Suite(_))) {
                    return Err(Unread::unreadable("a test case outside a suite"));
                }
                let name =
                    attribute("name")?.ok_or_else(|| Unread::unreadable("a test case without a name"))?;
                let class = attribute("classname")?.unwrap_or_default();
                let case = Case { name, class, failure: None, skipped: false, todo: false, flaky: false };
                Ok(Element::Case(case))
            }
            _ if open.is_empty() => Err(Unread::unreadable("the root element is no test suite")),
            kind if inside_case => {
                let Some(Element::Case(case)) = open.last_mut() else { return Ok(Element::Other) };
                match kind {
                    "failure" | "error" => {
                        let said = attribute("message")?.unwrap_or_default();
                        case.failure.get_or_insert(said);
                    }
                    "skipped" => {
                        case.skipped = true;
                        case.todo = attribute("type")?.as_deref() == Some("todo");
                    }
                    "flakyFailure" | "flakyError" => case.flaky = true,
                    _ => {}
                }
                Ok(Element::Other)
            }
            // An error that is not any test's: a suite that could not be set up.
            "failure" | "error" if matches!(open.last(), Some(Element::Suite(_))) => {
                let said = attribute("message")?.unwrap_or_default();
                let suite = open.iter().rev().find_map(|one| match one {
                    Element::Suite(suite) => Some(suite.name.clone()),
                    _ => None,
                });
                let suite = suite.unwrap_or_default();
                self.findings.push(finding(
                    &format!("suite {suite}"),
                    &format!("suite failed: {suite}: {said}"),
                    None,
                ));
                Ok(Element::Other)
            }
            _ => Ok(Element::Other),
        }
    }

    fn close(&mut self, element: Element, open: &mut [Element]) {
        match element {
            Element::Case(case) => {
                let one = self.take(&case);
                self.totals = plus(self.totals, one);
                if let Some(Element::Suite(suite)) = open.last_mut() {
                    suite.direct = plus(suite.direct, one);
                }
            }
            Element::Suite(suite) => self.compare(&suite),
            Element::Other => {}
        }
    }

    fn take(&mut self, case: &Case) -> Totals {
        let name =
            if case.class.is_empty() { case.name.clone() } else { format!("{}::{}", case.class, case.name) };
        if case.flaky {
            self.notes.push(shown(&format!("flaky, passed on a retry: {name}")));
        }
        match &case.failure {
            // node's test runner marks a test that may fail as skipped and keeps its failure.
            Some(said) if !case.todo => {
                self.findings.push(finding(&name, &format!("test failed: {name}: {said}"), None));
                Totals { failed: 1, ..Totals::default() }
            }
            // node's test runner counts a file that registers no test as a test that passed.
            None if case.class == "test" && super::node_test::is_file_name(&case.name) => {
                self.notes.push(format!("no test in {}, not counted", shown(&case.name)));
                Totals { skipped: 1, ..Totals::default() }
            }
            _ if case.skipped => Totals { skipped: 1, ..Totals::default() },
            _ => Totals { passed: 1, ..Totals::default() },
        }
    }

    /// Some runners count the tests of a suite with those of the suites in it, some without.
    fn compare(&mut self, suite: &Suite) {
        let inside = Totals {
            passed: self.totals.passed - suite.before.passed,
            failed: self.totals.failed - suite.before.failed,
            skipped: self.totals.skipped - suite.before.skipped,
        };
        let [tests, failures, errors, skipped] = suite.declared;
        let agrees = |counted: Totals| {
            let failed = failures.unwrap_or_default().checked_add(errors.unwrap_or_default());
            tests.is_none_or(|tests| tests == counted.tests())
                && ((failures.is_none() && errors.is_none()) || failed == Some(counted.failed))
                && skipped.is_none_or(|skipped| skipped == counted.skipped)
        };
        if !agrees(inside) && !agrees(suite.direct) {
            let counted = format!("{} tests and {} failures", inside.tests(), inside.failed);
            self.contradiction.get_or_insert(shown(&format!(
                "suite {} declares other counts than its {counted}",
                suite.name
            )));
        }
    }
}

fn plus(one: Totals, other: Totals) -> Totals {
    Totals {
        passed: one.passed + other.passed,
        failed: one.failed + other.failed,
        skipped: one.skipped + other.skipped,
    }
}

/// An attribute's value. One that stands twice, or holds an entity of its own, is refused.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Unread> {
    let odd =
        |error: &dyn std::fmt::Display| Unread::unreadable(format!("not XML: {}", shown(&error.to_string())));
    let mut value = None;
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| odd(&error))?;
        if attribute.key.as_ref() == name {
            let text = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| odd(&error))?;
            value = Some(text.into_owned());
        }
    }
    Ok(value)
}
