//! A JUnit XML report, from the check's report or standard output.
//!
//! Counts come from the `testcase` elements, and the counts that the suites declare, or that the producer states at the end, must
//! agree with them. A document type and any entity beyond XML's own five are refused, so nothing expands.

mod case;
mod suite;
mod trailer;

use crate::evidence::Counts;
use crate::readers::lines::{Lines, agree, finding, name_the_rest, no_report, number, shown, totalled};
use crate::readers::{RawFinding, Reading, ToolOutput, Unread, node_test};
use crate::roster::{Roster, TestState};
use case::Case;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use suite::{Suite, Tally};
use trailer::{Stated, Trailer};

/// Deeper than any runner nests its suites.
const DEEPEST: usize = 100;

/// `files` are the arguments of the command that may be scripts: node reports a script without a test under that name.
pub(super) fn read(files: &[String], output: &ToolOutput<'_>) -> Result<Reading, Unread> {
    let document = output.document();
    if document.iter().all(u8::is_ascii_whitespace) {
        return Err(no_report(&Lines::of(output.stderr), "JUnit report"));
    }
    let document = document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document);
    let text = std::str::from_utf8(document).map_err(|_error| Unread::unreadable("not UTF-8"))?;
    let mut report = Report::of(text, files)?;
    let (roster, contradiction) = report.believed()?;
    let mut findings = report.findings;
    let counts = roster.counts();
    name_the_rest(&mut findings, counts.failed);
    if findings.is_empty()
        && let Some(contradiction) = contradiction
    {
        return Err(Unread::unreadable(contradiction));
    }
    let mut notes = report.notes;
    notes.extend(contradiction);
    let reading = Reading { counts: Some(counts), roster, findings, notes, ..Reading::default() };
    match output.exit {
        // pytest: no test was run.
        Some(5) if counts.executed == 0 => Ok(reading),
        exit => agree(exit, reading),
    }
}

struct Report<'a> {
    files: Vec<&'a str>,
    roster: Roster,
    findings: Vec<RawFinding>,
    notes: Vec<String>,
    contradiction: Option<String>,
    trailer: Trailer,
    /// How many `testsuite` elements there are.
    suites: u64,
    /// How many of the cases that are listed as passed the producer does not count as tests.
    surplus: u64,
    /// How many skipped tests are counted and not listed.
    unlisted: u64,
    /// How many tests are counted and not listed, and nothing says yet that they were skipped.
    unsettled: u64,
}

enum Element {
    Suite(Box<Suite>),
    Case(Box<Case>),
    Other,
}

impl<'a> Report<'a> {
    fn of(text: &str, files: &'a [String]) -> Result<Self, Unread> {
        let odd = |error: &dyn std::fmt::Display| {
            Unread::unreadable(format!("not XML: {}", shown(&error.to_string())))
        };
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        let mut report = Self {
            files: files.iter().map(String::as_str).collect(),
            roster: Roster::default(),
            findings: Vec::new(),
            notes: Vec::new(),
            contradiction: None,
            trailer: Trailer::default(),
            suites: 0,
            surplus: 0,
            unlisted: 0,
            unsettled: 0,
        };
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
                    report.close(element, &mut open)?;
                }
                Event::End(_) => {
                    let element = open.pop().ok_or_else(|| Unread::unreadable("an end without its start"))?;
                    report.close(element, &mut open)?;
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
                Event::Comment(comment) if open.len() == 1 => report.trailer.take(&comment),
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
                self.suites = self.suites.saturating_add(u64::from(name.as_ref() == "testsuite"));
                self.suite(tag)
            }
            "testcase" => {
                if !matches!(open.last(), Some(Element::Suite(_))) {
                    return Err(Unread::unreadable("a test case outside a suite"));
                }
                let name =
                    attribute("name")?.ok_or_else(|| Unread::unreadable("a test case without a name"))?;
                let class = attribute("classname")?.unwrap_or_default();
                let words = [attribute("status")?, attribute("result")?];
                Ok(Element::Case(Box::new(Case { name, class, words, ..Case::default() })))
            }
            _ if open.is_empty() => Err(Unread::unreadable("the root element is no test suite")),
            kind if inside_case => {
                let Some(Element::Case(case)) = open.last_mut() else { return Ok(Element::Other) };
                match kind {
                    "failure" | "error" => {
                        case.failures += u64::from(kind == "failure");
                        case.errors += u64::from(kind == "error");
                        let said = attribute("message")?.unwrap_or_default();
                        case.said.get_or_insert(said);
                    }
                    "skipped" => {
                        case.skips += 1;
                        case.skipped_as = attribute("type")?.unwrap_or_default();
                        case.skipped_for = attribute("message")?.unwrap_or_default();
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

    fn suite(&mut self, tag: &BytesStart<'_>) -> Result<Element, Unread> {
        let mut declared = [None; 5];
        let names = ["tests", "failures", "errors", "skipped", "disabled"];
        for (place, name) in declared.iter_mut().zip(names) {
            let Some(text) = attribute(tag, name)? else { continue };
            // mocha states -1 skipped where it has none.
            if !text.starts_with('-') {
                *place = Some(number(&text)?);
            }
        }
        let name = attribute(tag, "name")?.unwrap_or_default();
        Ok(Element::Suite(Box::new(Suite { name, declared, ..Suite::default() })))
    }

    fn close(&mut self, element: Element, open: &mut [Element]) -> Result<(), Unread> {
        match element {
            Element::Case(case) => {
                let tally = self.take(&case, open)?;
                if let Some(Element::Suite(suite)) = open.last_mut() {
                    suite.direct = suite.direct.plus(tally);
                    suite.inside = suite.inside.plus(tally);
                }
            }
            Element::Suite(mut suite) => {
                if let Some(contradiction) = suite.contradiction() {
                    if let Some(surplus) = suite.surplus() {
                        self.surplus = self.surplus.saturating_add(surplus);
                        suite.inside = suite.inside.without(surplus);
                        self.notes.push(format!(
                            "{surplus} of those listed as passed are no tests that ran (todo), not counted"
                        ));
                    } else if let Some((unlisted, says_so)) = suite.unlisted() {
                        self.settle(unlisted, says_so, open.is_empty());
                    } else {
                        self.contradiction.get_or_insert(contradiction);
                    }
                }
                let declared = suite.declared[0].unwrap_or_default();
                if let Some(more) = declared.checked_sub(suite.inside.cases).filter(|more| *more > 0)
                    && suite.counts_subtests()
                {
                    self.notes
                        .push(format!("{more} subtests are counted and not listed, and do not count here"));
                }
                if let Some(Element::Suite(outer)) = open.last_mut() {
                    outer.inside = outer.inside.plus(suite.inside);
                    outer.suites = outer.suites.plus(suite.as_case());
                }
            }
            Element::Other => {}
        }
        Ok(())
    }

    /// Tests that are counted and not listed are skipped ones where the suite, or the one around it, counts so many.
    fn settle(&mut self, unlisted: u64, says_so: bool, outermost: bool) {
        if !says_so {
            self.unsettled = self.unsettled.saturating_add(unlisted);
        } else if outermost {
            (self.unlisted, self.unsettled) = (unlisted, self.unsettled.saturating_sub(unlisted));
        } else {
            self.unlisted = self.unlisted.saturating_add(unlisted);
        }
    }

    fn take(&mut self, case: &Case, open: &[Element]) -> Result<Tally, Unread> {
        let name = case.full_name();
        if case.flaky {
            self.notes.push(shown(&format!("flaky, passed on a retry: {name}")));
        }
        let state = case.state()?;
        let tally = Tally::of(case, state);
        if tally.failed_cases > 0 {
            let said = case.said.as_deref().unwrap_or(&case.skipped_for);
            self.findings.push(finding(&name, &format!("test failed: {name}: {said}"), None));
        }
        // node's test runner counts a file that registers no test as a test that passed.
        let bare =
            state == TestState::Passed && case.class == "test" && node_test::is_file(&case.name, &self.files);
        if bare {
            self.notes.push(format!("no test in {}, not counted", shown(&case.name)));
        }
        let suites = open.iter().filter_map(|one| match one {
            Element::Suite(suite) if !suite.name.is_empty() => Some(suite.name.as_str()),
            _ => None,
        });
        let place = suites.collect::<Vec<_>>().join(" > ");
        self.roster.add(&place, &case.class, &case.name, if bare { TestState::NotRun } else { state });
        Ok(tally)
    }

    /// The tests as the producer itself counts them, where it does, and what contradicts that.
    fn believed(&mut self) -> Result<(Roster, Option<String>), Unread> {
        let mut roster = std::mem::take(&mut self.roster);
        if let Some(stated) = self.trailer.stated() {
            return self.by_trailer(roster, stated);
        }
        if self.trailer.is_whole() {
            return Ok((roster, Some("the counts of the trailer do not add up".to_owned())));
        }
        roster.add_unnamed(Counts::of(0, 0, self.unlisted));
        let listed = roster.counts();
        let unsettled =
            (self.unsettled > 0).then(|| format!("{} tests are counted and not listed", self.unsettled));
        let contradiction = self.contradiction.take().or(unsettled);
        if self.surplus == 0 || contradiction.is_some() {
            return Ok((roster, contradiction));
        }
        // Which of those that are listed as passed are still to be written is not said.
        let passed = listed.passed.saturating_sub(self.surplus);
        Ok((without_passed(&roster, Counts::of(passed, listed.failed, listed.skipped))?, None))
    }

    fn by_trailer(&self, roster: Roster, stated: Stated) -> Result<(Roster, Option<String>), Unread> {
        let listed = roster.counts();
        let cases = listed.executed.saturating_add(listed.skipped).saturating_add(self.suites);
        let bare = roster.cases().iter().filter(|case| case.state == TestState::NotRun).count() as u64;
        let coherent = stated.tests.checked_add(stated.suites) == Some(cases)
            && stated.failed >= listed.failed
            && (stated.failed > 0) == (listed.failed > 0)
            && stated.skipped.saturating_add(bare) <= listed.skipped
            && stated.passed >= bare;
        if !coherent {
            let what = format!(
                "{} passed, {} failed and {} skipped are listed, and the trailer states {}, {} and {}",
                listed.passed, listed.failed, listed.skipped, stated.passed, stated.failed, stated.skipped
            );
            return Ok((roster, Some(what)));
        }
        let counts = Counts::of(
            stated.passed.saturating_sub(bare),
            listed.failed,
            stated.skipped.saturating_add(bare),
        );
        if counts == listed && stated.suites == 0 {
            return Ok((roster, None));
        }
        Ok((without_passed(&roster, counts)?, None))
    }
}

/// The tests that failed by name, and the others as they are counted.
fn without_passed(roster: &Roster, counts: Counts) -> Result<Roster, Unread> {
    let mut certain = Roster::default();
    for case in roster.cases().iter().filter(|case| case.state.counts().failed > 0) {
        certain.add(&case.place, &case.suite, &case.name, case.state);
    }
    totalled(certain, counts)
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
